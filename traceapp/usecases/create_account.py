"""An account for a person."""

import re
import uuid

from traceapp.domain.accounts import Account
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.scopes import ANY
from traceapp.identity.passwords import hash_password
from traceapp.usecases.access import decide, entry_of
from traceapp.usecases.stations import Stations

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
LONGEST_NAME = 120


def create_account(
    stations: Stations,
    actor: Actor,
    username: str,
    password: str,
    printed_name: str,
    role: Role,
    sites: frozenset[str],
    lines: frozenset[str],
) -> Recorded[str]:
    """Make an account and return its uid.

    raises  PermissionDeniedError; InputError: name, password, site or line is wrong, or the name is taken;
            LedgerUnavailableError; StoreError.
    """
    asked = {"username": username[:64], "role": role.value, "sites": sorted(sites), "lines": sorted(lines)}
    decide(stations, actor, Permission.ACCOUNT_CREATE, asked)
    if not USERNAME.fullmatch(username):
        raise InputError(f"username: wanted 2 to 64 of a-z, 0-9, '.', '_' and '-', found {username[:64]!r}")
    if not printed_name.strip() or len(printed_name) > LONGEST_NAME or not printed_name.isprintable():
        raise InputError(f"printed name: wanted 1 to {LONGEST_NAME} printable characters, found {len(printed_name)}")
    check_scope(stations, sites, lines)
    uid = uuid.uuid4().hex
    account = Account(
        uid=uid,
        username=username,
        password_hash=hash_password(password),
        printed_name=stations.sealer.seal_document("Account", uid, "printed_name", printed_name.strip().encode()),
        role=role,
        sites=sites,
        lines=lines,
        created_at=stations.clock.now(),
    )
    stations.ledger.append(entry_of(stations, actor, Permission.ACCOUNT_CREATE, "intended", asked))
    stations.accounts.put_account(account)
    return stations.ledger.record(
        uid, entry_of(stations, actor, Permission.ACCOUNT_CREATE, "done", asked, result={"account": uid})
    )


def check_scope(stations: Stations, sites: frozenset[str], lines: frozenset[str]) -> None:
    """raises  InputError: a site or product line that the organisation does not have."""
    ours = stations.organisation
    for name, said, known in (("site", sites, set(ours.sites)), ("line", lines, set(ours.product_lines.values()))):
        unknown = sorted(said - known - {ANY})
        if not said or unknown:
            wanted = ", ".join([ANY, *sorted(known)])
            raise InputError(f"{name}: wanted one or more of {wanted}, found {', '.join(unknown) or 'none'}")

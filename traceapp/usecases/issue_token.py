"""A bearer token for a program."""

from datetime import timedelta

from traceapp.domain.accounts import Token
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.identity.tokens import mint_token
from traceapp.usecases.access import decide, entry_of
from traceapp.usecases.create_account import check_scope
from traceapp.usecases.stations import Stations

LONGEST_LABEL = 80


def issue_token(
    stations: Stations, actor: Actor, role: Role, sites: frozenset[str], lines: frozenset[str], label: str, days: int
) -> Recorded[str]:
    """Make a token and return its text, which is shown once; only a hash is stored.

    days    until it expires, 1 to 3650.
    raises  PermissionDeniedError; InputError: label, days, site or line is wrong; LedgerUnavailableError; StoreError.
    """
    asked = {"role": role.value, "sites": sorted(sites), "lines": sorted(lines), "label": label[:LONGEST_LABEL], "days": days}
    decide(stations, actor, Permission.TOKEN_CREATE, asked)
    if not label.strip() or len(label) > LONGEST_LABEL or not label.isprintable():
        raise InputError(f"label: wanted 1 to {LONGEST_LABEL} printable characters, found {len(label)}")
    if not 1 <= days <= 3650:
        raise InputError(f"days: wanted 1 to 3650, found {days}")
    check_scope(stations, sites, lines)
    minted = mint_token()
    now = stations.clock.now()
    expires = now + timedelta(days=days)
    stations.ledger.append(entry_of(stations, actor, Permission.TOKEN_CREATE, "intended", asked))
    stations.accounts.put_token(
        Token(minted.token_id, minted.secret_hash, actor.account_uid, role, sites, lines, label.strip(), now, expires)
    )
    made = {"token": minted.token_id, "expires_at": stored_time(expires)}
    return stations.ledger.record(minted.text, entry_of(stations, actor, Permission.TOKEN_CREATE, "done", asked, result=made))

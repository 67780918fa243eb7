"""Make a bearer token for a program."""

from datetime import timedelta

from traceapp.domain.accounts import Token, check_label
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.identity.tokens import mint_token
from traceapp.usecases.access import authorise, carry_out
from traceapp.usecases.given_view import check_view
from traceapp.usecases.stations import Stations

LONGEST_DAYS = 3650


def issue_token(
    stations: Stations, actor: Actor, role: Role, sites: frozenset[str], lines: frozenset[str], label: str, days: int
) -> Recorded[str]:
    """The text of a new token, which is shown this once and kept as a hash.

    label   what it is for; it stands in the ledger beside all that is done with the token.
    days    until it expires, 1 to 3650.
    raises  PermissionDeniedError; InputError: a label, a number of days, or a view that cannot be given.
    """
    request = {"role": role.value, "sites": sites, "lines": lines, "label": label, "days": days}
    authorise(stations, actor, Permission.TOKEN_CREATE, request)
    label = check_label(label)
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"days: wanted 1 to {LONGEST_DAYS}, found {days}", (("days", f"1 to {LONGEST_DAYS}"),))
    check_view(stations, actor, sites, lines)
    minted = mint_token()
    now = stations.clock.now()

    def work() -> str:
        stations.accounts.put_token(
            Token(
                uid=minted.token_id,
                token_hash=minted.secret_hash,
                account_uid=actor.account_uid,
                role=role,
                sites=sites,
                lines=lines,
                label=label,
                created_at=now,
                expires_at=now + timedelta(days=days),
            )
        )
        return minted.text

    return carry_out(stations, actor, Permission.TOKEN_CREATE, {**request, "token": minted.token_id}, work)

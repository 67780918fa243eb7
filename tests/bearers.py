"""Bearer tokens: by the command, or, of a role that agrees to things, as the store would keep one without an owner."""

from collections.abc import Collection
from datetime import timedelta

from traceapp.composition import terminal_actor
from traceapp.domain.accounts import Token
from traceapp.domain.rights import Role
from traceapp.identity.tokens import mint_token
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.approvals.approval_persons import decides
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})
DAYS = 3


def bearer(stations: Stations, role: Role, sites: Collection[str] = EVERYWHERE, lines: Collection[str] = EVERYWHERE) -> str:
    """The header that it is sent in."""
    view = (frozenset(sites), frozenset(lines))
    if not decides(stations, role):
        return f"Bearer {issue_token(stations, terminal_actor(), TokenRequest(role, *view, 'test', DAYS)).value}"
    minted, now = mint_token(), stations.clock.now()
    ends = now + timedelta(days=DAYS)
    kept = Token(minted.token_id, minted.secret_hash, terminal_actor().account_uid, role, *view, "test", now, ends)
    stations.accounts.put_token(kept)
    return f"Bearer {minted.text}"

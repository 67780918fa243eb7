"""A program comes in with a bearer token."""

from datetime import datetime

from traceapp.domain.accounts import Account, Token
from traceapp.domain.errors import NotSignedInError
from traceapp.domain.permissions import Act
from traceapp.domain.rights import Actor
from traceapp.domain.row_register import OUTSIDE
from traceapp.domain.sessions import COARSE
from traceapp.identity.tokens import parse_token
from traceapp.usecases.access import entry, entry_of
from traceapp.usecases.stations import Stations

REFUSED = "The token is unknown, expired or revoked, or may not be used from here."


def authenticate_token(stations: Stations, token: str, address: str) -> Actor:
    """The program that carries this token: what the token says, and no more than its owner may do at this moment.

    The token is looked up by the hash of its secret, after its checksum. One that was ours and does not count is recorded
    as refused; an invented one is not, or strangers could fill the ledger.
    raises  NotSignedInError: malformed, unknown, expired, revoked, from another network, or its owner lost the right; the
            sentence does not say which of the last five.
    """
    presented = parse_token(token)
    stored = stations.accounts.get_token(presented.secret_hash)
    fault = stations.accounts.fault_of_token(presented.token_id) if stored is None else None
    if fault is not None:
        known = {"through": "token", "token": presented.token_id, "address": address}
        stations.ledger.append(entry_of(stations, known, Act.REQUEST_REFUSE, "denied", reason=OUTSIDE[fault].format(row="token")))
    if stored is None or stored.uid != presented.token_id or not presented.fits(stored.token_hash):
        raise NotSignedInError(REFUSED)
    owner = None if stored.is_of_service else stations.accounts.get_account(stored.account_uid)
    now = stations.clock.now()
    reason = _why_not(stored, owner, now, address)
    if reason is not None:
        refused = stored.actor(address=address)
        stations.ledger.append(entry(stations, refused, Act.REQUEST_REFUSE, "denied", reason=reason))
        raise NotSignedInError(REFUSED)
    if stored.used_at is None or now - stored.used_at >= COARSE:
        stations.accounts.note_token_use(stored.uid, now)
    return stored.actor(address=address, owner=owner)


def _why_not(token: Token, owner: Account | None, now: datetime, address: str) -> str | None:
    """What speaks against it, for the record; None where nothing does."""
    if token.revoked:
        return "revoked token"
    if not token.is_valid(now):
        return "expired token"
    if not token.may_come_from(address):
        return "token from an address that is not on its list"
    if token.is_of_service:
        return None
    if owner is None or token.is_above(owner):
        return "the owner of the token lost the right: his account is closed, or his role is another one"
    return None

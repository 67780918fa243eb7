"""A program comes in with a bearer token."""

from traceapp.domain.errors import NotSignedInError
from traceapp.domain.permissions import Act
from traceapp.domain.rights import Actor
from traceapp.identity.tokens import parse_token
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations

REFUSED = "The token is unknown, expired or revoked."


def authenticate_token(stations: Stations, token: str, address: str) -> Actor:
    """The program that carries this token.

    The token is looked up by the hash of its secret. One that was ours and has ended is recorded as refused;
    an invented one is not, or strangers could fill the ledger.
    raises  NotSignedInError: malformed, unknown, expired or revoked; the sentence does not say which of the last three.
    """
    presented = parse_token(token)
    stored = stations.accounts.get_token(presented.secret_hash)
    if stored is None or stored.uid != presented.token_id or not presented.fits(stored.token_hash):
        raise NotSignedInError(REFUSED)
    actor = stored.actor(address=address)
    if not stored.is_valid(stations.clock.now()):
        reason = "revoked token" if stored.revoked else "expired token"
        stations.ledger.append(entry(stations, actor, Act.REQUEST_REFUSE, "denied", reason=reason))
        raise NotSignedInError(REFUSED)
    return actor

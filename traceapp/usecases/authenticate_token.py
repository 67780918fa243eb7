"""Who carries a bearer token."""

from traceapp.domain.errors import NotSignedInError
from traceapp.domain.rights import Actor
from traceapp.identity.tokens import parse_token
from traceapp.usecases.stations import Stations


def authenticate_token(stations: Stations, token: str, address: str) -> Actor:
    """The program behind a token; looked up by the hash of its secret, so that no comparison tells anything.

    raises  NotSignedInError: not one of ours, expired or revoked; which of them is not said. StoreError.
    """
    presented = parse_token(token)
    known = stations.accounts.get_token(presented.secret_hash)
    if known is None or known.uid != presented.token_id or not known.is_valid(stations.clock.now()):
        raise NotSignedInError("The token is unknown, expired or revoked.")
    return known.actor(address=address)

"""A session gets a new secret when what it may do changes; the cookie that was there before opens nothing any more."""

from collections.abc import Callable
from dataclasses import replace

from traceapp.domain.accounts import Account
from traceapp.domain.errors import NotSignedInError
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import Session
from traceapp.identity.session_secrets import mint_session_secret
from traceapp.usecases.sessions.open_session import Opened, bound
from traceapp.usecases.stations import Stations

_TRIES = 5
ENDED = "Your session has ended."


def rotate_session(stations: Stations, actor: Actor, change: Callable[[Session], Session]) -> Opened:
    """The actor's session after `change`, under a new secret.

    change  may be called several times, where other requests of the same browser note their use meanwhile.
    raises  NotSignedInError: the session was ended meanwhile.
    """
    for _ in range(_TRIES):
        session, account = own_session(stations, actor)
        secret = mint_session_secret()
        rotated = replace(change(session), secret_hash=secret.hash)
        kept = stations.sessions.put_session(bound(stations, account, rotated), session)
        if kept is not None:
            return Opened(account.actor(kept), kept, secret.text)
    raise NotSignedInError(ENDED)


def own_session(stations: Stations, actor: Actor) -> tuple[Session, Account]:
    """The session that this actor came through, and his account; raises NotSignedInError where one of them is gone."""
    account = stations.accounts.get_account(actor.account_uid)
    found = stations.sessions.list_sessions_of_account(actor.account_uid)
    session = next((one for one in found if one.uid == actor.session), None)
    if session is None or account is None:
        raise NotSignedInError(ENDED)
    return session, account

"""Sessions, listed and ended: a person his own, an administrator those of others."""

from dataclasses import dataclass
from functools import partial

from traceapp.domain.errors import InputError, NotSignedInError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import Session
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class ListedSession:
    """username: of its person, or the uid of an account that is gone."""

    username: str
    session: Session


def list_own_sessions(stations: Stations, actor: Actor) -> Recorded[tuple[Session, ...]]:
    """What the person has running, the newest first."""
    now = stations.clock.now()
    found = [one for one in stations.sessions.list_sessions_of_account(actor.account_uid) if not one.is_over(now)]
    about = things("Session", *(one.uid for one in found))
    told = entry(stations, actor, Act.SESSION_LIST_OWN, "answered", result={"count": len(found)}, object=about)
    return stations.ledger.record(tuple(reversed(found)), told)


def end_own_session(stations: Stations, actor: Actor, uid: str) -> Recorded[None]:
    """End one of the person's own sessions; one that is over, or another's, ends nothing and is said so.

    raises  InputError: no session of his has this id.
    """
    mine = {one.uid for one in stations.sessions.list_sessions_of_account(actor.account_uid)}
    if uid not in mine:
        raise InputError("uid: no session of yours has this id", (("uid", "the id of a session of yours"),))
    work = partial(stations.sessions.void_session, uid)
    return carry_out(stations, actor, Act.SESSION_END, {"ended": uid}, work, about=things("Session", uid))


def end_other_sessions(stations: Stations, actor: Actor) -> Recorded[None]:
    """End every session of the person but the one he asks through; raises NotSignedInError where he asks through none."""
    if actor.session is None:
        raise NotSignedInError("A token has no sessions.")
    kept = actor.session
    return carry_out(
        stations,
        actor,
        Act.SESSION_END,
        {"ended": "all others"},
        lambda: stations.sessions.void_sessions_of_account(actor.account_uid, kept=kept),
        about=things("Account", actor.account_uid),
    )


def list_sessions(stations: Stations, actor: Actor, username: str | None = None) -> Recorded[tuple[ListedSession, ...]]:
    """Who is signed in, and where; of one person or of everybody.

    raises  PermissionDeniedError; InputError: nobody has this name.
    """
    request = {"username": username} if username else {}
    authorise(stations, actor, Permission.SESSION_LIST, request)
    now = stations.clock.now()
    if username:
        found = stations.sessions.list_sessions_of_account(find_account(stations, username).uid)
    else:
        found = stations.sessions.list_sessions(now, row_limit=MOST_LISTED)
    names: dict[str, str] = {}
    for session in found:
        if session.account_uid not in names:
            account = stations.accounts.get_account(session.account_uid)
            names[session.account_uid] = account.username if account is not None else session.account_uid
    listed = tuple(ListedSession(names[one.account_uid], one) for one in found if not one.is_over(now))
    about, result = things("Session", *(one.session.uid for one in listed)), {"count": len(listed)}
    told = entry(stations, actor, Permission.SESSION_LIST, "answered", request=request, result=result, object=about)
    return stations.ledger.record(listed, told)


def end_session_of(stations: Stations, actor: Actor, uid: str) -> Recorded[None]:
    """End somebody's session by its public id; an unknown one changes nothing. raises PermissionDeniedError."""
    request = {"ended": uid}
    authorise(stations, actor, Permission.SESSION_STOP, request)
    work = partial(stations.sessions.void_session, uid)
    return carry_out(stations, actor, Permission.SESSION_STOP, request, work, about=things("Session", uid))


def end_sessions_of(stations: Stations, actor: Actor, username: str) -> Recorded[None]:
    """End all sessions of a person. raises PermissionDeniedError; InputError: nobody has this name."""
    request = {"username": username}
    authorise(stations, actor, Permission.SESSION_STOP, request)
    uid = find_account(stations, username).uid
    work = partial(stations.sessions.void_sessions_of_account, uid)
    return carry_out(stations, actor, Permission.SESSION_STOP, request, work, about=things("Account", uid))

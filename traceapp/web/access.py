"""The door: who asks, and what the endpoint declares. Closed unless opened.

Every endpoint carries exactly one declaration, put nearest to the view:

    @batches.get("/batches/<number>")
    @permission(Permission.BATCH_SHOW)
    def show(number: str) -> Response: …

`@signed_in` is for what every person who is signed in may do (leave, choose a language); `@open_door` for what anybody
may see (health, the sign-in form, static files). An endpoint that declares nothing is refused at run time. The door
decides nothing else: the use case decides again, with everything it knows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, request

from traceapp.domain.errors import CrossSiteError, NotSignedInError, PasswordProvisionalError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import authorise, with_purpose
from traceapp.usecases.record_refusal import record_refusal
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.web import limits, session, shares
from traceapp.web.client_address import claimed_address
from traceapp.web.gate import pass_gate
from traceapp.web.host_names import check_host
from traceapp.web.origin import check_origin
from traceapp.web.stations import stations as stations
from traceapp.web.target import check_target

View = TypeVar("View", bound=Callable[..., Any])

_MARK: Final = "__traceapp_door__"
_RECORDS: Final = "__traceapp_records__"
_BEARER: Final = "bearer"
PROVISIONAL: Final = "Somebody else gave you this password: until you have changed it, you do nothing but that."
PURPOSE: Final = "Traceapp-Purpose"
"""The header in which a request says why it is made, in the place of what its session or token says."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Door:
    """What an endpoint declares: a permission, or a signed-in person, or nobody in particular.

    provisional  also for whoever has to change his password first.
    """

    permission: Permission | None = None
    open: bool = False
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """Acts of the ledger that an endpoint is on record with, one of them or more; `because` where there is none."""

    acts: tuple[Permission | Act, ...]
    because: str = ""


def permission(wanted: Permission) -> Callable[[View], View]:
    """Only who may do this comes in."""
    return _declare(Door(wanted))


def signed_in(view: View) -> View:
    """Whoever is signed in comes in."""
    return _declare(Door())(view)


def provisional_too(view: View) -> View:
    """Whoever is signed in comes in, by a password too that somebody else gave him; every other door is shut to him."""
    return _declare(Door(provisional=True))(view)


def open_door(view: View) -> View:
    """Everybody comes in; `current_actor()` has nobody to name."""
    return _declare(Door(open=True))(view)


def records(*acts: Permission | Act) -> Callable[[View], View]:
    """The acts that this endpoint puts on record, where they are not its permission alone. Refusals are on record besides."""
    return _promise(Records(acts))


def records_nothing(because: str) -> Callable[[View], View]:
    """Nothing that it does is on record; one sentence why."""
    return _promise(Records((), because))


def records_of(app: Flask, endpoint: str) -> Records | None:
    """What an endpoint promises to put on record; None where it promises nothing."""
    said: Records | None = getattr(app.view_functions.get(endpoint), _RECORDS, None)
    wanted = permission_of(app, endpoint)
    return said if said is not None or wanted is None else Records((wanted,))


def door_of(app: Flask, endpoint: str) -> Door | None:
    """The declaration of an endpoint; None where it has none and is refused."""
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that an endpoint declares, None where it declares another door or none."""
    door = door_of(app, endpoint)
    return door.permission if door is not None else None


def current_actor() -> Actor:
    """Who came through the door of this request; raises NotSignedInError behind an open door."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise NotSignedInError("Nobody is signed in.")
    return actor


def register(app: Flask) -> None:
    """Put the door before every view of the application."""
    app.before_request(_pass_door)


def _pass_door() -> None:
    check_host()
    check_target()
    if request.routing_exception is not None:
        return
    door = door_of(current_app, request.endpoint or "")
    if door is None:
        record_refusal(stations(), _find_caller(), Act.REQUEST_REFUSE, "The endpoint declares no permission.", _asked())
        raise PermissionDeniedError("This address is closed.")
    actor = None if door.open else _find_caller()
    if actor is None and not door.open:
        raise NotSignedInError("You are not signed in, or your session has ended.")
    if request.method not in _SAFE and (door.open or not _sent_token()):
        _check_sender(actor)
    if actor is None:
        return
    actor = replace(actor, claimed_address=claimed_address())
    shares.count_request(actor)
    actor = g.actor = _with_purpose(actor)
    if actor.provisional and not door.provisional:
        record_refusal(stations(), actor, Act.REQUEST_REFUSE, PROVISIONAL, _asked())
        raise PasswordProvisionalError(PROVISIONAL)
    if door.permission is not None:
        with shares.refusals_of(actor):
            authorise(stations(), actor, door.permission, _asked())
        pass_gate(door.permission, actor.account_uid)


def _with_purpose(actor: Actor) -> Actor:
    """The same person; where the request says why he looks, for that reason. A refusal is on record."""
    said = request.headers.get(PURPOSE)
    if said is None:
        return actor
    try:
        return with_purpose(actor, said)
    except PermissionDeniedError as error:
        record_refusal(stations(), actor, Act.REQUEST_REFUSE, str(error), _asked())
        raise


def _check_sender(actor: Actor | None) -> None:
    """A page of ours, with the token of its session; another site's attempt with somebody's cookie is on record."""
    try:
        check_origin()
    except CrossSiteError as error:
        if actor is not None:
            shares.count_request(actor)
            record_refusal(stations(), actor, Act.REQUEST_REFUSE, str(error), _asked())
        raise
    session.check_csrf()


def _find_caller() -> Actor | None:
    """A token, where one was sent, speaks alone; else the session."""
    if not _sent_token():
        return session.find_signed_in()
    scheme, _, token = request.headers["Authorization"].partition(" ")
    try:
        if scheme.lower() != _BEARER:
            raise NotSignedInError("The Authorization header carries no bearer token.")
        return authenticate_token(stations(), token.strip(), request.remote_addr or "")
    except NotSignedInError:
        limits.count_refusal()
        raise


def _sent_token() -> bool:
    return "Authorization" in request.headers


def _asked() -> dict[str, str]:
    """What is kept of a refused request: never a value that was sent."""
    return {"endpoint": request.endpoint or "", "method": request.method, "address": request.remote_addr or ""}


def _declare(door: Door) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, door)
        return view

    return mark


def _promise(said: Records) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _RECORDS, said)
        return view

    return mark

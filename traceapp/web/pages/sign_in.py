"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.errors import SignInError, TraceappError
from traceapp.domain.permissions import Act
from traceapp.usecases.record_refusal import record_spray
from traceapp.usecases.sessions import sign_in as entrance
from traceapp.usecases.sessions import sign_out as exit_door
from traceapp.web.access import current_actor, open_door, provisional_too, records, records_nothing, stations
from traceapp.web.limits import count_failed_sign_in, count_signed_in, take_sign_in
from traceapp.web.pages.layout import onward, safe_next
from traceapp.web.pages.provider import has_provider
from traceapp.web.session import begin_session, client_of_request, end_session

sign_in = Blueprint("sign_in", __name__)


@sign_in.get("/sign-in")
@open_door
@records_nothing("a form; what is sent by it is on record")
def form() -> str:
    """Ask for name and password."""
    return _page(left=request.args.get("left") == "1")


@sign_in.post("/sign-in")
@open_door
@records(Act.SESSION_START, Act.SIGN_IN_SPRAY)
def enter() -> Response | tuple[str, int]:
    """Begin a session, or say at the field that name or password is wrong."""
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    take_sign_in(username, lambda: record_spray(stations(), request.remote_addr or ""))
    try:
        entered = entrance.sign_in(stations(), username, password, client_of_request())
    except TraceappError as error:
        count_failed_sign_in()
        if not isinstance(error, SignInError):
            raise
        return _page(username, gettext("Name or password is wrong.")), 401
    count_signed_in(username)
    begin_session(entered.value)
    return redirect(onward(entered.value, request.form.get("next")), 303)


@sign_in.post("/sign-out")
@provisional_too
@records(Act.SESSION_END)
def leave() -> Response:
    """End every session of the person, and record it; this browser forgets its own whatever happens."""
    try:
        exit_door.sign_out(stations(), current_actor())
    finally:
        end_session()
    return redirect(url_for("sign_in.form", left=1), 303)


def _page(username: str = "", error: str = "", *, left: bool = False) -> str:
    wanted = request.form.get("next") or request.args.get("next")
    told = {"username": username, "error": error, "left": left, "provider": has_provider()}
    return render_template("sign_in/form.html", next=safe_next(wanted), **told)

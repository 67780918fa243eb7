"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.errors import SignInError
from traceapp.usecases import sign_in as entrance
from traceapp.usecases import sign_out as exit_door
from traceapp.web.access import current_actor, open_door, signed_in, stations
from traceapp.web.limits import sign_in_limit
from traceapp.web.pages.layout import safe_next
from traceapp.web.session import begin_session, client_of_request, end_session

sign_in = Blueprint("sign_in", __name__)


@sign_in.get("/sign-in")
@open_door
def form() -> str:
    """Ask for name and password."""
    return _page(left=request.args.get("left") == "1")


@sign_in.post("/sign-in")
@sign_in_limit
@open_door
def enter() -> Response | tuple[str, int]:
    """Begin a session, or say at the field that name or password is wrong."""
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    try:
        entered = entrance.sign_in(stations(), username, password, client_of_request())
    except SignInError:
        return _page(username, gettext("Name or password is wrong.")), 401
    begin_session(entered.value)
    return redirect(safe_next(request.form.get("next")), 303)


@sign_in.post("/sign-out")
@signed_in
def leave() -> Response:
    """End every session of the person, and record it; this browser forgets its own whatever happens."""
    try:
        exit_door.sign_out(stations(), current_actor())
    finally:
        end_session()
    return redirect(url_for("sign_in.form", left=1), 303)


def _page(username: str = "", error: str = "", *, left: bool = False) -> str:
    wanted = request.form.get("next") or request.args.get("next")
    return render_template("sign_in/form.html", username=username, error=error, left=left, next=safe_next(wanted))

"""Signing in by the company's identity provider: out to it, and back."""

from secrets import compare_digest
from typing import Final

import flask
from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.errors import SignInError, TraceappError
from traceapp.domain.permissions import Act
from traceapp.usecases.sessions.sign_in_by_provider import ask_provider, sign_in_by_provider
from traceapp.web.access import open_door, records, records_nothing, stations
from traceapp.web.limits import count_refusal, use_once
from traceapp.web.pages.layout import onward, safe_next
from traceapp.web.session import begin_session, client_of_request

provider_pages = Blueprint("provider", __name__)

_ASKED: Final = "asked"


@provider_pages.get("/sign-in/provider")
@open_door
@records_nothing("sends the browser to the identity provider; who comes back is on record")
def leave() -> Response:
    """Send the browser there; what belongs to this one sign-in waits in the signed cookie."""
    count_refusal()  # each one makes the service ask the provider
    asked = ask_provider(stations())
    wanted = safe_next(request.args.get("next"))
    flask.session[_ASKED] = {"state": asked.state, "nonce": asked.nonce, "verifier": asked.verifier, "next": wanted}
    return redirect(asked.url, 303)


@provider_pages.get("/sign-in/provider/back")
@open_door
@records(Act.SESSION_START, Act.ACCOUNT_FOLLOW)
def come_back() -> Response | tuple[str, int]:
    """Take the provider's answer, once, in the browser that asked."""
    kept, state = flask.session.pop(_ASKED, None), request.args.get("state", "")
    if not kept or not compare_digest(kept["state"].encode(), state.encode()) or not use_once(f"state/{state}"):
        return _refuse(gettext("This sign-in was not begun here, or is over. Begin it again."))
    code = request.args.get("code", "")
    try:
        entered = sign_in_by_provider(stations(), code, kept["verifier"], kept["nonce"], client_of_request()).value
    except SignInError:
        count_refusal()
        return _refuse(gettext("The identity provider does not vouch for you, or no account here is open for you."))
    begin_session(entered)
    return redirect(onward(entered, kept["next"]), 303)


def has_provider() -> bool:
    """Whether there is one to go to; not while the service cannot work at all."""
    try:
        return stations().provider is not None
    except TraceappError:
        return False


def _refuse(error: str) -> tuple[str, int]:
    told = {"username": "", "error": error, "left": False, "provider": has_provider()}
    return render_template("sign_in/form.html", next=safe_next(None), **told), 401

"""Sessions of persons: a cookie that holds 256 random bits, and all else on the server.

Flask's signed cookie carries them, beside the CSRF token; what it says counts for nothing unless the store knows the
session (`usecases/sessions/resume_session.py`). Session and account are read anew at every request.
"""

from typing import Final

import flask
from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from traceapp.domain.rights import Actor
from traceapp.domain.sessions import LONGEST, Client
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.web.stations import stations

_KEPT: Final = "kept"
_NAME: Final = "traceapp_session"

_csrf = CSRFProtect()


class _SessionInterface(SecureCookieSessionInterface):
    """Over TLS the cookie is `Secure` and bound to this host by its name; over plain http on loopback a browser would drop it."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        return f"__Host-{_NAME}" if request.is_secure else _NAME


def client_of_request() -> Client:
    """Who holds the other end of this request."""
    return Client(request.remote_addr or "", request.headers.get("User-Agent", ""))


def begin_session(opened: Opened) -> None:
    """Give this browser the session that a use case opened or rotated; whatever the old cookie held is gone."""
    flask.session.clear()
    flask.session.permanent = True
    flask.session[_KEPT] = opened.secret


def end_session() -> None:
    """Forget everything of the session in this browser; a use case ends it on the server."""
    flask.session.clear()


def find_session() -> Opened | None:
    """The session of this browser, also one that waits for its second factor; None where it is over or was never there."""
    if _KEPT not in flask.session:
        return None
    found = resume_session(stations(), flask.session[_KEPT], client_of_request())
    if found is None:
        end_session()
    return found


def find_signed_in() -> Actor | None:
    """The person of this session, or None."""
    found = find_session()
    return found.actor if found is not None and not found.session.factor_due else None


def has_session() -> bool:
    """Whether this browser holds a session at all; who it is was not asked, as on an address that does not exist."""
    return _KEPT in flask.session


def check_csrf() -> None:
    """Raises CSRFError where an unsafe request does not carry the session's CSRF token (form field or X-CSRFToken)."""
    _csrf.protect()


def register(app: Flask) -> None:
    """Cookies and CSRF; `csrf_token()` is known to every template."""
    app.session_interface = _SessionInterface()
    app.config.update(
        SESSION_COOKIE_NAME=_NAME,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST,  # the server knows better, and says so at every request
        WTF_CSRF_CHECK_DEFAULT=False,  # the door calls check_csrf() itself: a bearer token needs none
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as its session
    )
    _csrf.init_app(app)

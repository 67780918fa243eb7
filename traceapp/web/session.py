"""Sessions of persons: a signed cookie, ended by idleness, by age and by sign-out.

The account is read anew at every request. A cookie that was signed stays signed, so that the account says which ones
still count: it keeps an epoch, the cookie carries the one it was made in, and a sign-out begins the next.
"""

from datetime import datetime, timedelta
from typing import Final

import flask
from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_fresh, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.rights import Actor
from traceapp.usecases.find_actor import find_actor
from traceapp.web.stations import stations

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
_SINCE: Final = "since"

_csrf = CSRFProtect()


class SignedIn(UserMixin):  # type: ignore[misc]
    """What flask-login keeps for the time of a request."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """What the cookie keeps: account and epoch."""
        return f"{self.actor.account_uid}.{self.actor.session_epoch}"


class _SessionInterface(SecureCookieSessionInterface):
    """`Secure` wherever the request came over TLS; over plain http on loopback a browser would drop the cookie."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def begin_session(actor: Actor) -> None:
    """Sign this browser in as `actor`, as `usecases/sign_in.py` returned it; whatever the old session held is gone."""
    flask.session.clear()
    login_user(SignedIn(actor))
    flask.session.permanent = True
    flask.session[_SINCE] = stored_time(stations().clock.now())


def end_session() -> None:
    """Forget everything of the session in this browser; `usecases/sign_out.py` is what ends it for other copies too."""
    logout_user()
    flask.session.clear()


def find_signed_in() -> Actor | None:
    """The person of this session, or None: nobody where the account was closed, or the session ended or grew too old."""
    if not current_user.is_authenticated:
        return None
    # A permanent session of another browser or address is only called stale by flask-login; to us it is nobody's.
    if not login_fresh() or _is_too_old(flask.session.get(_SINCE), stations().clock.now()):
        end_session()
        return None
    actor: Actor = current_user.actor
    return actor


def has_session() -> bool:
    """Whether this browser holds a session at all; who it is was not asked, as on an address that does not exist."""
    return "_user_id" in flask.session


def check_csrf() -> None:
    """Raises CSRFError where an unsafe request does not carry the session's CSRF token (form field or X-CSRFToken)."""
    _csrf.protect()


def register(app: Flask) -> None:
    """Cookies, flask-login and CSRF; `csrf_token()` is known to every template."""
    app.session_interface = _SessionInterface()
    app.config.update(
        SESSION_COOKIE_NAME="traceapp_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=IDLE,
        WTF_CSRF_CHECK_DEFAULT=False,  # the door calls check_csrf() itself: a bearer token needs none
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as its session
    )
    _csrf.init_app(app)
    login = LoginManager(app)
    login.session_protection = "strong"
    login.user_loader(_load)


def _load(kept: str) -> SignedIn | None:
    account_uid, _, epoch = kept.partition(".")
    actor = find_actor(stations(), account_uid, int(epoch), request.remote_addr or "")
    return SignedIn(actor) if actor is not None else None


def _is_too_old(since: object, now: datetime) -> bool:
    return not isinstance(since, str) or now - parse_stored_time(since) > LONGEST

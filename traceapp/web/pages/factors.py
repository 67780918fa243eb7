"""The second factor: shown at the sign-in or when something asks for a fresh one, and set up."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.errors import FactorRefusedError, NotSignedInError, SignInError
from traceapp.domain.permissions import Act
from traceapp.usecases.sessions import second_factors
from traceapp.usecases.sessions.open_session import Opened
from traceapp.web.access import current_actor, open_door, records, records_nothing, signed_in, stations
from traceapp.web.pages.layout import onward, safe_next
from traceapp.web.session import begin_session, find_session
from traceapp.web.signing import component_shown

factor_pages = Blueprint("factors", __name__)


@factor_pages.get("/second-factor")
@open_door
@records_nothing("a form; what is sent by it is on record")
def form() -> str:
    """Ask for a code; the door is open, since half of the way in nobody is signed in yet."""
    return _ask(_session())


@factor_pages.post("/second-factor")
@open_door
@records(Act.SESSION_START, Act.FACTOR_SHOW, Act.FACTOR_CHANGE, Act.SIGN_IN_SPRAY)
def show() -> Response | tuple[str, int]:
    """Take a code and go on, or say at the field that it is refused."""
    opened = _session()
    try:
        with component_shown(opened.actor):
            fresh = second_factors.show_code(stations(), opened, request.form.get("code", ""))
    except FactorRefusedError:
        return _ask(opened, gettext("The code is wrong, too old, or was used before.")), 401
    begin_session(fresh.value)
    return redirect(onward(fresh.value, request.form.get("next")), 303)


@factor_pages.get("/factors")
@signed_in
@records_nothing("a person is shown what he set up himself")
def list_all() -> str:
    """What is set up."""
    return _list()


@factor_pages.post("/factors/codes")
@signed_in
@records(Act.FACTOR_CHANGE, Act.SIGN_IN_SPRAY)
def begin_codes() -> str | tuple[str, int]:
    """Show a new key, after the password was typed again."""
    actor = current_actor()
    try:
        with component_shown(actor):
            begun = second_factors.begin_totp(stations(), actor, request.form.get("password", ""))
    except SignInError:
        return _list(gettext("The password is wrong.")), 401
    return render_template("factors/enrol.html", begun=begun.value, receipt=begun.receipt, error="")


@factor_pages.post("/factors/codes/confirm")
@signed_in
@records(Act.FACTOR_CHANGE, Act.SIGN_IN_SPRAY)
def confirm_codes() -> str | tuple[str, int]:
    """Take the first code of the new key, and show the recovery codes."""
    actor = current_actor()
    try:
        with component_shown(actor):
            done = second_factors.confirm_totp(stations(), actor, request.form.get("code", ""))
    except FactorRefusedError:
        return render_template("factors/enrol.html", begun=None, error=gettext("This is no code of the new key.")), 401
    begin_session(done.value.opened)
    return render_template("factors/recovery.html", codes=done.value.recovery_codes, receipt=done.receipt)


@factor_pages.post("/factors/codes/drop")
@signed_in
@records(Act.FACTOR_CHANGE)
def drop_codes() -> Response:
    """No codes any more."""
    second_factors.drop_totp(stations(), current_actor())
    return redirect(url_for("factors.list_all"), 303)


def _session() -> Opened:
    opened = find_session()
    if opened is None:
        raise NotSignedInError("You are not signed in, or your session has ended.")
    return opened


def _ask(opened: Opened, error: str = "") -> str:
    factors = second_factors.list_own_factors(stations(), opened.actor)
    wanted = request.form.get("next") or request.args.get("next")
    return render_template(
        "factors/form.html", factors=factors, due=opened.session.factor_due, error=error, next=safe_next(wanted)
    )


def _list(error: str = "") -> str:
    found = second_factors.list_own_factors(stations(), current_actor())
    return render_template("factors/mine.html", factors=found, error=error)

"""A person changes his own password."""

from typing import Final

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.errors import InputError, SignInError
from traceapp.domain.permissions import Act
from traceapp.usecases.accounts.own_password import change_own_password
from traceapp.web.access import current_actor, provisional_too, records, records_nothing, stations
from traceapp.web.pages.layout import safe_next
from traceapp.web.pages.wording import N_
from traceapp.web.session import begin_session
from traceapp.web.signing import component_shown

own_password_pages = Blueprint("own_password", __name__)

BAD: Final = N_("Wanted 12 to 256 characters, and another password than before.")
UNLIKE: Final = N_("The new password was not typed twice alike.")
WRONG: Final = N_("The password is wrong.")


@own_password_pages.get("/password")
@provisional_too
@records_nothing("a form; what is sent by it is on record")
def form() -> str:
    """Ask for the old password and a new one."""
    return _page()


@own_password_pages.post("/password")
@provisional_too
@records(Act.PASSWORD_CHANGE, Act.SIGN_IN_SPRAY)
def change() -> Response | tuple[str, int]:
    """Change it and go on, or say at the field what is wrong."""
    actor, said = current_actor(), request.form
    new = said.get("new", "")
    if new != said.get("again", ""):
        return _page(again=gettext(UNLIKE)), 400
    try:
        with component_shown(actor):
            changed = change_own_password(stations(), actor, said.get("old", ""), new)
    except SignInError:
        return _page(old=gettext(WRONG)), 401
    except InputError:
        return _page(new=gettext(BAD)), 400
    begin_session(changed.value)
    return redirect(safe_next(said.get("next")), 303)


def _page(**errors: str) -> str:
    wanted = request.form.get("next") or request.args.get("next")
    return render_template("own_password/form.html", errors=errors, next=safe_next(wanted))

"""A person changes his own password."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act
from traceapp.usecases.accounts.own_password import change_own_password
from traceapp.web.access import current_actor, provisional_too, records, stations
from traceapp.web.account_answers import password_answer
from traceapp.web.account_inputs import PasswordBody
from traceapp.web.account_models import PasswordChanged
from traceapp.web.operations import operation
from traceapp.web.session import begin_session
from traceapp.web.signing import component_shown

passwords = Blueprint("passwords", __name__, url_prefix="/api/v1/password")


@passwords.post("")
@provisional_too
@records(Act.PASSWORD_CHANGE, Act.SIGN_IN_SPRAY)
@operation(answer=PasswordChanged, body=PasswordBody, refuses=(409,))
def change(body: PasswordBody) -> Response:
    """Change your own password, in a session.

    Every other session of yours ends, and this one gets a new cookie. Whoever has a second factor shows it first. A password
    that somebody else gave you opens nothing but this: everything else is refused with `password-provisional`.
    """
    actor = current_actor()
    with component_shown(actor):
        changed = change_own_password(stations(), actor, body.old.get_secret_value(), body.new.get_secret_value())
    begin_session(changed.value)
    return password_answer(actor.username, changed.receipt)

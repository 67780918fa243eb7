"""The choice of a purpose, in the head of every page."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Act
from traceapp.domain.purposes import Purpose
from traceapp.usecases.sessions.choose_purpose import choose_purpose
from traceapp.web.access import current_actor, records, signed_in, stations
from traceapp.web.pages.layout import safe_next
from traceapp.web.session import begin_session

purposes = Blueprint("purposes", __name__)


@purposes.post("/purpose")
@signed_in
@records(Act.PURPOSE_CHOOSE)
def choose() -> Response:
    """Keep it for the session and go back to the page it was chosen on, which may show more or less now."""
    chosen = next((one for one in Purpose if one.value == request.form.get("purpose")), None)
    if chosen is None:
        raise InputError.wanted("purpose", "one of the list")
    begin_session(choose_purpose(stations(), current_actor(), chosen).value)
    return redirect(safe_next(request.form.get("next")), 303)

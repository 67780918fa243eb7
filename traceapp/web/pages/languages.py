"""The choice of a language, kept in this browser."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from traceapp.web.access import open_door, records_nothing
from traceapp.web.language import remember_language
from traceapp.web.pages.layout import safe_next

languages = Blueprint("languages", __name__)


@languages.post("/language")
@open_door
@records_nothing("the language of one browser")
def choose() -> Response:
    """Keep the choice and go back to the page it was made on."""
    response = redirect(safe_next(request.form.get("next")), 303)
    remember_language(response, request.form.get("language", ""))
    return response

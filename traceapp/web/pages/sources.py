"""The first source of a fact: the sender's own words."""

from flask import Blueprint, render_template

from traceapp.domain.permissions import Permission
from traceapp.usecases.batches.show_source import show_source
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.inputs import UidInput
from traceapp.web.reading import read_path

source_pages = Blueprint("source", __name__)


@source_pages.get("/events/<uid>/source")
@permission(Permission.SOURCE_SHOW)
def show(uid: str) -> str:
    """Open the row or message that an event came from."""
    found = show_source(stations(), current_actor(), read_path(UidInput, {"uid": uid}).uid)
    return render_template("sources/source.html", row=found.value, receipt=found.receipt)

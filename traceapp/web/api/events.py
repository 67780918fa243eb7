"""The first source of an event."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Permission
from traceapp.usecases.batches.show_source import show_source
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.answer_models import Source
from traceapp.web.answers import source_answer
from traceapp.web.inputs import UidInput
from traceapp.web.operations import operation

events = Blueprint("events", __name__, url_prefix="/api/v1/events")


@events.get("/<uid>/source")
@permission(Permission.SOURCE_SHOW)
@operation(answer=Source, path=UidInput, refuses=(404,))
def source(path: UidInput) -> Response:
    """Open the row or message that an event came from, in the sender's own words."""
    return source_answer(show_source(stations(), current_actor(), path.uid))

"""Moves of sites and product lines: those that others agreed to and how far each is, and what another one would do to whom."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Permission
from traceapp.usecases.places.move_place import compare_move, list_moves
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.operations import operation
from traceapp.web.place_answers import effect_answer, moves_answer
from traceapp.web.place_inputs import MoveBody
from traceapp.web.place_models import MoveComparison, PlaceMoves

places = Blueprint("places", __name__, url_prefix="/api/v1/places")


@places.get("")
@permission(Permission.CHANGE_LIST)
@operation(answer=PlaceMoves)
def show_all() -> Response:
    """List every move of a site or product line, the newest first, with how many records still carry the old place.

    What belongs where does not hang on that: it holds for all records from `at` on.
    """
    return moves_answer(list_moves(stations(), current_actor()))


@places.post("/comparison")
@permission(Permission.CHANGE_LIST)
@operation(answer=MoveComparison, body=MoveBody)
def compare(body: MoveBody) -> Response:
    """Say what a move would do: how many records change place, and which accounts gain or lose sight of how many.

    Nothing happens. It is asked for as the operation `place_move` (`POST /api/v1/approvals`), with these fields as parameters.
    """
    return effect_answer(compare_move(stations(), current_actor(), body.model_dump()))

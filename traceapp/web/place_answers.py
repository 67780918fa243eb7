"""The bytes of answers about moves of sites and product lines; `answers.py` says what holds for all."""

from dataclasses import asdict
from typing import Any

from flask import Response

from traceapp.domain.recorded import Recorded
from traceapp.usecases.places.move_place import MoveState
from traceapp.usecases.places.place_effects import PlaceEffect
from traceapp.web.answers import CONTENT_TYPE, document_bytes


def moves_answer(recorded: Recorded[tuple[MoveState, ...]]) -> Response:
    return _answer({"moves": [_told(one) for one in recorded.value], "ledger": recorded.receipt})


def effect_answer(recorded: Recorded[PlaceEffect]) -> Response:
    return _answer({"effect": asdict(recorded.value), "ledger": recorded.receipt})


def _told(state: MoveState) -> dict[str, Any]:
    kept = state.kept
    return {
        "number": kept.number,
        "old": asdict(kept.move.old),
        "new": asdict(kept.move.new),
        "proposed_by": kept.proposed_by,
        "approved_by": kept.approved_by,
        "approval": kept.approval,
        "at": kept.at,
        "records": kept.records,
        "left": state.left,
        "cut": state.cut,
        "finished_at": kept.finished_at,
    }


def _answer(document: dict[str, Any]) -> Response:
    return Response(document_bytes(document), content_type=CONTENT_TYPE)

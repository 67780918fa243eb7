"""Moves of sites and product lines: how far each is, what another one would do to whom, and the request for it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from traceapp.domain.approvals import Operation
from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.intake.given_view import known_places
from traceapp.usecases.places.move_place import compare_move, list_moves, plain_effect
from traceapp.usecases.places.place_effects import PlaceEffect
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.pages.account_words import place_text, view_words
from traceapp.web.pages.layout import may
from traceapp.web.pages.place_words import wrong_of
from traceapp.web.pages.refusals import refusal

place_pages = Blueprint("place", __name__)
CODES = ("site", "line", "to_site", "to_line")


@place_pages.get("/places")
@permission(Permission.CHANGE_LIST)
def show() -> str:
    """Every move, and the form for another one."""
    return _page()


@place_pages.post("/places/comparison")
@permission(Permission.CHANGE_LIST)
def compare() -> str | tuple[str, int]:
    """What a move would do; nothing happens."""
    try:
        found = compare_move(stations(), current_actor(), _said())
    except InputError as error:
        return _page(*wrong_of(error)), 400
    except PermissionDeniedError as error:
        return _page(refusal(error)), 403
    return _page(effect=found.value)


@place_pages.post("/places/proposals")
@permission(Permission.CHANGE_PROPOSE)
@records(Permission.APPROVAL_REQUEST, Permission.CHANGE_LIST)
def propose() -> Response | tuple[str, int]:
    """Ask others to agree to exactly this move."""
    try:
        made = request_approval(stations(), current_actor(), Operation.PLACE_MOVE, _said(), request.form.get("reason", ""))
    except InputError as error:
        return _page(*wrong_of(error), effect=_effect()), 400
    except PermissionDeniedError as error:
        return _page(refusal(error)), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


def _said() -> dict[str, Any]:
    codes = {name: request.form.get(name, "").strip() or None for name in CODES}
    return {**codes, "follow": request.form.get("follow") == "yes"}


def _effect() -> PlaceEffect | None:
    """What was looked at before it was proposed, so that a proposal that came back stands under it again."""
    try:
        return compare_move(stations(), current_actor(), _said()).value
    except InputError:
        return None


def _page(error: str = "", field: str = "", effect: PlaceEffect | None = None) -> str:
    """field  of the page, that the error is about."""
    actor = current_actor()
    found = list_moves(stations(), actor)
    sites, lines = known_places(stations())
    return render_template(
        "places/list.html",
        moves=found.value,
        receipt=found.receipt,
        error=error,
        field=field,
        effect=plain_effect(effect) if effect is not None else None,
        view=view_words,
        belongs=place_text,
        sites=sorted(sites - {"*", "?"}),
        lines=sorted(lines - {"*", "?"}),
        proposes=may(actor, Permission.CHANGE_PROPOSE) and may(actor, Permission.APPROVAL_REQUEST),
        said=request.form,
    )

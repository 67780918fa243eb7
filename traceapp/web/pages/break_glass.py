"""Break-glass: begin it, end it, see what waits for a review."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.dictionary.entries import Tier
from traceapp.domain.errors import FactorNeededError, InputError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.sessions import break_glass as glass
from traceapp.web.access import current_actor, permission, records, signed_in, stations
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal
from traceapp.web.session import begin_session

break_glass_pages = Blueprint("break_glass", __name__)


@break_glass_pages.get("/break-glass")
@signed_in
@records(Permission.BREAK_GLASS_LIST)
def show() -> str:
    """What the person may do here: begin, end, and what waits for whom."""
    return _page()


@break_glass_pages.post("/break-glass")
@permission(Permission.BREAK_GLASS_BEGIN)
@records(Permission.BREAK_GLASS_BEGIN, Permission.BREAK_GLASS_LIST, Permission.APPROVAL_REQUEST)
def begin() -> Response | tuple[str, int]:
    """Begin; a second factor that is not fresh is asked for first."""
    said = request.form
    try:
        opened = glass.break_glass(
            stations(), current_actor(), said.get("reason", ""), _minutes(said.get("minutes", "")), said.get("tier", "")
        )
    except FactorNeededError:
        return redirect(url_for("factors.form", next=url_for("break_glass.show")), 303)
    except InputError:
        return _page(gettext("Wanted a reason of 10 to 1000 characters and 1 to 60 minutes.")), 400
    except PermissionDeniedError as error:
        return _page(refusal(error)), 403
    begin_session(opened.value)
    return redirect(url_for("break_glass.show"), 303)


@break_glass_pages.post("/break-glass/end")
@signed_in
@records(Act.BREAK_GLASS_END)
def end() -> Response:
    """End it before its time."""
    begin_session(glass.end_break_glass(stations(), current_actor()).value)
    return redirect(url_for("break_glass.show"), 303)


def _page(error: str = "") -> str:
    actor = current_actor()
    listed = glass.list_break_glass(stations(), actor) if may(actor, Permission.BREAK_GLASS_LIST) else None
    highest = glass.highest_tier(stations(), actor)
    told: dict[str, Any] = {
        "may_begin": may(actor, Permission.BREAK_GLASS_BEGIN) and highest is not None,
        "may_review": may(actor, Permission.BREAK_GLASS_REVIEW),
        "tiers": [tier.value for tier in Tier if highest is not None and Tier.T2 <= tier <= highest],
        "listed": listed,
        "reason": request.form.get("reason", ""),
        "said_tier": request.form.get("tier", ""),
        "factor_due": glass.factor_due(actor, stations().clock.now()),
        "minutes": request.form.get("minutes", "30"),
    }
    return render_template("break_glass/show.html", error=error, **told)


def _minutes(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0

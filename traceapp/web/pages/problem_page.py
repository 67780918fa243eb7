"""Every problem as a page: what happened, what was not lost, what to do next."""

from typing import Any, Final

from flask import Flask, g, render_template, request, url_for
from flask_babel import gettext, ngettext

from traceapp.domain.batch import Candidate
from traceapp.web.pages.candidates import CandidateRow, candidate_rows, caption
from traceapp.web.pages.forms import WANTED
from traceapp.web.pages.wording import N_, ROLES
from traceapp.web.problems import ProblemAnswer, set_problem_page
from traceapp.web.stations import stations

HINTS: Final = {
    "not-found": N_(
        "This does not say that it is not ours. Two things can be true: nobody described this number yet, or it belongs to a site"
        " or product line that your role does not see. Quality sees every site and can tell."
    ),
    "ambiguous": N_("A number is not unique. Which one do you have in hand? Nothing was opened or traced yet."),
    "no-such-address": N_("The address was mistyped, or the page has moved. Search for the number instead."),
}
NEXT_STEPS: Final = {
    "not-found": N_("Check the number as printed. If it is right, hand it on: one click, and quality looks it up."),
    "ambiguous": N_("Choose the one whose product, site and kind fit what you hold."),
    "no-such-address": N_("Go to the start page and search for the number."),
    "method": N_("Go to the start page and begin again."),
    "too-large": N_("Send a smaller request."),
    "address-too-long": N_("Ask a shorter question."),
    "input": N_("Correct the named field and send it again."),
}
"""Where a page says it otherwise than the API, whose callers are programs."""


def register(app: Flask) -> None:
    set_problem_page(app, draw_problem)


def draw_problem(answer: ProblemAnswer) -> str:
    """The page of a problem; it asks neither store nor ledger, which may be what is down."""
    name = answer.problem.name
    errors = [(field, gettext(WANTED[field]) if field in WANTED else detail) for field, detail in answer.errors]
    return render_template(
        "problems/problem.html",
        problem=answer.problem,
        title=_title(answer),
        detail=_detail(answer),
        hint=gettext(HINTS[name]) if name in HINTS else "",
        next_step=gettext(NEXT_STEPS.get(name, answer.next_step)),
        errors=errors,
        candidates=_rows(answer),
        caption=caption(answer.boundary) if answer.candidates else "",
        asked=_asked() if name == "not-found" else "",
    )


def _title(answer: ProblemAnswer) -> str:
    count = len(answer.candidates)
    if count:
        return ngettext("%(num)s thing carries this number", "%(num)s things carry this number", count)
    return gettext(answer.problem.title)


def _detail(answer: ProblemAnswer) -> str:
    if answer.problem.name == "denied" and g.get("actor") is not None:
        return gettext("Your role, %(role)s, does not allow this.", role=gettext(ROLES[g.actor.role]))
    if answer.candidates or answer.errors or answer.detail == f"{answer.problem.title}.":
        return ""
    return gettext(answer.detail)


def _asked() -> str:
    """What found nothing, as it was typed, to be handed on; it says nothing that the address does not say."""
    said = {**request.args, **(request.view_args or {})}
    return next((str(said[name]).strip() for name in ("number", "epc", "uid") if str(said.get(name, "")).strip()), "")[:500]


def _rows(answer: ProblemAnswer) -> list[CandidateRow]:
    """Candidates came out of the stations, so these are at hand; every other problem asks them nothing."""
    if not answer.candidates:
        return []
    return candidate_rows(answer.candidates, request.args.get("number", ""), stations().organisation.sites, _address)


def _address(candidate: Candidate) -> str:
    """The same question, to the one that was chosen."""
    if request.endpoint == "trace.show":
        narrowing = {"number", "epc", "uid", "product", "site", "kind"}
        kept: dict[str, Any] = {name: value for name, value in request.args.items() if name not in narrowing and value.strip()}
        return url_for("trace.show", uid=candidate.uid, **kept)
    return url_for("batch.show", uid=candidate.uid)

"""The start page with its one field, and what a number found."""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.errors import BatchNotFoundError, InputError
from traceapp.domain.permissions import Permission
from traceapp.usecases.look_up_batches import finds_all, look_up_batches
from traceapp.web.access import current_actor, permission, records_nothing, signed_in, stations
from traceapp.web.inputs import read_form
from traceapp.web.pages.candidates import candidate_rows, caption
from traceapp.web.pages.forms import SearchPageInput, field_errors
from traceapp.web.pages.layout import may, may_look_up

search_pages = Blueprint("search", __name__)


@search_pages.get("/")
@signed_in
@records_nothing("a form; what is asked by it is on record")
def start() -> str:
    """One field for any number."""
    return render_template(
        "search/start.html",
        allowed=may_look_up(current_actor()),
        errors={},
        may_list_approvals=may(current_actor(), Permission.APPROVAL_LIST),
        may_search_ledger=may(current_actor(), Permission.LEDGER_SEARCH),
        may_list_referrals=may(current_actor(), Permission.REFERRAL_LIST),
        may_explain=may(current_actor(), Permission.POLICY_EXPLAIN),
    )


@search_pages.get("/search")
@permission(Permission.BATCH_LOOK_UP)
def search() -> Response | str | tuple[str, int]:
    """Go to the one thing that carries the number, or ask which of several is meant."""
    try:
        asked = read_form(SearchPageInput)
    except InputError as error:
        return render_template("search/start.html", allowed=True, errors=field_errors(error)), 400
    query = BatchQuery(asked.number, None, asked.product, asked.site, asked.kind)
    found = look_up_batches(stations(), current_actor(), query)
    if not found.value:
        raise BatchNotFoundError("Unknown, or outside your view.")
    if len(found.value) == 1:
        return redirect(url_for("batch.show", uid=found.value[0].uid, fields=asked.fields), 303)
    number = request.args["number"]
    rows = candidate_rows(found.value, number, stations().organisation.sites, partial(_address, asked.fields))
    said = caption(not finds_all(stations(), current_actor()))
    return render_template("search/candidates.html", candidates=rows, caption=said, receipt=found.receipt, number=number)


def _address(fields: str | None, candidate: Candidate) -> str:
    return url_for("batch.show", uid=candidate.uid, fields=fields)

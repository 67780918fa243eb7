"""The start page with its one field, and what a number found."""

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.errors import BatchNotFoundError, InputError, PermissionDeniedError
from traceapp.domain.exports import Subject
from traceapp.domain.permissions import Permission
from traceapp.usecases.batches.look_up_batches import finds_all, look_up_batches
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.take_export import request_export
from traceapp.web.access import current_actor, permission, records, records_nothing, signed_in, stations
from traceapp.web.export_tables import arrangements
from traceapp.web.files import table_file
from traceapp.web.pages.candidates import candidate_rows, caption
from traceapp.web.pages.forms import SearchExportPageInput, SearchPageInput, field_errors
from traceapp.web.pages.layout import may, may_look_up
from traceapp.web.pages.refusals import refusal
from traceapp.web.reading import read_form, read_posted

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
        may_list_changes=may(current_actor(), Permission.CHANGE_LIST),
        may_list_approvals=may(current_actor(), Permission.APPROVAL_LIST),
        may_list_deliveries=may(current_actor(), Permission.DELIVERY_LIST),
        may_search_ledger=may(current_actor(), Permission.LEDGER_SEARCH),
        may_list_referrals=may(current_actor(), Permission.REFERRAL_LIST),
        may_explain=may(current_actor(), Permission.POLICY_EXPLAIN),
    )


@search_pages.get("/search")
@permission(Permission.BATCH_LOOK_UP)
def search() -> BaseResponse | str | tuple[str, int]:
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
    may_export = may(current_actor(), Permission.BATCH_EXPORT)
    return render_template(
        "search/candidates.html",
        candidates=rows,
        caption=said,
        receipt=found.receipt,
        number=number,
        may_export=may_export,
        may_ask=may_export and may(current_actor(), Permission.APPROVAL_REQUEST),
        question={name: value for name, value in request.args.items() if name in {"number", "product", "site", "kind"} and value},
    )


@search_pages.get("/search/export")
@permission(Permission.BATCH_EXPORT)
def export() -> BaseResponse | tuple[str, int]:
    """What carries the number, as a file."""
    try:
        asked, subject = read_form(SearchExportPageInput), Subject.SEARCH
        return table_file(export_rows(stations(), current_actor(), subject, asked.query(), asked.form, arrangements()[subject]))
    except InputError as error:
        return render_template("search/start.html", allowed=True, errors=field_errors(error)), 400


@search_pages.post("/search/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.BATCH_EXPORT)
def request_file() -> BaseResponse | tuple[str, int]:
    """Ask others to let it leave with confidential values."""
    try:
        asked = read_posted(SearchExportPageInput)
        made = request_export(stations(), current_actor(), Subject.SEARCH, asked.query(), asked.form, "T2", asked.reason)
    except InputError as error:
        return render_template("search/start.html", allowed=True, errors=field_errors(error)), 400
    except PermissionDeniedError as error:
        return render_template("search/start.html", allowed=True, errors={"": refusal(error)}), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


def _address(fields: str | None, candidate: Candidate) -> str:
    return url_for("batch.show", uid=candidate.uid, fields=fields)

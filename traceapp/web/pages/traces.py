"""The trace page: what is unknown first, then who has it, the lots, the links, and the picture."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.exports import Subject
from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.take_export import request_export
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.export_tables import arrangements
from traceapp.web.files import table_file
from traceapp.web.pages.forms import TraceExportPageInput, TracePageInput, TraceRequestPageInput, field_errors
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal
from traceapp.web.pages.trace_page import TracePage, typed_question
from traceapp.web.reading import read_form, read_posted

trace_pages = Blueprint("trace", __name__)


@trace_pages.get("/traces")
@permission(Permission.BATCH_TRACE)
@records(Permission.BATCH_TRACE, Act.WITHHELD_ROUTE)
def show() -> str | tuple[str, int]:
    """Ask a question to the genealogy and draw its answer; an empty address shows the empty form."""
    if not request.args:
        return render_template("traces/question.html", asked=typed_question({}), errors={})
    try:
        asked = read_form(TracePageInput)
    except InputError as error:
        said = render_template("traces/question.html", asked=typed_question(request.args), errors=field_errors(error))
        return said, 400
    traced = trace_batch(stations(), current_actor(), asked.search())
    may_export = may(current_actor(), Permission.BATCH_EXPORT)
    may_ask = may_export and may(current_actor(), Permission.APPROVAL_REQUEST)
    page = TracePage(traced.value, asked, stations().organisation.sites)
    may_deliver = may_ask and may(current_actor(), Permission.DELIVERY_LIST)
    return render_template(
        "traces/trace.html",
        page=page,
        receipt=traced.receipt,
        may_export=may_export,
        may_ask=may_ask,
        may_deliver=may_deliver,
    )


@trace_pages.get("/traces/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.BATCH_EXPORT, Act.WITHHELD_ROUTE)
def export() -> Response | tuple[str, int]:
    """The rows of the answer as a file, in the language of the page."""
    try:
        asked = read_form(TraceExportPageInput)
        subject = Subject.TRACE
        arrange = arrangements()[subject]
        return table_file(export_rows(stations(), current_actor(), subject, asked.search(), asked.form, arrange))
    except InputError as error:
        said = render_template("traces/question.html", asked=typed_question(request.args), errors=field_errors(error))
        return said, 400


@trace_pages.post("/traces/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.BATCH_EXPORT, Act.WITHHELD_ROUTE)
def request_file() -> BaseResponse | tuple[str, int]:
    """Ask others to let the rows leave with confidential values."""
    try:
        asked = read_posted(TraceRequestPageInput)
        made = request_export(stations(), current_actor(), Subject.TRACE, asked.search(), asked.form, "T2", asked.reason)
    except InputError as error:
        shown = render_template("traces/question.html", asked=typed_question(request.form), errors=field_errors(error))
        return shown, 400
    except PermissionDeniedError as error:
        errors = {"": refusal(error)}
        return render_template("traces/question.html", asked=typed_question(request.form), errors=errors), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)

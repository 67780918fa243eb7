"""The trace page: what is unknown first, then who has it, the lots, the links, and the picture."""

from functools import partial

from flask import Blueprint, Response, render_template, request

from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.export_trace import export_trace
from traceapp.usecases.trace_batch import trace_batch
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.files import table_file
from traceapp.web.inputs import read_form
from traceapp.web.pages.forms import TraceExportPageInput, TracePageInput, field_errors
from traceapp.web.pages.layout import may
from traceapp.web.pages.trace_page import TracePage, typed_question
from traceapp.web.trace_tables import trace_tables

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
    page = TracePage(traced.value, asked, stations().organisation.sites)
    return render_template("traces/trace.html", page=page, receipt=traced.receipt, may_export=may_export)


@trace_pages.get("/traces/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.BATCH_EXPORT, Act.WITHHELD_ROUTE)
def export() -> Response | tuple[str, int]:
    """The rows of the answer as a file, in the language of the page."""
    try:
        asked = read_form(TraceExportPageInput)
        arrange = partial(trace_tables, stations().organisation.sites, asked.form)
        return table_file("trace", export_trace(stations(), current_actor(), asked.search(), asked.form, arrange))
    except InputError as error:
        said = render_template("traces/question.html", asked=typed_question(request.args), errors=field_errors(error))
        return said, 400

"""The batch page: what it is, in which state, where from, where to, who touched it, and who said so."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from traceapp.domain.approvals import Operation
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.inputs import UidInput
from traceapp.web.pages.batch_page import BatchPage
from traceapp.web.pages.forms import BatchPageInput, BatchUidPageInput
from traceapp.web.pages.layout import may
from traceapp.web.pages.refusals import refusal
from traceapp.web.reading import read_form, read_path

batch_pages = Blueprint("batch", __name__)


@batch_pages.get("/batches")
@permission(Permission.BATCH_SHOW)
def find() -> str:
    """The lot that carries a number; where several do, the page asks."""
    return _draw(read_form(BatchPageInput).search())


@batch_pages.get("/batches/<uid>")
@permission(Permission.BATCH_SHOW)
def show(uid: str) -> str:
    """One lot by its uid."""
    return _draw(read_form(BatchUidPageInput).query(None, read_path(UidInput, {"uid": uid}).uid))


@batch_pages.post("/batches/<uid>/value")
@permission(Permission.BATCH_SHOW)
@records(Permission.APPROVAL_REQUEST, Permission.BATCH_SHOW)
def ask_value(uid: str) -> Response | tuple[str, int]:
    """Ask others that one T3 value be shown, once."""
    lot, said = read_path(UidInput, {"uid": uid}).uid, request.form
    asked = {"uid": lot, "property": said.get("property", "")}
    try:
        made = request_approval(stations(), current_actor(), Operation.T3_REVEAL, asked, said.get("reason", ""))
    except InputError:
        return _draw(BatchQuery(uid=lot), gettext("Wanted one of these values, and a reason of 10 to 1000 characters.")), 400
    except PermissionDeniedError as refused:
        return _draw(BatchQuery(uid=lot), refusal(refused)), 403
    return redirect(url_for("approval.open_one", uid=made.value.uid), 303)


def _draw(query: BatchQuery, error: str = "") -> str:
    shown = show_batch(stations(), current_actor(), query)
    page = BatchPage(shown.value, stations().organisation.sites, asked_then=query.as_of is not None)
    may_open_source = may(current_actor(), Permission.SOURCE_SHOW)
    may_ask = may(current_actor(), Permission.APPROVAL_REQUEST)
    return render_template(
        "batches/batch.html", page=page, receipt=shown.receipt, may_open_source=may_open_source, may_ask=may_ask, error=error
    )

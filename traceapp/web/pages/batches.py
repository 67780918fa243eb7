"""The batch page: what it is, in which state, where from, where to, who touched it, and who said so."""

from flask import Blueprint, render_template

from traceapp.domain.batch import BatchQuery
from traceapp.domain.permissions import Permission
from traceapp.usecases.show_batch import show_batch
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.inputs import UidInput, read_form, read_path
from traceapp.web.pages.batch_page import BatchPage
from traceapp.web.pages.forms import BatchPageInput, BatchUidPageInput
from traceapp.web.pages.layout import may

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


def _draw(query: BatchQuery) -> str:
    shown = show_batch(stations(), current_actor(), query)
    page = BatchPage(shown.value, stations().organisation.sites, asked_then=query.as_of is not None)
    may_open_source = may(current_actor(), Permission.SOURCE_SHOW)
    return render_template("batches/batch.html", page=page, receipt=shown.receipt, may_open_source=may_open_source)

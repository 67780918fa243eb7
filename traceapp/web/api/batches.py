"""One lot, and the trace of one lot, by its printed number."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.answer_models import Batch, Trace
from traceapp.web.answers import batch_answer, trace_answer
from traceapp.web.inputs import BatchInput, BatchSearchInput, NumberInput, TraceInput
from traceapp.web.operations import operation

batches = Blueprint("batches", __name__, url_prefix="/api/v1/batches")


@batches.get("/<number>")
@permission(Permission.BATCH_SHOW)
@operation(answer=Batch, path=NumberInput, query=BatchInput, refuses=(404, 409))
def show(path: NumberInput, query: BatchInput) -> Response:
    """Show the lot that carries a printed number.

    Where it came from, where it went, its state as of a moment, who touched it. A number with `/` in it goes by
    `/api/v1/batches?number=…`.
    """
    return batch_answer(show_batch(stations(), current_actor(), query.query(path.number)))


@batches.get("")
@permission(Permission.BATCH_SHOW)
@operation(answer=Batch, query=BatchSearchInput, refuses=(404, 409))
def search(query: BatchSearchInput) -> Response:
    """Show the lot that carries a printed number, or has a uid.

    Exactly one of `number` and `uid`. The answer is that of `/api/v1/batches/{number}`; the number may hold any
    character.
    """
    return batch_answer(show_batch(stations(), current_actor(), query.search()))


@batches.get("/<number>/trace")
@permission(Permission.BATCH_TRACE)
@records(Permission.BATCH_TRACE, Act.WITHHELD_ROUTE)
@operation(answer=Trace, path=NumberInput, query=TraceInput, refuses=(404, 409))
def trace(path: NumberInput, query: TraceInput) -> Response:
    """Trace from the lot that carries a printed number.

    A number with `/` in it goes by `/api/v1/traces?number=…`.
    """
    return trace_answer(trace_batch(stations(), current_actor(), query.question(path.number)))

"""Traces by query and by body."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.trace_batch import trace_batch
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.answer_models import Trace
from traceapp.web.answers import trace_answer
from traceapp.web.inputs import TraceBody, TraceSearchInput
from traceapp.web.operations import operation

traces = Blueprint("traces", __name__, url_prefix="/api/v1/traces")


@traces.get("")
@permission(Permission.BATCH_TRACE)
@records(Permission.BATCH_TRACE, Act.WITHHELD_ROUTE)
@operation(answer=Trace, query=TraceSearchInput, refuses=(404, 409))
def search(query: TraceSearchInput) -> Response:
    """Trace from one lot, unit, container, shipment or party.

    Exactly one of `number`, `uid` and `epc`; the number may hold any character.
    """
    return trace_answer(trace_batch(stations(), current_actor(), query.search()))


@traces.post("")
@permission(Permission.BATCH_TRACE)
@records(Permission.BATCH_TRACE, Act.WITHHELD_ROUTE)
@operation(answer=Trace, body=TraceBody, refuses=(404, 409))
def ask(body: TraceBody) -> Response:
    """Trace from several seeds at once.

    The answer is one set, whatever the order of the seeds. `as_of` is what was known then; `at` is when a container
    seed is opened; the window counts links by when they happened.
    """
    return trace_answer(trace_batch(stations(), current_actor(), body.question()))

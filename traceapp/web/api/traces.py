"""Traces by query and by body."""

from flask import Blueprint, Response

from traceapp.domain.exports import Subject
from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.take_export import request_export
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.answer_models import Trace
from traceapp.web.answers import trace_answer
from traceapp.web.approval_answers import moved_answer
from traceapp.web.approval_models import ApprovalMoved
from traceapp.web.export_tables import arrangements
from traceapp.web.files import MEDIA, table_file
from traceapp.web.inputs import TraceBody, TraceExportBody, TraceExportInput, TraceSearchInput
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


@traces.get("/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.BATCH_EXPORT, Act.WITHHELD_ROUTE)
@operation(query=TraceExportInput, refuses=(404, 409), files=tuple(MEDIA.values()))
def export(query: TraceExportInput) -> Response:
    """Take the rows of a trace out as a file.

    As much as the policy lets one person take out by himself: values of higher tiers stand there as masked. The file is
    finished, its digest recorded and a checkpoint made before the first byte leaves. `Repr-Digest` is the digest on record,
    `Traceapp-Ledger` the record of the export. No cell is a formula; in CSV one that looks like it begins with an apostrophe.
    """
    subject = Subject.TRACE
    made = export_rows(stations(), current_actor(), subject, query.search(), query.form, arrangements()[subject])
    return table_file(made)


@traces.post("/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.BATCH_EXPORT, Act.WITHHELD_ROUTE)
@operation(answer=ApprovalMoved, body=TraceExportBody, refuses=(404, 409))
def request(body: TraceExportBody) -> Response:
    """Ask others to let the rows of a trace leave as a file.

    For what `[exports]` of the policy lets nobody take alone: more rows, or values of higher tiers. Nothing leaves yet; the
    answer is the approval that was asked for. Once it is carried out, the file is at `/api/v1/approvals/{uid}/file`, once.
    With a `recipient` the file is sealed to his key (age v1) and entered in the register of outside deliveries; T3 leaves in no
    other way. To another country than the plant's it takes `legal_basis` and `authority_number`, and the operation is
    `outside_delivery`.
    """
    subject, question = Subject.TRACE, body.question()
    actor, address = current_actor(), body.address
    return moved_answer(request_export(stations(), actor, subject, question, body.form, body.tier, body.reason, address))


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

"""The audit trail: who did what, to which thing, and what he saw of it."""

from flask import Blueprint, Response

from traceapp.domain.exports import Subject
from traceapp.domain.permissions import Permission
from traceapp.usecases.audit.search_ledger import search_ledger, show_record
from traceapp.usecases.audit.sign_ledger import prove_record
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.exported_ledger import LedgerQuestion
from traceapp.usecases.exports.take_export import request_export
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.approval_answers import moved_answer
from traceapp.web.approval_models import ApprovalMoved
from traceapp.web.audit_answers import proof_answer, record_answer, records_answer
from traceapp.web.audit_inputs import LedgerExportBody, LedgerExportInput, LedgerSearchInput, RecordInput
from traceapp.web.audit_models import AuditRecordAnswer, AuditRecords, RecordProof
from traceapp.web.export_tables import arrangements
from traceapp.web.files import MEDIA, table_file
from traceapp.web.operations import operation

audit = Blueprint("audit", __name__, url_prefix="/api/v1/audit")


@audit.get("/records")
@permission(Permission.LEDGER_SEARCH)
@operation(answer=AuditRecords, query=LedgerSearchInput)
def search(query: LedgerSearchInput) -> Response:
    """Search the records of the ledger, the newest first.

    All that is said must hold. `number` with `field` asks who saw that field of that thing. What you may not see of a
    record is masked, and what lies outside your view finds nothing. The search is itself recorded.
    """
    return records_answer(search_ledger(stations(), current_actor(), query.asked(), query.before, query.limit))


@audit.get("/export")
@permission(Permission.LEDGER_EXPORT)
@operation(query=LedgerExportInput, files=tuple(MEDIA.values()))
def export(query: LedgerExportInput) -> Response:
    """Export the records that fit as a file.

    At most as many as the policy lets one person take out; for more, others agree to `POST` of the same question.
    The file is finished, its digest recorded and a checkpoint made before the first byte leaves. `Repr-Digest` is the
    digest on record, `Traceapp-Ledger` the record of the export. Cells that a spreadsheet would take for a formula begin
    with an apostrophe.
    """
    question, subject = LedgerQuestion(query.asked()), Subject.LEDGER
    return table_file(export_rows(stations(), current_actor(), subject, question, query.form, arrangements()[subject]))


@audit.post("/export")
@permission(Permission.LEDGER_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.LEDGER_EXPORT)
@operation(answer=ApprovalMoved, body=LedgerExportBody, refuses=(404,))
def request(body: LedgerExportBody) -> Response:
    """Ask others to let many records leave as a file.

    Nothing leaves yet; the answer is the approval that was asked for. Once it is carried out, the file is at
    `/api/v1/approvals/{uid}/file`, once. What is found later is no part of it.
    """
    question = LedgerQuestion(body.asked())
    return moved_answer(request_export(stations(), current_actor(), Subject.LEDGER, question, body.form, "T1", body.reason))


@audit.get("/records/<seq>")
@permission(Permission.LEDGER_SEARCH)
@operation(answer=AuditRecordAnswer, path=RecordInput, refuses=(404,))
def show(path: RecordInput) -> Response:
    """Show one record of the ledger in full."""
    return record_answer(show_record(stations(), current_actor(), path.seq))


@audit.get("/records/<seq>/proof")
@permission(Permission.LEDGER_SEARCH)
@operation(answer=RecordProof, path=RecordInput, refuses=(404,))
def proof(path: RecordInput) -> Response:
    """Prove that a record is in the ledger.

    The proof needs nothing but itself and the ledger's verifier key.
    """
    return proof_answer(path.seq, prove_record(stations(), current_actor(), path.seq, Permission.LEDGER_SEARCH))

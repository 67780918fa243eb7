"""What carries a number, as a file."""

from flask import Blueprint, Response

from traceapp.domain.exports import Subject
from traceapp.domain.permissions import Permission
from traceapp.usecases.exports.export_rows import export_rows
from traceapp.usecases.exports.take_export import request_export
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.approval_answers import moved_answer
from traceapp.web.approval_models import ApprovalMoved
from traceapp.web.export_tables import arrangements
from traceapp.web.files import MEDIA, table_file
from traceapp.web.inputs import SearchExportBody, SearchExportInput
from traceapp.web.operations import operation

searches = Blueprint("searches", __name__, url_prefix="/api/v1/searches")


@searches.get("/export")
@permission(Permission.BATCH_EXPORT)
@operation(query=SearchExportInput, files=tuple(MEDIA.values()))
def export(query: SearchExportInput) -> Response:
    """Take everything that carries a printed number out as a file.

    As much as the policy lets one person take out by himself; the headers are those of `/api/v1/traces/export`. A number that
    nothing within your view carries gives a file without rows.
    """
    subject = Subject.SEARCH
    return table_file(export_rows(stations(), current_actor(), subject, query.query(), query.form, arrangements()[subject]))


@searches.post("/export")
@permission(Permission.BATCH_EXPORT)
@records(Permission.APPROVAL_REQUEST, Permission.BATCH_EXPORT)
@operation(answer=ApprovalMoved, body=SearchExportBody, refuses=(404,))
def request(body: SearchExportBody) -> Response:
    """Ask others to let what carries a number leave as a file, with values of higher tiers.

    Nothing leaves yet; the answer is the approval that was asked for. Once it is carried out, the file is at
    `/api/v1/approvals/{uid}/file`, once.
    """
    made = request_export(stations(), current_actor(), Subject.SEARCH, body.query(), body.form, body.tier, body.reason)
    return moved_answer(made)

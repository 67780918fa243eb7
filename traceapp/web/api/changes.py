"""Policy, dictionary and alert rules: the version in force, what another one would change, and the request for it."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Permission
from traceapp.usecases.governed.change_documents import compare_document, list_documents, show_version
from traceapp.usecases.governed.propose_document import propose_document
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.approval_answers import moved_answer
from traceapp.web.approval_models import ApprovalMoved
from traceapp.web.change_answers import comparison_answer, documents_answer, version_answer
from traceapp.web.change_inputs import ComparisonBody, DocumentInput, ProposalBody, VersionInput
from traceapp.web.change_models import DocumentComparison, Documents, DocumentText
from traceapp.web.operations import operation

changes = Blueprint("changes", __name__, url_prefix="/api/v1/changes")


@changes.get("")
@permission(Permission.CHANGE_LIST)
@operation(answer=Documents)
def show_all() -> Response:
    """List the governed documents: the version in force of each, and those that were.

    `fault` says why one is not what others agreed to; then nothing new is taken in.
    """
    return documents_answer(list_documents(stations(), current_actor()))


@changes.get("/<document>/versions/<version>")
@permission(Permission.CHANGE_LIST)
@operation(answer=DocumentText, path=VersionInput)
def show(path: VersionInput) -> Response:
    """Read the text of a version that is or was in force."""
    found = show_version(stations(), current_actor(), path.document, path.version)
    return version_answer(path.document, path.version, found)


@changes.post("/<document>/comparison")
@permission(Permission.CHANGE_LIST)
@operation(answer=DocumentComparison, path=DocumentInput, body=ComparisonBody)
def compare(path: DocumentInput, body: ComparisonBody) -> Response:
    """Say what another document would change, and who would gain or lose what by it.

    Nothing is kept and nothing happens.
    """
    return comparison_answer(compare_document(stations(), current_actor(), path.document, body.text.encode()))


@changes.post("/<document>/proposals")
@permission(Permission.CHANGE_PROPOSE)
@records(Permission.CHANGE_PROPOSE, Permission.APPROVAL_REQUEST)
@operation(answer=ApprovalMoved, path=DocumentInput, body=ProposalBody)
def propose(path: DocumentInput, body: ProposalBody) -> Response:
    """Ask that another document come in force, or a former version back.

    It is an approval of the operation `policy_change`, `dictionary_change` or `alert_rules_change`: others agree to exactly this
    document, and whoever asked carries it out (`/api/v1/approvals/{uid}/execute`).
    """
    content = body.text.encode() if body.text is not None else None
    return moved_answer(propose_document(stations(), current_actor(), path.document, content, body.reason, body.version))

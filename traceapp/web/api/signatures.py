"""Electronic signatures: are they what their persons gave, under exactly the record that they stand under?"""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.signatures.verify_signatures import verify_signatures
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.approval_inputs import ApprovalInput
from traceapp.web.operations import operation
from traceapp.web.signature_answers import signatures_answer
from traceapp.web.signature_models import Signatures

signatures = Blueprint("signatures", __name__, url_prefix="/api/v1")


@signatures.get("/signatures")
@permission(Permission.LEDGER_VERIFY)
@records(Act.SIGNATURE_VERIFY)
@operation(answer=Signatures)
def verify_all() -> Response:
    """Check every signature that there is, or that the ledger names.

    By its seal, by what stands in the store, and by the ledger, which is read as a whole.
    """
    return signatures_answer(verify_signatures(stations(), current_actor()))


@signatures.get("/approvals/<uid>/signatures")
@permission(Permission.APPROVAL_LIST)
@records(Act.SIGNATURE_VERIFY)
@operation(answer=Signatures, path=ApprovalInput, refuses=(404,))
def verify_one(path: ApprovalInput) -> Response:
    """Check the signatures of one approval: by their seals, by what stands in the store, and by the ledger."""
    return signatures_answer(verify_signatures(stations(), current_actor(), path.uid))

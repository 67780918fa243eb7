"""What happens only after others agreed: asked for, decided, carried out."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Act, Permission
from traceapp.usecases.approvals.approved_operations import ACTS
from traceapp.usecases.approvals.decide_approval import approve_approval, cancel_approval, deny_approval, withdraw_approval
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.list_approvals import list_approvals, show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.exports.reveal_value import reveal_value
from traceapp.usecases.exports.take_export import take_export
from traceapp.usecases.signatures.sign_request import sign_request
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.approval_answers import approvals_answer, executed_answer, moved_answer, revealed_answer, shown_answer
from traceapp.web.approval_inputs import ApprovalBody, ApprovalInput, ApproveBody, ReasonBody, SignRequestBody
from traceapp.web.approval_models import ApprovalExecuted, ApprovalMoved, Approvals, ApprovalShown, ValueRevealed
from traceapp.web.export_tables import arrangements
from traceapp.web.files import MEDIA, SEALED, table_file
from traceapp.web.operations import operation
from traceapp.web.signing import looked_at

approvals = Blueprint("approvals", __name__, url_prefix="/api/v1/approvals")


@approvals.get("")
@permission(Permission.APPROVAL_LIST)
@records(Permission.APPROVAL_LIST, Act.APPROVAL_EXPIRE)
@operation(answer=Approvals)
def show_all() -> Response:
    """List the open approvals that you have a part in.

    What waits for your word, what you asked for, and what others of your role have signed.
    """
    return approvals_answer(list_approvals(stations(), current_actor()))


@approvals.post("")
@permission(Permission.APPROVAL_REQUEST)
@operation(answer=ApprovalMoved, body=ApprovalBody, refuses=(404,))
def request(body: ApprovalBody) -> Response:
    """Ask for something that others have to agree to.

    Nothing happens yet. Where too few persons could agree, it is refused at once with 403, and says who is missing.
    """
    with looked_at(body.shown()) as shown:
        made = request_approval(stations(), current_actor(), body.operation, body.parameters, body.reason, shown=shown)
    return moved_answer(made)


@approvals.get("/<uid>")
@permission(Permission.APPROVAL_LIST)
@records(Act.APPROVAL_OPEN, Act.APPROVAL_EXPIRE)
@operation(answer=ApprovalShown, path=ApprovalInput, refuses=(404, 409))
def show(path: ApprovalInput) -> Response:
    """Open one approval in full: what would happen, and who said what."""
    return shown_answer(show_approval(stations(), current_actor(), path.uid))


@approvals.post("/<uid>/approve")
@permission(Permission.APPROVAL_DECIDE)
@records(Permission.APPROVAL_DECIDE, Act.APPROVAL_EXPIRE, Act.APPROVAL_SUPERSEDE, Act.SIGN_IN_SPRAY)
@operation(answer=ApprovalMoved, path=ApprovalInput, body=ApproveBody, refuses=(404, 409))
def approve(path: ApprovalInput, body: ApproveBody) -> Response:
    """Agree to exactly what you saw.

    A person does it, in a session of his own, and never for what he asked for himself. `digest` is that of the approval as it
    was shown, `seen` what this session was given when it opened it; of anything else, and of what was not opened, it is refused
    with 409. It is an electronic signature: `username` and `password` at the first
    one of a session, `password` alone afterwards; a second factor that was shown since the last one stands for either.
    """
    with looked_at(body.shown()) as shown:
        return moved_answer(approve_approval(stations(), current_actor(), path.uid, body.digest, body.seen, body.reason, shown))


@approvals.post("/<uid>/sign")
@permission(Permission.APPROVAL_REQUEST)
@records(Act.APPROVAL_SIGN, Act.APPROVAL_EXPIRE, Act.SIGN_IN_SPRAY)
@operation(answer=ApprovalMoved, path=ApprovalInput, body=SignRequestBody, refuses=(404, 409))
def sign(path: ApprovalInput, body: SignRequestBody) -> Response:
    """Sign that you asked for exactly this.

    A person does it, for a request of his own. Where the policy wants it, nobody can agree before.
    """
    with looked_at(body.shown()) as shown:
        return moved_answer(sign_request(stations(), current_actor(), path.uid, body.digest, body.reason, shown))


@approvals.post("/<uid>/deny")
@permission(Permission.APPROVAL_DECIDE)
@records(Permission.APPROVAL_DECIDE, Act.APPROVAL_EXPIRE)
@operation(answer=ApprovalMoved, path=ApprovalInput, body=ReasonBody, refuses=(404, 409))
def deny(path: ApprovalInput, body: ReasonBody) -> Response:
    """Say no, which ends it."""
    return moved_answer(deny_approval(stations(), current_actor(), path.uid, body.reason))


@approvals.post("/<uid>/withdraw")
@permission(Permission.APPROVAL_DECIDE)
@records(Act.APPROVAL_WITHDRAW, Act.APPROVAL_EXPIRE)
@operation(answer=ApprovalMoved, path=ApprovalInput, body=ReasonBody, refuses=(404, 409))
def withdraw(path: ApprovalInput, body: ReasonBody) -> Response:
    """Take your own word back, as long as it has not happened."""
    return moved_answer(withdraw_approval(stations(), current_actor(), path.uid, body.reason))


@approvals.post("/<uid>/cancel")
@permission(Permission.APPROVAL_REQUEST)
@records(Act.APPROVAL_CANCEL, Act.APPROVAL_EXPIRE)
@operation(answer=ApprovalMoved, path=ApprovalInput, body=ReasonBody, refuses=(404, 409))
def cancel(path: ApprovalInput, body: ReasonBody) -> Response:
    """Take back what you asked for."""
    return moved_answer(cancel_approval(stations(), current_actor(), path.uid, body.reason))


@approvals.post("/<uid>/execute")
@permission(Permission.APPROVAL_REQUEST)
@records(Act.APPROVAL_EXECUTE, Act.APPROVAL_EXPIRE, Act.APPROVAL_SPENT, Act.APPROVAL_SUPERSEDE, Act.WITHHELD_ROUTE, *ACTS)
@operation(answer=ApprovalExecuted, path=ApprovalInput, refuses=(404, 409))
def execute(path: ApprovalInput) -> Response:
    """Carry out what was approved.

    Whoever asked for it does, once. What would happen is compared again with what was approved; where it is another thing, or
    one of those who agreed may not any more, it does not happen.
    """
    return executed_answer(path.uid, execute_approval(stations(), current_actor(), path.uid))


@approvals.post("/<uid>/value")
@permission(Permission.BATCH_SHOW)
@records(Act.VALUE_REVEAL, Act.APPROVAL_EXPIRE)
@operation(answer=ValueRevealed, path=ApprovalInput, refuses=(404, 409))
def value(path: ApprovalInput) -> Response:
    """Show the T3 value that was approved, once.

    To whoever asked for it, in a session whose second factor is fresh, within ten minutes of being carried out. It counts as
    shown before it leaves.
    """
    return revealed_answer(reveal_value(stations(), current_actor(), path.uid))


@approvals.get("/<uid>/file")
@permission(Permission.APPROVAL_REQUEST)
@records(
    Permission.BATCH_EXPORT,
    Permission.LEDGER_EXPORT,
    Permission.DELIVERY_LIST,
    Permission.DELIVERY_ENTER,
    Act.EXPORT_SEND,
    Act.APPROVAL_EXPIRE,
    Act.WITHHELD_ROUTE,
)
@operation(answer=ApprovalExecuted, path=ApprovalInput, refuses=(404, 409), files=(*MEDIA.values(), SEALED))
def file(path: ApprovalInput) -> Response:
    """Take the file that was approved and carried out.

    Whoever asked for it does, once, until `expires_at`, and only while the answer is the one that was approved. One that did
    not arrive whole can be taken again. Headers as of `/api/v1/traces/export`.
    """
    return table_file(take_export(stations(), current_actor(), path.uid, arrangements()))

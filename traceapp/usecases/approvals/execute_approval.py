"""What others agreed to happens: once, exactly so, and only while all of them may still agree to it."""

from contextlib import suppress
from typing import Any, Final

from traceapp.domain import approvals
from traceapp.domain.approvals import Approval, ApprovalState
from traceapp.domain.errors import (
    ApprovalStateError,
    FactorNeededError,
    LedgerUnavailableError,
    PermissionDeniedError,
    TraceappError,
)
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.open_intents import held_intent
from traceapp.usecases.access import authorise
from traceapp.usecases.approvals.approval_document import Frozen, open_frozen
from traceapp.usecases.approvals.approval_moves import find_approval, put, refused, request_of, superseded
from traceapp.usecases.approvals.approval_persons import row_of, signers_today
from traceapp.usecases.approvals.approved_operations import OPERATIONS, CarryOut
from traceapp.usecases.approvals.decide_approval import CHANGED, is_as_asked
from traceapp.usecases.approvals.held_things import NOTHING_HELD
from traceapp.usecases.approvals.missing_persons import NO_ROW
from traceapp.usecases.approvals.request_approval import concerned
from traceapp.usecases.approvals.settle_spent import settle_failed
from traceapp.usecases.signatures.verify_signatures import BROKEN, counted_signatures
from traceapp.usecases.stations import Stations

NOT_HERE: Final = "This is not carried out here: a review ends with the last word, a key is destroyed at the terminal."


def execute_approval(stations: Stations, actor: Actor, uid: str, by: CarryOut | None = None) -> Recorded[Any]:
    """Carry it out; what the operation returns.

    by  what does it, where that takes more than the approval, such as files of the terminal; else the operation's own.

    First the approval is spent, on record, and only then it happens, on record as well: a crash between the two, and whatever
    goes wrong with what was approved, leaves it undone and the approval spent, which is said on record (`settle_spent.py`). So
    nothing ever happens twice.
    raises  PermissionDeniedError: somebody else asked for it, or may not any more, or one of those who agreed may not any more;
            ApprovalNotFoundError; ApprovalStateError: not approved, over, or no longer what would happen, which ends it;
            ConcurrentChangeError: of many at once one carries it out; what the operation itself raises.
    """
    request = {"approval": uid}
    authorise(stations, actor, Permission.APPROVAL_REQUEST, request)
    found, person = find_approval(stations, actor, uid)
    operation, rule = OPERATIONS[found.operation], row_of(stations, found.operation)
    authorise(stations, actor, operation.permission, request_of(found))
    carry_out = by if operation.carry_out is None and operation.judge is None else operation.carry_out
    is_his = found.state is ApprovalState.APPROVED and person.is_surely(found.requester)
    frozen = _still_as_asked(stations, actor, found) if carry_out is not None and is_his else None
    try:
        if rule is None:
            raise PermissionDeniedError(NO_ROW)
        if carry_out is None:
            raise PermissionDeniedError(NOT_HERE)
        if frozen is not None and counted_signatures(stations, found) is None:
            raise PermissionDeniedError(BROKEN)
        holding = operation.holds(frozen.parameters) if frozen is not None else NOTHING_HELD
        about = concerned(stations, found.operation, frozen.parameters) if frozen is not None else ()
        signers = [one for one in signers_today(stations, rule, found, holding) if not any(map(one.is_same, about))]
        made = approvals.execute(found, person, stations.clock.now(), found.digest, signers)
    except (PermissionDeniedError, ApprovalStateError) as error:
        raise refused(stations, actor, Act.APPROVAL_EXECUTE, found, error) from None
    assert frozen is not None  # noqa: S101  an approved one of the person's own was opened above
    with held_intent(stations.settings.home, found.uid):
        spent = put(stations, actor, Act.APPROVAL_EXECUTE, made, found)
        try:
            return carry_out(stations, actor, frozen.parameters, found.uid)
        except LedgerUnavailableError:
            raise  # what is on record is not known now: the sweep looks later
        except Exception:
            with suppress(TraceappError):
                settle_failed(stations, actor, found.uid, spent.receipt.seq)
            raise


def _still_as_asked(stations: Stations, actor: Actor, found: Approval) -> Frozen:
    """What was asked for, while that is what would happen; else it is superseded.

    raises  ApprovalStateError: it is, or it cannot be done as things stand. FactorNeededError.
    """
    frozen = open_frozen(stations, found)
    try:
        same = is_as_asked(stations, found, frozen) and OPERATIONS[found.operation].still(stations, actor, frozen.parameters)
    except (ApprovalStateError, FactorNeededError) as error:
        raise refused(stations, actor, Act.APPROVAL_EXECUTE, found, error) from None
    if not same:
        superseded(stations, actor, found)
        raise ApprovalStateError(CHANGED)
    return frozen

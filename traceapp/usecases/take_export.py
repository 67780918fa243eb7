"""A trace leaves as a file with values that nobody takes out alone: asked for, and then taken once."""

import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Final

from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.errors import ApprovalStateError, HomeError, PermissionDeniedError, TraceappError
from traceapp.domain.exports import Arrange, Copy, ExportedFile, TableForm
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import TraceQuestion
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.approval_document import open_frozen
from traceapp.usecases.approval_moves import find_approval, request_of
from traceapp.usecases.approved_export import asked_again, question_document
from traceapp.usecases.export_trace import finished_file
from traceapp.usecases.request_approval import request_approval
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_record import answered_entry, result_digest

NOT_YOURS: Final = "Only whoever asked for it can take the file."
NOT_READY: Final = "There is no file to take: it is not carried out, its time is over, or it was taken already."
CHANGED: Final = "What would leave now is not what was approved: ask for it anew."


def request_export(
    stations: Stations, actor: Actor, question: TraceQuestion, form: TableForm, tier: str, reason: str
) -> Recorded[Approval]:
    """Ask others to let this answer leave, with values up to this tier; raises as `request_approval` and `trace_batch`."""
    said = {"question": question_document(question), "form": form.value, "tier": tier}
    return request_approval(stations, actor, Operation.TRACE_EXPORT, said, reason, actor.username)


def may_take(stations: Stations, found: Approval) -> bool:
    """Whether its file is there to be taken: carried out, in time, and not taken yet."""
    in_time = found.state is ApprovalState.EXECUTED and stations.clock.now() < found.expires_at
    return found.operation is Operation.TRACE_EXPORT and in_time and not (_folder(stations) / found.uid).exists()


def take_export(stations: Stations, actor: Actor, uid: str, arrange: Arrange) -> Recorded[ExportedFile]:
    """The file itself: once, by whoever asked for it, within the time of the approval, and only while the answer is the same.

    One that does not arrive whole may be taken again within that time; each try is on record.
    raises  PermissionDeniedError: somebody else; ApprovalNotFoundError; ApprovalStateError: not carried out, over, taken, or no
            longer what was approved; HomeError; what `trace_batch` raises.
    """
    authorise(stations, actor, Permission.BATCH_EXPORT, {"approval": uid})
    found, person = find_approval(stations, actor, uid)
    if not person.is_same(found.requester) or found.operation is not Operation.TRACE_EXPORT:
        raise _refused(stations, actor, found, PermissionDeniedError(NOT_YOURS))
    if not may_take(stations, found):
        raise _refused(stations, actor, found, ApprovalStateError(NOT_READY))
    claim = _claim(stations, actor, found)
    try:
        return _taken(stations, actor, found, arrange, claim)
    except BaseException:
        claim.unlink(missing_ok=True)
        raise


def _taken(stations: Stations, actor: Actor, found: Approval, arrange: Arrange, claim: Path) -> Recorded[ExportedFile]:
    frozen = open_frozen(stations, found)
    parameters, form = frozen.parameters, TableForm(frozen.parameters["form"])
    traced = asked_again(stations, actor, parameters)
    if frozen.policy != stations.policy.digest or result_digest(traced.answer, traced.own) != parameters["sha256"]:
        raise _refused(stations, actor, found, ApprovalStateError(CHANGED))
    copy = Copy(secrets.token_hex(16), actor.username, stations.clock.now())
    made = finished_file(stations, arrange(form, traced.answer, copy), form, copy, lambda: claim.unlink(missing_ok=True))
    try:
        told = answered_entry(stations, actor, traced, Permission.BATCH_EXPORT, **made.on_record)
        recorded = stations.ledger.record(made, replace(told, approval=found.uid))
        stations.ledger.make_checkpoint()
    except BaseException:
        made.file.close()
        raise
    return recorded


def _folder(stations: Stations) -> Path:
    return stations.settings.home / "exports"


def _claim(stations: Stations, actor: Actor, found: Approval) -> Path:
    """Of many that take it at once, one; the name stays where the file left whole."""
    folder = _folder(stations)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(folder / found.uid, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(held)
        finally:
            os.close(held)
    except FileExistsError:
        raise _refused(stations, actor, found, ApprovalStateError(NOT_READY)) from None
    except OSError as error:
        raise HomeError(f"the file cannot be written ({error.strerror})") from None
    return folder / found.uid


def _refused(stations: Stations, actor: Actor, found: Approval, error: TraceappError) -> TraceappError:
    outcome = "denied" if isinstance(error, PermissionDeniedError) else "failed"
    told = entry(
        stations, actor, Permission.BATCH_EXPORT, outcome, request=request_of(found), reason=str(error), approval=found.uid
    )
    stations.ledger.append(told)
    return error

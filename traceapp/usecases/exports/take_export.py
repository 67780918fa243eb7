"""Rows leave as a file with values that nobody takes out alone: asked for, and then taken once."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.errors import ApprovalStateError, FactorNeededError, PermissionDeniedError
from traceapp.domain.exports import Arrange, Copy, ExportedFile, Subject, TableForm
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.signatures import CheckedSignature
from traceapp.usecases.access import authorise
from traceapp.usecases.approvals.approval_document import open_frozen, open_words
from traceapp.usecases.approvals.approval_moves import find_approval, refused
from traceapp.usecases.approvals.held_things import held_by_export
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.approvals.settle_spent import is_said
from traceapp.usecases.exports.addressed_export import check_clearance, destination_of, is_address_as_signed, key_of
from traceapp.usecases.exports.approved_export import asked_again
from traceapp.usecases.exports.deliveries import delivery_of_file, keep_delivery
from traceapp.usecases.exports.export_claim import Claim
from traceapp.usecases.exports.export_rows import finished_file, on_its_way
from traceapp.usecases.exports.export_subjects import SUBJECT_OF, SUBJECTS
from traceapp.usecases.exports.recipients import find_recipient, is_abroad
from traceapp.usecases.exports.take_once import taking
from traceapp.usecases.exports.taken import Sending, was_taken
from traceapp.usecases.stations import Stations

NOT_YOURS: Final = "Only whoever asked for it can take the file."
NOT_READY: Final = "There is no file to take: it is not carried out, its time is over, or it was taken already."
CHANGED: Final = "What would leave now is not what was approved: ask for it anew."


def request_export(
    stations: Stations,
    actor: Actor,
    subject: Subject,
    question: Any,
    form: TableForm,
    tier: str,
    reason: str,
    address: Mapping[str, Any] | None = None,
) -> Recorded[Approval]:
    """Ask others to let the answer to this question of the subject leave, with values up to this tier.

    address  whom it goes to and why, as `check_address` reads it; None where it goes to nobody but whoever takes it. To another
             country than the plant's it is asked for as a delivery abroad.
    raises   what `request_approval` and the question raise.
    """
    row = SUBJECTS[subject]
    said = {"question": row.document(question), "form": form.value, "tier": tier, **(address or {})}
    recipient = find_recipient(stations, str(said["recipient"])) if "recipient" in said else None
    abroad = recipient is not None and is_abroad(stations, recipient.country)
    operation = Operation.OUTSIDE_DELIVERY if abroad else row.operation
    return request_approval(stations, actor, operation, said, reason, recipient.text if recipient else actor.username)


def may_take(stations: Stations, found: Approval) -> bool:
    """Whether its file is there to be taken: carried out, and not said to be spent in vain, in time, and not taken yet."""
    if found.operation not in SUBJECT_OF or found.state is not ApprovalState.EXECUTED or stations.clock.now() >= found.expires_at:
        return False
    return not is_said(open_words(stations, found)) and not was_taken(stations.settings.home, found.uid)


def take_export(stations: Stations, actor: Actor, uid: str, arrange: Mapping[Subject, Arrange]) -> Recorded[ExportedFile]:
    """The file itself: once, by whoever asked for it, within the time of the approval, and only while the answer is the same
    and all who agreed may still agree.

    One that goes to a recipient is entered in the register of outside deliveries first, and sealed to his key where he has one.
    One that was cut may be taken again within that time; each try, and how it ended, is on record.
    arrange  by whose rows they are.
    raises  PermissionDeniedError: somebody else, or one of those who agreed may not any more; ApprovalNotFoundError;
            ApprovalStateError: not carried out, over, taken, or no longer what was approved; HomeError; what the question
            raises. FactorNeededError: T3, and no second factor was shown a short time ago.
    """
    authorise(stations, actor, Permission.APPROVAL_REQUEST, {"approval": uid})
    found, person = find_approval(stations, actor, uid)
    subject = SUBJECT_OF.get(found.operation)
    act = SUBJECTS[subject].permission if subject is not None else Permission.BATCH_EXPORT
    refusing = partial(refused, stations, actor, act, found)
    if not person.is_surely(found.requester) or subject is None:
        raise refusing(PermissionDeniedError(NOT_YOURS))
    authorise(stations, actor, act, {"approval": uid})
    holding = held_by_export(open_frozen(stations, found).parameters)
    with taking(stations, found, person, holding, may_take, NOT_READY, refusing) as (claim, signatures):
        return _taken(stations, actor, found, subject, arrange[subject], claim, signatures)


def _taken(
    stations: Stations,
    actor: Actor,
    found: Approval,
    subject: Subject,
    arrange: Arrange,
    claim: Claim,
    signatures: tuple[CheckedSignature, ...],
) -> Recorded[ExportedFile]:
    refusing = partial(refused, stations, actor, SUBJECTS[subject].permission, found)
    frozen = open_frozen(stations, found)
    parameters, form = frozen.parameters, TableForm(frozen.parameters["form"])
    try:
        check_clearance(stations, actor, Tier(parameters["tier"]))
    except (PermissionDeniedError, FactorNeededError) as error:
        raise refusing(error) from None
    if not is_address_as_signed(stations, parameters):
        raise refusing(ApprovalStateError(CHANGED))
    asked = asked_again(subject, stations, actor, parameters)
    if frozen.policy != stations.policy.digest or asked.digest != parameters["sha256"]:
        raise refusing(ApprovalStateError(CHANGED))
    to, now = destination_of(parameters), stations.clock.now()
    copy = Copy(secrets.token_hex(16), actor.username, now, signatures, frozen.recipient if to is not None else None)
    sending = Sending(stations, actor, found, claim)
    made = finished_file(
        stations, arrange(form, asked.answer, copy), subject, form, copy, sending.end, key_of(parameters), parameters["tier"]
    )
    recorded = on_its_way(stations, made, lambda: replace(asked.record(**made.on_record), approval=found.uid))
    sending.size, sending.record = made.size, recorded.receipt.seq
    if to is not None:
        try:
            keep_delivery(stations, actor, delivery_of_file(stations, actor, recorded, to, found.uid))
        except BaseException:
            made.file.close()
            sending.end(0)
            raise
    return recorded

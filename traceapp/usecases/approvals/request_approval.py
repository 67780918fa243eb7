"""Somebody asks for what nobody does alone: exactly that is frozen, and others are to agree to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from traceapp.domain.approvals import Approval, ApprovalState, Operation, Person
from traceapp.domain.errors import PermissionDeniedError, SignatureComponentsError, TraceappError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.signatures import NOTHING_SHOWN, Meaning, Shown, SignedRecord
from traceapp.ledger.open_intents import held_intent
from traceapp.policy.document import ApprovalRow
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.approvals.approval_document import LABEL, Words, check_reason, frozen_approval, seal_words
from traceapp.usecases.approvals.approval_moves import put
from traceapp.usecases.approvals.approval_persons import person_of, person_of_account, row_of, steps_of
from traceapp.usecases.approvals.approved_operations import OPERATIONS
from traceapp.usecases.approvals.missing_persons import NO_ROW, why_stuck
from traceapp.usecases.signatures.sign_request import NOBODY
from traceapp.usecases.signatures.signing import Signing, check_components, said_of, sessions_after, sign
from traceapp.usecases.stations import Stations

MOST_WAITING: Final = 20
"""Requests of one person that wait at once: more would hide those of others."""
PAGE: Final = 1_000
COMING_IN: Final = "coming-in"
"""Lock of the count of those that wait."""
TOO_MANY: Final = "Too many of your requests wait already: take some back, or wait until others have decided."


def request_approval(
    stations: Stations,
    actor: Actor,
    operation: Operation,
    said: Mapping[str, Any],
    reason: str,
    recipient: str | None = None,
    shown: Shown = NOTHING_SHOWN,
) -> Recorded[Approval]:
    """Ask for it; nothing happens yet.

    said    its parameters, as they were sent.   recipient  who gets what leaves, where something does.
    shown   what was typed to sign the request at once; it can be signed afterwards (`sign_request`).
    raises  PermissionDeniedError: not for this role, or there are not enough persons who could agree: then it would wait for
            ever, so it is refused at once and says who is missing. InputError; what the check of its parameters raises.
            SignatureComponentsError: it was to be signed, and he did not show enough of himself.
    """
    row, request = OPERATIONS[operation], {"operation": operation.value}
    authorise(stations, actor, Permission.APPROVAL_REQUEST, request)
    authorise(stations, actor, row.permission, request)
    words = check_reason(reason)
    parameters = row.check(stations, actor, said)
    asker = person_of(stations, actor)
    told = row_of(stations, operation)
    refusal = (
        NO_ROW
        if told is None
        else why_stuck(stations, told, asker, concerned(stations, operation, parameters), row.holds(parameters))
    )
    if told is None or refusal is not None:
        raise _denied(stations, actor, request, PermissionDeniedError(refusal or NO_ROW))
    signing = _signing(stations, actor, told, shown, request)
    result, steps = row.result(stations, parameters), steps_of(told, asker.account_uid)
    asked = frozen_approval(stations, operation, parameters, result, asker, steps, told.hours, recipient)
    now = asked.requested_at
    if signing is None:
        unsigned = seal_words(stations, asked.uid, (Words(asker.account_uid, "request", words, now),))
        with _counted(stations, actor, asker, request):
            return put(stations, actor, Permission.APPROVAL_REQUEST, replace(asked, words=unsigned), None)
    signed = sign(stations, signing, SignedRecord(LABEL, asked.uid, asked.digest), Meaning.REQUESTED, words, now)
    sealed = seal_words(stations, asked.uid, (Words(asker.account_uid, "request", words, now, signed),))
    after = sessions_after(stations, actor, signing, now)
    on_record = said_of(signed, signing, Meaning.REQUESTED)
    with _counted(stations, actor, asker, request):
        return put(stations, actor, Permission.APPROVAL_REQUEST, replace(asked, words=sealed), None, after, **on_record)


@contextmanager
def _counted(stations: Stations, actor: Actor, asker: Person, request: Mapping[str, Any]) -> Iterator[None]:
    """Room for one more request of this person, of many at once too: they come in one by one."""
    with held_intent(stations.settings.home, COMING_IN):
        waiting = stations.approvals.list_approvals(ApprovalState.REQUESTED, PAGE)
        if sum(asker.is_surely(one.requester) for one in waiting) >= MOST_WAITING:
            raise _denied(stations, actor, request, PermissionDeniedError(TOO_MANY))
        yield


def _signing(stations: Stations, actor: Actor, row: ApprovalRow, shown: Shown, request: Mapping[str, Any]) -> Signing | None:
    """None where the request is not signed now: whoever asks can do that afterwards, and nobody else for a token."""
    if shown == NOTHING_SHOWN and not (row.request_signed and actor.session is None):
        return None
    error: PermissionDeniedError | SignatureComponentsError = PermissionDeniedError(NOBODY)
    if actor.session is not None:
        try:
            return check_components(stations, actor, shown)
        except SignatureComponentsError as lacking:
            error = lacking
    raise _denied(stations, actor, request, error)


def _denied(stations: Stations, actor: Actor, request: Mapping[str, Any], error: TraceappError) -> TraceappError:
    """The error, once it is on record."""
    denied = entry(stations, actor, Permission.APPROVAL_REQUEST, "denied", request=request, reason=str(error))
    stations.ledger.append(denied)
    return error


def concerned(stations: Stations, operation: Operation, parameters: Mapping[str, Any]) -> tuple[Person, ...]:
    """The persons whom it is about, and who therefore have no say in it."""
    accounts = map(stations.accounts.get_account, OPERATIONS[operation].concerns(parameters))
    return tuple(person_of_account(stations, one) for one in accounts if one is not None)

"""Others say yes or no to exactly what was asked for, take their word back, or whoever asked wants it no more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from traceapp.domain import approvals
from traceapp.domain.accounts import Account
from traceapp.domain.approvals import Approval, ApprovalState, Operation, Person
from traceapp.domain.errors import (
    ApprovalStateError,
    ConcurrentChangeError,
    FactorNeededError,
    KeyUnavailableError,
    NotSignedInError,
    PermissionDeniedError,
    SealBrokenError,
    SignatureComponentsError,
)
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import Session
from traceapp.domain.signatures import NOTHING_SHOWN, Shown, SignedRecord
from traceapp.ledger.open_intents import held_intent
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.approvals.approval_document import LABEL, Frozen, Words, check_reason, open_frozen, with_words
from traceapp.usecases.approvals.approval_moves import find_approval, meet_approval, put, refused, superseded
from traceapp.usecases.approvals.approval_persons import account_of, is_cooling, row_of
from traceapp.usecases.approvals.approved_operations import OPERATIONS
from traceapp.usecases.approvals.held_things import why_not_cleared
from traceapp.usecases.approvals.opened_approval import check_opened
from traceapp.usecases.approvals.request_approval import concerned
from traceapp.usecases.sessions.rotate_session import ENDED
from traceapp.usecases.signatures.sign_request import check_request_signed
from traceapp.usecases.signatures.signing import Signing, components_shown, said_of, session_after, sessions_after, sign
from traceapp.usecases.stations import Stations

NAMELESS: Final = "Only a person in a session of his own agrees to something; a token and the terminal do not."
COOLING: Final = "Your account was made or changed too short a time ago: for a while it agrees to nothing."
PROVISIONAL: Final = "Somebody else gave you your password: change it before you agree to anything."
ABOUT: Final = "It is about you yourself: somebody else decides it."
CHANGED: Final = "What would happen now is not what was asked for: it was closed as superseded. Ask for it anew."
NOT_HIS: Final = "Nobody takes back that he is reviewed."
NO_FACTOR: Final = "This needs a second factor that was shown in the last %s minutes."


def approve_approval(
    stations: Stations, actor: Actor, uid: str, digest: str, seen: str, reason: str, shown: Shown = NOTHING_SHOWN
) -> Recorded[Approval]:
    """Agree to exactly this, and sign it.

    digest  of what the person saw.   seen  what he was given when he opened it (`opening_of`).   shown  what he typed to sign it.
    raises  PermissionDeniedError: his own request, by whatever account; not his turn; signed already; a token; an account that
            is new. FactorNeededError: the policy wants a fresh second factor. ApprovalNotFoundError. ApprovalStateError: it is
            over, not what he saw or never opened by him, or no longer what would happen. ConcurrentChangeError. InputError: no
            reason. SignatureComponentsError: he may, and did not show enough of himself.
    """
    with _asking(stations, actor, uid, "approve", reason) as asked:
        return _approved(stations, actor, asked, digest, seen, shown)


def deny_approval(stations: Stations, actor: Actor, uid: str, reason: str) -> Recorded[Approval]:
    """Say no, which ends it; raises what `approve_approval` raises."""
    with _asking(stations, actor, uid, "deny", reason) as asked:

        def moved() -> Approval:
            return approvals.deny(asked.found, asked.person, stations.clock.now())

        return _put(stations, actor, Permission.APPROVAL_DECIDE, asked.found, "deny", asked.words, moved)


def withdraw_approval(stations: Stations, actor: Actor, uid: str, reason: str) -> Recorded[Approval]:
    """Take one's own word back before it happened; raises what `approve_approval` raises."""
    request = {"approval": uid, "decision": "withdraw"}
    authorise(stations, actor, Permission.APPROVAL_DECIDE, request)
    words = check_reason(reason)
    found, person = find_approval(stations, actor, uid)

    def moved() -> Approval:
        return approvals.withdraw(found, person, stations.clock.now())

    return _put(stations, actor, Act.APPROVAL_WITHDRAW, found, "withdraw", words, moved)


def cancel_approval(stations: Stations, actor: Actor, uid: str, reason: str) -> Recorded[Approval]:
    """Whoever asked for it wants it no more; raises what `approve_approval` raises."""
    request = {"approval": uid, "decision": "cancel"}
    authorise(stations, actor, Permission.APPROVAL_REQUEST, request)
    words = check_reason(reason)
    found, person = find_approval(stations, actor, uid)

    def moved() -> Approval:
        if OPERATIONS[found.operation].judge is not None:
            raise PermissionDeniedError(NOT_HIS)
        return approvals.cancel(found, person, stations.clock.now())

    return _put(stations, actor, Act.APPROVAL_CANCEL, found, "cancel", words, moved)


def is_as_asked(stations: Stations, found: Approval, frozen: Frozen) -> bool:
    """Whether what would happen now, under the policy of this moment, is exactly what was asked for."""
    row = OPERATIONS[found.operation]
    now = Frozen(
        frozen.approval,
        frozen.operation,
        frozen.parameters,
        frozen.recipient,
        row.result(stations, frozen.parameters),
        stations.policy.digest,
        found.requester.account_uid,
    )
    return now.digest == found.digest and frozen.operation is found.operation


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be decided, by whom, and why.

    account, session  the one that decides, as they were read with his person.   frozen  what shall happen.   words  why.
    """

    found: Approval
    person: Person
    account: Account | None
    session: Session | None
    frozen: Frozen
    words: str


@contextmanager
def _asking(stations: Stations, actor: Actor, uid: str, decision: str, reason: str) -> Iterator[_Asked]:
    """The approval as it stands, once this person may decide anything here.

    What happened already is judged by one at a time: a word that is half kept is nobody's but his whose it is.
    """
    asked = _ask(stations, actor, uid, decision, reason)
    if OPERATIONS[asked.found.operation].judge is None:
        yield asked
        return
    with held_intent(stations.settings.home, asked.found.uid):
        yield _ask(stations, actor, uid, decision, reason)


def _ask(stations: Stations, actor: Actor, uid: str, decision: str, reason: str) -> _Asked:
    request = {"approval": uid, "decision": decision}
    authorise(stations, actor, Permission.APPROVAL_DECIDE, request)
    words = check_reason(reason)
    try:
        met = meet_approval(stations, actor, uid)
    except (KeyUnavailableError, SealBrokenError) as unknown:
        failed = entry(stations, actor, Permission.APPROVAL_DECIDE, "failed", request=request, reason=type(unknown).__name__)
        stations.ledger.append(failed)
        raise
    found = met.approval
    if actor.session is None:
        raise refused(stations, actor, Permission.APPROVAL_DECIDE, found, PermissionDeniedError(NAMELESS), decision=decision)
    asked = _Asked(found, met.person, met.account, met.session, open_frozen(stations, found), words)
    refusal = _why_not(stations, asked)
    if refusal is not None:
        raise refused(stations, actor, Permission.APPROVAL_DECIDE, found, PermissionDeniedError(refusal), decision=decision)
    try:
        _check_factor(stations, actor, found)
    except FactorNeededError as error:
        raise refused(stations, actor, Permission.APPROVAL_DECIDE, found, error, decision=decision) from None
    return asked


def _approved(stations: Stations, actor: Actor, asked: _Asked, digest: str, seen: str, shown: Shown) -> Recorded[Approval]:
    found, person, words = asked.found, asked.person, asked.words
    if found.state in approvals.OPEN and not is_as_asked(stations, found, asked.frozen):
        superseded(stations, actor, found)
        raise ApprovalStateError(CHANGED)
    now, act = stations.clock.now(), Permission.APPROVAL_DECIDE
    try:
        made = approvals.approve(found, person, now, digest)
        check_opened(stations, actor, found, seen)
        check_request_signed(stations, found)
        signing = _signing(stations, asked, shown)
    except (PermissionDeniedError, ApprovalStateError, SignatureComponentsError) as error:
        raise refused(stations, actor, act, found, error, decision="approve") from None
    *others, last = made.signatures
    meaning = made.steps[last.step].meaning
    signed = sign(stations, signing, SignedRecord(LABEL, found.uid, found.digest), meaning, words, now)
    made = replace(made, signatures=(*others, replace(last, sealed=signed.digest)))
    try:
        made = _judged(stations, actor, found, words, made, partial(session_after, stations, actor, signing, now))
    except (PermissionDeniedError, ApprovalStateError, ConcurrentChangeError) as error:
        raise refused(stations, actor, act, found, error, decision="approve") from None
    made = with_words(stations, made, Words(account_of(actor), "approve", words, now, signed))
    after = sessions_after(stations, actor, signing, now)
    return put(stations, actor, act, made, found, after, decision="approve", **said_of(signed, signing, meaning))


def _signing(stations: Stations, asked: _Asked, shown: Shown) -> Signing:
    if asked.session is None or asked.account is None:
        raise NotSignedInError(ENDED)
    return components_shown(stations, asked.session, asked.account, shown)


def _put(
    stations: Stations,
    actor: Actor,
    act: Permission | Act,
    found: Approval,
    decision: str,
    words: str,
    moved: Callable[[], Approval],
) -> Recorded[Approval]:
    try:
        made = _judged(stations, actor, found, words, moved())
    except (PermissionDeniedError, ApprovalStateError) as error:
        raise refused(stations, actor, act, found, error, decision=decision) from None
    said = Words(account_of(actor), decision, words, stations.clock.now())
    return put(stations, actor, act, with_words(stations, made, said), found, decision=decision)


def _judged(
    stations: Stations,
    actor: Actor,
    found: Approval,
    words: str,
    made: Approval,
    signed_in: Callable[[], Session] | None = None,
) -> Approval:
    """Where what happened is judged, the last word closes it, before it is kept: a crash between leaves a review of nothing.

    signed_in  of a word that is signed (`session_after`): where something else was signed meanwhile, nothing is judged.
    """
    judge = OPERATIONS[found.operation].judge
    if judge is None or made.state not in {ApprovalState.APPROVED, ApprovalState.DENIED}:
        return made
    agreed = made.state is ApprovalState.APPROVED
    if signed_in is not None:
        signed_in()
    judge(stations, actor, open_frozen(stations, found).parameters, found.uid, agreed, words)
    return approvals.conclude(made, made.signatures[-1].person, stations.clock.now()) if agreed else made


def _why_not(stations: Stations, asked: _Asked) -> str | None:
    """Whatever the state, and before the state is told: whether this person decides anything here."""
    operation, account = asked.found.operation, asked.account
    if any(asked.person.is_same(one) for one in concerned(stations, operation, asked.frozen.parameters)):
        return ABOUT
    row = row_of(stations, operation)
    if row is not None and account is not None and is_cooling(stations, row, account):
        return COOLING
    if account is not None and account.provisional:
        return PROVISIONAL
    if account is None or asked.person.is_same(asked.found.requester):
        return None
    return why_not_cleared(stations, account, OPERATIONS[operation].holds(asked.frozen.parameters))


def factor_due(stations: Stations, actor: Actor, operation: Operation) -> int | None:
    """Within how many minutes a second factor has to be shown before a word on it counts; None where it was, or need not be."""
    row = row_of(stations, operation)
    if row is None or row.factor_minutes is None:
        return None
    within = timedelta(minutes=row.factor_minutes)
    shown = actor.factor_at is not None and stations.clock.now() - actor.factor_at <= within
    return None if shown else row.factor_minutes


def _check_factor(stations: Stations, actor: Actor, found: Approval) -> None:
    due = factor_due(stations, actor, found.operation)
    if due is not None:
        raise FactorNeededError(NO_FACTOR % due)

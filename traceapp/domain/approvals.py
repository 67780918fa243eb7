"""Four eyes: a risky act is frozen, others agree to exactly that, and then it happens once.

The states are a table; who has to agree, and in which order, is data of the policy document. Nothing here knows what the act is:
it is named, and its digest is what people sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from traceapp.domain.errors import ApprovalStateError, ApprovalWaitsError, PermissionDeniedError
from traceapp.domain.rights import Role
from traceapp.domain.signatures import Meaning

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 1000


class ApprovalState(StrEnum):
    """How far an approval is; the last five are its ends."""

    REQUESTED = "requested"
    APPROVED = "approved"
    EXECUTED = "executed"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class Move(StrEnum):
    """What can happen to one."""

    APPROVE = "approve"
    WITHDRAW = "withdraw"
    DENY = "deny"
    CANCEL = "cancel"
    EXPIRE = "expire"
    SUPERSEDE = "supersede"
    EXECUTE = "execute"


class Operation(StrEnum):
    """What happens only after others agreed; who they are is a row of the policy document, what it does one of a use case."""

    ACCOUNT_PERSON = "account_person"
    ACCOUNT_ROLE = "account_role"
    ALERT_RULES_CHANGE = "alert_rules_change"
    ALERT_SILENCE = "alert_silence"
    BREAK_GLASS_REVIEW = "break_glass_review"
    DELIVERY_EXPORT = "delivery_export"
    DICTIONARY_CHANGE = "dictionary_change"
    INTERFACE_ADD = "interface_add"
    KEY_DESTROY = "key_destroy"
    KEY_OFFICERS = "key_officers"
    LEDGER_EXPORT = "ledger_export"
    LEDGER_PRUNE = "ledger_prune"
    OUTSIDE_DELIVERY = "outside_delivery"
    PLACE_MOVE = "place_move"
    POLICY_CHANGE = "policy_change"
    RECIPIENT_ADD = "recipient_add"
    RECIPIENT_INTERFACE_ADD = "recipient_interface_add"
    SEARCH_EXPORT = "search_export"
    T3_REVEAL = "t3_reveal"
    TRACE_EXPORT = "trace_export"
    VALUE_ERASE = "value_erase"


_REQUESTED, _APPROVED = ApprovalState.REQUESTED, ApprovalState.APPROVED
MOVES: Final[Mapping[tuple[ApprovalState, Move], ApprovalState]] = {
    (_REQUESTED, Move.APPROVE): _APPROVED,  # while others have to agree as well, it stays requested
    (_REQUESTED, Move.WITHDRAW): _REQUESTED,
    (_APPROVED, Move.WITHDRAW): _REQUESTED,
    (_REQUESTED, Move.DENY): ApprovalState.DENIED,
    (_APPROVED, Move.DENY): ApprovalState.DENIED,
    (_REQUESTED, Move.CANCEL): ApprovalState.CANCELLED,
    (_APPROVED, Move.CANCEL): ApprovalState.CANCELLED,
    (_REQUESTED, Move.EXPIRE): ApprovalState.EXPIRED,
    (_APPROVED, Move.EXPIRE): ApprovalState.EXPIRED,
    (_REQUESTED, Move.SUPERSEDE): ApprovalState.SUPERSEDED,
    (_APPROVED, Move.SUPERSEDE): ApprovalState.SUPERSEDED,
    (_APPROVED, Move.EXECUTE): ApprovalState.EXECUTED,
}
"""A pair that is not here raises ApprovalStateError."""
OPEN: Final = frozenset(state for state, _ in MOVES)
"""States that something can still happen to."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs or asks, by everything that tells a person: two accounts of one person are one pair of eyes.

    name_key  MAC of the printed name as it is compared; empty where it is not to be had.
    former    ids of persons whose account it was until a short while ago: for that while it counts as theirs as well.
    """

    account_uid: str
    person_id: str
    role: Role
    name_key: str = ""
    former: frozenset[str] = frozenset()

    def is_same(self, other: "Person") -> bool:
        """Whether both may be one person: by account, printed name, or person, now or shortly before.

        It is a reason to refuse, never one to allow.
        """
        ids, others = ({one.person_id} | one.former for one in (self, other))
        named = bool(self.name_key) and self.name_key == other.name_key
        return self.is_surely(other) or named or not ids.isdisjoint(others)

    def is_surely(self, other: "Person") -> bool:
        """Whether both are one person for sure: a printed name, which two people may share, allows nothing."""
        return self.account_uid == other.account_uid or self.person_id == other.person_id


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a chain: so many persons of these roles agree; after a while those of the deputies' roles may as well.

    meaning  of the signature that each of them gives.
    """

    roles: frozenset[Role]
    count: int = 1
    deputies: frozenset[Role] = frozenset()
    escalates_after: timedelta = timedelta()
    meaning: Meaning = Meaning.APPROVED

    def is_for(self, role: Role, waited: timedelta) -> bool:
        """Whether somebody of this role may sign it after it waited so long."""
        return role in self.roles or (role in self.deputies and waited >= self.escalates_after)


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's word on one digest, which is that of what he saw; it counts while it is the digest of the approval.

    sealed  digest of the electronic signature that says it (`domain/signatures.py`).
    """

    person: Person
    step: int
    signed_at: datetime
    digest: str
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """As the store keeps it.

    operation   what shall happen.
    digest      SHA-256 (hex) of everything that makes it exactly this act.
    document    what the digest is of, sealed by the use case.
    words       why it was asked for, approved and ended, by account; sealed by the use case.
    steps       the chain as it was when it was asked for; a policy that changed since supersedes the approval.
    signatures  of persons that agreed, in the order of time.
    ended_by    account that denied, cancelled or executed it.
    version     how often it was written; a write names the one that it has read.
    """

    uid: str
    operation: Operation
    digest: str
    document: bytes = field(repr=False)
    words: bytes = field(repr=False)
    requester: Person
    steps: tuple[Step, ...]
    requested_at: datetime
    expires_at: datetime
    state: ApprovalState = ApprovalState.REQUESTED
    signatures: tuple[Signature, ...] = ()
    ended_by: str | None = None
    ended_at: datetime | None = None
    version: int = 0

    def state_at(self, now: datetime) -> ApprovalState:
        """The state, where time has its part: what is not done by its end is expired, whether or not anybody wrote that."""
        return ApprovalState.EXPIRED if self.state in OPEN and now >= self.expires_at else self.state

    def step_at(self, signatures: Sequence[Signature] | None = None) -> int | None:
        """Number of the first step that lacks somebody; None where all agreed."""
        signed = self.signatures if signatures is None else signatures
        counts = [sum(one.step == number and one.digest == self.digest for one in signed) for number in range(len(self.steps))]
        return next((number for number, step in enumerate(self.steps) if counts[number] < step.count), None)


def approve(approval: Approval, person: Person, now: datetime, digest: str) -> Approval:
    """One more person agrees to exactly this.

    digest  of what the person saw.
    raises  PermissionDeniedError: it is his own request, he signed already, or his role has no part in the step that waits.
            ApprovalStateError: it is over, complete, or not what he saw.
    """
    _check_move(approval, Move.APPROVE, now)
    number = approval.step_at()
    if number is None:
        raise ApprovalStateError("Everybody who has to agree has agreed.")
    _check_person(approval, approval.steps[number : number + 1], person, now)
    if any(person.is_same(one.person) for one in approval.signatures):
        raise PermissionDeniedError("You have agreed to this already, by this account or by another of yours.")
    if digest != approval.digest:
        raise ApprovalStateError("What you saw is not what would happen: look at the approval again.")
    signatures = (*approval.signatures, Signature(person, number, now, digest))
    complete = approval.step_at(signatures) is None
    return replace(approval, signatures=signatures, state=_APPROVED if complete else approval.state)


def deny(approval: Approval, person: Person, now: datetime) -> Approval:
    """Anybody who has a part in the chain says no, at whatever step, which ends it.

    raises  PermissionDeniedError: it is his own request, or he has no part in it. ApprovalStateError: it is over.
    """
    _check_move(approval, Move.DENY, now)
    _check_person(approval, approval.steps, person, now)
    return _ended(approval, Move.DENY, person, now)


def withdraw(approval: Approval, person: Person, now: datetime) -> Approval:
    """Somebody takes his word back before it happened; later steps fall with it, since they rested on it.

    raises  PermissionDeniedError: he has not agreed. ApprovalStateError: it is over.
    """
    _check_move(approval, Move.WITHDRAW, now)
    own = next((one for one in approval.signatures if one.person.is_surely(person)), None)
    if own is None:
        raise PermissionDeniedError("You have not agreed to this; there is nothing to take back.")
    kept = tuple(one for one in approval.signatures if one is not own and one.step <= own.step)
    return replace(approval, signatures=kept, state=MOVES[approval.state, Move.WITHDRAW])


def cancel(approval: Approval, person: Person, now: datetime) -> Approval:
    """The requester does not want it any more; raises PermissionDeniedError: somebody else; ApprovalStateError: it is over."""
    _check_move(approval, Move.CANCEL, now)
    if not person.is_surely(approval.requester):
        raise PermissionDeniedError("Only whoever asked for it can cancel it; others can deny it.")
    return _ended(approval, Move.CANCEL, person, now)


def supersede(approval: Approval, now: datetime) -> Approval:
    """What would happen is no longer what was approved; raises ApprovalStateError: it is over."""
    _check_move(approval, Move.SUPERSEDE, now)
    return replace(approval, state=MOVES[approval.state, Move.SUPERSEDE], ended_at=now)


def expire(approval: Approval, now: datetime) -> Approval:
    """Its time is over; raises ApprovalStateError: it was over before, or is not yet."""
    if approval.state not in OPEN or now < approval.expires_at:
        raise ApprovalStateError("It does not expire now.")
    return replace(approval, state=MOVES[approval.state, Move.EXPIRE], ended_at=approval.expires_at)


def execute(approval: Approval, person: Person, now: datetime, digest: str, entitled: Sequence[Person]) -> Approval:
    """It happens now, this once.

    digest    of what would really happen at this moment.
    entitled  the signers as they are today, in their present roles; one who left, or changed to another role, is missing.
    raises    PermissionDeniedError: somebody else than the requester asks, or a signer is not entitled any more.
              ApprovalWaitsError: not all agreed yet. ApprovalStateError: it is over, or what would happen has changed.
    """
    if approval.state_at(now) is _REQUESTED:
        raise ApprovalWaitsError("It waits for others: nothing happened yet.")
    _check_move(approval, Move.EXECUTE, now)
    if not person.is_surely(approval.requester):
        raise PermissionDeniedError("Only whoever asked for it can carry it out.")
    if digest != approval.digest or approval.step_at() is not None:
        raise ApprovalStateError("What would happen now is not what was approved.")
    check_signers(approval, person, entitled)
    return _ended(approval, Move.EXECUTE, person, now)


def conclude(approval: Approval, person: Person, now: datetime) -> Approval:
    """What happened already was judged: the word of the last who had to agree is itself the end, and nobody carries anything out.

    raises  ApprovalStateError: not all agreed, or it is over.
    """
    _check_move(approval, Move.EXECUTE, now)
    return _ended(approval, Move.EXECUTE, person, now)


def check_signers(approval: Approval, person: Person, entitled: Sequence[Person]) -> None:
    """Whether all who agreed may still agree to what this person asked for, and are as many persons as they were.

    entitled  the signers as they are today.   raises  PermissionDeniedError.
    """
    signers: list[Person] = []
    for signature in approval.signatures:
        today = next((one for one in entitled if one.account_uid == signature.person.account_uid), None)
        step = approval.steps[signature.step]
        if today is None or today.role not in step.roles | step.deputies or today.is_same(person):
            raise PermissionDeniedError("One of those who agreed is not entitled to it any more: ask for the approval anew.")
        if any(today.is_same(other) for other in signers):
            raise PermissionDeniedError("Two of those who agreed are one person by now: ask for the approval anew.")
        signers.append(today)


def first_step_without(steps: Sequence[Step], persons: Sequence[Person]) -> int | None:
    """Number of a step for which there is nobody left, where everybody signs once; None where there are enough for all.

    persons  who may sign; two that are one person count once. Deputies count: whoever waits long enough finds them.
    """
    distinct: list[list[Person]] = []
    for person in persons:
        alike = [known for known in distinct if any(person.is_same(one) for one in known)]
        distinct = [known for known in distinct if known not in alike] + [sum(alike, [person])]
    seats = [number for number, step in enumerate(steps) for _ in range(step.count)]
    taken: dict[int, int] = {}

    def seated(seat: int, tried: set[int]) -> bool:
        """Whether a person is found for this seat, others moving over where that helps (Kuhn, 1955)."""
        step = steps[seats[seat]]
        for who, accounts in enumerate(distinct):
            if who in tried or not any(one.role in step.roles | step.deputies for one in accounts):
                continue
            tried.add(who)
            if who not in taken or seated(taken[who], tried):
                taken[who] = seat
                return True
        return False

    return next((seats[seat] for seat in range(len(seats)) if not seated(seat, set())), None)


def _ended(approval: Approval, move: Move, person: Person, now: datetime) -> Approval:
    return replace(approval, state=MOVES[approval.state, move], ended_by=person.account_uid, ended_at=now)


def _check_move(approval: Approval, move: Move, now: datetime) -> None:
    state = approval.state_at(now)
    if (state, move) not in MOVES:
        raise ApprovalStateError(f"It is {state.value}: there is nothing to {move.value}.")


def _check_person(approval: Approval, steps: Sequence[Step], person: Person, now: datetime) -> None:
    if person.is_same(approval.requester):
        raise PermissionDeniedError("Somebody else decides this: nobody agrees to his own request, by whatever account.")
    if not any(step.is_for(person.role, now - approval.requested_at) for step in steps):
        raise PermissionDeniedError("It is not your role whose word is asked for now.")

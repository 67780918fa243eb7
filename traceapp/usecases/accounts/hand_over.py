"""What a person who leaves had asked for goes to a colleague or ends, and what waits for his word waits for others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from traceapp.domain import approvals
from traceapp.domain.accounts import Account
from traceapp.domain.approvals import OPEN, Approval, Move, Operation, Person, Step, first_step_without
from traceapp.domain.errors import ApprovalStateError, ConcurrentChangeError, FactorNeededError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.accounts.names import username_of
from traceapp.usecases.approvals.approval_document import (
    Words,
    frozen_approval,
    open_frozen,
    open_words,
    seal_words,
    with_words,
)
from traceapp.usecases.approvals.approval_moves import put, request_of, settled
from traceapp.usecases.approvals.approval_persons import account_of, list_persons, person_of_account, row_of, steps_of
from traceapp.usecases.approvals.approved_operations import OPERATIONS
from traceapp.usecases.approvals.missing_persons import NO_ROW, why_stuck
from traceapp.usecases.approvals.request_approval import concerned
from traceapp.usecases.stations import Stations

MOST: Final = 1_000
TRIES: Final = 5
ACTS: Final[Mapping[Move, Act]] = {Move.CANCEL: Act.APPROVAL_CANCEL, Move.WITHDRAW: Act.APPROVAL_WITHDRAW}
"""How a move in the place of whoever left is on record."""
MAY_NOT: Final = "The colleague may not ask for it."
UNSIGNED: Final = "It is signed by whoever asks: the colleague asks for it himself."
OTHERWISE: Final = "The colleague would get something else."
NO_FACTOR: Final = "Whether the colleague gets the same takes his second factor: he asks for it himself."


@dataclass(frozen=True, slots=True)
class PassedRequest:
    """What he had asked for.

    heir_uid  id under which the colleague has it now; None where it was cancelled, `because` of that where a colleague was named.
    stuck     who is missing for what the colleague asks for now; None where enough are left.
    """

    uid: str
    operation: Operation
    heir_uid: str | None
    because: str | None = None
    stuck: str | None = None


@dataclass(frozen=True, slots=True)
class FreedRequest:
    """What another asked for, and his word was given to or may be waited for.

    was_signed  he had agreed, and his word was taken back.
    who         user names of those who can sign now; deputies among them, though they may have to wait.
    stuck       why it can no longer be signed by enough; None where it can.
    """

    uid: str
    operation: Operation
    requester: str
    was_signed: bool
    who: tuple[str, ...]
    stuck: str | None


def pass_requests(
    stations: Stations, actor: Actor, accounts: Sequence[Account], heir: Account | None, reason: str
) -> Iterator[PassedRequest]:
    """Every open request of the person who has these accounts, each moved as an act of its own."""
    persons = [person_of_account(stations, one) for one in accounts]
    for found in _open_ones(stations, actor):
        if not _asked_by(found, persons):
            continue
        because = _why_not(stations, found, heir) if heir is not None else None
        made = _asked_anew(stations, actor, found, heir) if heir is not None and because is None else None
        _end(stations, actor, found, reason, made.uid if made is not None else None)
        stuck = None
        if made is not None:
            _, stuck = who_can_sign(stations, made)
        yield PassedRequest(found.uid, found.operation, made.uid if made is not None else None, because, stuck)


def free_signatures(stations: Stations, actor: Actor, accounts: Sequence[Account], reason: str) -> Iterator[FreedRequest]:
    """Every open request of others in whose chain the person had a place; a word that he gave is taken back."""
    persons = [person_of_account(stations, one) for one in accounts]
    roles = {one.role for one in accounts}
    for found in _open_ones(stations, actor):
        if _asked_by(found, persons):
            continue
        signed = next((one for one in persons if any(one.is_surely(known.person) for known in found.signatures)), None)
        if signed is not None:
            found = _move(stations, actor, found, Move.WITHDRAW, reason, _taken_back(stations, signed))
        elif not _asked_for(found, persons) and not any(roles & (step.roles | step.deputies) for step in found.steps):
            continue
        who, stuck = who_can_sign(stations, found)
        name = username_of(stations, found.requester.account_uid)
        yield FreedRequest(found.uid, found.operation, name, signed is not None, who, stuck)


def _asked_by(found: Approval, persons: Sequence[Person]) -> bool:
    """Whether it was theirs to take back; what is judged after it happened, such as a broken glass, waits whoever left."""
    return _asked_for(found, persons) and OPERATIONS[found.operation].judge is None


def _asked_for(found: Approval, persons: Sequence[Person]) -> bool:
    return any(found.requester.is_surely(person) for person in persons)


def who_can_sign(stations: Stations, approval: Approval) -> tuple[tuple[str, ...], str | None]:
    """User names of those whose word the next step can have, and why not enough are left; None where they are."""
    rule = row_of(stations, approval.operation)
    if rule is None:
        return (), NO_ROW
    signed = [one.person for one in approval.signatures if one.digest == approval.digest]
    barred = [approval.requester, *signed, *_concerned(stations, approval)]
    holding = OPERATIONS[approval.operation].holds(open_frozen(stations, approval).parameters)
    persons = [one for one in list_persons(stations, rule, holding=holding) if not any(one.is_same(other) for other in barred)]
    number = approval.step_at()
    if number is None:
        return (), None
    step = approval.steps[number]
    names = (stations.accounts.get_account(one.account_uid) for one in persons if one.role in step.roles | step.deputies)
    who = tuple(sorted(one.username for one in names if one is not None))
    lacks = first_step_without(_left_of(approval), persons)
    if lacks is None:
        return who, None
    wanted = " or ".join(sorted(approval.steps[number + lacks].roles))
    return who, f"Too few are left: step {number + lacks + 1} wants the word of {wanted}."


def _concerned(stations: Stations, approval: Approval) -> tuple[Person, ...]:
    return concerned(stations, approval.operation, open_frozen(stations, approval).parameters)


def _left_of(approval: Approval) -> tuple[Step, ...]:
    """The steps that lack somebody, each with how many more."""
    number = approval.step_at() or 0
    counts = [
        sum(one.step == place and one.digest == approval.digest for one in approval.signatures)
        for place in range(len(approval.steps))
    ]
    return tuple(replace(step, count=step.count - counts[place]) for place, step in enumerate(approval.steps) if place >= number)


def _why_not(stations: Stations, found: Approval, heir: Account) -> str | None:
    """Why the colleague cannot take it over; None where he can."""
    operation, rule = OPERATIONS[found.operation], row_of(stations, found.operation)
    asker = heir.as_actor("hand-over")
    decide = stations.policy.decide
    if not all(decide(asker, wanted).allowed for wanted in (Permission.APPROVAL_REQUEST, operation.permission)):
        return MAY_NOT
    parameters = open_frozen(stations, found).parameters
    try:
        if not operation.still(stations, asker, parameters):
            return OTHERWISE
    except FactorNeededError:
        return NO_FACTOR
    except PermissionDeniedError:
        return MAY_NOT
    except ApprovalStateError as error:
        return str(error)
    if rule is None:
        return NO_ROW
    if rule.request_signed:
        return UNSIGNED
    person = person_of_account(stations, heir)
    if any(one.is_same(person) for one in _concerned(stations, found)):
        return MAY_NOT
    return why_stuck(stations, rule, person, _concerned(stations, found), operation.holds(parameters))


def _asked_anew(stations: Stations, actor: Actor, found: Approval, heir: Account) -> Approval:
    """The same in the name of the colleague: another digest, so that nobody's word of before counts for it."""
    rule = row_of(stations, found.operation)
    assert rule is not None  # noqa: S101  looked at in `_why_not`
    former = open_frozen(stations, found)
    left = stations.accounts.get_account(found.requester.account_uid)
    recipient = heir.username if left is not None and former.recipient == left.username else former.recipient
    result, person = OPERATIONS[found.operation].result(stations, former.parameters), person_of_account(stations, heir)
    steps = steps_of(rule, heir.uid)
    made = frozen_approval(stations, found.operation, former.parameters, result, person, steps, rule.hours, recipient)
    asked = [replace(one, signature=None) for one in open_words(stations, found) if one.act in {"request", "hand_over"}]
    given = Words(account_of(actor), "hand_over", f"{found.uid}: {found.requester.account_uid}", made.requested_at)
    passed = replace(made, words=seal_words(stations, made.uid, (*asked, given)))
    return put(stations, actor, Act.APPROVAL_HAND_OVER, passed, None, instead_of=found.uid).value


def _end(stations: Stations, actor: Actor, found: Approval, reason: str, heir_uid: str | None) -> None:
    def moved(one: Approval) -> Approval:
        return approvals.cancel(one, one.requester, stations.clock.now())

    said: dict[str, Any] = {"handed_over_as": heir_uid} if heir_uid is not None else {}
    _move(stations, actor, found, Move.CANCEL, reason, moved, **said)


def _taken_back(stations: Stations, person: Person) -> Callable[[Approval], Approval]:
    return lambda one: approvals.withdraw(one, person, stations.clock.now())


def _move(
    stations: Stations,
    actor: Actor,
    found: Approval,
    move: Move,
    reason: str,
    moved: Callable[[Approval], Approval],
    **said: Any,
) -> Approval:
    """One move in the place of whoever left; of one that ended meanwhile nothing is left to move.

    moved  the approval once it is made; it is made again where somebody else did something meanwhile.
    """
    act, decision = ACTS[move], move.value
    for _ in range(TRIES):
        try:
            made = moved(found)
            words = Words(account_of(actor), decision, reason, stations.clock.now())
            return put(stations, actor, act, with_words(stations, made, words), found, decision=decision, **said).value
        except ConcurrentChangeError:
            again = stations.approvals.get_approval(found.uid)
            if again is None:
                break
            found = again
        except (ApprovalStateError, PermissionDeniedError) as error:
            failed = entry(stations, actor, act, "failed", request=request_of(found), reason=str(error), approval=found.uid)
            stations.ledger.append(failed)
            return found
    raise ConcurrentChangeError("Others did something with an approval again and again at this moment.")


def _open_ones(stations: Stations, actor: Actor) -> list[Approval]:
    found: list[Approval] = []
    for state in sorted(OPEN):
        found += [settled(stations, actor, one) for one in stations.approvals.list_approvals(state, MOST)]
    return [one for one in found if one.state in OPEN]

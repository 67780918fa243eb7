"""What waits for somebody's word, what he asked for himself, and one of them in full."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from traceapp.domain import approvals
from traceapp.domain.approvals import OPEN, Approval, ApprovalState, Move, Operation, Person
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.approval_document import Words, open_frozen, open_words
from traceapp.usecases.approval_moves import find_approval, request_of, settled
from traceapp.usecases.approval_persons import has_part, person_of
from traceapp.usecases.approved_operations import OPERATIONS
from traceapp.usecases.disclosure_roll import Fields, keep_roll
from traceapp.usecases.stations import Stations

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Signed:
    """Who agreed, in which role, at which step of the chain (from 0), and when."""

    username: str
    role: Role
    step: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ListedApproval:
    """approval    as it is now.
    requester   user name of whoever asked.
    parameters  what was asked for, as the asker may see it.
    own         whether the asker asked for it himself, by whatever account.
    may         what he can do with it at this moment.
    waits_for   roles whose word is asked for next; none where everybody agreed, or it is over.
    signed      who agreed.
    """

    approval: Approval
    requester: str
    parameters: Mapping[str, Any]
    own: bool
    may: frozenset[Move]
    waits_for: tuple[Role, ...]
    signed: tuple[Signed, ...]


@dataclass(frozen=True, slots=True)
class ShownApproval:
    """One in full.

    words    what everybody said, by user name, in the order of time.
    preview  counts and samples that the operation shows to whoever decides.
    recipient, policy  who gets what leaves, and the digest of the policy by which it was asked for.
    """

    listed: ListedApproval
    words: tuple[Words, ...]
    preview: Mapping[str, Any]
    recipient: str | None
    policy: str


@dataclass(frozen=True, slots=True)
class ApprovalList:
    """Open ones that the asker has a part in, the newest first; `cut` where there are more than `MOST` in a state."""

    approvals: tuple[ListedApproval, ...]
    cut: bool

    @property
    def waiting(self) -> tuple[ListedApproval, ...]:
        """Those that wait for the asker's word."""
        return tuple(one for one in self.approvals if Move.APPROVE in one.may)

    @property
    def own(self) -> tuple[ListedApproval, ...]:
        return tuple(one for one in self.approvals if one.own)

    @property
    def others(self) -> tuple[ListedApproval, ...]:
        """Those of others in which it is not, or no longer, his turn."""
        return tuple(one for one in self.approvals if not one.own and Move.APPROVE not in one.may)


def list_approvals(stations: Stations, actor: Actor) -> Recorded[ApprovalList]:
    """raises  PermissionDeniedError; KeyUnavailableError, SealBrokenError; StoreError and its kinds; LedgerUnavailableError."""
    authorise(stations, actor, Permission.APPROVAL_LIST)
    person, found, cut = person_of(stations, actor), [], False
    for state in sorted(OPEN):
        kept = stations.approvals.list_approvals(state, MOST + 1)
        cut = cut or len(kept) > MOST
        found += [settled(stations, actor, one) for one in kept[:MOST] if has_part(one, person)]
    open_now = sorted((one for one in found if one.state in OPEN), key=lambda one: one.requested_at, reverse=True)
    fields = Fields()
    listed = ApprovalList(tuple(_listed(stations, actor, person, one, fields) for one in open_now), cut)
    result = {"approvals": len(listed.approvals), "waiting": len(listed.waiting)}
    about = things("Approval", *(one.approval.uid for one in listed.approvals))
    told = entry(
        stations,
        actor,
        Permission.APPROVAL_LIST,
        "answered",
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result=result,
        object=about,
        roll=keep_roll(stations, fields.roll),
    )
    return stations.ledger.record(listed, told)


def show_approval(stations: Stations, actor: Actor, uid: str) -> Recorded[ShownApproval]:
    """Open one that the actor has a part in; raises ApprovalNotFoundError; what `list_approvals` raises."""
    authorise(stations, actor, Permission.APPROVAL_LIST, {"approval": uid})
    found, person = find_approval(stations, actor, uid)
    frozen = open_frozen(stations, found)
    words = tuple(Words(_username(stations, one.account), one.act, one.text, one.at) for one in open_words(stations, found))
    preview = OPERATIONS[found.operation].preview(stations, frozen.parameters) if found.state in OPEN else {}
    fields = Fields()
    shown = ShownApproval(_listed(stations, actor, person, found, fields), words, preview, frozen.recipient, frozen.policy)
    told = entry(
        stations,
        actor,
        Act.APPROVAL_OPEN,
        "answered",
        request=request_of(found),
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        object=things("Approval", uid),
        roll=keep_roll(stations, fields.roll),
        approval=uid,
    )
    return stations.ledger.record(shown, told)


def count_waiting(stations: Stations, actor: Actor) -> int:
    """How many wait for this person's word; 0 for whoever decides nothing. A number of tasks, recorded nowhere."""
    if not stations.policy.decide(actor, Permission.APPROVAL_DECIDE).allowed:
        return 0
    kept = stations.approvals.list_approvals(ApprovalState.REQUESTED, MOST)
    if not kept:
        return 0
    person = person_of(stations, actor)
    return sum(Move.APPROVE in _may(stations, actor, person, one) for one in kept)


def operations_of(stations: Stations, actor: Actor) -> tuple[Operation, ...]:
    """What this person may ask for."""
    decide = stations.policy.decide
    if not decide(actor, Permission.APPROVAL_REQUEST).allowed:
        return ()
    return tuple(name for name, row in OPERATIONS.items() if decide(actor, row.permission).allowed)


def _listed(stations: Stations, actor: Actor, person: Person, found: Approval, fields: Fields) -> ListedApproval:
    number = found.step_at() if found.state in OPEN else None
    waits_for = found.steps[number].roles if number is not None else frozenset()
    signed = tuple(
        Signed(_username(stations, one.person.account_uid), one.person.role, one.step, one.signed_at) for one in found.signatures
    )
    return ListedApproval(
        approval=found,
        requester=_username(stations, found.requester.account_uid),
        parameters=OPERATIONS[found.operation].shown(stations, actor, open_frozen(stations, found).parameters, fields),
        own=person.is_surely(found.requester),
        may=_may(stations, actor, person, found),
        waits_for=tuple(sorted(waits_for)),
        signed=signed,
    )


def _may(stations: Stations, actor: Actor, person: Person, found: Approval) -> frozenset[Move]:
    """What he can do now, as far as that is told by the state, his person and his role; the act itself asks again."""
    now = stations.clock.now()
    tried: dict[Move, Callable[[], Approval]] = {}
    decides = stations.policy.decide(actor, Permission.APPROVAL_DECIDE).allowed and actor.session is not None
    asks = stations.policy.decide(actor, Permission.APPROVAL_REQUEST).allowed
    if decides:
        tried[Move.APPROVE] = lambda: approvals.approve(found, person, now, found.digest)
        tried[Move.DENY] = lambda: approvals.deny(found, person, now)
        tried[Move.WITHDRAW] = lambda: approvals.withdraw(found, person, now)
    if asks:
        tried[Move.CANCEL] = lambda: approvals.cancel(found, person, now)
    may = set()
    for move, attempt in tried.items():
        try:
            attempt()
        except (PermissionDeniedError, ApprovalStateError):
            continue
        may.add(move)
    if asks and person.is_surely(found.requester) and found.state_at(now) is ApprovalState.APPROVED:
        may.add(Move.EXECUTE)
    return frozenset(may)


def _username(stations: Stations, uid: str) -> str:
    account = stations.accounts.get_account(uid)
    return account.username if account is not None else uid

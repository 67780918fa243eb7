"""What waits for somebody's word, what he asked for himself, and one of them in full."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from traceapp.domain import approvals
from traceapp.domain.accounts import Account
from traceapp.domain.approvals import OPEN, Approval, ApprovalState, Move, Operation, Person
from traceapp.domain.errors import ApprovalStateError, KeyUnavailableError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.signatures import CheckedSignature, Meaning, Signature, read_signature
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.names import username_of
from traceapp.usecases.approvals.approval_document import Words, open_frozen, open_words
from traceapp.usecases.approvals.approval_moves import find_approval, request_of, settled
from traceapp.usecases.approvals.approval_persons import cools_until, counted_person, has_part, is_cooling, person_of, row_of
from traceapp.usecases.approvals.approved_operations import OPERATIONS
from traceapp.usecases.approvals.held_things import why_not_cleared
from traceapp.usecases.approvals.opened_approval import opening_of
from traceapp.usecases.approvals.request_approval import concerned
from traceapp.usecases.approvals.requester_history import Habit, read_history
from traceapp.usecases.approvals.settle_spent import is_said
from traceapp.usecases.disclosed.disclosure_roll import Fields, keep_roll
from traceapp.usecases.signatures.sign_request import is_signed
from traceapp.usecases.signatures.signing import SigningNeed, need_of
from traceapp.usecases.signatures.verify_signatures import sealed_signatures
from traceapp.usecases.stations import Stations

MOST: Final = 200
DECIDES: Final = frozenset({Move.APPROVE, Move.DENY})


@dataclass(frozen=True, slots=True)
class Signed:
    """Who agreed, in which role, at which step of the chain (from 0), and when.

    name, meaning  of his signature: the name as it was printed then; None where it cannot be read.
    """

    username: str
    role: Role
    step: int
    at: datetime
    name: str | None = None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class ListedApproval:
    """approval    as it is now.
    requester   user name of whoever asked.
    parameters  what was asked for, as the asker may see it.
    own         whether the asker asked for it himself, by whatever account.
    may         what he can do with it at this moment.
    waits_for   roles whose word is asked for next; none where everybody agreed, or it is over.
    signed      who agreed.
    cools_until it is his turn, but before this moment his account, made or changed a short time ago, decides nothing of it.
    barred      it would be his turn, but he may not see what it holds, and so decides nothing of it: why; None of all others.
    """

    approval: Approval
    requester: str
    parameters: Mapping[str, Any]
    own: bool
    may: frozenset[Move]
    waits_for: tuple[Role, ...]
    signed: tuple[Signed, ...]
    cools_until: datetime | None = None
    barred: str | None = None


@dataclass(frozen=True, slots=True)
class ShownApproval:
    """One in full.

    words    what everybody said, by user name, in the order of time.
    preview  counts that the operation shows to whoever decides.
    sample   some of what would leave, go or change, in the view of whoever looks.
    history  what whoever asked did lately, for others who may decide; empty for everybody else.
    recipient, policy  who gets what leaves, and the digest of the policy by which it was asked for.
    signatures  all that were given, in the order of time, by their seals.
    need        what the asker has to show to sign it now; None where it is not for him.
    unsigned    the same for his own request, as long as that is open and he has not signed it.
    seen        what says that he opened exactly this; to agree takes it back. None outside a session.
    """

    listed: ListedApproval
    words: tuple[Words, ...]
    preview: Mapping[str, Any]
    sample: Sequence[Mapping[str, Any]]
    history: tuple[Habit, ...]
    recipient: str | None
    policy: str
    signatures: tuple[CheckedSignature, ...] = ()
    need: SigningNeed | None = None
    unsigned: SigningNeed | None = None
    seen: str | None = None

    @property
    def in_vain(self) -> bool:
        """Whether it was spent and what was approved did not happen, as far as that is known."""
        return is_said(self.words)


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
    asker, found, cut = _asker(stations, actor), [], False
    for state in sorted(OPEN):
        kept = stations.approvals.list_approvals(state, MOST + 1)
        cut = cut or len(kept) > MOST
        found += [settled(stations, actor, one) for one in kept[:MOST] if has_part(one, asker.person)]
    open_now = sorted((one for one in found if one.state in OPEN), key=lambda one: one.requested_at, reverse=True)
    fields = Fields()
    listed = ApprovalList(tuple(_listed(stations, asker, one, fields) for one in open_now), cut)
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
    found, _ = find_approval(stations, actor, uid)
    asker, frozen, row = _asker(stations, actor), open_frozen(stations, found), OPERATIONS[found.operation]
    said = open_words(stations, found)
    words = tuple(Words(username_of(stations, one.account), one.act, one.text, one.at) for one in said)
    fields, is_open = Fields(), found.state in OPEN
    listed = _listed(stations, asker, found, fields)
    preview = row.preview(stations, frozen.parameters) if is_open else {}
    sample = row.sample(stations, actor, frozen.parameters, fields) if is_open else ()
    history = _history(stations, asker, found) if is_open else ()
    signatures, need = sealed_signatures(stations, found, said), _need(stations, actor, listed)
    unsigned = _unsigned(stations, actor, listed) if is_open else None
    shown = ShownApproval(
        listed=listed,
        words=words,
        preview=preview,
        sample=sample,
        history=history,
        recipient=frozen.recipient,
        policy=frozen.policy,
        signatures=signatures,
        need=need,
        unsigned=unsigned,
        seen=opening_of(stations, actor, found),
    )
    told = entry(
        stations,
        actor,
        Act.APPROVAL_OPEN,
        "answered",
        request=request_of(found),
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result={"history": {one.name: one.lately for one in history}} if history else None,
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
    person = counted_person(stations, actor)
    asker = _Asker(actor, person, stations.accounts.get_account(person.account_uid))
    return sum(Move.APPROVE in _may(stations, asker, one) for one in kept)


def operations_of(stations: Stations, actor: Actor) -> tuple[Operation, ...]:
    """What this person may ask for."""
    decide = stations.policy.decide
    if not decide(actor, Permission.APPROVAL_REQUEST).allowed:
        return ()
    return tuple(name for name, row in OPERATIONS.items() if decide(actor, row.permission).allowed)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who looks; `account` None of a token and of the terminal."""

    actor: Actor
    person: Person
    account: Account | None


def _asker(stations: Stations, actor: Actor) -> _Asker:
    person = person_of(stations, actor)
    return _Asker(actor, person, stations.accounts.get_account(person.account_uid))


def _history(stations: Stations, asker: _Asker, found: Approval) -> tuple[Habit, ...]:
    """Of whoever asked, for another one who may decide: of a token its own, of the terminal the system's name."""
    decides = stations.policy.decide(asker.actor, Permission.APPROVAL_DECIDE).allowed
    if not decides or asker.person.is_same(found.requester):
        return ()
    return read_history(stations, found.requester.account_uid.rpartition("/")[2], stations.clock.now())


def _cools_until(stations: Stations, asker: _Asker, found: Approval) -> datetime | None:
    row = row_of(stations, found.operation)
    if row is None or asker.account is None or not is_cooling(stations, row, asker.account):
        return None
    return cools_until(row, asker.account)


def _barred(stations: Stations, asker: _Asker, found: Approval) -> str | None:
    """Why he is not cleared for what it holds. While the keys are away nobody can tell: then deciding says so."""
    if asker.account is None:
        return None
    try:
        parameters = open_frozen(stations, found).parameters
    except KeyUnavailableError:
        return None
    return why_not_cleared(stations, asker.account, OPERATIONS[found.operation].holds(parameters))


def _listed(stations: Stations, asker: _Asker, found: Approval, fields: Fields) -> ListedApproval:
    number = found.step_at() if found.state in OPEN else None
    waits_for = found.steps[number].roles if number is not None else frozenset()
    given = _signatures(stations, found) if found.signatures else {}
    could = _could(stations, asker, found)
    signed = tuple(_signed(username_of(stations, one.person.account_uid), one, given.get(one.sealed)) for one in found.signatures)
    return ListedApproval(
        approval=found,
        requester=username_of(stations, found.requester.account_uid),
        parameters=OPERATIONS[found.operation].shown(stations, asker.actor, open_frozen(stations, found).parameters, fields),
        own=asker.person.is_surely(found.requester),
        may=_may(stations, asker, found),
        waits_for=tuple(sorted(waits_for)),
        signed=signed,
        cools_until=_cools_until(stations, asker, found) if Move.APPROVE in could else None,
        barred=_barred(stations, asker, found) if Move.APPROVE in could else None,
    )


def _signatures(stations: Stations, found: Approval) -> dict[str, Signature]:
    """What each signature says, by its digest."""
    words = open_words(stations, found)
    return {one.signature.digest: read_signature(one.signature.document) for one in words if one.signature is not None}


def _signed(username: str, word: approvals.Signature, said: Signature | None) -> Signed:
    told = (said.name, said.meaning) if said is not None else (None, None)
    return Signed(username, word.person.role, word.step, word.signed_at, *told)


def _unsigned(stations: Stations, actor: Actor, listed: ListedApproval) -> SigningNeed | None:
    if not listed.own or actor.session is None or is_signed(stations, listed.approval):
        return None
    return need_of(stations, actor, Meaning.REQUESTED)


def _need(stations: Stations, actor: Actor, listed: ListedApproval) -> SigningNeed | None:
    number = listed.approval.step_at()
    if Move.APPROVE not in listed.may or number is None:
        return None
    return need_of(stations, actor, listed.approval.steps[number].meaning)


def _may(stations: Stations, asker: _Asker, found: Approval) -> frozenset[Move]:
    """What he can do now, as far as that is told by the state, his person, role and account; the act itself asks again."""
    could = _could(stations, asker, found)
    if could.isdisjoint(DECIDES):
        return could
    is_out = _cools_until(stations, asker, found) is not None or _barred(stations, asker, found) is not None
    return could - DECIDES if is_out else could


def _could(stations: Stations, asker: _Asker, found: Approval) -> frozenset[Move]:
    """The same, were his account no newcomer, and cleared for everything."""
    now, actor, person = stations.clock.now(), asker.actor, asker.person
    tried: dict[Move, Callable[[], Approval]] = {}
    decides = stations.policy.decide(actor, Permission.APPROVAL_DECIDE).allowed and actor.session is not None
    asks = stations.policy.decide(actor, Permission.APPROVAL_REQUEST).allowed
    if decides:
        tried[Move.APPROVE] = lambda: approvals.approve(found, person, now, found.digest)
        tried[Move.DENY] = lambda: approvals.deny(found, person, now)
        tried[Move.WITHDRAW] = lambda: approvals.withdraw(found, person, now)
    if asks and OPERATIONS[found.operation].judge is None:
        tried[Move.CANCEL] = lambda: approvals.cancel(found, person, now)
    may = set()
    for move, attempt in tried.items():
        try:
            attempt()
        except (PermissionDeniedError, ApprovalStateError):
            continue
        may.add(move)
    if may & DECIDES and _is_about(stations, found, person):
        may -= DECIDES
    if asks and person.is_surely(found.requester) and found.state_at(now) is ApprovalState.APPROVED:
        may.add(Move.EXECUTE)
    return frozenset(may)


def _is_about(stations: Stations, found: Approval, person: Person) -> bool:
    """Whether he is whom it is about, and so has no say in it. While the keys are away nobody can tell: then deciding says so."""
    try:
        about = concerned(stations, found.operation, open_frozen(stations, found).parameters)
    except KeyUnavailableError:
        return False
    return any(person.is_same(one) for one in about)

"""An approval is found and moved: each move is one write in the store, of many at once one, and one act of the ledger."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from traceapp.domain.accounts import Account
from traceapp.domain.approvals import OPEN, Approval, ApprovalState, Person, expire, supersede
from traceapp.domain.errors import (
    ApprovalNotFoundError,
    ConcurrentChangeError,
    PermissionDeniedError,
    SignatureComponentsError,
    TraceappError,
)
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import Session
from traceapp.usecases.access import entry, things
from traceapp.usecases.approvals.approval_document import LABEL, open_words
from traceapp.usecases.approvals.approval_persons import account_of, has_part, person_behind
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

TRIES: Final = 5
"""A session that something is signed in may note another use of it meanwhile; then the move is written again."""
UNKNOWN: Final = "No approval has this id, or you have no part in it."


def find_approval(stations: Stations, actor: Actor, uid: str) -> tuple[Approval, Person]:
    """One that the actor has a part in, as it is now: expired where its time is over, which is written down.

    raises  ApprovalNotFoundError, which is on record as a look that failed; what `person_of` raises.
    """
    met = meet_approval(stations, actor, uid)
    return met.approval, met.person


@dataclass(frozen=True, slots=True)
class Met:
    """An approval, and who meets it.

    account  that the person was told by; None of whoever has none, a token of the terminal.
    session  in which he does, as it is now; None where he is in none, or it has ended.
    """

    approval: Approval
    person: Person
    account: Account | None
    session: Session | None


def meet_approval(stations: Stations, actor: Actor, uid: str) -> Met:
    """The same, with what else a decision looks at; raises what `find_approval` raises."""
    asker = account_of(actor)
    approval, account, session = stations.deciders.find(uid, asker, actor.session or "")
    person = person_behind(stations, account, asker, actor.role)
    if approval is None or not has_part(approval, person):
        failed = entry(stations, actor, Act.APPROVAL_OPEN, "failed", request={"approval": uid}, reason="none that is shown")
        stations.ledger.append(failed)
        raise ApprovalNotFoundError(UNKNOWN)
    return Met(settled(stations, actor, approval), person, account, session)


def settled(stations: Stations, actor: Actor, approval: Approval) -> Approval:
    """The approval; one whose time is over is written down as expired, by whoever meets it: of many at once by one of them."""
    now = stations.clock.now()
    if approval.state not in OPEN or approval.state_at(now) is not ApprovalState.EXPIRED:
        return approval
    try:
        return put(stations, actor, Act.APPROVAL_EXPIRE, expire(approval, now), approval).value
    except ConcurrentChangeError:
        found = stations.approvals.get_approval(approval.uid)
        if found is None or found.state in OPEN:
            raise
        return found


def superseded(stations: Stations, actor: Actor, approval: Approval) -> Approval:
    """What would happen is not what was asked for any more: that is its end, written down by whoever meets it."""
    return put(stations, actor, Act.APPROVAL_SUPERSEDE, supersede(approval, stations.clock.now()), approval).value


def request_of(approval: Approval, **said: Any) -> dict[str, Any]:
    """An approval as a record's request names it."""
    asked_by = approval.requester.account_uid
    told = {"approval": approval.uid, "operation": approval.operation.value, "digest": approval.digest}
    return {**told, "requested_by": asked_by, **said}


def refused(
    stations: Stations, actor: Actor, act: Permission | Act, found: Approval, error: TraceappError, **said: Any
) -> TraceappError:
    """The error, once it is on record: who may not, or did not show enough of himself, is denied; of all else it failed."""
    outcome = "denied" if isinstance(error, PermissionDeniedError | SignatureComponentsError) else "failed"
    request = request_of(found, **said)
    stations.ledger.append(entry(stations, actor, act, outcome, request=request, reason=str(error), approval=found.uid))
    return error


def put(
    stations: Stations,
    actor: Actor,
    act: Permission | Act,
    moved: Approval,
    before: Approval | None,
    signed_in: Iterator[Session] | None = None,
    **said: Any,
) -> Recorded[Approval]:
    """Keep one move, on record, with commitments to what was said.

    before     as it was read; None of a new one.
    signed_in  of a move that is signed, the session as it is to be kept with it, for each try (`signing.sessions_after`).
    raises  ConcurrentChangeError: somebody else moved it since; StoreError and its kinds; LedgerUnavailableError.
    """

    def work() -> Approval:
        for _ in range(TRIES):
            session = next(signed_in) if signed_in is not None else None
            if before is None:
                if stations.approvals.append_approval(moved, session):
                    return moved
            elif stations.approvals.put_approval(moved, session):
                return replace(moved, version=moved.version + 1)
            elif session is None or not _stands(stations, before):
                break
        raise ConcurrentChangeError("Somebody else did something with this approval at this moment.")

    return carry_out(
        stations,
        actor,
        act,
        request_of(moved, **said),
        work,
        about=things(LABEL, moved.uid),
        changes=_changes(stations, before, moved),
        approval=moved.uid,
    )


def _stands(stations: Stations, before: Approval) -> bool:
    found = stations.approvals.get_approval(before.uid)
    return found is not None and found.version == before.version


def _changes(stations: Stations, before: Approval | None, after: Approval) -> dict[str, tuple[Any, Any]]:
    old, new = (_values(stations, before) if before is not None else {}), _values(stations, after)
    return {name: (old.get(name), value) for name, value in new.items()}


def _values(stations: Stations, approval: Approval) -> dict[str, Any]:
    words = [{"account": one.account, "act": one.act, "text": one.text} for one in open_words(stations, approval)]
    signed = [f"{one.person.account_uid} {one.digest}" for one in approval.signatures]
    return {"state": approval.state.value, "signatures": signed, "words": words}

"""Every break-glass access that waits for its review has an open approval: whatever became of the one before, another is opened.

It expires, is superseded by another policy, or is changed in the store; a crash comes between an access and its review; an
access is older than this way of reviewing: in each case the access waits on, and so must its review.
"""

from dataclasses import replace
from typing import Final

from traceapp.domain.approvals import OPEN, Approval, Operation, Person, Step
from traceapp.domain.errors import SealBrokenError
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.graph.grant_store import WaitingGrant
from traceapp.ledger.open_intents import is_held
from traceapp.usecases.approvals.approval_document import Words, frozen_approval, open_frozen, seal_words, state_digest
from traceapp.usecases.approvals.approval_moves import put, settled, superseded
from traceapp.usecases.approvals.approval_persons import decides, known_person, row_of, steps_of
from traceapp.usecases.sessions.review_break_glass import LABEL, review_parameters, reviewed_access
from traceapp.usecases.stations import Stations

PAGE: Final = 1_000
HOURS: Final = 72
"""Until the next one is opened, where the policy has no row for reviews."""
OPERATION: Final = Operation.BREAK_GLASS_REVIEW


def find_break_glass_reviews(stations: Stations) -> dict[str, Approval]:
    """Id of an access → the approval by which it is reviewed, while that is open.

    raises  KeyUnavailableError; StoreError and its kinds.
    """
    now, found = stations.clock.now(), dict[str, Approval]()
    for state in sorted(OPEN):
        for one in stations.approvals.list_approvals(state, PAGE):
            if one.operation is OPERATION and one.state_at(now) in OPEN and (uid := _access_of(stations, one)) is not None:
                found[uid] = one
    return found


def keep_break_glass_reviews(stations: Stations, actor: Actor) -> None:
    """Open what is missing, and close what has nothing left to judge; by whoever meets it, on record.

    raises  KeyUnavailableError; StoreError and its kinds; LedgerUnavailableError.
    """
    waiting = {one.uid: one for one in stations.grants.list_waiting()}
    for state in sorted(OPEN):
        for one in stations.approvals.list_approvals(state, PAGE):
            if one.operation is OPERATION:
                settled(stations, actor, one)
    reviews = find_break_glass_reviews(stations)
    for uid, review in [*reviews.items()]:
        if uid in waiting and _is_as_opened(stations, review):
            continue
        if not is_held(stations.settings.home, review.uid):  # else somebody judges it at this moment
            superseded(stations, actor, review)
            del reviews[uid]
    for uid, grant in waiting.items():
        if uid not in reviews:
            _open(stations, actor, grant)


def _is_as_opened(stations: Stations, review: Approval) -> bool:
    """Whether the access and the policy are still those that it was opened for."""
    frozen = open_frozen(stations, review)
    now = state_digest(reviewed_access(stations, frozen.parameters))
    return (frozen.result, frozen.policy) == (now, stations.policy.digest)


def _access_of(stations: Stations, review: Approval) -> str | None:
    """None where what it is about was changed in the store: then it is none."""
    try:
        return str(open_frozen(stations, review).parameters["break_glass"])
    except SealBrokenError:
        return None


def _open(stations: Stations, actor: Actor, grant: WaitingGrant) -> None:
    parameters, row = review_parameters(grant), row_of(stations, OPERATION)
    result = state_digest(reviewed_access(stations, parameters))
    steps = steps_of(row, grant.account_uid) if row is not None else _reviewers(stations)
    hours = row.hours if row is not None else HOURS
    asked = frozen_approval(stations, OPERATION, parameters, result, _breaker(stations, grant), steps, hours)
    words = Words(grant.account_uid, "request", _reason(stations, grant), asked.requested_at)
    said = replace(asked, words=seal_words(stations, asked.uid, (words,)))
    put(stations, actor, Permission.APPROVAL_REQUEST, said, None)


def _reviewers(stations: Stations) -> tuple[Step, ...]:
    """Of a policy without a row: one of whoever may review and decide."""
    roles = stations.policy.document.roles
    may = {role for role, told in roles.items() if decides(stations, role) and Permission.BREAK_GLASS_REVIEW in told.permissions}
    return (Step(frozenset(may)),)


def _breaker(stations: Stations, grant: WaitingGrant) -> Person:
    """Whoever broke the glass, by the person that he was then."""
    role = grant.record.role if grant.record is not None else Role.VIEWER
    try:
        known = known_person(stations, grant.account_uid, role)
    except SealBrokenError:
        known = Person(grant.account_uid, grant.account_uid, role)
    return replace(known, role=role, person_id=grant.person_id or known.person_id)


def _reason(stations: Stations, grant: WaitingGrant) -> str:
    """What he said for it; empty where that is not to be had."""
    if grant.record is None:
        return ""
    try:
        return stations.sealer.open_document(LABEL, grant.uid, "reason", grant.record.reason).decode()
    except SealBrokenError:
        return ""

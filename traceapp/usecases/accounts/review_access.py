"""Who may see what is looked at by somebody else than whoever gave it: each account is confirmed, or withdrawn at once."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from traceapp.domain.access_reviews import (
    AccessReview,
    ReviewDecision,
    ReviewedAccount,
    ReviewState,
    decide,
    waits,
    with_those_who_left,
)
from traceapp.domain.accounts import Account, AccountState
from traceapp.domain.errors import ConcurrentChangeError, InputError, PermissionDeniedError, ReviewStateError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.host.home_lock import alone
from traceapp.policy.gains import Held, gains
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.account_role import held_by
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.last_approvers import said_of_lacks_after
from traceapp.usecases.accounts.review_due import MOST, Due, review_due
from traceapp.usecases.accounts.reviewed_accounts import (
    LABEL,
    ShownReview,
    digest_of,
    facts_now,
    find_review,
    left_by_now,
    open_items,
    seal_items,
    seen_of,
    shown_review,
)
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.approvals.approval_persons import all_accounts, person_of, person_of_account
from traceapp.usecases.audit.changed_values import changes_of_account, reason_of_change
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

LOCK: Final = "access-review"
"""Held while a review begins, or a word of one is written: of many at once each sees what the one before it left."""
NAMELESS: Final = "Only a person in a session of his own reviews accounts; a token and the terminal do not."
OWN: Final = "Somebody else reviews this account: nobody confirms his own."
CHANGED: Final = "The account is not what you saw any more: look at it again."
BEGUN: Final = "A review is open already: finish it first."
FINISHED: Final = "The review is finished."


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The newest first, the open one before those that are finished."""

    reviews: tuple[AccessReview, ...]
    due: Due


def begin_review(stations: Stations, actor: Actor) -> Recorded[AccessReview]:
    """Every account that has not left, to be looked at one by one.

    raises  PermissionDeniedError; ReviewStateError: one is open; HomeError.
    """
    authorise(stations, actor, Permission.ACCOUNT_LIST, {"change": "begin"})
    if _is_open(stations):
        failed = entry(stations, actor, Permission.ACCOUNT_REVIEW, "failed", request={"change": "begin"}, reason=BEGUN)
        stations.ledger.append(failed)
        raise ReviewStateError(BEGUN)
    now, row, uid = stations.clock.now(), stations.policy.document.access_review, secrets.token_hex(8)
    accounts = tuple(
        ReviewedAccount(one.uid, one.username)
        for one in sorted(all_accounts(stations), key=lambda one: one.username)
        if one.state is not AccountState.LEFT
    )
    within = timedelta(days=row.within_days if row is not None else 30)
    made = AccessReview(uid, actor.account_uid, now, now + within, seal_items(stations, uid, accounts))

    def work() -> AccessReview:
        with alone(stations.settings.home, LOCK):
            if _is_open(stations):
                raise ReviewStateError(BEGUN)
            stations.reviews.append_review(made)
        return made

    request = {"change": "begin", "review": uid, "accounts": len(accounts)}
    return carry_out(stations, actor, Permission.ACCOUNT_REVIEW, request, work, about=things(LABEL, uid))


def list_reviews(stations: Stations, actor: Actor) -> Recorded[ReviewList]:
    """raises  PermissionDeniedError; StoreError and its kinds; LedgerUnavailableError."""
    authorise(stations, actor, Permission.ACCOUNT_LIST)
    found = tuple(one for state in (ReviewState.OPEN, ReviewState.FINISHED) for one in stations.reviews.list_reviews(state, MOST))
    told = entry(stations, actor, Permission.ACCOUNT_LIST, "answered", request={"reviews": True}, result={"count": len(found)})
    return stations.ledger.record(ReviewList(found, review_due(stations)), told)


def show_review(stations: Stations, actor: Actor, uid: str) -> Recorded[ShownReview]:
    """raises  ReviewNotFoundError; what `list_reviews` raises."""
    authorise(stations, actor, Permission.ACCOUNT_LIST, {"review": uid})
    shown = shown_review(stations, actor, find_review(stations, actor, uid))
    told = entry(stations, actor, Permission.ACCOUNT_LIST, "answered", request={"review": uid}, object=things(LABEL, uid))
    return stations.ledger.record(shown, told)


def decide_account(
    stations: Stations,
    actor: Actor,
    uid: str,
    username: str,
    decision: ReviewDecision,
    digest: str,
    reason: str,
    role: Role | None = None,
) -> Recorded[AccessReview]:
    """Confirm one account, or withdraw what it may; the last one finishes the review.

    Of many who decide at once each sees the words of those before him: nothing of an account changes whose word is not kept.
    digest  of what the reviewer saw.   role  that it has from then on, for `narrowed`.
    raises  PermissionDeniedError: not for this role, his own account by whatever name, or no session of a person.
            ReviewNotFoundError; ReviewStateError: decided already, finished, or not what he saw. ConcurrentChangeError.
            InputError: no reason, no such account, or a role that gives more. HomeError.
    """
    request = {"review": uid, "username": username, "decision": decision.value}
    authorise(stations, actor, Permission.ACCOUNT_REVIEW, request)
    words = check_reason(reason)
    found = find_review(stations, actor, uid)
    account = find_account(stations, username)
    facts = facts_now(stations, account)
    try:
        _check(stations, actor, found, account, is_as_seen=digest_of(facts) == digest)
    except (PermissionDeniedError, ReviewStateError) as error:
        outcome = "denied" if isinstance(error, PermissionDeniedError) else "failed"
        about = things(LABEL, uid)
        told = entry(stations, actor, Permission.ACCOUNT_REVIEW, outcome, request=request, reason=str(error), object=about)
        stations.ledger.append(told)
        raise
    now = stations.clock.now()
    decided = ReviewedAccount(account.uid, account.username, decision, actor.username, now, words, seen_of(facts))
    changed = _withdrawn(stations, account, decision, role, now)

    def work() -> AccessReview:
        with alone(stations.settings.home, LOCK):
            kept = _with_word(stations, uid, decided, now)
            _withdraw(stations, account, changed, decision)
            if not stations.reviews.put_review(kept):
                raise ConcurrentChangeError("the review was written by somebody else at this moment")
            return replace(kept, version=kept.version + 1)

    changes = changes_of_account(account, changed if changed is not None else account)
    asked: dict[str, Any] = {**request, "account": account.uid, "seen": digest}
    if decision is ReviewDecision.NARROWED and role is not None:
        asked["role"] = role.value
    if changed is not None:
        asked |= said_of_lacks_after(stations, changed)
    return carry_out(
        stations,
        actor,
        Permission.ACCOUNT_REVIEW,
        asked,
        work,
        about=[*things(LABEL, uid), *things("Account", account.uid)],
        changes={**changes, **reason_of_change(stations, account.uid, words)},
    )


def _is_open(stations: Stations) -> bool:
    return bool(stations.reviews.list_reviews(ReviewState.OPEN, 1))


def _check(stations: Stations, actor: Actor, found: AccessReview, account: Account, *, is_as_seen: bool) -> None:
    """raises  PermissionDeniedError, ReviewStateError: he does not decide this account, or not now."""
    if actor.session is None:
        raise PermissionDeniedError(NAMELESS)
    if person_of(stations, actor).is_same(person_of_account(stations, account)):
        raise PermissionDeniedError(OWN)
    if found.state is ReviewState.FINISHED:
        raise ReviewStateError(FINISHED)
    if not is_as_seen:
        raise ReviewStateError(CHANGED)


def _with_word(stations: Stations, uid: str, decided: ReviewedAccount, now: datetime) -> AccessReview:
    """The review as it is at this moment, with one word more; raises what `decide` raises."""
    found = stations.reviews.get_review(uid)
    if found is None:
        raise ConcurrentChangeError("the review was taken away at this moment")
    accounts = with_those_who_left(decide(open_items(stations, found), decided), left_by_now(stations))
    return replace(found, document=seal_items(stations, uid, accounts), finished_at=None if waits(accounts) else now)


def _withdrawn(
    stations: Stations, account: Account, decision: ReviewDecision, role: Role | None, now: datetime
) -> Account | None:
    """The account as it is from then on; None where nothing of it changes. raises InputError: a role that gives more."""
    if decision is ReviewDecision.SUSPENDED:
        return replace(account, disabled=True, granted_at=now)
    if decision is not ReviewDecision.NARROWED:
        return None
    after = Held(role, account.sites, account.lines, account.lots) if role is not None else None
    if role is None or role is account.role or gains(stations.policy.document, held_by(account), after):
        raise InputError.wanted("role", "a role that gives less than the present one")
    return replace(account, role=role, granted_at=now)


def _withdraw(stations: Stations, account: Account, changed: Account | None, decision: ReviewDecision) -> None:
    """The account first: a crash afterwards leaves somebody without what was taken from him, and the word asked for again."""
    if changed is not None and changed != account:
        stations.accounts.put_account(changed, account)
    if decision is not ReviewDecision.CONFIRMED:
        for token in stations.accounts.list_tokens_of_account(account.uid, stations.clock.now()):
            if not token.revoked:
                stations.accounts.put_token(replace(token, revoked=True))
    if changed is not None:
        stations.sessions.void_sessions_of_account(account.uid)

"""Who may see what is looked at by somebody else than whoever gave it: each account is confirmed, or withdrawn at once."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

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
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import (
    ConcurrentChangeError,
    InputError,
    PermissionDeniedError,
    ReviewNotFoundError,
    ReviewStateError,
)
from traceapp.domain.exports import Copy, Document, ExportedFile, Subject, TableForm
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.ledger.records import plain_json
from traceapp.policy.gains import Held, gains
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.account_role import held_by
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.list_accounts import MOST_TOKENS, AccessFacts, facts_of
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.approvals.approval_persons import all_accounts, person_of, person_of_account
from traceapp.usecases.audit.changed_values import changes_of_account, sealed_text
from traceapp.usecases.changes import carry_out
from traceapp.usecases.exports.export_rows import finished_file
from traceapp.usecases.stations import Stations

LABEL: Final = "AccessReview"
MOST: Final = 100
NAMELESS: Final = "Only a person in a session of his own reviews accounts; a token and the terminal do not."
OWN: Final = "Somebody else reviews this account: nobody confirms his own."
CHANGED: Final = "The account is not what you saw any more: look at it again."
BEGUN: Final = "A review is open already: finish it first."
NOT_FINISHED: Final = "Accounts of this review still wait for a word: its sheet is there once it is finished."
UNKNOWN: Final = "No review of accounts has this id."


@dataclass(frozen=True, slots=True)
class ShownItem:
    """item  what was decided, if anything.   facts  the account as it is now; None where it cannot be read.

    digest  of what is seen of it, which whoever decides sends back.   own  it is the asker's, who cannot decide it.
    """

    item: ReviewedAccount
    facts: AccessFacts | None
    digest: str
    own: bool


@dataclass(frozen=True, slots=True)
class ShownReview:
    review: AccessReview
    begun_by: str
    items: tuple[ShownItem, ...]

    @property
    def waiting(self) -> int:
        return waits(tuple(one.item for one in self.items))


ArrangeReview: TypeAlias = Callable[[TableForm, ShownReview, Copy], Document]
"""Puts a review into tables, in words of one language."""


@dataclass(frozen=True, slots=True)
class Due:
    """When who may see what has to be reviewed next; `open_uid` of the review that is under way."""

    at: datetime | None
    open_uid: str | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class ReviewList:
    """The newest first, the open one before those that are finished."""

    reviews: tuple[AccessReview, ...]
    due: Due


def begin_review(stations: Stations, actor: Actor) -> Recorded[AccessReview]:
    """Every account that has not left, to be looked at one by one.

    raises  PermissionDeniedError; ReviewStateError: one is open.
    """
    authorise(stations, actor, Permission.ACCOUNT_LIST, {"change": "begin"})
    if stations.reviews.list_reviews(ReviewState.OPEN, 1):
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
    made = AccessReview(uid, actor.account_uid, now, now + within, _seal(stations, uid, accounts))

    def work() -> AccessReview:
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
    found = _find(stations, actor, uid)
    shown = _shown(stations, actor, found)
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

    digest  of what the reviewer saw.   role  that it has from then on, for `narrowed`.
    raises  PermissionDeniedError: not for this role, his own account by whatever name, or no session of a person.
            ReviewNotFoundError; ReviewStateError: decided already, finished, or not what he saw. ConcurrentChangeError.
            InputError: no reason, no such account, or a role that gives more.
    """
    request = {"review": uid, "username": username, "decision": decision.value}
    authorise(stations, actor, Permission.ACCOUNT_REVIEW, request)
    words = check_reason(reason)
    found = _find(stations, actor, uid)
    account = find_account(stations, username)
    refusal = _why_not(stations, actor, account)
    if refusal is not None:
        denied = entry(
            stations, actor, Permission.ACCOUNT_REVIEW, "denied", request=request, reason=refusal, object=things(LABEL, uid)
        )
        stations.ledger.append(denied)
        raise PermissionDeniedError(refusal)
    if found.state is ReviewState.FINISHED:
        raise ReviewStateError("The review is finished.")
    facts = _facts(stations, account)
    if digest_of(facts) != digest:
        failed = entry(stations, actor, Permission.ACCOUNT_REVIEW, "failed", request=request, reason=CHANGED)
        stations.ledger.append(failed)
        raise ReviewStateError(CHANGED)
    now = stations.clock.now()
    decided = ReviewedAccount(account.uid, account.username, decision, actor.username, now, words, seen_of(facts))
    accounts = with_those_who_left(decide(_open(stations, found), decided), _left(stations))
    kept = replace(found, document=_seal(stations, uid, accounts), finished_at=None if waits(accounts) else now)
    changed = _withdrawn(stations, account, decision, role, now)

    def work() -> AccessReview:
        if changed is not None and changed != account:
            stations.accounts.put_account(changed, account)
        if decision is not ReviewDecision.CONFIRMED:
            _revoke_tokens(stations, account)
        if decision in {ReviewDecision.SUSPENDED, ReviewDecision.NARROWED}:
            stations.sessions.void_sessions_of_account(account.uid)
        if not stations.reviews.put_review(kept):
            raise ConcurrentChangeError("somebody else decided an account of this review at this moment")
        return replace(kept, version=kept.version + 1)

    sealed = stations.sealer.seal_document("Account", account.uid, "reason", words.encode())
    changes = changes_of_account(account, changed if changed is not None else account)
    told = {**request, "account": account.uid, "seen": digest, "waiting": waits(accounts)}
    if decision is ReviewDecision.NARROWED and role is not None:
        told["role"] = role.value
    return carry_out(
        stations,
        actor,
        Permission.ACCOUNT_REVIEW,
        told,
        work,
        about=[*things(LABEL, uid), *things("Account", account.uid)],
        changes={**changes, "reason": (None, sealed_text(sealed))},
    )


def take_sheet(stations: Stations, actor: Actor, uid: str, form: TableForm, arrange: ArrangeReview) -> Recorded[ExportedFile]:
    """The sheet of a finished review as a file, on record with its digest.

    raises  ReviewNotFoundError; ReviewStateError: it is open; what `list_reviews` raises; HomeError.
    """
    request = {"review": uid, "form": form.value}
    authorise(stations, actor, Permission.ACCOUNT_LIST, request)
    found = _find(stations, actor, uid)
    if found.state is ReviewState.OPEN:
        stations.ledger.append(entry(stations, actor, Permission.ACCOUNT_LIST, "failed", request=request, reason=NOT_FINISHED))
        raise ReviewStateError(NOT_FINISHED)
    copy = Copy(secrets.token_hex(16), actor.username, stations.clock.now())
    made = finished_file(stations, arrange(form, _shown(stations, actor, found), copy), Subject.REVIEW, form, copy)
    try:
        told = entry(
            stations,
            actor,
            Permission.ACCOUNT_LIST,
            "answered",
            request=request,
            result=made.on_record,
            object=things(LABEL, uid),
        )
        return stations.ledger.record(made, told)
    except BaseException:
        made.file.close()
        raise


def review_due(stations: Stations) -> Due:
    """When the next review is due by the policy; a number of tasks, recorded nowhere."""
    row, now = stations.policy.document.access_review, stations.clock.now()
    under_way = stations.reviews.list_reviews(ReviewState.OPEN, 1)
    if under_way:
        return Due(under_way[0].due_at, under_way[0].uid, now > under_way[0].due_at)
    if row is None:
        return Due(None, None, is_overdue=False)
    finished = stations.reviews.list_reviews(ReviewState.FINISHED, MOST)
    ends = [one.finished_at for one in finished if one.finished_at is not None]
    since = max(ends) if ends else min((one.created_at for one in all_accounts(stations)), default=now)
    at = since + timedelta(days=row.every_days)
    return Due(at, None, now > at)


def record_overdue(stations: Stations, actor: Actor) -> bool:
    """Put on record that a review is overdue, which rings; False where none is."""
    due = review_due(stations)
    if not due.is_overdue or due.at is None:
        return False
    request = {"change": "overdue", "since": due.at, **({"review": due.open_uid} if due.open_uid else {})}
    stations.ledger.append(entry(stations, actor, Permission.ACCOUNT_REVIEW, "failed", request=request, reason="overdue"))
    return True


def seen_of(facts: AccessFacts) -> dict[str, Any]:
    """What a reviewer sees of an account, in plain JSON, as it is kept with his word."""
    return {
        "role": facts.role.value,
        "state": facts.state.value,
        "permissions": sorted(facts.permissions),
        "clearance": facts.clearance.value if facts.clearance is not None else None,
        "sites": sorted(facts.sites),
        "lines": sorted(facts.lines),
        "lots": sorted(facts.lots),
        "tokens": sorted(one.label for one in facts.tokens),
        "passkeys": facts.passkeys,
        "factors": facts.factors,
        "last_used": stored_time(facts.last_used) if facts.last_used is not None else None,
        "dormant": facts.is_dormant,
    }


def digest_of(facts: AccessFacts) -> str:
    """SHA-256 (hex) of what is seen of an account; that it was used meanwhile changes nothing."""
    told = {name: value for name, value in seen_of(facts).items() if name not in {"last_used", "dormant"}}
    return hashlib.sha256(json.dumps([facts.uid, told], sort_keys=True).encode()).hexdigest()


def _why_not(stations: Stations, actor: Actor, account: Account) -> str | None:
    if actor.session is None:
        return NAMELESS
    return OWN if person_of(stations, actor).is_same(person_of_account(stations, account)) else None


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
        wanted = "a role that gives less than the present one"
        raise InputError(f"role: wanted {wanted}", (("role", wanted),))
    return replace(account, role=role, granted_at=now)


def _revoke_tokens(stations: Stations, account: Account) -> None:
    for token in stations.accounts.list_tokens(stations.clock.now(), row_limit=MOST_TOKENS):
        if token.account_uid == account.uid and not token.revoked:
            stations.accounts.put_token(replace(token, revoked=True))


def _find(stations: Stations, actor: Actor, uid: str) -> AccessReview:
    found = stations.reviews.get_review(uid)
    if found is None:
        failed = entry(stations, actor, Permission.ACCOUNT_LIST, "failed", request={"review": uid}, reason="no such review")
        stations.ledger.append(failed)
        raise ReviewNotFoundError(UNKNOWN)
    return found


def _shown(stations: Stations, actor: Actor, review: AccessReview) -> ShownReview:
    person = person_of(stations, actor)
    began = stations.accounts.get_account(review.begun_by)
    items = []
    for item in with_those_who_left(_open(stations, review), _left(stations)):
        account = stations.accounts.get_account(item.account_uid)
        facts = _facts(stations, account) if account is not None else None
        own = account is not None and person.is_same(person_of_account(stations, account))
        items.append(ShownItem(item, facts, digest_of(facts) if facts is not None else "", own))
    return ShownReview(review, began.username if began is not None else review.begun_by, tuple(items))


def _facts(stations: Stations, account: Account) -> AccessFacts:
    tokens = stations.accounts.list_tokens(stations.clock.now(), row_limit=MOST_TOKENS)
    return facts_of(stations, account, [one for one in tokens if one.account_uid == account.uid])


def _left(stations: Stations) -> frozenset[str]:
    return frozenset(one.uid for one in all_accounts(stations) if one.state is AccountState.LEFT)


def _seal(stations: Stations, uid: str, accounts: Sequence[ReviewedAccount]) -> bytes:
    told = [
        {
            "account": one.account_uid,
            "username": one.username,
            "decision": one.decision.value if one.decision is not None else None,
            "by": one.by,
            "at": stored_time(one.at) if one.at is not None else None,
            "reason": one.reason,
            "seen": plain_json(dict(one.seen)),
        }
        for one in accounts
    ]
    return stations.sealer.seal_document(LABEL, uid, "document", json.dumps(told, ensure_ascii=False).encode())


def _open(stations: Stations, review: AccessReview) -> tuple[ReviewedAccount, ...]:
    """raises  SealBrokenError; KeyUnavailableError."""
    told: list[Mapping[str, Any]] = json.loads(stations.sealer.open_document(LABEL, review.uid, "document", review.document))
    return tuple(
        ReviewedAccount(
            account_uid=one["account"],
            username=one["username"],
            decision=ReviewDecision(one["decision"]) if one["decision"] else None,
            by=one["by"],
            at=parse_stored_time(one["at"]) if one["at"] else None,
            reason=one["reason"],
            seen=one["seen"],
        )
        for one in told
    )

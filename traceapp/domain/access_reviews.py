"""A review of who may see what: somebody else looks at every account, and confirms or withdraws it, each with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from traceapp.domain.errors import InputError, ReviewStateError


class ReviewState(StrEnum):
    """Open while an account waits for its word."""

    OPEN = "open"
    FINISHED = "finished"


class ReviewDecision(StrEnum):
    """What became of an account.

    suspended       nobody comes in by it any more.   narrowed  it has a role that gives less.
    tokens_revoked  the person stays as he is, and no program comes in with a token of his.
    left            the person left before it was his turn; nobody decided.
    """

    CONFIRMED = "confirmed"
    SUSPENDED = "suspended"
    NARROWED = "narrowed"
    TOKENS_REVOKED = "tokens_revoked"
    LEFT = "left"


DECIDED: Final = tuple(one for one in ReviewDecision if one is not ReviewDecision.LEFT)
"""What a reviewer can say."""


@dataclass(frozen=True, slots=True)
class ReviewedAccount:
    """One account of a review.

    seen      what the reviewer saw of it, in plain JSON; empty while it waits.
    by        user name of the reviewer; None while it waits, and where the person left.
    """

    account_uid: str
    username: str
    decision: ReviewDecision | None = None
    by: str | None = None
    at: datetime | None = None
    reason: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccessReview:
    """As the store keeps it.

    begun_by  account that began it.   due_at  when it ends at the latest.
    document  `ReviewedAccount`s, sealed by the use case.
    version   how often it was written; a write names the one that it has read.
    """

    uid: str
    begun_by: str
    begun_at: datetime
    due_at: datetime
    document: bytes = field(repr=False)
    finished_at: datetime | None = None
    version: int = 0

    @property
    def state(self) -> ReviewState:
        return ReviewState.FINISHED if self.finished_at is not None else ReviewState.OPEN


def decide(accounts: tuple[ReviewedAccount, ...], decided: ReviewedAccount) -> tuple[ReviewedAccount, ...]:
    """The same with one decision more.

    raises  InputError: the account is none of this review. ReviewStateError: somebody has decided it.
    """
    stood = next((one for one in accounts if one.account_uid == decided.account_uid), None)
    if stood is None:
        raise InputError.wanted("username", "an account of this review")
    if stood.decision is not None:
        raise ReviewStateError("Somebody has decided this account already.")
    return tuple(decided if one is stood else one for one in accounts)


def with_those_who_left(accounts: tuple[ReviewedAccount, ...], left: frozenset[str]) -> tuple[ReviewedAccount, ...]:
    """Nobody has to decide an account whose person left meanwhile. left: uids of such accounts."""
    return tuple(
        replace(one, decision=ReviewDecision.LEFT) if one.decision is None and one.account_uid in left else one
        for one in accounts
    )


def waits(accounts: tuple[ReviewedAccount, ...]) -> int:
    """How many wait for a word."""
    return sum(one.decision is None for one in accounts)

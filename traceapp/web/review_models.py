"""Answers about reviews of accounts as OpenAPI describes them. `review_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from traceapp.domain.access_reviews import ReviewDecision, ReviewState
from traceapp.web.account_models import AccessFacts
from traceapp.web.answer_models import Ledger, Said


class AccessReview(Said):
    """Every account, looked at by somebody else than whoever gave it."""

    uid: Annotated[str, Field(description="16 hexadecimal digits.")]
    state: ReviewState
    begun_at: datetime
    due_at: Annotated[datetime, Field(description="When it ends at the latest.")]
    finished_at: datetime | None


class AccessReviews(Said):
    """The open one, then those that are finished, the newest first."""

    reviews: list[AccessReview]
    due_at: Annotated[datetime | None, Field(description="When the next one is due by the policy; null where it does not say.")]
    overdue: bool
    ledger: Ledger


class AccessReviewMoved(Said):
    """How it stands from now on."""

    review: AccessReview
    ledger: Ledger


class ReviewedAccount(Said):
    """One account, as it is, and what was decided of it."""

    username: str
    decision: ReviewDecision | None
    by: Annotated[str | None, Field(description="User name of the reviewer.")]
    at: datetime | None
    reason: str
    seen: Annotated[dict[str, Any], Field(description="What the reviewer saw; empty while it waits.")]
    facts: Annotated[AccessFacts | None, Field(description="As it is now; null where it cannot be read.")]
    digest: Annotated[str, Field(description="Of what is seen of it now; whoever decides sends it back.")]
    own: Annotated[bool, Field(description="It is yours, by whatever account: somebody else decides it.")]


class AccessReviewShown(Said):
    review: AccessReview
    begun_by: str
    waiting: Annotated[int, Field(description="Accounts that wait for a word.")]
    accounts: list[ReviewedAccount]
    ledger: Ledger

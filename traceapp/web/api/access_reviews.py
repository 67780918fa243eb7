"""Reviews of who may see what."""

from flask import Blueprint, Response

from traceapp.domain.permissions import Permission
from traceapp.usecases.accounts.review_access import begin_review, decide_account, list_reviews, show_review
from traceapp.usecases.accounts.review_sheet import take_sheet
from traceapp.web.access import current_actor, permission, records, stations
from traceapp.web.files import MEDIA, table_file
from traceapp.web.operations import operation
from traceapp.web.review_answers import review_answer, reviews_answer, shown_review_answer
from traceapp.web.review_inputs import DecisionBody, ReviewInput, SheetInput
from traceapp.web.review_models import AccessReviewMoved, AccessReviews, AccessReviewShown
from traceapp.web.review_tables import review_tables

access_reviews = Blueprint("access_reviews", __name__, url_prefix="/api/v1/access-reviews")


@access_reviews.get("")
@permission(Permission.ACCOUNT_LIST)
@operation(answer=AccessReviews)
def show_all() -> Response:
    """List the reviews of accounts, and say when the next one is due."""
    return reviews_answer(list_reviews(stations(), current_actor()))


@access_reviews.post("")
@permission(Permission.ACCOUNT_LIST)
@records(Permission.ACCOUNT_REVIEW)
@operation(answer=AccessReviewMoved, refuses=(409,))
def begin() -> Response:
    """Begin one: every account that has not left waits for a word. One at a time is open."""
    return review_answer(begin_review(stations(), current_actor()))


@access_reviews.get("/<uid>")
@permission(Permission.ACCOUNT_LIST)
@operation(answer=AccessReviewShown, path=ReviewInput, refuses=(404,))
def show(path: ReviewInput) -> Response:
    """Open one: every account as it is now, and what was decided of it."""
    return shown_review_answer(show_review(stations(), current_actor(), path.uid))


@access_reviews.post("/<uid>/decisions")
@permission(Permission.ACCOUNT_REVIEW)
@operation(answer=AccessReviewMoved, path=ReviewInput, body=DecisionBody, refuses=(404, 409))
def decide(path: ReviewInput, body: DecisionBody) -> Response:
    """Confirm one account, or withdraw it at once.

    A person does it in a session of his own, and never of his own account. `digest` is that of the account as it was shown; of
    anything else it is refused with 409. The last word finishes the review.
    """
    made = decide_account(stations(), current_actor(), path.uid, body.username, body.meant, body.digest, body.reason, body.role)
    return review_answer(made)


@access_reviews.get("/<uid>/sheet")
@permission(Permission.ACCOUNT_LIST)
@operation(answer=AccessReviewMoved, path=ReviewInput, query=SheetInput, refuses=(404, 409), files=tuple(MEDIA.values()))
def sheet(path: ReviewInput, query: SheetInput) -> Response:
    """Take the sheet of a finished review as a file: each account, what was seen, what was decided, by whom and why."""
    return table_file(take_sheet(stations(), current_actor(), path.uid, query.form, review_tables))

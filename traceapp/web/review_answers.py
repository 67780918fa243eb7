"""The bytes of answers about reviews of accounts; `answers.py` says what holds for all."""

from typing import Any

from flask import Response

from traceapp.domain.access_reviews import AccessReview
from traceapp.domain.recorded import Recorded
from traceapp.usecases.accounts.review_access import ReviewList
from traceapp.usecases.accounts.reviewed_accounts import ShownReview
from traceapp.web.account_answers import facts_document
from traceapp.web.answers import document_response


def reviews_answer(recorded: Recorded[ReviewList]) -> Response:
    found = recorded.value
    due = {"due_at": found.due.at, "overdue": found.due.is_overdue}
    return document_response({"reviews": [_review(one) for one in found.reviews], **due, "ledger": recorded.receipt})


def review_answer(recorded: Recorded[AccessReview]) -> Response:
    return document_response({"review": _review(recorded.value), "ledger": recorded.receipt})


def shown_review_answer(recorded: Recorded[ShownReview]) -> Response:
    shown = recorded.value
    accounts = [
        {
            "username": one.item.username,
            "decision": one.item.decision,
            "by": one.item.by,
            "at": one.item.at,
            "reason": one.item.reason,
            "seen": dict(one.item.seen),
            "facts": facts_document(one.facts) if one.facts is not None else None,
            "digest": one.digest,
            "own": one.own,
        }
        for one in shown.items
    ]
    told = {"review": _review(shown.review), "begun_by": shown.begun_by, "waiting": shown.waiting, "accounts": accounts}
    return document_response({**told, "ledger": recorded.receipt})


def _review(review: AccessReview) -> dict[str, Any]:
    return {
        "uid": review.uid,
        "state": review.state,
        "begun_at": review.begun_at,
        "due_at": review.due_at,
        "finished_at": review.finished_at,
    }

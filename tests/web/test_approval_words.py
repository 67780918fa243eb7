"""What the service itself says on the pages of approvals is said in the language of the page, and in words."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from traceapp.usecases.approvals.approval_document import Words
from traceapp.usecases.approvals.settle_spent import ENDED, SPENT
from traceapp.web.pages.account_words import place_text
from traceapp.web.pages.approval_words import said_by, summary_of

pytestmark = pytest.mark.one_store

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
CHINESE = {"Accept-Language": "zh-CN"}
OWN = "I looked at it, and it is right."


@pytest.mark.parametrize(
    ("act", "text", "english", "chinese"),
    [
        (SPENT, ENDED, ENDED, "执行程序在留下任何记录之前即已中止"),
        (SPENT, "StoreError", "It failed: StoreError", "执行失败：StoreError"),
        (
            *("hand_over", "0123456789abcdef: 00112233445566778899aabbccddeeff"),
            "It takes the place of request 0123456789abcdef: whoever asked for that has left.",
            "本申请接替申请 0123456789abcdef：原申请人已离职。",
        ),
        ("approve", OWN, OWN, OWN),
    ],
)
def test_promise_what_the_service_said_in_the_place_of_a_person_is_translated(
    act: str, text: str, english: str, chinese: str, closed_app: Flask
) -> None:
    said = Words("0" * 32, act, text, NOW)

    with closed_app.test_request_context(headers={"Accept-Language": "en-GB"}):
        assert said_by(said) == english
    with closed_app.test_request_context(headers=CHINESE):
        assert said_by(said) == chinese


def test_promise_a_list_names_no_digest(closed_app: Flask) -> None:
    asked = {"form": "xlsx", "tier": "T2", "sha256": "5cb12b5e" * 8, "digest": "1228ec55" * 8, "break_glass": "015d9ad9a2478431"}

    with closed_app.test_request_context():
        assert [value for _, value in summary_of(asked)] == ["xlsx", "T2"]


def test_a_place_is_told_in_words(closed_app: Flask) -> None:
    with closed_app.test_request_context():
        assert [place_text(one) for one in ("SUZHOU|INF", "SUZHOU|*", "*|INF")] == [
            *("SUZHOU · INF", "SUZHOU · all product lines", "all sites · INF")
        ]
    with closed_app.test_request_context(headers=CHINESE):
        assert place_text("SUZHOU|*") == "SUZHOU·所有产品线"

"""Whatever is refused on a page is said in its language: the table of sentences has every one that is raised."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from tests.conftest import MakeActor
from traceapp.domain.errors import (
    ApprovalStateError,
    ApprovalWaitsError,
    ConcurrentChangeError,
    PermissionDeniedError,
    ReviewStateError,
    SignatureComponentsError,
)
from traceapp.domain.rights import Role
from traceapp.usecases.approvals.missing_persons import TOO_FEW
from traceapp.web.pages.refusals import REFUSALS, refusal

ROOT = Path(__file__).resolve().parents[2] / "traceapp"
SESSIONS = ("sessions/break_glass.py", "sessions/review_break_glass.py")
WHERE = ("accounts", "approvals", "exports", "governed", "places", "signatures", *SESSIONS)
ELSEWHERE = {
    "UNKNOWN": "there is no such thing, which is a page of its own",
    "NONE": "there is no such thing, which is a page of its own",
    "NO_FACTOR": "the second factor is asked for instead",
    "It does not expire now.": "nobody asks for that: the service looks before",
    "hand_over.py": "it says why a colleague takes nothing over, in a list of its own",
    "issue_token.py": "tokens are made at the terminal",
}
"""Names, sentences and files of what no page says as a refusal."""
RAISED = {
    one.__name__
    for one in (ApprovalStateError, ApprovalWaitsError, PermissionDeniedError, ReviewStateError, SignatureComponentsError)
}


def constants() -> Iterator[tuple[str, str]]:
    """Sentences that a use case keeps under a name."""
    for path in (*_files(), ROOT / "domain" / "signatures.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text))):
                    if text[:1].isupper() and text.endswith(".") and name not in ELSEWHERE:
                        yield f"{path.name} {name}", text


def raised() -> Iterator[tuple[str, str]]:
    """Sentences that stand where they are raised."""
    for path in (*_files(), ROOT / "domain" / "approvals.py", ROOT / "domain" / "access_reviews.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text))]) if name in RAISED:
                    if text not in ELSEWHERE:
                        yield f"{path.name} {node.lineno}", text


def _files() -> list[Path]:
    places = (ROOT / "usecases" / place for place in WHERE)
    found = (path for place in places for path in (sorted(place.glob("*.py")) if place.is_dir() else [place]))
    return [path for path in found if path.name not in ELSEWHERE]


def test_promise_every_sentence_of_a_refusal_is_in_the_table() -> None:
    found = {**dict(constants()), **dict(raised())}

    assert len(found) > 40
    assert {where: said for where, said in found.items() if said not in REFUSALS} == {}
    assert set(found.values()) == REFUSALS, "and none that nobody says any more"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ApprovalStateError("It was never heard of."), "不能"),
        (ConcurrentChangeError("somebody else decided it"), "此刻"),
        (PermissionDeniedError("role/viewer: not this"), "您的角色"),
        (PermissionDeniedError(f"{TOO_FEW}: step 1 takes 2 of the role quality."), "可审批的人员不足"),
        (PermissionDeniedError("The request is signed already."), "已签"),
    ],
)
def test_promise_what_is_in_no_table_is_said_by_its_kind(error: Exception, said: str, app: Flask, actor: MakeActor) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        g.actor = actor(Role.VIEWER)
        assert said in refusal(error)

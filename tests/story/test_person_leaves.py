"""Somebody leaves in the middle of things, over HTTP: his doors close at once, and nobody waits for him any more."""

from typing import Any

import pytest
from flask import Flask

from tests.recorded import records
from tests.web.conftest import MovingClock, app, clock
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.composition import terminal_actor
from traceapp.domain.clock import stored_time
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.stations import Stations

__all__ = ["app", "clock", "sit"]

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
WHY = "The new interface asks before it imports."
SEEN = "The interface was looked at, and is mended tomorrow."
PASSWORD = "correct horse battery"
GONE = "Last day is today; works for another company from Monday."


def ask(desk: Desk, rule: str) -> str:
    """Id of a new request that an alert rule be silent."""
    reply = desk.send("/api/v1/approvals", operation="alert_silence", parameters={"rule": rule, "hours": 4}, reason=WHY)
    assert reply.status_code == 200, reply.text
    return str(reply.json["uid"])


def shown(desk: Desk, uid: str) -> dict[str, Any]:
    reply = desk.browser.get(f"/api/v1/approvals/{uid}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json)


def agree(desk: Desk, uid: str) -> int:
    return desk.agree(uid, password=PASSWORD).status_code


def seat(sit: Sit, *names: tuple[str, Role]) -> list[Desk]:
    """All of them made first, so that nobody's second factor is old by the time the last one sits."""
    for name, role in names:
        sit(name, role)
    return [sit(name, role) for name, role in names]


def test_promise_a_person_who_leaves_in_the_middle_of_an_approval_blocks_nobody(
    app: Flask, stations: Stations, sit: Sit, clock: MovingClock
) -> None:
    ada, anna, wei, ben = seat(sit, ("ada", Role.ADMIN), ("anna", Role.QUALITY), ("wei", Role.QUALITY), ("ben", Role.AUDITOR))
    hers = ask(anna, "denials")
    waits, agreed, done = ask(wei, "bulk-looks"), ask(wei, "number-walk"), ask(wei, "number-run")
    assert [agree(anna, agreed), agree(anna, done)] == [200, 200]
    assert wei.send(f"/api/v1/approvals/{done}/execute").status_code == 200
    program = issue_token(
        stations, terminal_actor(), TokenRequest(None, EVERYWHERE, EVERYWHERE, "weekly report", 30, owner="anna")
    ).value
    bearer = {"Authorization": f"Bearer {program}"}
    assert app.test_client().get("/api/v1/approvals", headers=bearer).status_code == 200

    few = ada.send("/api/v1/accounts/anna/leave", reason=GONE, successor="wei")
    assert (few.status_code, few.json["type"]) == (409, "urn:traceapp:problem:last-approvers")
    assert "place_move, step" in few.json["detail"]
    before = stations.ledger.get_head().seq
    left = ada.send("/api/v1/accounts/anna/leave", reason=GONE, successor="wei", anyway=True)

    assert left.status_code == 200, left.text
    told = left.json
    (ended,) = told["ended"]
    assert (ended["username"], ended["sessions"], ended["labels"]) == ("anna", 1, ["weekly report"])
    assert anna.browser.get("/api/v1/approvals").status_code == 401
    assert app.test_client().get("/api/v1/approvals", headers=bearer).status_code == 401
    (passed,) = told["passed"]
    assert (passed["uid"], passed["because"], passed["stuck"]) == (hers, None, None)
    assert shown(ben, hers)["approval"]["state"] == "cancelled"
    heir = shown(wei, passed["heir_uid"])
    assert (heir["approval"]["requester"], heir["approval"]["own"], heir["approval"]["parameters"]["rule"]) == (
        "wei",
        True,
        "denials",
    )
    freed = {one["uid"]: one for one in told["freed"]}
    assert {uid: (one["was_signed"], one["who"], one["stuck"]) for uid, one in freed.items()} == {
        waits: (False, ["ben"], None),
        agreed: (True, ["ben"], None),
        passed["heir_uid"]: (False, ["ben"], None),
    }
    assert wei.send(f"/api/v1/approvals/{agreed}/execute").status_code == 409
    assert agree(ben, agreed) == 200
    assert wei.send(f"/api/v1/approvals/{agreed}/execute").status_code == 200

    kept = shown(wei, done)
    assert [(one["username"], one["role"]) for one in kept["approval"]["signatures"]] == [("anna", "quality")]
    assert ("anna", "approve", SEEN) in {(one["username"], one["act"], one["text"]) for one in kept["words"]}
    (account,) = [one for one in ada.browser.get("/api/v1/accounts").json["accounts"] if one["username"] == "anna"]
    assert (account["state"], account["printed_name"], account["tokens"], account["factors"]) == ("left", "anna", [], 0)
    assert account["left_at"] is not None
    assert account["left_at"] <= stored_time(clock.now())
    acts = [(one["act"], one["outcome"]) for one in records(stations, after=before) if one["act"] == "account:leave"]
    assert acts == [("account:leave", "intended"), ("account:leave", "done"), ("account:leave", "answered")]

    again = ada.send("/api/v1/accounts/ben/leave", reason=GONE, anyway=True)
    stuck = {one["uid"]: one["stuck"] for one in again.json["freed"]}
    assert stuck.keys() == {waits, passed["heir_uid"]}
    assert all(said.startswith("Too few are left") for said in stuck.values())
    assert "ledger_prune" in again.json["stuck"]
    for path in ("return", "suspend"):
        assert ada.send(f"/api/v1/accounts/anna/{path}", reason=GONE).status_code == 400


def test_promise_a_successor_who_may_not_ask_takes_nothing_over(sit: Sit) -> None:
    """A colleague of another role, oneself, or nobody: nothing happens."""
    ada, anna, ben = seat(sit, ("ada", Role.ADMIN), ("anna", Role.QUALITY), ("ben", Role.AUDITOR))
    hers = ask(anna, "denials")

    for successor in ("ben", "anna", "nobody"):
        reply = ada.send("/api/v1/accounts/anna/leave", reason=GONE, successor=successor)
        assert (reply.status_code, reply.json["errors"][0]["field"]) in {(400, "successor"), (400, "username")}
    assert ada.send("/api/v1/accounts/ada/leave", reason=GONE).status_code == 403
    assert anna.send("/api/v1/accounts/ben/leave", reason=GONE).status_code == 403
    assert shown(ben, hers)["approval"]["state"] == "requested"

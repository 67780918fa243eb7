"""Approvals through the pages and the API: asked for, agreed to, denied, carried out, and refused in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.web.conftest import EVERYWHERE, MovingClock
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations
from traceapp.web.access import open_door
from traceapp.web.session import begin_session, client_of_request

pytestmark = pytest.mark.one_store

ASKED = {"rule": "denials", "hours": "4", "reason": "The new interface asks before it imports."}
SEEN = "The interface was looked at, and is mended tomorrow."


@dataclass(frozen=True)
class Desk:
    """A browser in which somebody is signed in."""

    browser: FlaskClient
    name: str = ""

    def post(self, path: str, **form: str) -> TestResponse:
        return self.browser.post(path, data={**form, "csrf_token": self.browser.get("/test/csrf").text})

    def send(self, path: str, **body: object) -> TestResponse:
        return self.browser.post(path, json=body, headers={"X-CSRFToken": self.browser.get("/test/csrf").text})

    def ask(self) -> str:
        """Address of the page of a new approval."""
        reply = self.post("/approvals", **ASKED)
        assert reply.status_code == 303, reply.text
        return reply.headers["Location"]

    def decide(self, page: str, decision: str) -> TestResponse:
        """On exactly what the page shows."""
        shown = self.browser.get(page).text
        digest, seen = (
            next(iter(re.findall(rf'name="{name}" value="([0-9a-f]{{64}})"', shown)), "") for name in ("digest", "seen")
        )
        return self.post(f"{page}/decision", decision=decision, digest=digest, seen=seen, reason=SEEN, sign_username=self.name)

    def agree(self, uid: str, reason: str = SEEN, **said: str) -> TestResponse:
        """To exactly what is shown, over the API."""
        address = f"/api/v1/approvals/{uid}"
        shown = self.browser.get(address).get_json()
        seen = {"digest": shown["approval"]["digest"], "seen": shown["seen"]}
        return self.send(f"{address}/approve", **{**seen, "reason": reason, "username": self.name, **said})


NEVER_OPENED: list[dict[str, str]] = [{}, {"seen": "0" * 64}]
Sit = Callable[..., Desk]


@pytest.fixture
def sit(app: Flask, stations: Stations, clock: MovingClock) -> Sit:
    """`sit("anna", Role.QUALITY)`: at a desk, a newcomer after a day and an hour; fresh: the second factor was just shown."""
    made: dict[str, str] = {}
    ours = replace(stations, clock=clock)

    @open_door
    def begin(uid: str, fresh: int) -> str:
        account = stations.accounts.get_account(uid)
        assert account is not None
        opened = make_session(ours, account, client_of_request(), factor_at=clock.now() if fresh else None)
        stations.sessions.append_session(opened.session)
        begin_session(opened)
        return ""

    @open_door
    def csrf() -> str:
        return generate_csrf()

    app.add_url_rule("/test/begin/<uid>/<int:fresh>", "test.begin", begin)
    app.add_url_rule("/test/csrf", "test.csrf", csrf)

    def make(name: str, role: Role, *, fresh: bool = True) -> Desk:
        if name not in made:
            made[name] = create_account(
                ours, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE
            ).value
            clock.ahead += timedelta(hours=25)
        browser = app.test_client()
        assert browser.get(f"/test/begin/{made[name]}/{int(fresh)}").status_code == 200
        return Desk(browser, name)

    return make


@pytest.fixture
def desks(sit: Sit) -> tuple[Desk, Desk]:
    """Anna of quality and Ben, the auditor, both of today."""
    sit("anna", Role.QUALITY)
    sit("ben", Role.AUDITOR)
    return sit("anna", Role.QUALITY), sit("ben", Role.AUDITOR)


def test_promise_two_persons_silence_a_rule_on_the_pages(desks: tuple[Desk, Desk], stations: Stations) -> None:
    anna, ben = desks
    page = anna.ask()
    assert "1 approval waits for your word" in ben.browser.get("/").text
    assert "waits for your word" not in anna.browser.get("/").text

    agreed = ben.decide(page, "approve")
    done = anna.post(f"{page}/execution")

    assert (agreed.status_code, done.status_code) == (303, 303)
    (silenced,) = records(stations, act="alert:silence")
    assert silenced["request"]["rule"] == "denials"
    assert silenced["approval"] == page.rpartition("/")[2]
    shown = anna.browser.get(page).text
    assert "Carried out" in shown
    assert SEEN in shown
    assert "Nothing that you asked for is open." in anna.browser.get("/approvals").text


def test_promise_one_no_ends_it(desks: tuple[Desk, Desk], stations: Stations) -> None:
    anna, ben = desks
    page = anna.ask()

    denied = ben.decide(page, "deny")
    late = anna.post(f"{page}/execution")

    assert (denied.status_code, late.status_code) == (303, 409)
    assert records(stations, act="alert:silence") == []
    assert "Denied" in anna.browser.get(page).text


def test_whoever_took_his_word_or_his_request_back_sees_it(desks: tuple[Desk, Desk]) -> None:
    anna, ben = desks
    page = anna.ask()
    ben.decide(page, "approve")

    taken = ben.decide(page, "withdraw")
    waits = "Waits for others" in anna.browser.get(page).text
    cancelled = anna.post(f"{page}/cancellation", reason="It is not needed any more.")

    assert (taken.status_code, waits, cancelled.status_code) == (303, True, 303)
    assert "Taken back" in ben.browser.get(page).text


def test_promise_a_page_says_why_it_refuses(desks: tuple[Desk, Desk], sit: Sit, clock: MovingClock, stations: Stations) -> None:
    anna, ben = desks
    page = anna.ask()
    other = anna.ask()

    own = anna.decide(page, "approve")
    short = ben.post(f"{page}/decision", decision="approve", digest="0" * 64, reason="ok")
    unseen = ben.post(f"{page}/decision", decision="approve", digest="0" * 64, reason=SEEN)
    nothing = ben.post(f"{page}/decision", decision="dance", reason=SEEN)
    wrong = anna.post("/approvals", **{**ASKED, "hours": "9999"})
    always = anna.post("/approvals", **{**ASKED, "rule": "approval-refused"})

    assert [one.status_code for one in (own, short, unseen, nothing, wrong, always)] == [403, 400, 409, 400, 400, 400]
    assert "nobody agrees to his own request" in own.text
    assert "look at the approval again" in unseen.text
    assert "1 to 168 hours" in wrong.text
    clock.ahead += timedelta(hours=25)
    stale = sit("ben", Role.AUDITOR, fresh=False)
    late = sit("anna", Role.QUALITY)
    fresh_one = late.ask()
    assert stale.decide(fresh_one, "approve").headers["Location"].startswith("/second-factor?next=/approvals/")
    lacking = records(stations, act="approval:decide")[-1]
    assert (lacking["outcome"], "second factor" in lacking["reason"]) == ("failed", True)
    assert "Time is over" in late.browser.get(other).text


def test_promise_a_page_that_asks_for_a_file_says_why_it_refuses(sit: Sit) -> None:
    """He is the only one who could agree to it, and nobody agrees to his own."""
    refused = sit("ben", Role.AUDITOR).post("/audit/export", form="xlsx", reason=ASKED["reason"])

    assert (refused.status_code, "Too few persons could agree to it" in refused.text) == (403, True)


def test_promise_whoever_decides_sees_what_is_usual_for_whoever_asked(desks: tuple[Desk, Desk], stations: Stations) -> None:
    """Counts of the last thirty days beside the usual; whoever asked reads nothing of the kind, and the look is on record."""
    anna, ben = desks
    for _ in range(3):
        anna.browser.get("/api/v1/batches?number=NO-1")
    page = anna.ask()
    index_ledger(stations, lambda _: None, lambda: True)

    address = f"/api/v1{page}"
    told = {one["name"]: one for one in ben.browser.get(address).get_json()["history"]}

    assert told["requests"] == {"name": "requests", "lately": 1, "usually": None}
    assert set(told) == {"looks", "files", "requests", "broken", "denials"}
    assert records(stations, act="approval:open")[-1]["result"]["history"]["requests"] == 1
    shown = ben.browser.get(page).text
    assert "What anna did in the last 30 days" in shown
    assert "no past yet" in shown
    assert anna.browser.get(address).get_json()["history"] == []
    assert "in the last 30 days" not in anna.browser.get(page).text


def test_promise_nothing_is_offered_to_an_account_in_its_cooling_time(
    desks: tuple[Desk, Desk], sit: Sit, clock: MovingClock
) -> None:
    """The page says until when; nothing waits for it, and what it tries all the same is refused."""
    anna, _ = desks
    page = anna.ask()
    cleo = sit("cleo", Role.QUALITY)
    clock.ahead -= timedelta(hours=2)
    again = sit("cleo", Role.QUALITY)

    listed = again.browser.get(f"/api/v1{page}").get_json()["approval"]
    shown = again.browser.get(page).text

    assert listed["may"] == []
    assert listed["cools_until"] is not None
    assert "it decides nothing before" in shown
    assert 'value="approve"' not in shown
    assert "waits for your word" not in again.browser.get("/").text
    assert again.post(f"{page}/decision", decision="deny", reason=SEEN).status_code == 403
    assert cleo.browser is not again.browser


def test_promise_nobody_learns_of_an_approval_that_is_not_his(desks: tuple[Desk, Desk], sit: Sit) -> None:
    """Unknown and none of one's business: the same bytes."""
    other = sit("root-1", Role.ADMIN).browser
    uid = sit("anna", Role.QUALITY).ask().rpartition("/")[2]

    found, unknown = (other.get(f"/api/v1/approvals/{one}") for one in (uid, "0" * 16))

    assert (found.status_code, found.data) == (404, unknown.data)
    assert other.get("/api/v1/approvals").get_json()["approvals"] == []


def test_promise_the_api_does_all_of_it(desks: tuple[Desk, Desk], stations: Stations) -> None:
    anna, ben = desks
    body = {"operation": "alert_silence", "parameters": {"rule": "denials", "hours": 4}, "reason": ASKED["reason"]}
    made = anna.send("/api/v1/approvals", **body).get_json()
    address = f"/api/v1/approvals/{made['uid']}"
    (listed,) = ben.browser.get("/api/v1/approvals").get_json()["approvals"]
    assert (listed["digest"], listed["may"]) == (made["digest"], ["approve", "deny"])

    unopened = [
        ben.send(f"{address}/approve", digest=made["digest"], reason=SEEN, username="ben", **seen) for seen in NEVER_OPENED
    ]
    assert [one.status_code for one in unopened] == [400, 409]
    agreed = ben.agree(made["uid"]).get_json()
    done = anna.send(f"{address}/execute")
    again = anna.send(f"{address}/execute")

    assert (agreed["state"], done.status_code, again.status_code) == ("approved", 200, 409)
    shown = ben.browser.get(address).get_json()
    assert shown["approval"]["state"] == "executed"
    assert [(one["username"], one["act"]) for one in shown["words"]] == [("anna", "request"), ("ben", "approve")]
    seq = done.get_json()["ledger"]["seq"]
    assert [one["act"] for one in records(stations) if one["seq"] == seq] == ["alert:silence"]

"""A trace with confidential values leaves as a file: one that was asked for, seen and denied, and one that two agreed to."""

import hashlib
import json
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.recorded import records
from tests.web.conftest import SECRET, MovingClock, clock, filled
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.app import create_app
from traceapp.domain.approvals import Operation
from traceapp.domain.rights import Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import ApprovalRow
from traceapp.usecases.stations import Stations

__all__ = ["clock", "filled", "sit"]

pytestmark = pytest.mark.one_store

WHY = "The authority wants the list of consignees of the resin."
BODY = {"seeds": [{"number": "RM-1"}], "direction": "forward", "form": "json", "tier": "T2", "reason": WHY}
NO = "They asked for hospitals, and this names the supplier as well."
YES = "I compared it with the letter of the authority: it is what they ask for."
PERSONS = (("rosa", Role.COORDINATOR), ("anna", Role.QUALITY), ("ben", Role.AUDITOR), ("theo", Role.COORDINATOR))


@pytest.fixture
def app(filled: Stations, clock: MovingClock) -> Flask:
    """Over the little plant, under a policy by which quality and then audit agree to a file."""
    settled = filled.documents.renewed(filled)
    document = settled.policy.document
    told = document.approvals[Operation.TRACE_EXPORT].model_dump() | {"steps": [{"roles": ["quality"]}, {"roles": ["auditor"]}]}
    rows = {**document.approvals, Operation.TRACE_EXPORT: ApprovalRow.model_validate(told)}
    policy = Policy(document.model_copy(update={"approvals": rows}), settled.dictionary)
    ours = replace(settled, clock=clock, policy=policy)
    return create_app(lambda: ours, SECRET)


@pytest.fixture
def desks(sit: Sit) -> list[Desk]:
    """All made first, so that nobody's second factor is old by the time the last one sits."""
    for name, role in PERSONS:
        sit(name, role)
    return [sit(name, role) for name, role in PERSONS]


def asked_for(desk: Desk) -> dict[str, Any]:
    made = desk.send("/api/v1/traces/export", **BODY)
    assert made.status_code == 200, made.text
    return dict(made.json)


def shown(desk: Desk, uid: str) -> dict[str, Any]:
    reply = desk.browser.get(f"/api/v1/approvals/{uid}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json)


def take(desk: Desk, uid: str) -> tuple[int, bytes]:
    reply = desk.browser.get(f"/api/v1/approvals/{uid}/file")
    return reply.status_code, reply.data


def decide(desk: Desk, uid: str, word: str, reason: str, **more: str) -> int:
    if word == "approve":
        opened = desk.browser.get(f"/api/v1/approvals/{uid}").get_json()
        more["seen"] = opened["seen"]
    return desk.send(f"/api/v1/approvals/{uid}/{word}", reason=reason, **more).status_code


def acts(stations: Stations, uid: str) -> list[tuple[str, str, str | None]]:
    """What the ledger says of an approval: act, outcome, and whose word it was; looks left out."""
    told = [one for one in records(stations) if one.get("approval") == uid and one["act"] != "approval:open"]
    return [(one["act"], one["outcome"], one["actor"]["username"]) for one in told if one["outcome"] != "intended"]


def test_story_a_file_is_asked_for_seen_and_denied(desks: list[Desk], filled: Stations) -> None:
    rosa, anna, ben, _ = desks
    uid = asked_for(rosa)["uid"]

    inbox = anna.browser.get("/").text
    assert "1 approval waits for your word" in inbox
    assert "waits for your word" not in ben.browser.get("/").text, "it is not his turn"
    page = anna.browser.get(f"/approvals/{uid}").text
    told = shown(anna, uid)
    parameters = told["approval"]["parameters"]
    assert (told["approval"]["requester"], parameters["tier"], parameters["form"]) == ("rosa", "T2", "json")
    assert [(one["username"], one["act"], one["text"]) for one in told["words"]] == [("rosa", "request", WHY)]
    assert parameters["consignees"] == 2
    assert parameters["values"]["T2"] > 0
    assert told["sample"]
    for seen in (WHY, "RM-1", "rosa", told["approval"]["digest"], "Agree to exactly this", "Say no"):
        assert seen in page
    assert decide(anna, uid, "deny", NO) == 200

    assert shown(rosa, uid)["approval"]["state"] == "denied"
    answer = rosa.browser.get(f"/approvals/{uid}").text
    assert "Denied" in answer
    assert NO in answer
    assert "Take the file" not in answer
    assert decide(ben, uid, "approve", YES, digest=told["approval"]["digest"], username="ben") == 409
    assert rosa.send(f"/api/v1/approvals/{uid}/execute").status_code == 409
    status, content = take(rosa, uid)
    assert status == 409
    assert b"HOSP" not in content
    assert [one[:2] for one in acts(filled, uid)] == [
        ("approval:request", "done"),
        ("approval:decide", "done"),
        ("approval:decide", "failed"),
        ("approval:execute", "failed"),
        ("batch:export", "failed"),
    ]


def test_story_another_is_agreed_to_by_two_taken_once_and_refused_to_a_third(desks: list[Desk], filled: Stations) -> None:
    rosa, anna, ben, theo = desks
    asked = asked_for(rosa)
    uid, digest = asked["uid"], asked["digest"]

    assert decide(rosa, uid, "approve", YES, digest=digest, username="rosa") == 403, "her own"
    assert decide(ben, uid, "approve", YES, digest=digest, username="ben") == 403, "not his turn yet"
    assert decide(anna, uid, "approve", YES, digest=digest, username="anna") == 200
    assert rosa.send(f"/api/v1/approvals/{uid}/execute").status_code == 409, "one word is not enough"
    assert "1 approval waits for your word" in ben.browser.get("/").text
    assert decide(ben, uid, "approve", YES, digest=digest, username="ben") == 200
    for other in (anna, ben):
        assert other.send(f"/api/v1/approvals/{uid}/execute").status_code == 403
    assert theo.send(f"/api/v1/approvals/{uid}/execute").status_code == 404
    assert take(rosa, uid)[0] == 409, "agreed to, and not carried out"
    assert rosa.send(f"/api/v1/approvals/{uid}/execute").status_code == 200
    assert "Take the file" in rosa.browser.get(f"/approvals/{uid}").text
    assert [take(other, uid)[0] for other in (anna, ben, theo)] == [403, 403, 404]

    taken = rosa.browser.get(f"/api/v1/approvals/{uid}/file")

    assert taken.status_code == 200, taken.text
    told = json.loads(taken.data)
    assert [one.partition(" | ")[0] for one in (told["head"]["signature_1"], told["head"]["signature_2"])] == [
        "anna (anna)",
        "ben (ben)",
    ]
    assert (told["head"]["holder"], told["head"]["completeness"]) == ("rosa", "COMPLETE")
    assert len(told["tables"]["consignees"]) == 2
    sha256 = hashlib.sha256(taken.data).digest()
    assert b64decode(taken.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")) == sha256
    (left,) = [one for one in records(filled, act="batch:export") if one.get("approval") == uid and one["outcome"] == "answered"]
    assert (left["result"]["file"], left["actor"]["username"]) == (sha256.hex(), "rosa")
    assert take(rosa, uid)[0] == 409, "once"
    assert "Take the file" not in rosa.browser.get(f"/approvals/{uid}").text
    assert [take(other, uid)[0] for other in (anna, ben, theo)] == [403, 403, 404]


def test_story_a_file_that_nobody_took_in_time_is_over(sit: Sit, desks: list[Desk], clock: MovingClock) -> None:
    rosa, anna, ben, _ = desks
    kept, late = asked_for(rosa), asked_for(rosa)
    for desk in (anna, ben):
        assert decide(desk, kept["uid"], "approve", YES, digest=kept["digest"], username=desk.name) == 200
        # The second signature of a session takes a password.
        sign = {"digest": late["digest"], "username": desk.name, "password": "correct horse battery"}
        assert decide(desk, late["uid"], "approve", YES, **sign) == 200
    assert rosa.send(f"/api/v1/approvals/{kept['uid']}/execute").status_code == 200
    clock.ahead += timedelta(hours=25)
    rosa = sit("rosa", Role.COORDINATOR)

    assert rosa.send(f"/api/v1/approvals/{late['uid']}/execute").status_code == 409
    assert shown(rosa, late["uid"])["approval"]["state"] == "expired"
    assert "Time is over" in rosa.browser.get(f"/approvals/{late['uid']}").text
    assert [take(rosa, one["uid"])[0] for one in (kept, late)] == [409, 409]
    assert "Take the file" not in rosa.browser.get(f"/approvals/{kept['uid']}").text

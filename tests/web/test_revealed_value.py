"""One T3 value shown by approval: asked for, denied, agreed to, shown once to whoever asked, and to nobody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.capture import append, day, material, production
from tests.recorded import records
from tests.web.conftest import MovingClock
from tests.web.desks import session_of
from tests.web.test_outside_delivery import WHY, Office, office  # noqa: F401 - the fixture
from traceapp.domain.permissions import Act
from traceapp.usecases.approvals.decide_approval import deny_approval

pytestmark = pytest.mark.one_store

RECIPE = "UHMWPE 97.5 %, vitamin E 0.1 %, rest as kept"


@pytest.fixture
def lot(office: Office) -> str:  # noqa: F811
    """A batch whose formulation the purpose of a recall does not open."""
    made = production("reveal-1", [material("RM-9")], "B-REVEAL", day(1), properties={"formulation": RECIPE})
    append(office.stations.events, office.stations.sealer, made)  # type: ignore[arg-type]
    told = office.ask("/api/v1/batches/B-REVEAL").get_json()
    assert told["properties"]["formulation"] == {"masked": True, "tier": "T3"}
    return str(told["batch"]["uid"])


def asked(office: Office, uid: str, name: str = "formulation") -> Any:  # noqa: F811
    body = {"operation": "t3_reveal", "parameters": {"uid": uid, "property": name}, "reason": WHY}
    return office.ask("/api/v1/approvals", "POST", json=body)


def test_story_a_value_is_asked_for_seen_and_denied_then_agreed_to_and_shown_once(
    office: Office,  # noqa: F811
    lot: str,
    app: Flask,
) -> None:
    denied = asked(office, lot).get_json()["uid"]
    shown = office.ask(f"/api/v1/approvals/{denied}")
    assert shown.get_json()["approval"]["parameters"] == {"of": ["B-REVEAL"], "property": "formulation", "shown_minutes": 10}
    assert RECIPE not in shown.text
    deny_approval(office.stations, session_of(office.stations, office.deciders[0]), denied, "A recall does not need a recipe.")
    assert office.ask(f"/api/v1/approvals/{denied}/value", "POST").status_code == 409

    uid = office.agree(asked(office, lot))
    early = office.ask(f"/api/v1/approvals/{uid}/value", "POST")
    assert (early.status_code, RECIPE in early.text) == (409, False)
    assert office.execute(uid).status_code == 200
    other = Office(app.test_client(), office.stations, office.deciders)
    other.browser.get("/test/begin?who=cleo")
    assert other.ask(f"/api/v1/approvals/{uid}/value", "POST").status_code == 404
    value = office.ask(f"/api/v1/approvals/{uid}/value", "POST")
    assert value.get_json()["value"] == RECIPE
    assert office.ask(f"/api/v1/approvals/{uid}/value", "POST").status_code == 409
    assert RECIPE not in office.ask(f"/approvals/{uid}").text
    seen = [one for one in records(office.stations, act=Act.VALUE_REVEAL) if one["outcome"] == "answered"]
    assert [(one["disclosed"], one["approval"]) for one in seen] == [({"Batch": ["formulation"]}, uid)]
    assert RECIPE not in json.dumps(records(office.stations))


def test_story_the_page_asks_and_shows_it(office: Office, lot: str) -> None:  # noqa: F811
    page = office.ask(f"/batches/{lot}").text
    assert "v-property" in page
    sent = office.ask(f"/batches/{lot}/value", "POST", data={"property": "formulation", "reason": WHY})
    uid = sent.headers["Location"].rpartition("/")[2]
    told = office.ask(f"/api/v1/approvals/{uid}")
    uid = office.agree_to(told.get_json()["approval"])
    assert office.ask(f"/approvals/{uid}/execution", "POST").status_code == 303
    assert "Show it now" in office.ask(f"/approvals/{uid}").text
    assert RECIPE in office.ask(f"/approvals/{uid}/value", "POST").text
    assert office.ask(f"/approvals/{uid}/value", "POST").status_code == 409


def test_promise_a_value_is_gone_once_its_minutes_are_over(office: Office, lot: str, clock: MovingClock) -> None:  # noqa: F811
    uid = office.agree(asked(office, lot))
    assert office.execute(uid).status_code == 200
    clock.ahead += timedelta(minutes=11)
    assert office.ask(f"/api/v1/approvals/{uid}/value", "POST").status_code == 409


def test_promise_whether_there_is_a_value_is_told_to_nobody_who_asks_or_agrees(office: Office, lot: str) -> None:  # noqa: F811
    with_value, without = asked(office, lot).get_json(), asked(office, lot, "deviation").get_json()
    shown = [office.ask(f"/api/v1/approvals/{one['uid']}").get_json() for one in (with_value, without)]
    for one in shown:
        one["approval"]["parameters"].pop("property")
    assert shown[0]["approval"]["parameters"] == shown[1]["approval"]["parameters"]
    assert shown[0]["preview"] == shown[1]["preview"]


@pytest.mark.parametrize("name", ["releaser", "number", "price", "identity"])
def test_attacker_who_asks_for_what_is_no_t3_value_is_refused(office: Office, lot: str, name: str) -> None:  # noqa: F811
    assert asked(office, lot, name).status_code == 400


def test_attacker_who_asks_for_a_thing_outside_his_view_learns_nothing(office: Office, lot: str) -> None:  # noqa: F811
    unknown = asked(office, "0" * 32)
    assert unknown.status_code == 400
    assert unknown.get_json()["detail"] == asked(office, lot, "price").get_json()["detail"]

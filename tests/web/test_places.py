"""A site moves through pages and API: its effect shown first, agreed to, superseded where that is another one, applied."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.imported import take_in
from tests.moved import finish
from tests.recorded import records
from tests.web.conftest import EVERYWHERE, MovingClock
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.stations import Stations

__all__ = ["sit"]
pytestmark = pytest.mark.one_store

WHY = "The Lyon works were closed in spring."
MOVE = {"site": "LYON", "to_site": "SUZHOU", "follow": True}
CHAIN = (("anna", Role.QUALITY), ("paul", Role.PRODUCTION), ("abel", Role.AUDITOR))
ROWS = "form,owner,product,number,site,time\n" + "".join(
    f"batch-record,LYON,PUMP,L-{at},LYON,2026-03-01T10:00:00Z\n" for at in range(3)
)


@pytest.fixture
def plant(stations: Stations) -> Stations:
    take_in(stations, ROWS)
    for name, site in (("lea", "LYON"), ("sun", "SUZHOU")):
        create_account(
            stations, terminal_actor(), name, "correct horse battery", name, Role.VIEWER, frozenset({site}), EVERYWHERE
        )
    return stations


@pytest.fixture
def quin(sit: Sit, plant: Stations) -> Desk:
    for name, role in (*CHAIN, ("quin", Role.QUALITY)):
        sit(name, role)
    return sit("quin", Role.QUALITY)


def propose(quin: Desk) -> dict[str, str]:
    asked = quin.send("/api/v1/approvals", operation="place_move", parameters=MOVE, reason=WHY)
    assert asked.status_code == 200, asked.text
    found: dict[str, str] = asked.json or {}
    return found


def agree(sit: Sit, asked: dict[str, str]) -> None:
    for name, role in CHAIN:
        said = sit(name, role).agree(asked["uid"], "I looked at who gains and who loses.")
        assert said.status_code == 200, said.text


def test_promise_a_site_moves_by_the_word_of_the_chain_with_its_effect_seen_first(
    quin: Desk, sit: Sit, plant: Stations, client: FlaskClient
) -> None:
    wanted = (
        TokenRequest(Role.COORDINATOR, frozenset({site}), EVERYWHERE, f"floor of {site}", 30) for site in ("LYON", "SUZHOU")
    )
    old, new = (f"Bearer {issue_token(plant, terminal_actor(), one).value}" for one in wanted)

    def looks() -> list[int]:
        return [client.get("/api/v1/batches/L-1", headers={"Authorization": one}).status_code for one in (old, new)]

    compared = quin.send("/api/v1/places/comparison", **MOVE)
    assert compared.json is not None, compared.text
    effect = compared.json["effect"]
    told = {one["username"]: (one["opened"] > 0, one["closed"] > 0, one["follows"]) for one in effect["accounts"]}
    assert told == {"lea": (False, False, True), "sun": (True, False, False)}
    assert (effect["records"] >= 3, effect["tokens"]) == (True, ["floor of LYON"])

    asked = propose(quin)
    own = quin.agree(asked["uid"], WHY)
    early = quin.send(f"/api/v1/approvals/{asked['uid']}/execute")
    assert (own.status_code, early.status_code, looks()) == (403, 409, [200, 404])
    page = sit("anna", Role.QUALITY).browser.get(f"/approvals/{asked['uid']}").text
    assert all(word in page for word in ("lea", "sun", "LYON", "SUZHOU", "Records that change place"))
    agree(sit, asked)

    applied = quin.send(f"/api/v1/approvals/{asked['uid']}/execute")

    assert applied.status_code == 200, applied.text
    assert looks() == [404, 200]
    shown = quin.browser.get("/api/v1/places").json
    assert shown is not None
    (one,) = shown["moves"]
    assert (one["old"]["site"], one["new"]["site"], one["proposed_by"], one["approved_by"]) == (
        *("LYON", "SUZHOU", "quin"),
        [name for name, _ in CHAIN],
    )
    assert (one["left"] > 0, one["finished_at"]) == (True, None)
    assert "Goes on" in quin.browser.get("/places").text
    assert finish(plant).finished == (1,)
    assert "Finished" in quin.browser.get("/places").text
    lea = plant.accounts.get_account_by_username("lea")
    assert lea is not None
    assert lea.sites == {"SUZHOU"}
    (_, followed) = records(plant, act="account:change")
    assert (followed["approval"], followed["request"]["username"]) == (asked["uid"], "lea")
    assert looks() == [404, 200]


def test_promise_an_effect_that_is_another_one_by_then_supersedes_the_approval(quin: Desk, sit: Sit, plant: Stations) -> None:
    asked = propose(quin)
    agree(sit, asked)
    create_account(plant, terminal_actor(), "eve", "correct horse battery", "eve", Role.VIEWER, frozenset({"SUZHOU"}), EVERYWHERE)

    late = quin.send(f"/api/v1/approvals/{asked['uid']}/execute")

    assert late.status_code == 409
    assert records(plant, act="approval:supersede")[-1]["approval"] == asked["uid"]
    assert not plant.acls.places


def test_promise_more_records_of_the_same_places_leave_the_effect_as_it_was_signed(quin: Desk, sit: Sit, plant: Stations) -> None:
    asked = propose(quin)
    agree(sit, asked)
    take_in(plant, ROWS.replace("L-", "M-"), "more.csv")

    assert quin.send(f"/api/v1/approvals/{asked['uid']}/execute").status_code == 200


def test_a_move_is_compared_and_proposed_on_the_page_in_both_languages(quin: Desk, clock: MovingClock) -> None:
    form = {"site": "LYON", "to_site": "SUZHOU", "follow": "yes"}
    compared = quin.post("/places/comparison", **form)
    wrong = quin.post("/places/comparison", site="NOWHERE-AT-ALL", to_site="SUZHOU")
    within = quin.post("/places/comparison", site="LYON", to_site="LYON")

    assert (compared.status_code, wrong.status_code, within.status_code) == (200, 400, 400)
    assert all(word in compared.text for word in ("lea", "sun", "→", "Propose exactly this"))
    clock.ahead += timedelta(minutes=1)
    asked = quin.post("/places/proposals", **form, reason=WHY)
    assert asked.status_code == 303, asked.text
    opened = quin.browser.get(asked.headers["Location"]).text
    assert "Move a site or product line" in opened
    quin.post("/language", language="zh_Hans", next="/")
    assert "生产地址与产品线的划转" in quin.browser.get("/places").text

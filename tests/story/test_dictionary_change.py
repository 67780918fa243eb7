"""A property becomes confidential: shown with its effect, agreed to by the chain, hidden at once, sealed, and brought back."""

import pytest
from flask import Flask

from tests.dictionaries import in_force, migrate, retiered
from tests.imported import take_in
from tests.story.test_policy_change import CHAIN, agreed
from tests.web.conftest import MovingClock, app, clock
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.composition import connected, terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations

__all__ = ["app", "clock", "sit"]
pytestmark = pytest.mark.one_store

MAKER = "Makers of Meyrin"
WHY = "Who makes for us is nobody's business."
ROWS = "owner,product,number,contract_maker,site,time\n" + "".join(
    f"LYON,PUMP,B-{at},{MAKER} {at},LYON,2026-03-01T10:00:00Z\n" for at in range(4)
)


def maker(desk: Desk) -> object:
    found = desk.browser.get("/api/v1/batches/B-1?fields=contract_maker")
    assert found.json is not None
    return found.json["properties"]["contract_maker"]


def migration(desk: Desk) -> object:
    told = desk.browser.get("/api/v1/changes").json
    assert told is not None
    return {one["document"]: one["migration"] for one in told["documents"]}["dictionary"]


def test_promise_a_property_becomes_confidential_and_comes_back(
    sit: Sit, stations: Stations, app: Flask, clock: MovingClock
) -> None:
    take_in(stations, ROWS)
    for name, role in (*CHAIN, ("quin", Role.QUALITY), ("vera", Role.VIEWER)):
        sit(name, role)
    quin, vera = sit("quin", Role.QUALITY), sit("vera", Role.VIEWER)
    text = retiered(in_force(stations), "Batch", "contract_maker", "T2")
    assert maker(vera) == f"{MAKER} 1"

    compared = quin.send("/api/v1/changes/dictionary/comparison", text=text)

    assert compared.json is not None, compared.text
    assert compared.json["effect"]["reencrypted"] == [
        {"kind": "Batch", "name": "contract_maker", "before": "T1", "after": "T2", "work": "sealed", "records": 4}
    ]
    asked = quin.send("/api/v1/changes/dictionary/proposals", text=text, reason=WHY)
    assert asked.json is not None, asked.text
    page = sit("anna", Role.QUALITY).browser.get(f"/approvals/{asked.json['uid']}").text
    assert "T1 → T2" in page
    assert "they are encrypted" in page
    agreed(sit, asked.json["uid"])

    applied = quin.send(f"/api/v1/approvals/{asked.json['uid']}/execute")

    assert applied.status_code == 200, applied.text
    assert maker(vera) == {"masked": True, "tier": "T2"}
    assert maker(sit("anna", Role.QUALITY)) == f"{MAKER} 1"
    assert migration(quin) == {"number": 2, "fields": ["Batch.contract_maker"], "done": 0, "share": 0.0}
    assert "being brought to version 2" in quin.browser.get("/changes").text
    with connected(stations.settings) as service:
        assert migrate(service).done == 4
    assert (migration(quin), maker(vera)) == (None, {"masked": True, "tier": "T2"})

    back = quin.send("/api/v1/changes/dictionary/proposals", version=1, reason="It stands on every label.")
    assert back.json is not None, back.text
    agreed(sit, back.json["uid"])
    rolled = quin.send(f"/api/v1/approvals/{back.json['uid']}/execute")

    assert rolled.status_code == 200, rolled.text
    assert maker(vera) == f"{MAKER} 1"
    with connected(stations.settings) as service:
        assert migrate(service).done == 4
    assert (migration(quin), maker(vera)) == (None, f"{MAKER} 1")
    with connected(stations.settings) as service:
        assert verify_graph(service, terminal_actor(), lambda share: None).value.findings == ()

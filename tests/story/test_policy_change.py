"""A policy that would widen T3: shown with its effect, agreed to by the chain, applied, seen in an answer, rolled back."""

from dataclasses import replace

import pytest
from flask import Flask

from tests.recorded import records
from tests.web.conftest import MovingClock, app, clock
from tests.web.plant import events
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.domain.governed import DocumentKind
from traceapp.domain.rights import Role
from traceapp.policy.document import read_content
from traceapp.usecases.governed.governed_documents import list_kept_versions
from traceapp.usecases.stations import Stations

__all__ = ["app", "clock", "sit"]
pytestmark = pytest.mark.one_store

RECIPE = "PVC 62 %, plasticiser 38 %"
WHY = "The shop floor compares recipes with what is delivered."
CHAIN = (("anna", Role.QUALITY), ("paul", Role.PRODUCTION), ("irma", Role.IT), ("abel", Role.AUDITOR))
VIEWER = 'default_purpose = "production"\nclearance = "T1"\nsearch = "T1"\nwithholding = "pass"\n'


def widened() -> str:
    """The default policy, under which a viewer is cleared for T3."""
    text = read_content("default").decode()
    before, _, rest = text.partition("[roles.viewer]")
    row = rest.replace(VIEWER, VIEWER.replace('clearance = "T1"', 'clearance = "T3"') + "t3 = {}\n", 1)
    assert row != rest
    return f"{before}[roles.viewer]{row}"


def agreed(sit: Sit, uid: str) -> None:
    for name, role in CHAIN:
        said = sit(name, role).agree(uid, "I compared both versions.")
        assert said.status_code == 200, said.text


def formulation(viewer: Desk) -> object:
    found = viewer.browser.get("/api/v1/batches/A?fields=formulation")
    assert found.json is not None
    return found.json["properties"]["formulation"]


def test_promise_a_policy_that_widens_t3_is_shown_agreed_to_applied_and_rolled_back(
    sit: Sit, stations: Stations, app: Flask, clock: MovingClock
) -> None:
    (lone,) = [one for one in events() if one.key == "TEST/9"]
    (node,) = lone.nodes
    told = replace(lone, nodes=(replace(node, properties={"formulation": RECIPE}),))
    stations.events.append([told], stations.sealer, "plant", stations.clock.now())
    for name, role in (*CHAIN, ("quin", Role.QUALITY), ("vera", Role.VIEWER)):
        sit(name, role)
    quin, vera = sit("quin", Role.QUALITY), sit("vera", Role.VIEWER)
    masked = formulation(vera)

    compared = quin.send("/api/v1/changes/policy/comparison", text=widened())

    assert compared.json is not None, compared.text
    assert {("roles.viewer.clearance", "T1", "T3"), ("roles.viewer.t3", None, None)} >= {
        (".".join(one["place"]), *one["gone"], *one["new"]) for one in compared.json["differences"] if one["gone"]
    }
    (role,) = compared.json["effect"]["roles"]
    assert (role["role"], role["accounts"]) == ("viewer", ["vera"])
    told = {(one["kind"], one["name"]): one for one in role["gained"]["shown"]}
    assert told["Batch", "formulation"] == {
        "kind": "Batch",
        "name": "formulation",
        "tier": "T3",
        "purposes": ["production"],
        "records": 1,
    }
    assert role["lost"] == {"permissions": [], "purposes": [], "shown": [], "searched": []}
    (account,) = compared.json["effect"]["accounts"]
    assert (account["username"], account["opened"], account["shown"]) == ("vera", 0, 1)

    asked = quin.send("/api/v1/changes/policy/proposals", text=widened(), reason=WHY)
    assert asked.json is not None, asked.text
    page = sit("anna", Role.QUALITY).browser.get(f"/approvals/{asked.json['uid']}").text
    assert "vera" in page
    own = quin.agree(asked.json["uid"], WHY)
    early = quin.send(f"/api/v1/approvals/{asked.json['uid']}/execute")
    assert (own.status_code, early.status_code) == (403, 409)
    agreed(sit, asked.json["uid"])
    assert formulation(vera) == masked

    applied = quin.send(f"/api/v1/approvals/{asked.json['uid']}/execute")

    assert applied.status_code == 200, applied.text
    assert formulation(vera) == RECIPE
    (_, done) = records(stations, act="policy:apply")
    assert (done["outcome"], done["approval"]) == ("done", asked.json["uid"])
    last = list_kept_versions(stations, DocumentKind.POLICY)[-1]
    assert (last.number, last.proposed_by, last.approved_by) == (2, "quin", tuple(name for name, _ in CHAIN))

    back = sit("quin", Role.QUALITY).send("/api/v1/changes/policy/proposals", version=1, reason="It was more than was needed.")
    assert back.json is not None, back.text
    agreed(sit, back.json["uid"])
    rolled = quin.send(f"/api/v1/approvals/{back.json['uid']}/execute")

    assert rolled.status_code == 200, rolled.text
    assert formulation(vera) == masked
    shown = quin.browser.get("/api/v1/changes").json
    assert shown is not None
    (policy,) = [one for one in shown["documents"] if one["document"] == "policy"]
    assert [one["number"] for one in policy["versions"]] == [3, 2, 1]
    assert policy["versions"][0]["digest"] == policy["versions"][2]["digest"] == stations.policy.digest

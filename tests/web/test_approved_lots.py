"""Somebody from outside, for whom single lots were approved: he sees them whole, and nothing besides."""

from dataclasses import replace

import pytest
from flask import Flask

from tests.conftest import MakeActor
from tests.flows import Flows, amount, batch, hour, order
from tests.imported import take_in
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.events import LinkStatement
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.explain_decision import explain_decision
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

ROWS = """\
form,supplier,owner,product,number,receipt_number,from_owner,from_product,from_number,to_owner,to_product,to_number,order,party,name,shipment,consignee,quantity,unit,site,time
receipt,ACME,,RESIN,S-77,R-1,,,,,,,,,,,,500,KGM,LYON,2026-03-01T08:00:00Z
consumption,,,,,,ACME,RESIN,S-77,LYON,PUMP,B-1,O-1,,,,,5,KGM,LYON,2026-03-01T09:00:00Z
shipment,,LYON,PUMP,B-1,,,,,,,,,,,SH-1,CLINIC,7,EA,LYON,2026-03-03T10:00:00Z
party,,,,,,,,,,,,,CLINIC,Clinic of the Lake,,,,,,2026-03-01T08:00:00Z
"""
NOTHING: frozenset[str] = frozenset()
EVERYWHERE = frozenset({"*"})


@pytest.fixture
def line(stations: Stations) -> Stations:
    """B-1 → T1 → B-2 → T2 → B-3; B-9 is two lots of two products."""
    flows = Flows()
    flows.event([], describes=[batch("B-1")], at=hour(1))
    (said,) = flows.events[0].nodes
    flows.events[0] = replace(flows.events[0], nodes=(replace(said, properties={"formulation": "resin 70, filler 30"}),))
    flows.use(batch("B-1"), order("T1"), 5, at=hour(10))
    flows.make(order("T1"), batch("B-2"), 100, at=hour(11))
    flows.use(batch("B-2"), order("T2"), 7, at=hour(20))
    flows.make(order("T2"), batch("B-3"), 3, at=hour(21))
    flows.event([], describes=[batch("B-9"), batch("B-9", product="PUMP")], at=hour(1))
    flows.append_to(stations.events, stations.sealer)
    return stations


def token_of(stations: Stations, *lots: str, role: Role = Role.REGULATOR) -> dict[str, str]:
    made = issue_token(stations, terminal_actor(), TokenRequest(role, NOTHING, NOTHING, "one batch", 1, lots=lots))
    return {"Authorization": f"Bearer {made.value}"}


def test_promise_an_approved_batch_is_shown_whole_and_nothing_besides(line: Stations, app: Flask) -> None:
    client, said = app.test_client(), token_of(line, "B-1")

    page = client.get("/api/v1/batches/B-1", headers=said).get_json()
    trace = client.get("/api/v1/batches/B-1/trace", headers=said).get_json()

    assert page["properties"]["formulation"] == "resin 70, filler 30"
    assert page["boundary"]
    assert [node["number"] for node in trace["nodes"]] == ["B-1"]
    assert trace["completeness"]["boundary"] is True
    assert [client.get(f"/api/v1/batches/{number}", headers=said).status_code for number in ("B-2", "B-3", "B-9")] == [404] * 3


def test_promise_what_is_approved_together_is_joined(line: Stations, app: Flask) -> None:
    client, said = app.test_client(), token_of(line, "B-1", line.sealer.uid(order("T1")), line.sealer.uid(batch("B-2")))

    trace = client.get("/api/v1/batches/B-1/trace", headers=said).get_json()

    assert {node["number"] for node in trace["nodes"] if node["kind"] == "Batch"} == {"B-1", "B-2"}
    assert [link["certainty"] for link in trace["links"]] == ["possible"], "whether more went into it is not told"


def test_attacker_gets_no_lot_that_the_giver_may_not_give(line: Stations) -> None:
    """A lot for a role that sees sites, one of two by its number alone, one that nobody knows, one more than its owner has."""
    nmpa = ("nmpa", "correct horse battery", "N. M.", Role.REGULATOR, NOTHING, NOTHING)
    create_account(line, terminal_actor(), *nmpa, ["B-1"])
    for role, number in ((Role.VIEWER, "B-1"), (Role.REGULATOR, "B-9"), (Role.REGULATOR, "B-0"), (Role.REGULATOR, "")):
        with pytest.raises(InputError, match=r"lots: "):
            issue_token(line, terminal_actor(), TokenRequest(role, NOTHING, NOTHING, "one batch", 1, lots=[number]))
    with pytest.raises(InputError):
        issue_token(line, terminal_actor(), TokenRequest(Role.REGULATOR, NOTHING, NOTHING, "no batch", 1))
    with pytest.raises(PermissionDeniedError):
        issue_token(line, terminal_actor(), TokenRequest(None, NOTHING, NOTHING, "another", 1, owner="nmpa", lots=["B-2"]))


def test_approved_lots_stand_in_why_and_in_the_ledger(line: Stations) -> None:
    before = line.ledger.get_head().seq
    create_account(line, terminal_actor(), "nmpa", "correct horse battery", "N. M.", Role.REGULATOR, NOTHING, NOTHING, ["B-1"])
    uid = line.sealer.uid(batch("B-1"))

    told = explain_decision(line, terminal_actor(), "nmpa", Permission.BATCH_SHOW.value, "B-1").value

    assert told.lots == (uid,)
    assert told.decision.reason.startswith("If it exists and lies within"), "who sees no batch learns of none"
    assert [record["request"]["lots"] for record in records(line, after=before) if record["act"] == "account:create"] == [
        [uid]
    ] * 2


def sources(app: Flask, said: dict[str, str], number: str) -> dict[str | None, tuple[str | None, int | None]]:
    """Number of every neighbour that is no stub → the event of its link, and the status of that event's source."""
    client = app.test_client()
    page = client.get(f"/api/v1/batches/{number}", headers=said)
    assert page.status_code == 200, page.text
    told = {one["number"]: one["event_uid"] for one in page.get_json()["neighbours"] if not one["stub"]}
    return {
        of: (event, client.get(f"/api/v1/events/{event}/source", headers=said).status_code if event else None)
        for of, event in told.items()
    }


def test_promise_the_source_of_what_joins_approved_lots_is_shown(stations: Stations, actor: MakeActor, app: Flask) -> None:
    """The row that says how much of the one went into the other; not to whoever was approved one of the two."""
    take_in(stations, ROWS)
    traced = trace_batch(stations, actor(Role.AUDITOR), TraceQuestion((Seed(number="B-1"),), Direction.BOTH)).value
    (shipped,) = [node.uid for node in traced.nodes if node.number == "SH-1"]
    assert shipped is not None

    event, status = sources(app, token_of(stations, "B-1", shipped), "B-1")["SH-1"]

    assert status == 200
    assert app.test_client().get(f"/api/v1/events/{event}/source", headers=token_of(stations, shipped)).status_code == 404


def test_an_event_that_names_more_than_was_approved_is_not_named(stations: Stations, app: Flask) -> None:
    """What went into the approved lot is told, and not by which event, since that one tells of another lot as well."""
    flows = Flows()
    flows.event([], describes=[batch("B-1")], at=hour(1))
    used = LinkStatement(LinkType.CONSUMED_IN, batch("B-1"), order("T1"), hour(10), amount(5), "EA")
    key = flows.event([used], describes=[order("T1"), batch("B-7")], at=hour(10))
    flows.make(order("T1"), batch("B-2"), 100, at=hour(11))
    flows.append_to(stations.events, stations.sealer)
    run, event = stations.sealer.uid(order("T1")), stations.sealer.event_uid(key)
    approved = ["B-1", run, "B-2"]

    assert sources(app, token_of(stations, *approved), "B-1") == {"B-2": (None, None)}
    found = sources(app, token_of(stations, *approved, "B-7"), "B-1")
    assert found["B-2"][0] == event


def test_an_event_that_only_joins_approved_lots_is_named_and_opened(stations: Stations, app: Flask) -> None:
    """It describes none of them, so it is recorded of none; it is not unknown, whatever became of its file."""
    flows = Flows()
    flows.event([], describes=[batch("B-1"), order("T1")], at=hour(1))
    used = LinkStatement(LinkType.CONSUMED_IN, batch("B-1"), order("T1"), hour(10), amount(5), "EA")
    key = flows.event([used], at=hour(10))
    flows.make(order("T1"), batch("B-2"), 100, at=hour(11))
    flows.append_to(stations.events, stations.sealer)

    found = sources(app, token_of(stations, "B-1", stations.sealer.uid(order("T1")), "B-2"), "B-1")

    event, status = found["B-2"]
    assert event == stations.sealer.event_uid(key)
    assert status != 404

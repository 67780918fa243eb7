"""What does he get who asks a trace for more than it tells? What he may see, a mask for the rest, and both on record."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.attack.test_masks import BOTH, RECEIPT, SUPPLIER_LOT, taken_in
from tests.conftest import MakeActor
from tests.emptied import empty
from tests.imported import take_in
from tests.recorded import documents
from tests.servers import StoreLeg
from tests.web.conftest import SECRET, Tokens
from traceapp.app import create_app
from traceapp.domain.disclosure import Masked
from traceapp.domain.kinds import NodeKind
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import DescribedNode, Seed, TraceAnswer, TraceQuestion
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.web.answers import document_bytes, trace_document

RECORD = """form,row_id,owner,product,number,time,site,formulation,releaser
batch-record,{row},LYON,PUMP,B-1,2026-03-02T08:00:00Z,LYON,{formulation},
"""


def asked(stations: Stations, who: Actor, *fields: str, seed: str = "B-1", **more: object) -> TraceAnswer:
    question = TraceQuestion((Seed(number=seed),), BOTH, fields=frozenset(fields) if fields else None, **more)  # type: ignore[arg-type]
    return trace_batch(stations, who, question).value


def told(answer: TraceAnswer, kind: NodeKind) -> list[dict[str, object]]:
    return [dict(node.properties) for node in answer.nodes if isinstance(node, DescribedNode) and node.kind is kind]


def last_record(stations: Stations) -> dict[str, Any]:
    return documents(stations.settings.home)[-1]


def test_attacker_who_asks_a_trace_for_masked_properties_gets_masks_and_is_on_record(
    stations: Stations, actor: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Naming a hidden property in `fields` opens nothing; whoever may see it gets its value."""
    taken_in(stations)
    fields = ("supplier_lot", "formulation", "udi_di", "number")

    seen = asked(stations, actor(Role.AUDITOR, factor=True), *fields)
    assert told(seen, NodeKind.MATERIAL) == [{"supplier_lot": SUPPLIER_LOT}]
    assert told(seen, NodeKind.BATCH) == [{"formulation": "PVC 61 %"}]
    assert {"formulation", "number"} <= set(last_record(stations)["disclosed"]["Batch"])
    assert "formulation" not in last_record(stations)["withheld"].get("Batch", [])

    opened: list[Iterable[str]] = []
    disclose = type(stations.sealer).disclose
    monkeypatch.setattr(
        type(stations.sealer), "disclose", lambda self, *said: (opened.append(said[2].keys()), disclose(self, *said))[1]
    )
    masked = asked(stations, actor(Role.VIEWER), *fields)
    assert told(masked, NodeKind.MATERIAL) == [{"supplier_lot": Masked("T2")}]
    assert told(masked, NodeKind.BATCH) == [{"formulation": Masked("T3")}]
    assert {name for names in opened for name in names}.isdisjoint({"formulation", "supplier_lot"})
    record = last_record(stations)
    assert (record["withheld"]["Batch"], record["disclosed"]["Batch"]) == (["formulation"], ["number"])
    assert record["request"]["fields"] == sorted(fields)


def test_attacker_cannot_tell_by_fields_whether_a_masked_property_is_on_record(
    stations: Stations, actor: MakeActor, empty_leg: StoreLeg
) -> None:
    """Value, other value and none at all make the same bytes for whoever may not see it."""
    fields = ("formulation", "deviation", "process_parameters")
    said = []
    for hidden in ({}, {"formulation": "another", "process_parameters": "9 °C"}, dict.fromkeys(fields, "")):
        empty(empty_leg, stations)
        taken_in(stations, **hidden)
        answer = asked(stations, actor(Role.VIEWER), *fields)
        nodes = json.loads(document_bytes(trace_document(Recorded(answer, RECEIPT))))["nodes"]
        said.append([{**node, "uid": "of this answer alone"} if node["masked"] else node for node in nodes])

    assert said[0] == said[1] == said[2]
    assert said[0][0]["properties"] == {name: {"masked": True, "tier": said[0][0]["properties"][name]["tier"]} for name in fields}


def test_promise_properties_in_a_trace_are_those_of_the_moment_asked_about(stations: Stations, actor: MakeActor) -> None:
    """What was told later is not known then."""
    taken_in(stations)
    auditor = actor(Role.AUDITOR, factor=True)
    before = asked(stations, auditor, "formulation").as_of
    later = RECORD.format(row=77, formulation="PVC 99 %").replace("T08:00", "T09:00")
    take_in(stations, later, "later.csv")

    now, then = (asked(stations, auditor, "formulation", as_of=moment) for moment in (None, before))

    assert told(now, NodeKind.BATCH) == [{"formulation": "PVC 99 %"}]
    assert told(then, NodeKind.BATCH) == [{"formulation": "PVC 61 %"}]


def test_promise_a_trace_has_no_properties_unless_they_are_asked_for(stations: Stations, actor: MakeActor) -> None:
    taken_in(stations)
    for fields in ((), ("number", "status")):
        answer = asked(stations, actor(Role.COORDINATOR), *fields)
        nodes = json.loads(document_bytes(trace_document(Recorded(answer, RECEIPT))))["nodes"]
        assert [node for node in nodes if "properties" in node] == []


def test_promise_pages_and_api_bring_the_properties_that_their_address_names(stations: Stations, tokens: Tokens) -> None:
    taken_in(stations)
    client, header = create_app(lambda: stations, SECRET).test_client(), {"Authorization": tokens(Role.COORDINATOR)}
    address = "number=B-1&direction=backward&fields=number,supplier_lot"

    page = client.get(f"/traces?{address}", headers=header).text
    nodes = client.get(f"/api/v1/traces?{address}", headers=header).get_json()["nodes"]
    found = client.get("/search?number=B-1&fields=number,formulation", headers=header)

    assert '<span class="quiet small">Supplier&#39;s lot number</span>' in page
    assert 'name="fields" value="number,supplier_lot"' in page
    assert [node["properties"] for node in nodes if node["kind"] == "Material"] == [{"supplier_lot": SUPPLIER_LOT}]
    assert found.status_code == 303
    assert "fields=number,formulation" in found.headers["Location"].replace("%2C", ",")
    assert client.get("/traces?number=B-1&fields=colour", headers=header).status_code == 400

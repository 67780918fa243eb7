"""Record MACs on every store: whatever the service wrote is proven, whatever became of it since, and nothing else is."""

from typing import Any

import pytest

from tests.capture import LYON, SUZHOU, append, batch, day, declaration, event, material, party, production, receipt
from traceapp.confidential.envelope import field_version
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.events import NodeStatement
from traceapp.domain.kinds import EventType, NodeKind
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore
from traceapp.graph.record_head import RecordHead, present, whole


def nodes(store: Graph) -> list[tuple[list[str], dict[str, Any]]]:
    rows = store.administer("MATCH (n) WHERE n.kind IS NOT NULL RETURN labels(n) AS labels, properties(n) AS found", "test")
    return [(row["labels"], whole(row["found"])) for row in rows]


def events_of(store: Graph) -> list[dict[str, Any]]:
    return [whole(row["found"]) for row in store.administer("MATCH (e:Event) RETURN properties(e) AS found", "test")]


def links_of(store: Graph) -> list[dict[str, Any]]:
    return store.administer(
        "MATCH (s)-[r]->(t) "
        "RETURN type(r) AS type, s.uid AS source, t.uid AS target, labels(t) AS labels, properties(r) AS found",
        "test",
    )


def unproven(store: Graph, sealer: DictionarySealer) -> list[str]:
    """Everything that is not as the service wrote it."""
    macs = sealer.macs
    found = [row["uid"] for labels, row in nodes(store) if not macs.proves_whole_node(row["uid"], row["kind"], labels, row)]
    found += [row["uid"] for row in events_of(store) if not macs.proves_event(["Event"], row)]
    for link in links_of(store):
        row = whole(link["found"])
        if link["type"] == "RECORDED":
            label = "Traceable" if "Traceable" in link["labels"] else link["labels"][0]
            proven = macs.proves_recorded(link["source"], label, link["target"], row["act"], row["mac"])
        else:
            proven = macs.proves_whole_link(link["type"], link["source"], link["target"], row)
        found += [] if proven else [f"{link['source']} {link['type']} {link['target']}"]
    return found


def written(events: EventStore, sealer: DictionarySealer) -> None:
    """New nodes, changed ones, void events, an event that was declared void before it came."""
    append(events, sealer, receipt("r1", "T-1", day(0)), receipt("r2", "T-2", day(0)))
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    early = production("p2", [material("T-2")], "B-2", day(2))
    append(events, sealer, wrong, declaration(early))
    append(events, sealer, declaration(wrong), early)
    append(events, sealer, receipt("r3", "T-1", day(3)))


def test_promise_what_the_service_writes_is_proven(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    written(events, sealer)

    assert unproven(store, sealer) == []


def test_promise_the_counter_sums_up_what_is_there(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    written(events, sealer)
    macs = sealer.macs
    head = RecordHead.stored(store.read("head.get_sums")[0], macs)

    assert head.proven
    assert head.events == sum((present(macs, row) for row in events_of(store)), start=type(head.events)())
    counted = [macs.present("node", row["uid"], row["version"]) for _, row in nodes(store)]
    assert head.nodes == sum(counted, start=type(head.nodes)())


def test_promise_each_event_says_what_it_made(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    written(events, sealer)
    macs = sealer.macs
    of_event: dict[str, Any] = {}
    for link in links_of(store):
        row = link["found"]
        recorded = link["type"] == "RECORDED"
        made = macs.made_link(link["type"], link["source"], link["target"], row["act"] if recorded else row["uid"])
        event_uid = link["source"] if recorded else row["event_uid"]
        of_event[event_uid] = of_event[event_uid] + made if event_uid in of_event else made

    for row in events_of(store):
        said = macs.made_by(row["mac"])
        assert said == of_event.get(row["uid"], type(said)() if said is not None else None)


def test_the_write_counter_of_a_sealed_property_moves_on(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    """An old ciphertext of a field carries an old counter, which the MAC of the node does not."""

    def told(key: str, number: int, contact: str) -> None:
        who = NodeStatement(party("SUP-7"), NodeKind.PARTY, True, LYON, {"contact": contact})
        append(events, sealer, event(key, EventType.OBJECT, day(number), [who]))

    seen = []
    for number, contact in enumerate(("one", "two", "three")):
        told(f"c{number}", number, contact)
        ((_, row),) = nodes(store)
        seen.append(field_version(row["contact"]))
    assert seen == [1, 2, 3]
    assert unproven(store, sealer) == []


CHANGES = {
    "a plain property": "MATCH (n:Batch) SET n.product = 'OTHER'",
    "the acl": "MATCH (n:Batch) SET n.acl = 5",
    "a label more": "MATCH (n:Batch) SET n:Unit",
    "a label less": "MATCH (n:Batch) REMOVE n:Traceable",
    "the kind": "MATCH (n:Batch) SET n.kind = 'Unit'",
    "a property more": "MATCH (n:Batch) SET n.colour = 'red'",
    "a property less": "MATCH (n:Batch) REMOVE n.described",
    "the MAC taken away": "MATCH (n:Batch) REMOVE n.mac",
    "a stamp": "MATCH (n:Batch) SET n.stated = ['hold=2026-01-01T00:00:00.000000Z|0']",
    "the version": "MATCH (n:Batch) SET n.version = 7",
    "a quantity": "MATCH ()-[r:CONSUMED_IN]->() SET r.quantity = '1'",
    "a time": "MATCH ()-[r:CONSUMED_IN]->() SET r.event_time = '2020-01-01T00:00:00.000000Z'",
    "a link made void": "MATCH ()-[r:CONSUMED_IN]->() SET r.voided_seq = 1",
    "the source of a fact": "MATCH (e:Event) SET e.source = 'LIMS'",
    "an act": "MATCH ()-[r:RECORDED]->() SET r.act = 'mentions'",
    "a link rewired": """MATCH (t)<-[r:CONSUMED_IN]-(), (other:Batch) WITH t, r, other, properties(r) AS found
                         DELETE r CREATE (other)-[made:CONSUMED_IN]->(t) SET made = found""",
    "a link turned round": """MATCH (s)-[r:CONSUMED_IN]->(t) WITH s, t, r, properties(r) AS found
                              DELETE r CREATE (t)-[made:CONSUMED_IN]->(s) SET made = found""",
    "a link of another type": """MATCH (s)-[r:CONSUMED_IN]->(t) WITH s, t, r, properties(r) AS found
                                 DELETE r CREATE (s)-[made:PRODUCED]->(t) SET made = found""",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_who_changes_a_record_is_found(change: str, store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r1", "T-1", day(0)), production("p1", [material("T-1")], "B-1", day(1)))
    assert unproven(store, sealer) == []

    store.administer(change, "test")

    assert unproven(store, sealer) != []


def test_attacker_is_not_helped_by_the_next_honest_write(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    """What was changed by hand stays unproven when the service writes the record again."""
    made = production("p1", [material("T-1")], "B-1", day(1))
    append(events, sealer, receipt("r1", "T-1", day(0)), made)
    lot = sealer.uid(batch("B-1"))
    store.administer("MATCH (n:Batch) SET n.product = 'OTHER'", "test")
    store.administer("MATCH ()-[r:CONSUMED_IN]->() SET r.quantity = '1'", "test")

    again = NodeStatement(batch("B-1"), NodeKind.BATCH, True, SUZHOU, {"quantity_unit": "EA"})
    append(events, sealer, event("p2", EventType.OBJECT, day(2), [again]))
    assert unproven(store, sealer) == [lot, *[one for one in unproven(store, sealer) if "CONSUMED_IN" in one]]
    ((_, row),) = [(labels, row) for labels, row in nodes(store) if row["uid"] == lot]
    assert row["version"] == 2
    assert sealer.macs.proven_acl(lot, "Batch", ["Traceable", "Batch"], row["mac"]) == row["acl"]
    append(events, sealer, declaration(made))
    assert len([one for one in unproven(store, sealer) if "CONSUMED_IN" in one]) == 1

"""EventStore on every store: what is appended, what is known, and what a node then says."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.capture import (
    APPENDED,
    CONFLICT,
    KNOWN,
    LYON,
    NOW,
    SUZHOU,
    append,
    batch,
    day,
    event,
    links,
    material,
    node,
    opened,
    party,
    picture,
    production,
    receipt,
    transformation,
)
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.errors import StatementError
from traceapp.domain.events import LinkStatement, NodeStatement
from traceapp.domain.identifiers import local_identity, number_key
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.scopes import SHARED, acl_number
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore
from traceapp.graph.head_store import HeadStore
from traceapp.host.row_register import RowRegister


def test_an_event_makes_its_nodes_and_links(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    assert append(events, sealer, receipt("r1", "T-1", day(0)), production("p1", [material("T-1")], "B-1", day(1))) == [
        APPENDED,
        APPENDED,
    ]

    lot, made = node(store, sealer, material("T-1")), node(store, sealer, batch("B-1"))
    assert (lot["kind"], lot["number"], lot["described"], lot["product"]) == ("Material", "R-r1", True, "TUBE-30")
    assert lot["number_index"] == sealer.number_index("Material", "T-1")
    assert isinstance(lot["identity"], bytes)
    assert "number_key" not in lot
    assert (made["identity"], made["number"], made["number_key"]) == (batch("B-1").text, "B-1", "B-1")
    assert (made["scopes"], made["acl"], made["record_seq"]) == (["LYON|INF"], acl_number([LYON]), 2)
    assert node(store, sealer, party("SUP-7"))["acl"] == acl_number([SHARED])
    uid = sealer.uid
    assert links(store) == sorted(
        [
            ("SUPPLIED", uid(party("SUP-7")), uid(material("T-1"))),
            ("CONSUMED_IN", uid(material("T-1")), uid(transformation("B-1"))),
            ("PRODUCED", uid(transformation("B-1")), uid(batch("B-1"))),
        ]
    )


def test_an_event_is_read_back_with_its_sealed_words(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    sent = receipt("r1", "T-1", day(0), original={"lot": "T-1", "quantity": Decimal("1.50"), "big": 10**30, "half": "\ud800"})
    append(events, sealer, sent)

    found = events.get_event(sealer.event_uid("r1"))
    assert found is not None
    assert (found.type, found.event_time, found.event_offset, found.source) == (EventType.RECEIPT, day(0), "+08:00", "ERP")
    assert (found.record_seq, found.record_time, found.voided_seq, found.acl) == (1, NOW, None, acl_number([LYON]))
    assert (found.file_digest, found.position) == (sent.place.file_digest, "row r1")
    assert found.payload is not None
    assert b"T-1" not in found.payload
    words = sealer.open_document("Event", found.uid, "payload", found.payload)
    assert b'"lot":"T-1"' in words.replace(b" ", b"")
    rows = store.administer("MATCH (e:Event) RETURN e.receipt_key AS key", "test")
    assert rows == [{"key": number_key("R-r1")}]
    assert events.get_event("0" * 32) is None


def test_a_link_carries_what_the_source_states(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r1", "T-1", day(0)))

    (row,) = store.administer("MATCH ()-[r:SUPPLIED]->() RETURN properties(r) AS found", "test")
    event_uid = sealer.event_uid("r1")
    assert {name: value for name, value in row["found"].items() if name != "mac"} == {
        "uid": event_uid[:24] + "00000000",
        "event_uid": event_uid,
        "event_time": "2026-01-05T08:00:00.000000Z",
        "record_seq": 1,
        "quantity": "25.50",
        "unit": "KGM",
        "receipt_number": "R-r1",
    }


def test_the_same_events_again_change_nothing(
    store: Graph, events: EventStore, sealer: DictionarySealer, register: RowRegister
) -> None:
    sent = [receipt("r1", "T-1", day(0)), production("p1", [material("T-1")], "B-1", day(1))]
    append(events, sealer, *sent)
    count = "MATCH (n) RETURN count(n) AS nodes, sum(n.record_seq) AS seqs"
    before = (store.administer(count, "test"), picture(store, sealer), HeadStore(store, sealer.macs, register).get_head())

    assert append(events, sealer, *sent) == [KNOWN, KNOWN]
    assert (store.administer(count, "test"), picture(store, sealer), HeadStore(store, sealer.macs, register).get_head()) == before


def test_an_event_twice_in_one_group_counts_once(
    store: Graph, events: EventStore, sealer: DictionarySealer, register: RowRegister
) -> None:
    sent = receipt("r1", "T-1", day(0))

    assert append(events, sealer, sent, sent) == [APPENDED, KNOWN]
    assert len(links(store)) == 1
    assert HeadStore(store, sealer.macs, register).get_head() == 1


@pytest.mark.parametrize("apart", [True, False], ids=["in two groups", "in one group"])
def test_the_same_key_with_other_content_is_refused(
    apart: bool, store: Graph, events: EventStore, sealer: DictionarySealer, register: RowRegister
) -> None:
    first, other = receipt("r1", "T-1", day(0)), receipt("r1", "T-2", day(0), content="something else")
    outcomes = append(events, sealer, first) + append(events, sealer, other) if apart else append(events, sealer, first, other)

    assert outcomes == [APPENDED, CONFLICT]
    assert node(store, sealer, material("T-2")) == {}
    assert HeadStore(store, sealer.macs, register).get_head() == 1


def test_two_links_between_the_same_things_stay_two(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r1", "T-1", day(0)), receipt("r2", "T-1", day(2)))

    assert len(links(store)) == 2


def test_the_number_of_a_material_is_its_latest_receipt(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r2", "T-1", day(2), number="LATE"))
    append(events, sealer, receipt("r1", "T-1", day(1), number="EARLY"))

    assert node(store, sealer, material("T-1"))["number"] == "LATE"


def test_the_latest_event_wins_whatever_came_first(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r2", "T-1", day(2), name="Second"))
    append(events, sealer, receipt("r1", "T-1", day(1), name="First"), receipt("r3", "T-1", day(3), name="Third"))

    assert opened(store, sealer, party("SUP-7"))["name"] == "Third"


def test_a_described_thing_belongs_where_it_is_described(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, production("p1", [material("T-1")], "B-1", day(1), scope=SUZHOU))
    assert node(store, sealer, material("T-1"))["acl"] == acl_number([SUZHOU])

    append(events, sealer, receipt("r1", "T-1", day(0), scope=LYON))
    lot = node(store, sealer, material("T-1"))
    assert (lot["described"], lot["scopes"], lot["mentioned"], lot["acl"]) == (
        True,
        ["LYON|INF"],
        ["SUZHOU|INF"],
        acl_number([LYON]),
    )
    entries = store.administer("MATCH (x:AclEntry) RETURN x.number AS number, x.scopes AS scopes", "test")
    assert {row["number"]: row["scopes"] for row in entries} == {
        acl_number([LYON]): ["LYON|INF"],
        acl_number([SUZHOU]): ["SUZHOU|INF"],
        acl_number([SHARED]): ["*|*"],
    }


def test_a_group_is_stored_whole_or_not_at_all(
    store: Graph, events: EventStore, sealer: DictionarySealer, register: RowRegister
) -> None:
    unnamed = LinkStatement(LinkType.IS_A, batch("B-1"), local_identity("product", "LYON", "PUMP"), day(1))
    broken = event("e2", EventType.OBJECT, day(1), [NodeStatement(batch("B-1"), NodeKind.BATCH, True)], [unnamed])

    with pytest.raises(StatementError):
        append(events, sealer, receipt("r1", "T-1", day(0)), broken)
    assert picture(store, sealer) == {"nodes": [], "events": [], "links": [], "acl": []}
    assert HeadStore(store, sealer.macs, register).get_head() == 0


def test_record_time_never_goes_back(store: Graph, events: EventStore, sealer: DictionarySealer, register: RowRegister) -> None:
    heads = HeadStore(store, sealer.macs, register)
    append(events, sealer, receipt("r1", "T-1", day(0)), at=NOW)
    append(events, sealer, receipt("r2", "T-1", day(1)), receipt("r3", "T-1", day(1)), at=NOW - timedelta(hours=1))
    append(events, sealer, receipt("r4", "T-1", day(2)), at=NOW + timedelta(hours=1))

    assert heads.get_head_at(NOW - timedelta(microseconds=1)) == 0
    assert heads.get_head_at(NOW) == 3
    assert heads.get_head_at(NOW + timedelta(hours=2)) == heads.get_head() == 4


def test_a_group_prepared_by_another_store_object_is_written_whole(
    store: Graph, sealer: DictionarySealer, register: RowRegister
) -> None:
    """What was sealed ahead is a guess only: here the guess that the nodes exist is wrong."""
    writer = EventStore(store, register)
    group = [receipt("r1", "T-1", day(0))]
    writer.prepare(group, sealer)
    again = writer.prepare(group, sealer)

    assert writer.commit(again, sealer, uuid.uuid4().hex, NOW) == [APPENDED]
    assert opened(store, sealer, material("T-1"))["identity"] == material("T-1").text

"""EventStore on every store: what is appended, what is known, what is void, and what a node then says."""

import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.capture import (
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
from traceapp.confidential.keys import load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.errors import StatementError
from traceapp.domain.events import CapturedEvent, CaptureOutcome, LinkStatement, NodeStatement
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity, number_key
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.scopes import SHARED, acl_number
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore
from traceapp.graph.head_store import HeadStore

APPENDED, KNOWN, VOIDED, CONFLICT = CaptureOutcome.APPENDED, CaptureOutcome.KNOWN, CaptureOutcome.VOIDED, CaptureOutcome.CONFLICT


@pytest.fixture
def sealer(home: Path) -> DictionarySealer:
    return DictionarySealer(load_keys(home), read_dictionary(), "Testwerk")


@pytest.fixture
def events(store: Graph) -> EventStore:
    return EventStore(store)


def declaration(original: CapturedEvent, key: str | None = None) -> CapturedEvent:
    """The same event again, declared wrong: under its own key, or by its content where there is no eventID."""
    return CapturedEvent(
        key=key or original.key,
        type=original.type,
        event_time=original.event_time,
        event_offset=original.event_offset,
        source=original.source,
        content_digest=original.content_digest,
        nodes=original.nodes,
        links=original.links,
        original={"errorDeclaration": {"reason": "did_not_occur"}},
        place=original.place,
        voids=original.key if key is None else None,
        voids_digest=original.content_digest if key is not None else None,
    )


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
    assert row["found"] == {
        "uid": event_uid[:24] + "00000000",
        "event_uid": event_uid,
        "event_time": "2026-01-05T08:00:00.000000Z",
        "record_seq": 1,
        "quantity": "25.50",
        "unit": "KGM",
        "receipt_number": "R-r1",
    }


def test_the_same_events_again_change_nothing(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    sent = [receipt("r1", "T-1", day(0)), production("p1", [material("T-1")], "B-1", day(1))]
    append(events, sealer, *sent)
    count = "MATCH (n) RETURN count(n) AS nodes, sum(n.record_seq) AS seqs"
    before = (store.administer(count, "test"), picture(store, sealer), HeadStore(store).get_head())

    assert append(events, sealer, *sent) == [KNOWN, KNOWN]
    assert (store.administer(count, "test"), picture(store, sealer), HeadStore(store).get_head()) == before


def test_an_event_twice_in_one_group_counts_once(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    sent = receipt("r1", "T-1", day(0))

    assert append(events, sealer, sent, sent) == [APPENDED, KNOWN]
    assert len(links(store)) == 1
    assert HeadStore(store).get_head() == 1


@pytest.mark.parametrize("apart", [True, False], ids=["in two groups", "in one group"])
def test_the_same_key_with_other_content_is_refused(
    apart: bool, store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    first, other = receipt("r1", "T-1", day(0)), receipt("r1", "T-2", day(0), content="something else")
    outcomes = append(events, sealer, first) + append(events, sealer, other) if apart else append(events, sealer, first, other)

    assert outcomes == [APPENDED, CONFLICT]
    assert node(store, sealer, material("T-2")) == {}
    assert HeadStore(store).get_head() == 1


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


def test_a_declaration_voids_the_event_and_its_links(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    append(events, sealer, receipt("r1", "T-1", day(0)), wrong)

    assert append(events, sealer, declaration(wrong)) == [VOIDED]
    assert [type_ for type_, *_ in links(store)] == ["SUPPLIED"]
    made = node(store, sealer, batch("B-1"))
    assert (made["described"], made["scopes"], made["acl"]) == (False, [], acl_number([SHARED]))
    assert node(store, sealer, material("T-1"))["mentioned"] == []
    found = events.get_event(sealer.event_uid("p1"))
    assert found is not None
    assert found.voided_seq == 3
    assert found.declaration is not None
    assert b"did_not_occur" in sealer.open_document("Event", found.uid, "declaration", found.declaration)
    assert append(events, sealer, declaration(wrong)) == [KNOWN]
    assert append(events, sealer, wrong) == [KNOWN]


def test_an_earlier_head_still_sees_what_was_believed_then(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    append(events, sealer, receipt("r1", "T-1", day(0)), wrong)
    before = links(store)
    append(events, sealer, declaration(wrong))

    assert links(store, head=2) == before
    assert len(links(store, head=3)) == 1
    assert [found.uid for found in events.find_describing_events(sealer.uid(batch("B-1")), 2)] == [sealer.event_uid("p1")]
    assert events.find_describing_events(sealer.uid(batch("B-1")), 3) == []


@pytest.mark.parametrize("way", ["original first", "declaration first", "one group", "one group, declaration first"])
@pytest.mark.parametrize("by_content", [False, True], ids=["by eventID", "by content"])
def test_a_void_event_is_void_whatever_came_first(
    way: str, by_content: bool, store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    declared = declaration(wrong, key="declares" if by_content else None)
    groups = {
        "original first": ([wrong], [declared]),
        "declaration first": ([declared], [wrong]),
        "one group": ([wrong, declared],),
        "one group, declaration first": ([declared, wrong],),
    }[way]

    outcomes = [outcome for group in groups for outcome in append(events, sealer, *group)]

    assert outcomes == [APPENDED, VOIDED]
    assert links(store) == links(store, head=99) == []
    made = node(store, sealer, batch("B-1"))
    assert (made["number"], made["described"]) == ("B-1", False)
    found = events.get_event(sealer.event_uid("p1"))
    assert found is not None
    assert found.voided_seq is not None
    assert found.payload is not None
    assert append(events, sealer, declared, wrong) == [KNOWN, KNOWN]


def test_a_declaration_alone_is_kept_makes_no_link_and_what_it_names_is_known(
    store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    assert append(events, sealer, declaration(production("p1", [material("T-1")], "B-1", day(1)))) == [APPENDED]

    assert links(store) == []
    made = node(store, sealer, batch("B-1"))
    assert (made["number"], made["described"]) == ("B-1", False)
    found = events.get_event(sealer.event_uid("p1"))
    assert found is not None
    assert (found.payload, found.voided_seq) == (None, 1)


def test_a_declaration_by_content_voids_every_event_of_that_content(
    store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    first = receipt("r1", "T-1", day(0), content="same")
    second = receipt("r2", "T-1", day(0), content="same")
    later = receipt("r3", "T-1", day(0), content="same")
    append(events, sealer, first, second)

    assert append(events, sealer, declaration(first, key="declares")) == [VOIDED]
    assert append(events, sealer, later) == [VOIDED]
    assert links(store) == []


@pytest.mark.parametrize("corrected_first", [True, False])
def test_a_correcting_row_voids_the_other_and_counts_itself(
    corrected_first: bool, store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    wrong = receipt("r1", "T-1", day(0), name="Wrong")
    right = receipt("r2", "T-9", day(0), name="Right", voids="r1")
    for sent in (wrong, right) if corrected_first else (right, wrong):
        append(events, sealer, sent)

    assert links(store) == [("SUPPLIED", sealer.uid(party("SUP-7")), sealer.uid(material("T-9")))]
    assert opened(store, sealer, party("SUP-7"))["name"] == "Right"
    lot = node(store, sealer, material("T-1"))
    assert (lot["described"], lot.get("number"), lot["stated"]) == (False, None, [])


def test_a_correction_of_a_correction_brings_nothing_back(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    first, second = receipt("r1", "T-1", day(0)), receipt("r2", "T-2", day(0), voids="r1")
    third = receipt("r3", "T-3", day(0), voids="r2")
    append(events, sealer, first, second)
    append(events, sealer, third)

    assert links(store) == [("SUPPLIED", sealer.uid(party("SUP-7")), sealer.uid(material("T-3")))]


def test_a_conflicting_correction_voids_nothing(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r1", "T-1", day(0)), receipt("r2", "T-2", day(0)))

    assert append(events, sealer, receipt("r2", "T-3", day(0), voids="r1", content="other")) == [CONFLICT]
    assert len(links(store)) == 2


def test_a_void_gives_properties_back_to_the_latest_of_the_others(
    store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    wrong = receipt("r9", "T-1", day(9), name="Wrong", number="R-9", scope=SUZHOU)
    others = [receipt(f"r{number}", "T-1", day(number), name=f"Name {number}", number=f"R-{number}") for number in range(1, 5)]
    append(events, sealer, wrong, *others)
    assert opened(store, sealer, party("SUP-7"))["name"] == "Wrong"

    append(events, sealer, declaration(wrong))

    assert opened(store, sealer, party("SUP-7"))["name"] == "Name 4"
    lot = node(store, sealer, material("T-1"))
    assert (lot["number"], lot["scopes"], lot["described"]) == ("R-4", ["LYON|INF"], True)
    assert lot["stated"] == [f"number=2026-01-09T08:00:00.000000Z|{sealer.event_uid('r4')}"]


def test_a_void_looks_past_the_first_page_of_events(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    oldest = receipt("r0", "T-1", day(0), scope=SUZHOU)
    wrong = receipt("wrong", "T-1", day(400), scope=SUZHOU)
    append(events, sealer, oldest, wrong, *(receipt(f"r{number}", "T-1", day(number)) for number in range(1, 120)))

    append(events, sealer, declaration(wrong))

    assert node(store, sealer, material("T-1"))["scopes"] == ["LYON|INF", "SUZHOU|INF"]


def test_a_void_keeps_the_mentions_of_other_events(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1), scope=SUZHOU)
    same = production("p2", [material("T-1")], "B-2", day(2), scope=SUZHOU)
    other = production("p3", [material("T-1")], "B-3", day(3), scope=LYON)
    append(events, sealer, wrong, same, other)

    append(events, sealer, declaration(wrong))
    assert node(store, sealer, material("T-1"))["mentioned"] == ["LYON|INF", "SUZHOU|INF"]
    append(events, sealer, declaration(same))
    assert node(store, sealer, material("T-1"))["mentioned"] == ["LYON|INF"]


def test_what_is_stated_without_a_link_is_recorded(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    hold = event("h1", EventType.HOLD, day(3), [NodeStatement(batch("B-1"), NodeKind.BATCH, False, LYON)])
    append(events, sealer, production("p1", [material("T-1")], "B-1", day(1)), hold)

    found = events.find_describing_events(sealer.uid(batch("B-1")), 2)
    assert [(one.type, one.act) for one in found] == [(EventType.HOLD, "mentions"), (EventType.TRANSFORMATION, "describes")]
    assert events.find_describing_events(sealer.uid(material("T-1")), 2) == []


def test_every_kind_and_link_of_the_model_can_be_stored(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    things = {
        kind: gs1_identity("01", "09521001000017") if kind is NodeKind.PRODUCT else local_identity("lot", "LYON", kind.value, "1")
        for kind in NodeKind
    }
    (
        lot,
        material_lot,
        unit,
        order,
        container,
        shipment,
        who,
        machine,
        operator,
        inspection,
        product,
        place,
        open_order,
        disposal,
    ) = (
        things[kind]
        for kind in (
            NodeKind.BATCH,
            NodeKind.MATERIAL,
            NodeKind.UNIT,
            NodeKind.TRANSFORMATION,
            NodeKind.CONTAINER,
            NodeKind.SHIPMENT,
            NodeKind.PARTY,
            NodeKind.EQUIPMENT,
            NodeKind.OPERATOR,
            NodeKind.INSPECTION,
            NodeKind.PRODUCT,
            NodeKind.LOCATION,
            NodeKind.ORDER,
            NodeKind.DISPOSAL,
        )
    )
    ends: list[tuple[LinkType, Identity, Identity]] = [
        (LinkType.SUPPLIED, who, material_lot),
        (LinkType.SUPPLIED, who, product),
        (LinkType.CONSUMED_IN, material_lot, order),
        (LinkType.CONSUMED_IN, product, order),
        (LinkType.PRODUCED, order, lot),
        (LinkType.PRODUCED, order, product),
        (LinkType.SPLIT_INTO, lot, lot),
        (LinkType.SERIALISED_AS, lot, unit),
        (LinkType.SHIPPED_IN, lot, shipment),
        (LinkType.SHIPPED_IN, product, shipment),
        (LinkType.DELIVERED_TO, shipment, who),
        (LinkType.FORWARDED_IN, shipment, shipment),
        (LinkType.PACKED_IN, unit, container),
        (LinkType.PACKED_IN, product, container),
        (LinkType.UNPACKED_FROM, unit, container),
        (LinkType.UNPACKED_FROM, product, container),
        (LinkType.EMPTIED, container, container),
        (LinkType.SENT_BACK, who, shipment),
        (LinkType.RETURNED, shipment, lot),
        (LinkType.RETURNED, shipment, product),
        (LinkType.STOCKED_AT, lot, place),
        (LinkType.STOCKED_AT, product, place),
        (LinkType.ALLOCATED_TO, lot, open_order),
        (LinkType.ALLOCATED_TO, product, open_order),
        (LinkType.ORDERED_BY, open_order, who),
        (LinkType.USED_AT, lot, who),
        (LinkType.USED_AT, product, who),
        (LinkType.DISPOSED_IN, lot, disposal),
        (LinkType.DISPOSED_IN, product, disposal),
        (LinkType.PROCESSED_ON, order, machine),
        (LinkType.WORKED_BY, order, operator),
        (LinkType.INSPECTED_IN, lot, inspection),
        (LinkType.IS_A, lot, product),
    ]
    everything = event(
        "e1",
        EventType.OBJECT,
        day(0),
        [NodeStatement(identity, kind, True, LYON) for kind, identity in things.items()],
        [LinkStatement(type_, source, target, day(0)) for type_, source, target in ends],
    )
    uid = {identity: sealer.uid(identity) for identity in things.values()}

    assert append(events, sealer, everything) == [APPENDED]
    assert {type_ for type_, *_ in ends} == set(LinkType)
    assert links(store) == sorted(
        (type_.value, sealer.event_uid("e1") if type_ is LinkType.EMPTIED else uid[source], uid[target])
        for type_, source, target in ends
    )
    for kind, identity in things.items():
        assert node(store, sealer, identity)["kind"] == kind.value
        assert len(events.find_describing_events(uid[identity], 1, kind)) == 1

    assert append(events, sealer, declaration(everything)) == [VOIDED]
    assert links(store) == []
    assert not any(node(store, sealer, identity)["described"] for identity in things.values())


@pytest.mark.parametrize(
    "number",
    ["'}) DETACH DELETE n //", '"; MATCH (n) DELETE n', "批号Ａ１", "\u202eمرحبا", "😀 𠮷", "a\\u0027b", "%27", "line\nbreak"],
)
def test_a_nasty_number_is_a_number(number: str, store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, production("p1", [material(number)], number, day(1), original={"words": number}))

    assert node(store, sealer, batch(number))["number"] == number.strip()
    assert opened(store, sealer, material(number))["identity"] == material(number).text
    assert len(links(store)) == 2


def test_a_group_is_stored_whole_or_not_at_all(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    unnamed = LinkStatement(LinkType.IS_A, batch("B-1"), local_identity("product", "LYON", "PUMP"), day(1))
    broken = event("e2", EventType.OBJECT, day(1), [NodeStatement(batch("B-1"), NodeKind.BATCH, True)], [unnamed])

    with pytest.raises(StatementError):
        append(events, sealer, receipt("r1", "T-1", day(0)), broken)
    assert picture(store, sealer) == {"nodes": [], "events": [], "links": [], "acl": []}
    assert HeadStore(store).get_head() == 0


def test_record_time_never_goes_back(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    heads = HeadStore(store)
    append(events, sealer, receipt("r1", "T-1", day(0)), at=NOW)
    append(events, sealer, receipt("r2", "T-1", day(1)), receipt("r3", "T-1", day(1)), at=NOW - timedelta(hours=1))
    append(events, sealer, receipt("r4", "T-1", day(2)), at=NOW + timedelta(hours=1))

    assert heads.get_head_at(NOW - timedelta(microseconds=1)) == 0
    assert heads.get_head_at(NOW) == 3
    assert heads.get_head_at(NOW + timedelta(hours=2)) == heads.get_head() == 4


def test_a_group_prepared_by_another_store_object_is_written_whole(store: Graph, sealer: DictionarySealer) -> None:
    """What was sealed ahead is a guess only: here the guess that the nodes exist is wrong."""
    writer = EventStore(store)
    group = [receipt("r1", "T-1", day(0))]
    writer.prepare(group, sealer)
    again = writer.prepare(group, sealer)

    assert writer.commit(again, sealer, uuid.uuid4().hex, NOW) == [APPENDED]
    assert opened(store, sealer, material("T-1"))["identity"] == material("T-1").text

"""EventStore on every store: each kind and link of the graph model can be kept, whatever its number looks like."""

import pytest

from tests.capture import (
    APPENDED,
    LYON,
    VOIDED,
    append,
    batch,
    day,
    declaration,
    event,
    links,
    material,
    node,
    opened,
    production,
)
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.events import LinkStatement, NodeStatement
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore


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


def test_what_is_stated_without_a_link_is_recorded(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    hold = event("h1", EventType.HOLD, day(3), [NodeStatement(batch("B-1"), NodeKind.BATCH, False, LYON)])
    append(events, sealer, production("p1", [material("T-1")], "B-1", day(1)), hold)

    found = events.find_describing_events(sealer.uid(batch("B-1")), 2)
    assert [one.type for one in found] == [EventType.HOLD, EventType.TRANSFORMATION]
    assert events.find_describing_events(sealer.uid(material("T-1")), 2) == []


@pytest.mark.parametrize(
    "number",
    ["'}) DETACH DELETE n //", '"; MATCH (n) DELETE n', "批号Ａ１", "\u202eمرحبا", "😀 𠮷", "a\\u0027b", "%27", "line\nbreak"],
)
def test_a_nasty_number_is_a_number(number: str, store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, production("p1", [material(number)], number, day(1), original={"words": number}))

    assert node(store, sealer, batch(number))["number"] == number.strip()
    assert opened(store, sealer, material(number))["identity"] == material(number).text
    assert len(links(store)) == 2

"""BatchStore, cypher/batch: one step, with rights and snapshot, on both stores."""

from decimal import Decimal

import pytest

from tests.flows import LYON, SUZHOU, Flows, batch, hour, material, order, party, product, shipment
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.identifiers import local_identity
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.rights import Rights
from traceapp.domain.scopes import SHARED, acl_number
from traceapp.graph.batch_store import BatchStore
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore
from traceapp.graph.head_store import HeadStore
from traceapp.host.row_register import RowRegister

BACKWARD, FORWARD = Direction.BACKWARD, Direction.FORWARD
ALL = Rights(tuple(acl_number([scope]) for scope in (LYON, SUZHOU, SHARED)), "")
LYON_ONLY = Rights(tuple(acl_number([scope]) for scope in (LYON, SHARED)), "")


@pytest.fixture
def batches(store: Graph) -> BatchStore:
    return BatchStore(store)


@pytest.fixture
def plant(store: Graph, sealer: DictionarySealer, register: RowRegister) -> Flows:
    """M1 and a product without lot → T1 (Lyon) → A1 → T2 (Suzhou) → B1; A1 shipped to HOSP."""
    flows = Flows()
    flows.receive(material("M1"))
    flows.use(material("M1"), order("T1"), 3, pair="1", at=hour(10))
    flows.use(product(), order("T1"), 4, at=hour(11))
    flows.make(order("T1"), batch("A1"), 10, pair="1", at=hour(12))
    flows.use(batch("A1"), order("T2"), 7, scope=SUZHOU, at=hour(13))
    flows.make(order("T2"), batch("B1", "SUZHOU"), scope=SUZHOU, at=hour(14))
    flows.ship(batch("A1"), "SH-1", "HOSP", 6, at=hour(15))
    flows.append_to(EventStore(store, register), sealer)
    return flows


@pytest.fixture
def head(plant: Flows, store: Graph, sealer: DictionarySealer, register: RowRegister) -> int:
    return HeadStore(store, sealer.macs, register).get_head()


def test_list_links_backward_gives_lots_products_and_suppliers(batches: BatchStore, sealer: DictionarySealer, head: int) -> None:
    uid = sealer.uid
    made = batches.list_links([uid(batch("A1"))], BACKWARD, ALL, head)
    used = batches.list_links([uid(order("T1"))], BACKWARD, ALL, head)
    supplied = batches.list_links([uid(material("M1"))], BACKWARD, ALL, head)

    assert [(link.type, link.far, link.quantity, link.mark) for link in made] == [
        (LinkType.PRODUCED, uid(order("T1")), Decimal(10), "1")
    ]
    assert [(link.far, link.kind, link.quantity, link.unit, link.event_time) for link in used] == [
        (uid(material("M1")), NodeKind.MATERIAL, Decimal(3), "KGM", hour(10)),
        (uid(product()), NodeKind.PRODUCT, Decimal(4), "KGM", hour(11)),
    ]
    assert [(link.type, link.kind) for link in supplied] == [(LinkType.SUPPLIED, NodeKind.PARTY)]


def test_list_links_forward_names_the_reporter_of_a_shipment(batches: BatchStore, sealer: DictionarySealer, head: int) -> None:
    links = batches.list_links([sealer.uid(batch("A1"))], FORWARD, ALL, head)
    behind = batches.list_links([sealer.uid(shipment("SH-1"))], FORWARD, ALL, head)

    assert [(link.type, link.mark) for link in links] == [(LinkType.CONSUMED_IN, None), (LinkType.SHIPPED_IN, "despatch")]
    assert [(link.type, link.far, link.event_uid is not None) for link in behind] == [
        (LinkType.DELIVERED_TO, sealer.uid(party("HOSP")), True)
    ]


def test_of_a_link_to_something_withheld_nothing_leaves_but_its_ends(
    batches: BatchStore, sealer: DictionarySealer, head: int
) -> None:
    links = batches.list_links([sealer.uid(batch("A1"))], FORWARD, LYON_ONLY, head)
    hidden = next(link for link in links if link.type is LinkType.CONSUMED_IN)

    assert (hidden.far_shown, hidden.far) == (False, sealer.uid(order("T2")))
    assert {hidden.quantity, hidden.unit, hidden.event_time, hidden.event_uid, hidden.mark} == {None}


def test_links_of_later_and_of_voided_events_are_not_told(
    batches: BatchStore, sealer: DictionarySealer, plant: Flows, head: int, store: Graph, register: RowRegister
) -> None:
    plant.events.clear()
    wrong = plant.use(batch("A1"), order("T9"), 5, at=hour(20), key="wrong")
    plant.append_to(EventStore(store, register), sealer)
    later = HeadStore(store, sealer.macs, register).get_head()
    plant.events.clear()
    plant.event([], key="right", voids=wrong)
    plant.append_to(EventStore(store, register), sealer)
    far = sealer.uid(order("T9"))

    def seen(at: int) -> bool:
        return far in {link.far for link in batches.list_links([sealer.uid(batch("A1"))], FORWARD, ALL, at)}

    assert (seen(head), seen(later), seen(HeadStore(store, sealer.macs, register).get_head())) == (False, True, False)


def test_list_links_of_orders_names_the_customer(
    batches: BatchStore, sealer: DictionarySealer, store: Graph, register: RowRegister
) -> None:
    wanted = local_identity("order", "LYON", "SO-1")
    flows = Flows()
    flows.link(LinkType.ORDERED_BY, wanted, party("HOSP"), describes=[wanted])
    flows.append_to(EventStore(store, register), sealer)

    links = batches.list_links_of_orders([sealer.uid(wanted)], ALL, HeadStore(store, sealer.macs, register).get_head())

    assert [(link.type, link.far) for link in links] == [(LinkType.ORDERED_BY, sealer.uid(party("HOSP")))]


def test_list_equipment_and_list_operators_give_what_may_be_shown(
    batches: BatchStore, sealer: DictionarySealer, store: Graph, register: RowRegister
) -> None:
    oven, weaver = local_identity("equipment", "LYON", "OVEN-1"), local_identity("operator", "SUZHOU", "OP-9")
    flows = Flows()
    flows.link(LinkType.PROCESSED_ON, batch("A1"), oven)
    flows.link(LinkType.WORKED_BY, batch("A1"), weaver, scope=SUZHOU)
    flows.append_to(EventStore(store, register), sealer)

    machines = batches.list_equipment([sealer.uid(oven)], LYON_ONLY)
    people = batches.list_operators([sealer.uid(weaver)], ALL)

    assert [(one.number, one.name) for one in machines] == [("OVEN-1", None)]
    assert [sealer.open("Operator", one.uid, {"identity": one.identity}) for one in people] == [{"identity": weaver.text}]
    assert batches.list_operators([sealer.uid(weaver)], LYON_ONLY) == []


def test_speaks_within_looks_past_what_everybody_shares(
    batches: BatchStore, sealer: DictionarySealer, store: Graph, register: RowRegister
) -> None:
    flows = Flows()
    here, there = flows.receive(material("M1")), flows.receive(material("M2"), scope=SUZHOU)
    flows.append_to(EventStore(store, register), sealer)

    assert batches.speaks_within(sealer.event_uid(here), LYON_ONLY)
    assert not batches.speaks_within(sealer.event_uid(there), LYON_ONLY), "its supplier is shared, its lot is not"
    assert not batches.speaks_within("0" * 32, ALL)

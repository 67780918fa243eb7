"""Statements of `cypher/trace`, one by one: what a frontier leads to, and what of it leaves the store."""

from dataclasses import replace

import pytest

from tests.flows import SUZHOU, Flows, batch, container, hour, material, order, party, product, shipment
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.certainty import Sides
from traceapp.domain.clock import stored_time
from traceapp.domain.genealogy import Bundle
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.rights import Rights, Withholding
from traceapp.domain.scopes import Scope, acl_number
from traceapp.domain.trace import Window
from traceapp.domain.window import WindowCut
from traceapp.graph.trace_store import TraceStore
from traceapp.usecases.stations import Stations

SHARED = acl_number([Scope("*", "*")])
AT_LYON = Rights((SHARED, acl_number([Scope("LYON", "*")])), "")
EVERYTHING = Rights((*AT_LYON.see, acl_number([Scope("SUZHOU", "*")])), "")


class Told:
    """Flows that are in the store, and its answers with the numbers of the flows in place of uids."""

    def __init__(self, stations: Stations, flows: Flows) -> None:
        flows.append_to(stations.events, stations.sealer)
        self.traces: TraceStore = stations.traces
        self.sealer: DictionarySealer = stations.sealer
        self.head = stations.heads.get_head()
        self.names: dict[str | None, str] = {}

    def uids(self, *identities: Identity) -> list[str]:
        for identity in identities:
            self.names[self.sealer.uid(identity)] = identity.number
        return [self.sealer.uid(identity) for identity in identities]

    def bundles(self, bundles: list[Bundle]) -> list[tuple[object, ...]]:
        """(far, type, kind, shown, links without their near ends), sorted."""
        return sorted(
            (self.names.get(far, "?"), type_, kind, shown, [link[1:] for link in links])
            for far, type_, kind, shown, links in bundles
        )


@pytest.fixture
def plant(stations: Stations) -> Told:
    """R → T1 → A (Lyon) → T2 (Suzhou) → B (Suzhou) and product P; A also went on a shipment; a voided link to X."""
    flows = Flows()
    flows.receive(material("R"))
    flows.use(material("R"), order("T1"), 5, at=hour(10))
    flows.make(order("T1"), batch("A"), 100, at=hour(11))
    flows.use(batch("A"), order("T2"), 7, at=hour(20), scope=SUZHOU, pair="1")
    flows.make(order("T2"), batch("B", "SUZHOU"), 3, at=hour(21), scope=SUZHOU, pair="1")
    flows.make(order("T2"), product(), 9, at=hour(22), scope=SUZHOU)
    flows.ship(batch("A"), "S1", "H1", 4, at=hour(30))
    wrong = flows.use(batch("A"), order("T9"), 1)
    flows.void(wrong)
    told = Told(stations, flows)
    told.uids(
        material("R"), batch("A"), batch("B", "SUZHOU"), order("T1"), order("T2"), order("T9"), shipment("S1"), party("SUP-A")
    )
    told.uids(product(), party("H1"))
    return told


def test_expand_forward_brings_the_other_side_of_transformations_along(plant: Told) -> None:
    (lot,) = plant.uids(batch("A"))

    found = plant.traces.expand_forward([lot], [], EVERYTHING, plant.head)

    assert plant.bundles(found.bundles) == [
        ("S1", "SHIPPED_IN", "Shipment", True, [["despatch", "4", "EA", stored_time(hour(30))]]),
        ("T2", "CONSUMED_IN", "Transformation", True, [["1", "7", "KGM", stored_time(hour(20))]]),
    ]
    assert [plant.names[uid] for uid in found.opened] == ["T2"]
    assert sorted((plant.names[far], kind, links) for _, far, kind, _, links in found.exits) == [
        ("09521001007771", "Product", [[None, None]]),
        ("B", "Batch", [[None, "1"]]),
    ]


def test_expand_forward_does_not_open_again_what_is_wide_and_known(plant: Told) -> None:
    lot, wide = plant.uids(batch("A"), order("T2"))

    found = plant.traces.expand_forward([lot], [wide], EVERYTHING, plant.head)

    assert (found.opened, found.exits) == ([], [])
    assert len(found.bundles) == 2


def test_expand_backward_finds_origins_and_suppliers(plant: Told) -> None:
    lot, received = plant.uids(batch("A"), material("R"))

    made = plant.traces.expand_backward([lot], [], EVERYTHING, plant.head)
    supplied = plant.traces.expand_backward([received], [], EVERYTHING, plant.head)

    assert [(plant.names[far], links) for _, far, _, _, links in made.exits] == [
        ("R", [[None, None, "5", "KGM", stored_time(hour(10))]])
    ]
    assert [bundle[:2] for bundle in plant.bundles(supplied.bundles)] == [("SUP-A", "SUPPLIED")]


def test_attacker_gets_no_value_of_a_link_with_a_hidden_end_out_of_the_store(plant: Told) -> None:
    lot, done = plant.uids(batch("A"), order("T2"))

    found = plant.traces.expand_forward([lot], [], AT_LYON, plant.head)
    hidden = next(bundle for bundle in found.bundles if bundle[0] == done)

    assert hidden == [done, "CONSUMED_IN", "Transformation", False, [[lot]]]
    assert all(links == [[None]] for *_, links in found.exits)
    assert all(links == [[None]] for *_, links in plant.traces.expand_outputs([done], AT_LYON, plant.head))
    assert len(plant.traces.find_attributes(plant.uids(batch("B", "SUZHOU"), order("T2")), AT_LYON)) == 0


def test_expand_forward_ignores_a_voided_link_from_the_void_on(plant: Told) -> None:
    lot, voided = plant.uids(batch("A"), order("T9"))

    now = plant.traces.expand_forward([lot], [], EVERYTHING, plant.head)
    before = plant.traces.expand_forward([lot], [], EVERYTHING, plant.head - 1)

    assert voided not in {bundle[0] for bundle in now.bundles}
    assert voided in {bundle[0] for bundle in before.bundles}
    assert plant.traces.expand_forward([lot], [], EVERYTHING, 0).bundles == []


def test_a_window_cuts_what_it_may_compare_and_nothing_else(plant: Told) -> None:
    (lot,) = plant.uids(batch("A"))

    def types(rights: Rights) -> list[str]:
        found = plant.traces.expand_forward([lot], [], rights, plant.head)
        return sorted(bundle[1] for bundle in WindowCut(Window(hour(25), hour(40))).within(found.bundles))

    assert types(EVERYTHING) == ["SHIPPED_IN"]
    assert types(AT_LYON) == ["CONSUMED_IN", "SHIPPED_IN"]


def test_count_sides_counts_things_not_links(plant: Told) -> None:
    first, second = plant.uids(order("T1"), order("T2"))

    assert plant.traces.count_sides([first, second], EVERYTHING, plant.head) == {first: Sides(1, 1), second: Sides(1, 2)}


def test_count_sides_counts_what_is_walked_through_and_says_where_it_stops(plant: Told) -> None:
    first, second = plant.uids(order("T1"), order("T2"))
    stops = replace(AT_LYON, mode=Withholding.STOP)

    assert plant.traces.count_sides([second], AT_LYON, plant.head) == {second: Sides(1, 2)}
    assert plant.traces.count_sides([first], stops, plant.head) == {first: Sides(1, 1)}
    assert not plant.traces.count_sides([second], stops, plant.head)[second].whole


def test_find_seeds_knows_only_what_may_be_seen(plant: Told) -> None:
    ours, theirs = plant.uids(batch("A"), batch("B", "SUZHOU"))

    assert plant.traces.find_seeds([ours, theirs, "0" * 32], EVERYTHING, plant.head) == {
        ours: NodeKind.BATCH,
        theirs: NodeKind.BATCH,
    }
    assert plant.traces.find_seeds([ours, theirs], AT_LYON, plant.head) == {ours: NodeKind.BATCH}
    assert plant.traces.find_seeds([ours], EVERYTHING, 0) == {}


def test_climbing_and_opening_are_the_same_links_from_both_sides(stations: Stations) -> None:
    flows = Flows()
    flows.pack(batch("A"), container("T1"), 5, at=hour(1))
    flows.ship(container("T1"), "S1", "H1", at=hour(2))
    flows.unpack(batch("A"), container("T1"), 5, at=hour(3))
    told = Told(stations, flows)
    lot, tote, note = told.uids(batch("A"), container("T1"), shipment("S1"))

    up = told.traces.expand_holders([tote, note], EVERYTHING, told.head)
    down = told.traces.expand_contents([tote, note], EVERYTHING, told.head)

    assert sorted(bundle[1] for bundle in up) == ["DELIVERED_TO", "SHIPPED_IN"]
    assert sorted(bundle[1] for bundle in down) == ["PACKED_IN", "SHIPPED_IN", "UNPACKED_FROM"]
    assert {bundle[0] for bundle in down} == {lot, tote}


def test_emptying_tells_its_time_only_of_containers_that_may_be_seen(stations: Stations) -> None:
    flows = Flows()
    flows.pack(batch("A"), container("T1"), 5, at=hour(1))
    flows.event([], describes=[container("T1")], scopes={container("T1"): SUZHOU})
    told = Told(stations, flows)
    (tote,) = told.uids(container("T1"))

    assert told.traces.find_emptied([tote], EVERYTHING, told.head) == {}
    assert told.traces.find_emptied([], EVERYTHING, told.head) == {}


def test_returns_are_found_from_the_lot_and_from_the_note(stations: Stations) -> None:
    flows = Flows()
    flows.link(LinkType.SENT_BACK, party("H1"), shipment("R1"))
    flows.link(LinkType.RETURNED, shipment("R1"), batch("A"), 4, at=hour(9))
    told = Told(stations, flows)
    lot, note = told.uids(batch("A"), shipment("R1"))

    assert [bundle[1] for bundle in told.traces.expand_returns([lot], EVERYTHING, told.head)] == ["RETURNED"]
    assert [bundle[1] for bundle in told.traces.expand_returns([note], EVERYTHING, told.head)] == ["SENT_BACK"]

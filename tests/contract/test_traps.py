"""Traps that real systems fell into: each is a small plant, a question and the whole answer."""

import dataclasses
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.conftest import MakeActor
from tests.flows import (
    SUZHOU,
    Flows,
    batch,
    container,
    hour,
    material,
    order,
    party,
    product,
    shipment,
    unit,
)
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import LOTS, Certainty, Direction, LinkType, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Budget, LimitHit, Seed, Status, TraceAnswer, TraceQuestion, Window
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

FORWARD, BACKWARD, BOTH = Direction.FORWARD, Direction.BACKWARD, Direction.BOTH
Ask = Callable[..., TraceAnswer]


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


@pytest.fixture
def ask(stations: Stations, coordinator: Actor) -> Ask:
    """`ask(flows, direction, seed, …)`: the flows are stored at the first question."""
    stored: list[Flows] = []

    def put(flows: Flows, direction: Direction, *seeds: Identity, who: Actor = coordinator, **more: object) -> TraceAnswer:
        if flows not in stored:
            flows.append_to(stations.events, stations.sealer)
            stored.append(flows)
        uids = tuple(Seed(uid=stations.sealer.uid(seed)) for seed in seeds)
        return trace_batch(stations, who, TraceQuestion(uids, direction, **more)).value  # type: ignore[arg-type]

    return put


def lots(answer: TraceAnswer, certainty: Certainty | None = None) -> list[str]:
    """Numbers of lots that are no seeds and hold nothing."""
    return sorted(
        node.number or ""
        for node in answer.nodes
        if node.kind in LOTS and not node.seed and node.uid not in answer.containers and certainty in {None, node.certainty}
    )


def consignees(answer: TraceAnswer) -> dict[str, Decimal | None]:
    return {line.number or "": amount for line in answer.consignees for amount in line.quantities.values()}


def containers(answer: TraceAnswer) -> list[str]:
    numbers = {node.uid: node.number for node in answer.nodes}
    return sorted((numbers[uid] or "")[-2:] for uid in answer.containers)


def test_trap_a_class_level_id_does_not_bridge_lots(ask: Ask) -> None:
    flows = Flows()
    caps = product("09521001008884")
    flows.receive(material("R1"))
    flows.turn([material("R1"), product()], [batch("A1")])
    flows.turn([batch("A1")], [caps])
    flows.turn([caps, batch("A2")], [batch("B2")])

    forward, backward = ask(flows, FORWARD, material("R1")), ask(flows, BACKWARD, batch("B2"))

    assert lots(forward) == ["A1"]
    assert forward.completeness.class_level == ("01/09521001008884",)
    assert forward.class_level == {"01/09521001008884": {"EA": Decimal(10)}}
    assert forward.completeness.status is Status.UNRESOLVED
    assert lots(backward) == ["A2"]
    assert backward.completeness.class_level == ("01/09521001008884",)


def test_trap_a_container_does_not_bridge_its_contents_nor_its_journeys(ask: Ask) -> None:
    flows = Flows()
    tote, pallet = container("T1"), container("P1")
    for number in "ABC":
        flows.turn([material("R")], [batch(number)])
    flows.pack(batch("A"), tote, 60, at=hour(100))
    flows.pack(batch("B"), tote, 50, at=hour(100))
    flows.ship(tote, "S1", "D1", at=hour(101))
    flows.unpack(batch("A"), tote, 60, at=hour(102))
    flows.unpack(batch("B"), tote, 50, at=hour(102))
    flows.pack(batch("A"), pallet, 60, at=hour(103))
    flows.ship(pallet, "S2", "H1", at=hour(104))
    flows.ship(batch("B"), "S3", "H2", 50, at=hour(104))
    flows.pack(batch("C"), tote, 30, at=hour(105))
    flows.ship(tote, "S4", "H3", at=hour(106))

    of_a, of_c = ask(flows, FORWARD, batch("A")), ask(flows, FORWARD, batch("C"))
    both = ask(flows, FORWARD, batch("A"), batch("B"))

    assert (lots(of_a), containers(of_a), consignees(of_a)) == ([], ["P1", "T1"], {"D1": Decimal(60), "H1": Decimal(60)})
    assert (containers(of_c), consignees(of_c)) == (["T1"], {"H3": Decimal(30)})
    assert consignees(both) == {"D1": Decimal(110), "H1": Decimal(60), "H2": Decimal(50)}
    assert lots(ask(flows, BACKWARD, tote)) == ["C", "R"]
    assert lots(ask(flows, BACKWARD, tote, at=hour(101))) == ["A", "B", "R"]
    assert lots(ask(flows, BACKWARD, tote, at=hour(102))) == []
    assert consignees(ask(flows, FORWARD, tote, at=hour(101))) == consignees(both)


def test_trap_a_container_is_opened_all_the_way_down(ask: Ask) -> None:
    flows = Flows()
    pallet, case = container("P1"), unit("C1")
    flows.pack(unit("U1"), case)
    flows.pack(unit("U2"), case)
    flows.pack(case, pallet)
    flows.ship(pallet, "S1", "H1")

    opened, climbed = ask(flows, BACKWARD, pallet), ask(flows, FORWARD, unit("U1"))

    assert (lots(opened), containers(opened)) == (["U1", "U2"], ["C1"])
    assert (lots(climbed), containers(climbed), list(consignees(climbed))) == ([], ["C1", "P1"], ["H1"])
    assert lots(ask(flows, BACKWARD, case)) == ["U1", "U2"]


def test_trap_a_voided_event_does_not_count(ask: Ask) -> None:
    flows = Flows()
    flows.turn([material("M3")], [])
    wrong = flows.use(material("M2"), order("T1"))
    flows.make(order("T1"), batch("P2"))
    flows.void(wrong)
    flows.use(material("M3"), order("T1"))
    sent = flows.ship(batch("P2"), "S1", "H3", 30)
    flows.void(sent)

    assert lots(ask(flows, FORWARD, material("M2"))) == []
    assert lots(ask(flows, FORWARD, material("M3"))) == ["P2"]
    assert consignees(ask(flows, FORWARD, material("M3"))) == {}
    assert lots(ask(flows, BACKWARD, batch("P2"))) == ["M3"]


def test_trap_what_was_known_then_is_answered_then(stations: Stations, ask: Ask) -> None:
    flows, later = Flows(), Flows(clock=50)
    wrong = flows.use(material("M2"), order("T1"))
    flows.make(order("T1"), batch("P2"))
    ask(flows, FORWARD, material("M2"))
    before = stations.clock.now()
    later.event([], key="void", voids=wrong)
    later.use(material("M3"), order("T1"))
    stations.events.append(later.events, stations.sealer, "f" * 32, stations.clock.now())

    assert lots(ask(flows, FORWARD, material("M2"))) == []
    assert lots(ask(flows, FORWARD, material("M2"), as_of=before)) == ["P2"]
    assert lots(ask(flows, BACKWARD, batch("P2"), as_of=before)) == ["M2"]
    with pytest.raises(BatchNotFoundError):
        ask(flows, FORWARD, material("M3"), as_of=before)


def test_trap_a_lot_that_nothing_describes_any_more_does_not_cut_the_chain(ask: Ask) -> None:
    flows = Flows()
    flows.receive(material("R1"))
    flows.use(material("R1"), order("T1"))
    told = flows.make(order("T1"), batch("B1"))
    flows.use(batch("B1"), order("T2"))
    flows.make(order("T2"), batch("F1"))
    described = flows.event([], describes=[batch("B1")])
    flows.void(described)

    answer = ask(flows, FORWARD, material("R1"))

    assert told
    assert lots(answer) == ["B1", "F1"]


def test_trap_all_inputs_by_all_outputs_is_possible_unless_paired(ask: Ask) -> None:
    flows = Flows()
    flows.turn([batch("A"), batch("B")], [batch("X"), batch("Y")], "T1")
    flows.use(batch("C"), order("T2"), pair="1")
    flows.use(batch("D"), order("T2"), pair="2")
    flows.make(order("T2"), batch("U"), pair="1")
    flows.make(order("T2"), batch("W"), pair="2")
    flows.turn([batch("X"), batch("C")], [batch("F")], "T3")

    assert lots(ask(flows, FORWARD, batch("A")), Certainty.POSSIBLE) == ["F", "X", "Y"]
    assert lots(ask(flows, FORWARD, batch("C")), Certainty.EXACT) == ["F", "U"]
    assert lots(ask(flows, FORWARD, batch("C"))) == ["F", "U"]
    assert lots(ask(flows, BACKWARD, batch("F")), Certainty.EXACT) == ["C", "X"]
    assert lots(ask(flows, BACKWARD, batch("F")), Certainty.POSSIBLE) == ["A", "B"]


def test_trap_the_link_keeps_its_own_quantity_not_the_present_one_of_its_neighbour(ask: Ask) -> None:
    flows = Flows()
    flows.turn([material("R")], [batch("B2")])
    flows.use(batch("B2"), order("T2"), "315.50")
    flows.make(order("T2"), batch("F"), 720)
    flows.use(batch("B2"), order("T3"), 100)
    flows.make(order("T3"), batch("G"), 90)

    answer = ask(flows, FORWARD, batch("B2"))
    numbers = {node.uid: node.number for node in answer.nodes}

    assert {(numbers[link.target], link.quantity, link.unit) for link in answer.links} == {
        ("F", Decimal("315.50"), "KGM"),
        ("G", Decimal(100), "KGM"),
    }


def test_trap_what_came_back_is_an_end_not_a_bridge(ask: Ask) -> None:
    flows = Flows()
    flows.turn([material("R")], [batch("A"), batch("B")])
    flows.ship([batch("A"), batch("B")], "S1", "H1", 10)
    flows.link(LinkType.SENT_BACK, party("H1"), shipment("R1"))
    flows.link(LinkType.RETURNED, shipment("R1"), batch("A"), 4)

    forward, backward = ask(flows, FORWARD, batch("A")), ask(flows, BACKWARD, batch("A"))

    assert lots(forward) == []
    assert lots(backward) == ["R"]
    for answer in (forward, backward):
        told = {link.type: link.quantity for link in answer.links}
        assert (told["SENT_BACK"], told["RETURNED"]) == (None, Decimal(4))


def test_trap_two_lots_in_one_shipment_are_not_related(ask: Ask) -> None:
    flows = Flows()
    flows.ship([batch("A"), batch("B")], "S1", "H1", 10)

    answer = ask(flows, FORWARD, batch("A"))

    assert lots(answer) == []
    assert consignees(answer) == {"H1": Decimal(10)}
    assert lots(ask(flows, BACKWARD, shipment("S1"))) == ["A", "B"]
    assert lots(ask(flows, BACKWARD, party("H1"))) == ["A", "B"]
    assert consignees(ask(flows, FORWARD, shipment("S1"))) == {"H1": Decimal(20)}


def test_trap_behind_a_forwarded_shipment_everything_is_possible(ask: Ask) -> None:
    flows = Flows()
    flows.ship(batch("A"), "S1", "D1", 10)
    flows.link(LinkType.FORWARDED_IN, shipment("S1"), shipment("S2"))
    flows.ship([], "S2", "H1")

    answer = ask(flows, FORWARD, batch("A"))

    assert {line.number: line.certainty for line in answer.consignees} == {"D1": Certainty.EXACT, "H1": Certainty.POSSIBLE}
    got = ask(flows, BACKWARD, party("H1"))
    assert lots(got, Certainty.POSSIBLE) == ["A"]


def test_trap_rework_ends_and_is_named(ask: Ask) -> None:
    flows = Flows()
    flows.turn([batch("B")], [batch("W")])
    flows.turn([batch("W"), material("GLUE")], [batch("B")])
    flows.turn([batch("B")], [batch("F")])

    answer = ask(flows, FORWARD, batch("W"))
    numbers = {node.uid: node.number or "" for node in answer.nodes}

    assert lots(answer) == ["B", "F"]
    assert [sorted(numbers[uid] for uid in cycle) for cycle in answer.cycles] == [["B", "W"]]
    assert len(answer.links) == 3


def test_trap_both_directions_are_a_union_and_never_turn(ask: Ask) -> None:
    flows = Flows()
    flows.turn([material("R"), material("S")], [batch("A")])
    flows.turn([batch("A"), batch("X")], [batch("F")])
    flows.turn([material("R")], [batch("SIBLING")])

    assert lots(ask(flows, BOTH, batch("A"))) == ["F", "R", "S"]


def test_trap_a_window_cuts_links_but_not_what_was_packed_before(ask: Ask) -> None:
    flows = Flows()
    flows.use(batch("A"), order("T1"), at=hour(10))
    flows.make(order("T1"), batch("B"), at=hour(20))
    flows.pack(batch("A"), container("T1"), 5, at=hour(1))
    flows.ship(container("T1"), "S1", "H1", at=hour(15))
    flows.ship(container("T1"), "S2", "H2", at=hour(25))
    window = Window(hour(5), hour(18))

    answer = ask(flows, FORWARD, batch("A"), window=window)

    assert lots(answer) == []
    assert consignees(answer) == {"H1": Decimal(5)}


def test_trap_a_machine_gives_what_ran_on_it_in_the_window(stations: Stations, ask: Ask) -> None:
    flows = Flows()
    machine = Identity("urn:traceapp:equipment:LYON:OVEN-1")
    for number, at in (("MAY", hour(10)), ("JUNE", hour(800))):
        flows.turn([material("R")], [batch(number)], f"T-{number}")
        flows.link(LinkType.PROCESSED_ON, order(f"T-{number}"), machine, at=at, scope=None)
        flows.turn([batch(number)], [batch(f"F-{number}")])

    answer = ask(flows, FORWARD, machine, window=Window(hour(0), hour(100)))

    assert lots(answer) == ["F-MAY", "MAY"]
    assert lots(ask(flows, FORWARD, machine)) == ["F-JUNE", "F-MAY", "JUNE", "MAY"]
    assert lots(ask(flows, BACKWARD, machine)) == ["R"]


def test_promise_a_limit_that_bites_is_said(ask: Ask) -> None:
    flows = Flows()
    for hop in range(10):
        flows.turn([batch(f"C{hop}")], [batch(f"C{hop + 1}")])

    answer = ask(flows, FORWARD, batch("C0"), budget=Budget(nodes=6))

    assert answer.completeness.limits_hit == (LimitHit("nodes", 6),)
    assert answer.completeness.status is Status.TRUNCATED
    assert lots(answer) == ["C1", "C2"]


def test_promise_unknown_and_broken_chains_are_listed(ask: Ask) -> None:
    flows = Flows()
    flows.receive(material("R1"))
    flows.use(material("R1"), order("T1"))
    flows.use(material("Q7"), order("T1"))
    flows.make(order("T1"), batch("A"))

    back, forth = ask(flows, BACKWARD, batch("A")), ask(flows, FORWARD, material("R1"))
    numbers = {node.uid: node.number for node in (*back.nodes, *forth.nodes)}

    assert [numbers[uid] for uid in back.completeness.unresolved] == ["Q7"]
    assert [line.number for line in back.suppliers] == ["SUP-A"]
    assert [numbers[uid] for uid in forth.completeness.dead_ends] == ["A"]


def test_a_number_that_fits_several_lots_asks(stations: Stations, coordinator: Actor) -> None:
    flows = Flows()
    flows.turn([material("24-0117")], [batch("24-0117")])
    flows.turn([material("24-0117", "SUP-B", "WIRE")], [batch("24-0117", "SUZHOU", "STENT")], scope=SUZHOU)
    flows.receive(material("24-O117"))
    flows.append_to(stations.events, stations.sealer)

    def trace(**seed: object) -> TraceAnswer:
        return trace_batch(stations, coordinator, TraceQuestion((Seed(**seed),), FORWARD)).value  # type: ignore[arg-type]

    with pytest.raises(BatchAmbiguousError) as asked:
        trace(number="24-0117")
    assert sorted((one.kind.value, one.product) for one in asked.value.candidates) == [  # type: ignore[attr-defined]
        ("Batch", "STENT"),
        ("Batch", "TUBE"),
        ("Material", "RESIN"),
        ("Material", "WIRE"),
    ]
    assert lots(trace(number=" 24-0117 ", product="RESIN")) == ["24-0117"]
    assert lots(trace(number="２４－０１１７", kind=NodeKind.BATCH, site="LYON")) == []
    with pytest.raises(BatchNotFoundError):
        trace(number="24-0118")


def test_promise_every_question_is_on_record_with_what_was_disclosed(stations: Stations, ask: Ask) -> None:
    flows = Flows()
    flows.turn([material("R")], [batch("A")])
    before = stations.ledger.get_head().seq

    first, second = ask(flows, FORWARD, material("R")), ask(flows, FORWARD, material("R"))

    assert stations.ledger.get_head().seq == before + 2
    assert dataclasses.replace(first, as_of=second.as_of) == second

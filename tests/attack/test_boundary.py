"""What does he get whose view stops the walk? What lies within his view, and that it ends; never how much lies beyond."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from tests.attack.test_withheld import CHANGES, Values, two_sites
from tests.conftest import MakeActor
from tests.flows import SUZHOU, Flows, batch, container, hour, material, order, party, shipment
from traceapp.domain.batch import BatchQuery
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Certainty, Direction, LinkType, NodeKind
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion
from traceapp.usecases.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import trace_batch

FORWARD, BACKWARD, BOTH = Direction.FORWARD, Direction.BACKWARD, Direction.BOTH


@pytest.fixture
def regulator(actor: MakeActor) -> Actor:
    """Somebody of an authority whose approved scope is the site LYON."""
    return actor(Role.REGULATOR, sites={"LYON"})


@pytest.fixture(autouse=True)
def one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("access", "trace_batch"):
        monkeypatch.setattr(f"traceapp.usecases.{place}.secrets", SimpleNamespace(token_hex=lambda _: "drawn once"))


@pytest.fixture
def empty_again(empty_leg: Any) -> Iterable[Callable[[], None]]:
    return empty_leg.empty  # type: ignore[no-any-return]


def asked(stations: Stations, who: Actor, direction: Direction, seed: Identity) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((Seed(uid=stations.sealer.uid(seed)),), direction)).value


def shown(stations: Stations, who: Actor, lot: Identity) -> Any:
    record: Recorded[Any] = show_batch(stations, who, BatchQuery(uid=stations.sealer.uid(lot)))
    return replace(record.value, as_of=hour(0))


def told(answer: TraceAnswer) -> bytes:
    return orjson.dumps(replace(answer, as_of=hour(0)), default=str, option=orjson.OPT_SORT_KEYS)


def numbers(answer: TraceAnswer) -> set[str]:
    return {node.number or "" for node in answer.nodes}


def test_attacker_who_is_stopped_learns_that_his_view_ends_and_not_how_much_lies_beyond(
    stations: Stations, regulator: Actor
) -> None:
    """A supplier's path leads through a lot of a hidden site: it ends there, without stub or number."""
    two_sites(Values()).append_to(stations.events, stations.sealer)

    answer = asked(stations, regulator, FORWARD, material("M1"))

    assert numbers(answer) == {"M1", "A1"}
    assert not [node for node in answer.nodes if node.stub]
    assert answer.completeness.boundaries == (stations.sealer.uid(batch("A1")),)
    assert answer.completeness.withheld == {}
    assert answer.completeness.dead_ends == ()
    assert answer.completeness.status is Status.WITHHELD
    assert answer.completeness.visited == 3  # M1, T1 and A1
    assert "how much" not in answer.completeness.statement
    assert not any(character.isdigit() for _, _, sentence in answer.completeness.reasons for character in sentence)


def test_promise_recall_work_goes_through_where_others_are_stopped(stations: Stations, actor: MakeActor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)

    answer = asked(stations, actor(Role.COORDINATOR, sites={"LYON"}), FORWARD, material("M1"))

    assert numbers(answer) >= {"M1", "A1", "F1", "HOSP-1"}
    assert len([node for node in answer.nodes if node.stub]) == 4
    assert answer.completeness.boundaries == ()
    assert answer.completeness.routed_to == "quality"
    assert any("8 items beyond your view were routed to the role quality." in said for _, _, said in answer.completeness.reasons)


def test_promise_nothing_is_said_of_a_boundary_where_there_is_none(stations: Stations, actor: MakeActor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)

    answer = asked(stations, actor(Role.REGULATOR), FORWARD, material("M1"))

    assert numbers(answer) >= {"M1", "A1", "S1", "F1", "F2"}
    assert (answer.completeness.boundaries, answer.completeness.routed_to) == ((), None)
    assert not [code for _, code, _ in answer.completeness.reasons if code in {"boundaries", "withheld"}]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_who_is_stopped_learns_nothing_from_a_value_he_may_not_see(
    stations: Stations, regulator: Actor, change: Values, empty_again: Callable[[], None]
) -> None:
    def answers() -> list[object]:
        questions = [(FORWARD, material("M1")), (BACKWARD, batch("F1")), (BACKWARD, container("T1")), (BOTH, batch("A1"))]
        pages = [shown(stations, regulator, lot) for lot in (batch("A1"), batch("F1"), container("T1"))]
        return [*(told(asked(stations, regulator, *question)) for question in questions), *pages]

    two_sites(Values()).append_to(stations.events, stations.sealer)
    before = answers()
    empty_again()
    two_sites(change).append_to(stations.events, stations.sealer)

    assert answers() == before


def hidden_links(extra: int) -> Flows:
    """A (Lyon) → T1 (Lyon) → B (Lyon), and A → TS (Suzhou) beside it; `extra` says how many links of Suzhou's there are."""
    flows = Flows()
    flows.use(batch("A"), order("T1"), 5, at=hour(10))
    flows.make(order("T1"), batch("B"), 5, at=hour(11))
    flows.make(order("T1"), batch("C"), 5, at=hour(11))
    flows.use(batch("A"), order("TS"), 1, at=hour(12), scope=SUZHOU)
    theirs = [batch("X", "SUZHOU"), batch("Y", "SUZHOU")]
    flows.event([], describes=theirs, at=hour(1), scopes=dict.fromkeys(theirs, SUZHOU))
    flows.event([], describes=[order("T1"), batch("A")], at=hour(1))
    if extra > 0:
        flows.link(LinkType.SPLIT_INTO, batch("X", "SUZHOU"), batch("Y", "SUZHOU"), scope=SUZHOU)
    if extra > 1:
        flows.use(batch("A"), order("TS2"), 1, at=hour(13), scope=SUZHOU)
    if extra > 2:
        flows.use(batch("X", "SUZHOU"), order("T1"), 1, at=hour(9), scope=SUZHOU)
    if extra > 3:
        flows.use(batch("Y", "SUZHOU"), order("T1"), 1, at=hour(9), scope=SUZHOU)
    return flows


@pytest.mark.parametrize("extra", [1, 2], ids=["between hidden lots", "one more beyond the boundary"])
def test_attacker_who_is_stopped_learns_nothing_from_a_link_he_may_not_see(
    stations: Stations, regulator: Actor, extra: int, empty_again: Callable[[], None]
) -> None:
    """Links that he may not see, between things that he may not see or out of a lot that he sees, change nothing for him."""
    hidden_links(0).append_to(stations.events, stations.sealer)
    before = asked(stations, regulator, FORWARD, batch("A"))
    empty_again()
    hidden_links(extra).append_to(stations.events, stations.sealer)
    after = asked(stations, regulator, FORWARD, batch("A"))

    assert told(replace(after, head=0)) == told(replace(before, head=0))
    assert {node.certainty for node in after.nodes} == {Certainty.EXACT}
    assert after.completeness.boundaries == (stations.sealer.uid(batch("A")),)


def test_attacker_who_is_stopped_learns_that_something_went_into_an_order_and_not_how_much(
    stations: Stations, regulator: Actor, empty_again: Callable[[], None]
) -> None:
    """One hidden lot or two went into an order that he sees: its outputs are possible for him, as the whole graph says."""
    hidden_links(3).append_to(stations.events, stations.sealer)
    one = asked(stations, regulator, FORWARD, batch("A"))
    empty_again()
    hidden_links(4).append_to(stations.events, stations.sealer)
    two = asked(stations, regulator, FORWARD, batch("A"))

    assert told(replace(two, head=0)) == told(replace(one, head=0))
    assert {node.number: node.certainty for node in two.nodes if node.kind is NodeKind.BATCH} == {
        "A": Certainty.EXACT,
        "B": Certainty.POSSIBLE,
        "C": Certainty.POSSIBLE,
    }
    assert two.completeness.boundaries == (stations.sealer.uid(batch("A")),)


def test_attacker_who_is_stopped_does_not_get_past_a_hidden_shipment(stations: Stations, regulator: Actor) -> None:
    """Backward from a party he may name, through a shipment that he may not see, to a lot that he may."""
    flows = Flows()
    flows.event([], describes=[batch("OURS"), batch("OTHER")], at=hour(1))
    flows.ship(batch("OURS"), "SH-L", "HOSP-1", 1, at=hour(5))
    flows.event([], describes=[shipment("SH-S")], at=hour(6), scopes={shipment("SH-S"): SUZHOU})
    flows.link(LinkType.SHIPPED_IN, batch("OTHER"), shipment("SH-S"), at=hour(7), scope=None)
    flows.link(LinkType.DELIVERED_TO, shipment("SH-S"), party("HOSP-1"), at=hour(8), scope=None)
    flows.append_to(stations.events, stations.sealer)

    answer = asked(stations, regulator, BACKWARD, party("HOSP-1"))

    assert numbers(answer) == {"HOSP-1", "SH-L", "OURS"}
    assert answer.completeness.boundaries == ()

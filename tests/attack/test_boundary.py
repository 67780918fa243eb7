"""What does he get whose view stops the walk? What lies within his view, and that it ends; never how much lies beyond."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from tests.attack.test_withheld import CHANGES, Values, two_sites
from tests.conftest import MakeActor
from tests.emptied import empty
from tests.flows import SUZHOU, Flows, batch, container, hour, material, order, party, shipment
from tests.servers import StoreLeg
from traceapp.domain.batch import BatchQuery
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Certainty, Direction, LinkType
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

FORWARD, BACKWARD, BOTH = Direction.FORWARD, Direction.BACKWARD, Direction.BOTH


@pytest.fixture
def regulator(actor: MakeActor) -> Actor:
    """Somebody of an authority whose approved scope is the site LYON."""
    return actor(Role.REGULATOR, sites={"LYON"})


@pytest.fixture(autouse=True)
def one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("access", "disclosed.answer_ids"):
        monkeypatch.setattr(f"traceapp.usecases.{place}.secrets", SimpleNamespace(token_hex=lambda _: "drawn once"))


@pytest.fixture
def empty_again(empty_leg: StoreLeg, stations: Stations) -> Callable[[], None]:
    return lambda: empty(empty_leg, stations)


def asked(stations: Stations, who: Actor, direction: Direction, seed: Identity) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((Seed(uid=stations.sealer.uid(seed)),), direction)).value


def shown(stations: Stations, who: Actor, lot: Identity) -> Any:
    record: Recorded[Any] = show_batch(stations, who, BatchQuery(uid=stations.sealer.uid(lot)))
    return replace(record.value, as_of=hour(0))


def without_head(record: Any) -> Any:
    """Without what every other event moves on: the head, and when something was recorded."""
    return replace(record, head=0, facts=tuple(replace(fact, record_time=hour(0)) for fact in record.facts))


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
    assert answer.completeness.boundary
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
    assert not answer.completeness.boundary
    assert answer.completeness.routed_to == "quality"
    assert any("8 items beyond your view were routed to the role quality." in said for _, _, said in answer.completeness.reasons)


def test_promise_nothing_is_said_of_a_boundary_to_whoever_sees_everything(stations: Stations, actor: MakeActor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)

    answer = asked(stations, actor(Role.REGULATOR), FORWARD, material("M1"))

    assert numbers(answer) >= {"M1", "A1", "S1", "F1", "F2"}
    assert (answer.completeness.boundary, answer.completeness.routed_to) == (False, None)
    assert not [code for _, code, _ in answer.completeness.reasons if code in {"boundary", "withheld"}]


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
    flows.event([], describes=[order("T1"), batch("A")], at=hour(1))
    if extra >= 0:
        flows.use(batch("A"), order("TS"), 1, at=hour(12), scope=SUZHOU)
    theirs = [batch("X", "SUZHOU"), batch("Y", "SUZHOU")]
    flows.event([], describes=theirs, at=hour(1), scopes=dict.fromkeys(theirs, SUZHOU))
    if extra > 0:
        flows.link(LinkType.SPLIT_INTO, batch("X", "SUZHOU"), batch("Y", "SUZHOU"), scope=SUZHOU)
    if extra > 1:
        flows.use(batch("A"), order("TS2"), 1, at=hour(13), scope=SUZHOU)
    if extra > 2:
        flows.use(batch("X", "SUZHOU"), order("T1"), 1, at=hour(9), scope=SUZHOU)
    if extra > 3:
        flows.use(batch("Y", "SUZHOU"), order("T1"), 1, at=hour(9), scope=SUZHOU)
    return flows


@pytest.mark.parametrize(
    "extra",
    [0, 1, 2, 3, 4],
    ids=["out of a lot", "between hidden lots", "one more beyond the boundary", "into an order", "two into an order"],
)
def test_attacker_who_is_stopped_learns_nothing_from_a_link_he_may_not_see(
    stations: Stations, regulator: Actor, extra: int, empty_again: Callable[[], None]
) -> None:
    """Links that he may not see change nothing for him, wherever they lead: not even whether there are any."""
    hidden_links(-1).append_to(stations.events, stations.sealer)
    before = asked(stations, regulator, FORWARD, batch("A")), shown(stations, regulator, batch("A"))
    empty_again()
    hidden_links(extra).append_to(stations.events, stations.sealer)
    after = asked(stations, regulator, FORWARD, batch("A")), shown(stations, regulator, batch("A"))

    assert told(replace(after[0], head=0)) == told(replace(before[0], head=0))
    assert without_head(after[1]) == without_head(before[1])
    assert {node.number: node.certainty for node in after[0].nodes} == {
        "A": Certainty.EXACT,
        "B": Certainty.POSSIBLE,
        "C": Certainty.POSSIBLE,
    }, "what went into an order beside what he sees is not asked, so that no more is claimed than the whole graph says"
    assert (after[0].completeness.boundary, after[0].completeness.dead_ends) == (True, ())


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

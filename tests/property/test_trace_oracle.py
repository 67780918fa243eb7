"""On any graph the answer is what networkx says, on both stores, whatever the order of seeds and of import.

The oracle knows nothing of frontiers, columns or statements: it draws every link between two lots from the live facts
and asks for descendants, distances and what exact links alone would reach.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product as pairs_of
from itertools import starmap
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import MakeActor
from tests.flows import Flows, batch, order
from traceapp.domain.kinds import LOTS, Certainty, Direction, LinkType
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import trace_batch

LOT_COUNT = 9
ORDER_COUNT = 5
Edge = tuple[str, str, str]


@dataclass(frozen=True)
class Fact:
    """One link of the plant: into an order, out of one, or a split; `void` is declared wrong afterwards."""

    kind: str
    lot: int
    other: int
    pair: str | None
    void: bool


facts = st.builds(
    Fact,
    kind=st.sampled_from(["in", "in", "out", "out", "split"]),
    lot=st.integers(0, LOT_COUNT - 1),
    other=st.integers(0, LOT_COUNT - 1),
    pair=st.sampled_from([None, None, None, "1", "2"]),
    void=st.sampled_from([False, False, False, False, True]),
)


@dataclass
class Plant:
    facts: list[Fact]
    edges: dict[Edge, bool] = field(default_factory=dict)
    """(source, target, via) → exact, over live facts."""

    def __post_init__(self) -> None:
        live = [fact for fact in self.facts if not fact.void and not (fact.kind == "split" and fact.lot == fact.other)]
        for one in live:
            if one.kind == "split":
                self.edges[name(one.lot), name(one.other), ""] = True
        for done in range(ORDER_COUNT):
            ins = [fact for fact in live if fact.kind == "in" and fact.other % ORDER_COUNT == done]
            outs = [fact for fact in live if fact.kind == "out" and fact.other % ORDER_COUNT == done]
            single = len({fact.lot for fact in ins}) == 1 or len({fact.lot for fact in outs}) == 1
            for one, other in pairs_of(ins, outs):
                if one.pair is None or other.pair is None or one.pair == other.pair:
                    edge = (name(one.lot), name(other.lot), str(done))
                    exact = single or (one.pair is not None and one.pair == other.pair)
                    self.edges[edge] = exact or self.edges.get(edge, False)

    def flows(self, shuffled: random.Random) -> Flows:
        """The facts in another order, declarations of error anywhere among them."""
        flows = Flows()
        keys = []
        for number, fact in enumerate(self.facts):
            if fact.kind == "split" and fact.lot == fact.other:
                continue
            key = f"f{number}"
            if fact.kind == "in":
                flows.use(lot(fact.lot), order(f"T{fact.other % ORDER_COUNT}"), pair=fact.pair, key=key)
            elif fact.kind == "out":
                flows.make(order(f"T{fact.other % ORDER_COUNT}"), lot(fact.lot), pair=fact.pair, key=key)
            else:
                flows.link(LinkType.SPLIT_INTO, lot(fact.lot), lot(fact.other), key=key)
            keys += [key] if fact.void else []
        for key in keys:
            flows.void(key)
        for number in range(LOT_COUNT):
            flows.event([], describes=[lot(number)], key=f"known {number}")
        shuffled.shuffle(flows.events)
        return flows

    def graph(self, direction: Direction, *, exact_only: bool = False) -> "nx.DiGraph[str]":
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(starmap(name, ((number,) for number in range(LOT_COUNT))))
        graph.add_edges_from((one, other) for (one, other, _), exact in self.edges.items() if exact or not exact_only)
        return graph if direction is Direction.FORWARD else graph.reverse()

    def distances(self, direction: Direction, seeds: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for seed in seeds:
            for lot_name, hop in nx.single_source_shortest_path_length(self.graph(direction), seed).items():
                found[lot_name] = min(hop, found.get(lot_name, hop))
        return found

    def exact(self, direction: Direction, seeds: list[str]) -> set[str]:
        graph = self.graph(direction, exact_only=True)
        return set(seeds).union(*(nx.descendants(graph, seed) for seed in seeds))

    def links(self, direction: Direction, seeds: list[str]) -> dict[tuple[str, str], bool]:
        """Links whose near end the walk reaches; the best certainty where several orders join the same two lots."""
        reached = self.distances(direction, seeds)
        found: dict[tuple[str, str], bool] = {}
        for (source, target, _), exact in self.edges.items():
            if (source if direction is Direction.FORWARD else target) in reached:
                found[source, target] = exact or found.get((source, target), False)
        return found


def name(number: int) -> str:
    return f"L{number}"


def lot(number: int) -> Any:
    return batch(name(number))


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


@pytest.fixture
def renewed(stations: Stations, empty_leg: Any) -> Iterator[Any]:
    """Call it for an empty store; both live as long as the test."""

    def renew() -> Stations:
        empty_leg.empty()
        stations.events._remembered.clear()
        return stations

    return renew


def told(stations: Stations, who: Actor, direction: Direction, seeds: list[str]) -> TraceAnswer:
    uids = tuple(Seed(uid=stations.sealer.uid(batch(seed))) for seed in seeds)
    return trace_batch(stations, who, TraceQuestion(uids, direction)).value


def lots_of(answer: TraceAnswer) -> dict[str, tuple[int, Certainty]]:
    return {node.number or "": (node.hop, node.certainty) for node in answer.nodes if node.kind in LOTS}


def links_of(answer: TraceAnswer) -> dict[tuple[str, str], bool]:
    numbers = {node.uid: node.number or "" for node in answer.nodes}
    found: dict[tuple[str, str], bool] = {}
    for link in answer.links:
        ends = (numbers[link.source], numbers[link.target])
        found[ends] = link.certainty is Certainty.EXACT or found.get(ends, False)
    return found


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    told_facts=st.lists(facts, min_size=4, max_size=40),
    seeds=st.lists(st.integers(0, LOT_COUNT - 1), min_size=1, max_size=3, unique=True),
    chance=st.integers(0, 2**16),
)
def test_promise_the_answer_is_the_oracles(
    told_facts: list[Fact], seeds: list[int], chance: int, renewed: Any, coordinator: Actor
) -> None:
    stations = renewed()
    plant = Plant(told_facts)
    shuffled = random.Random(chance)
    flows = plant.flows(shuffled)
    flows.append_to(stations.events, stations.sealer)
    names = [name(seed) for seed in seeds]

    for direction in (Direction.FORWARD, Direction.BACKWARD):
        answer = told(stations, coordinator, direction, names)
        shuffled.shuffle(names)
        again = told(stations, coordinator, direction, names)
        hops, exact = plant.distances(direction, names), plant.exact(direction, names)

        assert lots_of(answer) == {
            lot_name: (hop, Certainty.EXACT if lot_name in exact else Certainty.POSSIBLE) for lot_name, hop in hops.items()
        }
        assert links_of(answer) == plant.links(direction, names)
        assert answer.nodes == again.nodes
        assert answer.links == again.links
        components = [part for part in nx.strongly_connected_components(plant.graph(direction).subgraph(hops)) if len(part) > 1]
        loops = {node for node in hops if plant.graph(direction).has_edge(node, node)}
        assert len(answer.cycles) == len(components) + len(loops - set().union(*components))


def test_promise_a_lattice_of_countless_paths_is_walked_in_the_cost_of_its_links(stations: Stations, coordinator: Actor) -> None:
    flows = Flows()
    for layer in range(1, 25):
        for target in range(20):
            flows.blend([batch(f"{layer}-{source}") for source in range(20)], batch(f"{layer + 1}-{target}"))
    random.Random(1).shuffle(flows.events)
    flows.append_to(stations.events, stations.sealer)

    forward = told(stations, coordinator, Direction.FORWARD, ["1-0"])
    backward = told(stations, coordinator, Direction.BACKWARD, ["25-19"])
    several = told(stations, coordinator, Direction.FORWARD, ["1-1", "1-0"])

    assert [len(answer.nodes) for answer in (forward, backward, several)] == [481, 481, 482]
    assert [len(answer.links) for answer in (forward, backward, several)] == [9220, 9220, 9240]
    assert max(node.hop for node in forward.nodes) == 24
    assert forward.completeness.limits_hit == ()


def test_promise_a_chain_of_two_hundred_is_walked_to_its_end(stations: Stations, coordinator: Actor) -> None:
    flows = Flows()
    for hop in range(200):
        flows.turn([batch(f"C{hop}")], [batch(f"C{hop + 1}")], f"T{hop}")
    random.Random(2).shuffle(flows.events)
    flows.append_to(stations.events, stations.sealer)

    assert lots_of(told(stations, coordinator, Direction.FORWARD, ["C0"]))["C200"] == (200, Certainty.EXACT)
    assert lots_of(told(stations, coordinator, Direction.BACKWARD, ["C200"]))["C0"] == (200, Certainty.EXACT)

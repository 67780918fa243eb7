"""On any graph the answer is what networkx says, on both stores, whatever the order of seeds and of import."""

import random
from collections.abc import Iterator
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import MakeActor
from tests.effort import examples
from tests.emptied import empty
from tests.flows import Flows, batch
from tests.property.oracle import LOT_COUNT, Fact, Plant, facts, name
from traceapp.domain.kinds import LOTS, Certainty, Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


@pytest.fixture
def renewed(stations: Stations, empty_leg: Any) -> Iterator[Any]:
    """Call it for an empty store; both live as long as the test."""

    def renew() -> Stations:
        empty(empty_leg, stations)
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
    max_examples=examples(25, 500),
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

"""The walk alone, without a store, on far more graphs than a store could be filled with."""

import random

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.property.oracle import LOT_COUNT, ORDER_COUNT, Fact, Plant, facts, name
from tests.unit.domain.little_graph import LittleGraph
from traceapp.domain.certainty import exact_nodes, lot_links
from traceapp.domain.kinds import Direction, LinkType


def little(plant: Plant, closed: set[str]) -> LittleGraph:
    graph = LittleGraph(closed=closed)
    for fact in plant.facts:
        lot, order, pair = name(fact.lot).lower(), f"T{fact.other % ORDER_COUNT}", fact.pair or ""
        if fact.void:
            continue
        if fact.kind == "in":
            graph.links.append((lot, LinkType.CONSUMED_IN, order, pair))
        elif fact.kind == "out":
            graph.links.append((order, LinkType.PRODUCED, lot, pair))
        elif fact.lot != fact.other:
            graph.links.append((lot, LinkType.SPLIT_INTO, name(fact.other).lower(), ""))
    return graph


@pytest.mark.parametrize("part", range(examples(1, 20)))
def test_promise_the_walk_reaches_what_the_oracle_reaches(part: int) -> None:
    @seed(part)
    @settings(max_examples=examples(1_000, 5_000), deadline=None, database=None)
    @given(
        told_facts=st.lists(facts, min_size=4, max_size=40),
        seeds=st.lists(st.integers(0, LOT_COUNT - 1), min_size=1, max_size=3, unique=True),
        closed=st.sets(st.integers(0, ORDER_COUNT - 1).map("T{}".format)),
        direction=st.sampled_from([Direction.FORWARD, Direction.BACKWARD]),
        chance=st.integers(0, 2**16),
    )
    def reaches(told_facts: list[Fact], seeds: list[int], closed: set[str], direction: Direction, chance: int) -> None:
        plant = Plant(told_facts)
        graph = little(plant, closed)
        random.Random(chance).shuffle(graph.links)
        names = [name(seed) for seed in seeds]
        starts = [one.lower() for one in names]

        closure = graph.walk(direction, *starts)
        links = lot_links(closure, graph.sides(), 10_000).links

        assert closure.hops == {lot.lower(): hop for lot, hop in plant.distances(direction, names).items()}
        assert exact_nodes(starts, links) == {lot.lower() for lot in plant.exact(direction, names)}
        told = {
            ((link.near, link.far) if direction is Direction.FORWARD else (link.far, link.near)): link.exact
            for link in sorted(links, key=lambda link: link.exact)
        }
        assert told == {(one.lower(), other.lower()): exact for (one, other), exact in plant.links(direction, names).items()}

    reaches()

"""Any genealogy, and what networkx says of it.

The oracle knows nothing of frontiers, bundles or statements: it draws every link between two lots from the live facts and
asks for descendants, distances and what exact links alone would reach.
"""

import random
from dataclasses import dataclass, field
from itertools import product as pairs_of
from itertools import starmap
from typing import Any

import networkx as nx
from hypothesis import strategies as st

from tests.flows import Flows, batch, order
from traceapp.domain.kinds import Direction, LinkType

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

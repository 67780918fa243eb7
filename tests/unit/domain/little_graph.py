"""A genealogy in memory, expanded as a store would, for the rules that need no store."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from traceapp.domain.certainty import Sides
from traceapp.domain.genealogy import Bundle, Closure, Exit, Expansion, Link
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.trace import Budget
from traceapp.domain.walk import walk

Told = tuple[str, str, str, str]
"""source, type, target, mark"""


@dataclass
class LittleGraph:
    """Lots are lower case; a transformation begins with T, a container with C, a shipment with S, a product with P."""

    links: list[Told] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    """Transformations whose other side does not come along."""
    asked: list[list[str]] = field(default_factory=list)

    def turn(self, transformation: str, inputs: str, outputs: str, *pairs: str) -> "LittleGraph":
        """`turn("T1", "a b", "c d")`; an end may carry its pair: `turn("T1", "a:1 b:2", "c:1 d:2")`."""
        for source in inputs.split():
            lot, _, pair = source.partition(":")
            self.links.append((lot, LinkType.CONSUMED_IN, transformation, pair))
        for target in outputs.split():
            lot, _, pair = target.partition(":")
            self.links.append((transformation, LinkType.PRODUCED, lot, pair))
        return self

    def link(self, source: str, type_: LinkType, target: str) -> "LittleGraph":
        self.links.append((source, type_, target, ""))
        return self

    def expand(self, direction: Direction, frontier: Sequence[str], wide: Sequence[str]) -> Expansion:
        """Next links, with the other side of the transformations among them; one of two comes along, as with a store."""
        self.asked.append(list(frontier))
        bundles = self._bundles(direction, frontier)
        opened = sorted({bundle[0] for bundle in bundles if bundle[0].startswith("T")} - set(wide) - self.closed)
        return Expansion(bundles, opened, self.pass_through(direction, opened))

    def pass_through(self, direction: Direction, passages: Sequence[str]) -> list[Exit]:
        found = []
        for passage in passages:
            for far, _, far_kind, shown, links in self._bundles(direction, [passage]):
                found.append([passage, far, far_kind, shown, [[None, *link[1:]] for link in links]])
        return found

    def _bundles(self, direction: Direction, frontier: Sequence[str]) -> list[Bundle]:
        forward = direction is Direction.FORWARD
        found: dict[tuple[str, str], list[Link]] = {}
        for uid in frontier:
            for source, type_, target, mark in self.links:
                near, far = (source, target) if forward else (target, source)
                if near == uid:
                    shown = uid not in self.hidden and far not in self.hidden
                    stated = [mark or None, "1", "KGM", "2026-03-01T08:00:00.000000Z"] if shown else []
                    found.setdefault((far, type_), []).append([near, *stated])
        return [[far, type_, kind(far), far not in self.hidden, links] for (far, type_), links in found.items()]

    def walk(self, direction: Direction, *seeds: str, budget: Budget | None = None) -> Closure:
        lots = [seed for seed in seeds if not seed.startswith("T")]
        return walk(
            direction,
            lambda frontier, wide: self.expand(direction, frontier, wide),
            lambda passages: self.pass_through(direction, passages),
            budget or Budget(),
            lots=lots,
            transformations=[seed for seed in seeds if seed.startswith("T")],
            shown=dict.fromkeys(seeds, True),
            kinds={seed: kind(seed) for seed in seeds},
        )

    def sides(self) -> dict[str, Sides]:
        done = {end for link in self.links for end in (link[0], link[2]) if end.startswith("T")}
        return {
            uid: Sides(
                len({source for source, _, target, _ in self.links if target == uid}),
                len({target for source, _, target, _ in self.links if source == uid}),
            )
            for uid in done
        }


def kind(uid: str) -> str:
    kinds = {"T": NodeKind.TRANSFORMATION, "C": NodeKind.CONTAINER, "S": NodeKind.SHIPMENT, "P": NodeKind.PRODUCT}
    return kinds.get(uid[0], NodeKind.BATCH).value

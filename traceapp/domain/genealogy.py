"""Links of the genealogy as the store returns them, and what one walk made of them.

The form is plain lists, because a walk may read a million of them:

link    [near, mark, quantity, unit, event_time, place]; near is the end that was asked about. Of a link that may not be
        shown, because one of its ends may not, only [near] leaves the store. What is not stated is None or left out.
        mark is the pair of CONSUMED_IN and PRODUCED, the report of SHIPPED_IN and DELIVERED_TO; place is the
        uid of the ship-to.
bundle  [far, type, far_kind, far_shown, links]: all links of one type between one node and the nodes asked about.
exit    [transformation, far, far_kind, far_shown, links]: the other side of a transformation; near is None in its links.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from traceapp.domain.kinds import LOTS, Direction, LinkType
from traceapp.domain.trace import LimitHit

Link = list[Any]
Bundle = list[Any]
Exit = list[Any]

NEAR, MARK, QUANTITY, UNIT, EVENT_TIME, PLACE = range(6)
"""Positions in a link."""
LOT_KINDS: Final = frozenset(kind.value for kind in LOTS)
DIRECT: Final = frozenset({LinkType.SPLIT_INTO.value, LinkType.SERIALISED_AS.value})
"""Links from lot to lot without a transformation between them."""


@dataclass(slots=True)
class Expansion:
    """Next links of a frontier.

    bundles  links of the frontier itself.
    opened   transformations met there whose other side came along, whole, in `exits`.
    """

    bundles: list[Bundle] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)

    def extend(self, more: "Expansion") -> None:
        self.bundles += more.bundles
        self.opened += more.opened
        self.exits += more.exits

    @property
    def size(self) -> int:
        """How many links it holds."""
        return sum(len(bundle[4]) for bundle in self.bundles) + sum(len(other[4]) for other in self.exits)


@dataclass(slots=True)
class Passage:
    """A transformation that was walked through: links on the side of entry, and the other side.

    pairs  marks under which it was entered; an empty one, or a transformation that is itself a seed, reaches everything.
    """

    entries: list[Link] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    pairs: set[str] = field(default_factory=set)
    hop: int = 0
    seed: bool = False


@dataclass(slots=True)
class Closure:
    """What one walk in one direction reached.

    direction     FORWARD or BACKWARD.
    hops          every lot reached, seeds included → its distance in lots.
    passages      every transformation reached.
    shown, kinds  of every node met, ends included.
    direct, ends  bundles of links that join two lots, and of links to what a walk does not pass through.
    leading       lots that some link leads on from.
    """

    direction: Direction
    hops: dict[str, int] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    shown: dict[str, bool] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    direct: list[Bundle] = field(default_factory=list)
    ends: list[Bundle] = field(default_factory=list)
    leading: set[str] = field(default_factory=set)
    limits: tuple[LimitHit, ...] = ()


class LotLink(NamedTuple):
    """One lot to the next, in the direction of the walk, through a transformation (`via`) or directly.

    links  those on the side of the material's source: what of it went in. Where a transformation is a seed, it is
           `near` itself, and `via` is None.
    """

    near: str
    far: str
    type: str
    via: str | None
    links: Sequence[Link]
    exact: bool


def mark_of(link: Link) -> str:
    """Pair or report; empty where none is stated, it may not be shown, or nobody can read it."""
    mark = link[MARK] if len(link) > MARK else None
    return mark if isinstance(mark, str) else ""


def cycles(links: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Sets of lots that reach themselves, each sorted, in order; no lot is in two of them.

    links  (lot, next lot) in any order. Linear: what has no way in is peeled off, the rest is divided.
    """
    rest = _peel(links)
    if not rest:
        return ()
    import networkx as nx  # type: ignore[import-untyped]  # loaded only where something turns in a circle

    graph = nx.DiGraph(rest)
    parts = (tuple(sorted(part)) for part in nx.strongly_connected_components(graph))
    return tuple(sorted(part for part in parts if len(part) > 1 or graph.has_edge(part[0], part[0])))


def _peel(links: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Links between lots that still have a way in after all those without one were taken off."""
    ahead: dict[str, list[str]] = {}
    ways_in: dict[str, int] = {}
    for source, target in links:
        ahead.setdefault(source, []).append(target)
        ways_in[target] = ways_in.get(target, 0) + 1
    ready = [node for node in ahead if node not in ways_in]
    while ready:
        for target in ahead.pop(ready.pop(), ()):
            ways_in[target] -= 1
            if not ways_in[target]:
                del ways_in[target]
                ready.append(target)
    return [(source, target) for source, targets in ahead.items() for target in targets]

"""Links of the genealogy as columns of one length, and what one walk found in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from traceapp.domain.kinds import LOTS, Direction, LinkType, NodeKind
from traceapp.domain.trace import LimitHit

LOT_KINDS: frozenset[str] = frozenset(kind.value for kind in LOTS)
DIRECT: frozenset[str] = frozenset({LinkType.SPLIT_INTO.value, LinkType.SERIALISED_AS.value})
"""Links from lot to lot without a transformation between them."""


@dataclass(slots=True)
class LinkColumns:
    """Links found from one side: `near` is the end that was asked about, `far` the other one.

    All lists have one length; an empty text stands for "not stated". Of a link that may not be shown, because one of
    its ends may not, quantity, unit, event_time, mark and place are empty: they never left the store.
    mark    pair of CONSUMED_IN and PRODUCED, report of SHIPPED_IN and DELIVERED_TO.
    place   ship-to place of DELIVERED_TO.
    """

    near: list[str] = field(default_factory=list)
    type: list[str] = field(default_factory=list)
    far: list[str] = field(default_factory=list)
    far_kind: list[str] = field(default_factory=list)
    far_shown: list[bool] = field(default_factory=list)
    quantity: list[str] = field(default_factory=list)
    unit: list[str] = field(default_factory=list)
    event_time: list[str] = field(default_factory=list)
    mark: list[str] = field(default_factory=list)
    place: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.near)

    def extend(self, found: "LinkColumns") -> None:
        self.near += found.near
        self.type += found.type
        self.far += found.far
        self.far_kind += found.far_kind
        self.far_shown += found.far_shown
        self.quantity += found.quantity
        self.unit += found.unit
        self.event_time += found.event_time
        self.mark += found.mark
        self.place += found.place


@dataclass(slots=True)
class Passage:
    """A transformation that was walked through: rows of `LinkColumns` on the side of entry and on the other one.

    pairs  marks under which it was entered; an empty one, or a transformation that is itself a seed, reaches everything.
    """

    entries: list[int] = field(default_factory=list)
    exits: list[int] = field(default_factory=list)
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
    direct, ends  rows of links that join two lots, and of links to what a walk does not pass through.
    """

    direction: Direction
    links: LinkColumns = field(default_factory=LinkColumns)
    hops: dict[str, int] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    shown: dict[str, bool] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    direct: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    limits: tuple[LimitHit, ...] = ()

    def ends_of(self, row: int) -> tuple[str, str]:
        """(source, target) of a row in the direction of material."""
        near, far = self.links.near[row], self.links.far[row]
        return (near, far) if self.direction is Direction.FORWARD else (far, near)


@dataclass(frozen=True, slots=True)
class LotLink:
    """One lot to the next, in the direction of the walk, through a transformation (`via`) or directly.

    rows   links on the side of the material's source: what of it went in.   seed_via  the transformation is the seed
    itself and stands as `near`.
    """

    near: str
    far: str
    type: str
    via: str | None
    rows: tuple[int, ...]
    exact: bool


def is_lot(kind: str) -> bool:
    return kind in LOT_KINDS


def is_transformation(kind: str) -> bool:
    return kind == NodeKind.TRANSFORMATION.value


def cycles(links: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Sets of lots that reach themselves, each sorted, in order.

    links  (lot, next lot) in any order. Linear: what has no way in or no way out is peeled off, the rest is divided.
    """
    rest = _peel(links)
    if not rest:
        return ()
    import networkx as nx  # only where something turns in a circle

    graph = nx.DiGraph(rest)
    found = [tuple(sorted(part)) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    found += [(node,) for node in graph.nodes if graph.has_edge(node, node)]
    return tuple(sorted(set(found)))


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

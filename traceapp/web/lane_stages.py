"""Which lane of the picture each node of a trace stands in, and which nodes share a card.

A lane is a stage of the way, in the direction of material: suppliers, lots by their distance from the start,
containers, shipments and other ends, consignees. A card stands for one node, or for a group that is alike.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from traceapp.domain.disclosure import Masked, told
from traceapp.domain.kinds import Certainty, LinkType, NodeKind
from traceapp.domain.trace import PartyLine, TraceAnswer, TraceNode

MOST_STEPS: Final = 5
"""Lanes of lots on one side of the start; what lies farther shares the last of them."""
MOST_CARDS: Final = 10
"""Cards a lane; the last then stands for all groups that are left."""

SEVERITY: Final = (
    "recalled",
    "rejected",
    "held",
    "quarantined",
    "expired",
    "withheld",
    "masked",
    "unknown",
    "plain",
    "conditional",
    "passed",
    "production",
    "released",
)
"""Conditions of a card, the gravest first; `plain` where no state was asked for."""
_ENDS: Final = frozenset({NodeKind.SHIPMENT, NodeKind.LOCATION, NodeKind.ORDER, NodeKind.DISPOSAL})


class Place(IntEnum):
    """Lanes from left to right; lots lie between, by their step, and behind them those to which only what is withheld leads."""

    SUPPLIERS = 0
    LOTS = 1
    BEHIND = 2
    WITHHELD = 3
    CONTAINERS = 4
    ENDS = 5
    CONSIGNEES = 6


@dataclass(frozen=True, slots=True, order=True)
class LaneKey:
    place: Place
    step: int = 0


@dataclass(slots=True)
class Group:
    """The nodes of one card.

    key      `<lane>.<card>`, the name of its list; the same answer gives the same key.
    rest     how many groups it stands for; 0 for a group of its own kind.
    parties  the lines of the consignee or supplier table behind it.
    """

    key: str
    members: tuple[TraceNode, ...]
    rest: int = 0
    parties: tuple[PartyLine, ...] = ()

    @property
    def single(self) -> TraceNode | None:
        return self.members[0] if len(self.members) == 1 else None

    @property
    def first(self) -> TraceNode:
        return self.members[0]

    @property
    def certain(self) -> Certainty:
        exact = any(node.certainty is Certainty.EXACT for node in self.members)
        return Certainty.EXACT if exact else Certainty.POSSIBLE


@dataclass(slots=True)
class Stage:
    """One lane before it is drawn."""

    key: LaneKey
    groups: list[Group]
    beyond: bool = False
    kinds: frozenset[NodeKind | None] = field(default_factory=frozenset)

    @property
    def count(self) -> int:
        return sum(len(group.members) for group in self.groups)


def condition(node: TraceNode) -> str:
    """The word of `SEVERITY` that stands for a node's state."""
    if node.stub:
        return "withheld"
    if node.status is None:
        return "plain"
    if isinstance(node.status, Masked):
        return "masked"
    return node.status if node.status in SEVERITY else "unknown"


def stages_of(answer: TraceAnswer) -> list[Stage]:
    """Lanes from left to right, each with at most `MOST_CARDS` groups, the gravest first.

    What is withheld stands on one card, joined to nothing.
    """
    lanes: dict[LaneKey, list[TraceNode]] = defaultdict(list)
    places, beyond = _places(answer)
    for node in answer.nodes:
        if node.uid in places:
            lanes[places[node.uid]].append(node)
    parties = {line.uid: line for line in (*answer.suppliers, *answer.consignees)}
    stages = []
    for number, key in enumerate(sorted(lanes)):
        groups = _groups(number, lanes[key], parties, apart=key.place is not Place.WITHHELD)
        stages.append(Stage(key, groups, key in beyond, frozenset(node.kind for node in lanes[key])))
    return stages


def members_of(answer: TraceAnswer, key: str) -> frozenset[str] | None:
    """The uids behind a card; None where the answer has no such card."""
    for stage in stages_of(answer):
        for group in stage.groups:
            if group.key == key:
                return frozenset(node.uid for node in group.members)
    return None


def _places(answer: TraceAnswer) -> tuple[dict[str, LaneKey], set[LaneKey]]:
    as_target = {link.target: link.type for link in answer.links}
    as_source = {link.source: link.type for link in answer.links}
    places: dict[str, LaneKey] = {}
    lots: list[TraceNode] = []
    for node in answer.nodes:
        place = _place(node, as_target.get(node.uid), as_source.get(node.uid))
        if place is Place.LOTS:
            lots.append(node)
        else:
            places[node.uid] = LaneKey(place)
    beyond = set()
    for uid, step in _steps(answer, lots).items():
        near = max(-MOST_STEPS, min(MOST_STEPS, step))
        places[uid] = LaneKey(Place.LOTS, near)
        if near != step:
            beyond.add(places[uid])
    return places, beyond


def _place(node: TraceNode, comes_by: str | None, leaves_by: str | None) -> Place:
    match node.kind:
        case None:
            return Place.WITHHELD
        case NodeKind.CONTAINER:
            return Place.CONTAINERS
        case NodeKind.PARTY:
            return Place.SUPPLIERS if leaves_by == LinkType.SUPPLIED or comes_by is None else Place.CONSIGNEES
        case kind if kind in _ENDS:
            return Place.ENDS
        case _:
            return Place.LOTS if node.hop is not None else Place.BEHIND


def _steps(answer: TraceAnswer, lots: Sequence[TraceNode]) -> dict[str, int]:
    """Distance from the start, by the longest way, so that material flows from left to right wherever it can."""
    known = {node.uid for node in lots}
    onward: dict[str, list[str]] = defaultdict(list)
    backward: dict[str, list[str]] = defaultdict(list)
    for link in answer.links:
        if link.source in known and link.target in known:
            onward[link.source].append(link.target)
            backward[link.target].append(link.source)
    starts = [node.uid for node in lots if node.seed or node.hop == 0]
    hops = {node.uid: node.hop or 0 for node in lots}
    ahead = _longest(starts, onward, hops)
    behind = _longest(starts, backward, hops)
    steps = {uid: -step for uid, step in behind.items()} | {uid: step for uid, step in ahead.items() if step or uid not in behind}
    return {uid: steps.get(uid, hops[uid]) for uid in known}


def _longest(starts: Iterable[str], onward: Mapping[str, Sequence[str]], hops: Mapping[str, int]) -> dict[str, int]:
    """Longest way from the starts to everything behind them; a circle is cut where it is entered first."""
    reached, waiting = set(starts), list(starts)
    while waiting:
        for target in onward.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    missing = dict.fromkeys(reached, 0)
    for uid in reached:
        for target in onward.get(uid, ()):
            missing[target] += 1
    steps = dict.fromkeys(reached, 0)
    closed = sorted((uid for uid in reached if missing[uid]), key=lambda uid: (hops[uid], uid), reverse=True)
    ready = [uid for uid in reached if not missing[uid]]
    done: set[str] = set()
    while len(done) < len(reached):
        if not ready:
            while closed[-1] in done:
                closed.pop()
            ready.append(closed.pop())
        uid = ready.pop()
        if uid in done:
            continue
        done.add(uid)
        for target in onward.get(uid, ()):
            if target in done:
                continue
            steps[target] = max(steps[target], steps[uid] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return steps


def _groups(lane: int, nodes: Sequence[TraceNode], parties: Mapping[str, PartyLine], *, apart: bool = True) -> list[Group]:
    single = apart and len(nodes) <= MOST_CARDS
    alike = _alike(nodes, parties, (lambda node: (node.uid,)) if single else _likeness(parties))
    shown = alike if len(alike) <= MOST_CARDS else alike[: MOST_CARDS - 1]
    groups = [_group(f"{lane}.{place}", members, parties) for place, members in enumerate(shown)]
    left = alike[len(shown) :]
    if left:
        rest = _group(f"{lane}.{len(shown)}", [node for members in left for node in members], parties)
        rest.rest = len(left)
        groups.append(rest)
    return groups


def _likeness(parties: Mapping[str, PartyLine]) -> Callable[[TraceNode], tuple[object, ...]]:
    def alike(node: TraceNode) -> tuple[object, ...]:
        if node.kind is NodeKind.PARTY:
            line = parties.get(node.uid)
            return (node.kind, told(line.country) if line else None, node.certainty)
        if node.kind is NodeKind.PRODUCT:
            return (node.uid,)
        return (node.kind, node.product, node.site, condition(node))

    return alike


def _alike(
    nodes: Sequence[TraceNode], parties: Mapping[str, PartyLine], alike: Callable[[TraceNode], tuple[object, ...]]
) -> list[list[TraceNode]]:
    found: dict[tuple[object, ...], list[TraceNode]] = defaultdict(list)
    for node in sorted(nodes, key=lambda node: (not node.seed, told(node.number) or told(node.name) or "", node.uid)):
        found[alike(node)].append(node)
    return sorted(found.values(), key=lambda members: _weight(members, parties))


def _weight(members: Sequence[TraceNode], parties: Mapping[str, PartyLine]) -> tuple[object, ...]:
    """The gravest first, then confirmed before possible, then the larger."""
    grave = min(SEVERITY.index(condition(node)) for node in members)
    possible = all(node.certainty is Certainty.POSSIBLE for node in members)
    amounts = [amount for node in members if (line := parties.get(node.uid)) for amount in line.quantities.values() if amount]
    return (not any(node.seed for node in members), grave, possible, -sum(amounts), -len(members), told(members[0].number) or "")


def _group(key: str, members: Sequence[TraceNode], parties: Mapping[str, PartyLine]) -> Group:
    lines = tuple(line for node in members if (line := parties.get(node.uid)) is not None)
    return Group(key, tuple(members), parties=lines)

"""Seeds that are no lots are opened: to what is packed, loaded, delivered, supplied or made there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from traceapp.domain.clock import stored_time
from traceapp.domain.consignees import EndLink, end_links, packing_fact
from traceapp.domain.genealogy import Bundle
from traceapp.domain.kinds import LOTS, Direction, LinkType, NodeKind
from traceapp.domain.packing import inside_at, stays
from traceapp.domain.rights import Rights
from traceapp.domain.trace import TraceQuestion, Window
from traceapp.domain.window import PACKING, WindowCut
from traceapp.graph.trace_store import TraceStore

WORKPLACES = frozenset({NodeKind.EQUIPMENT, NodeKind.OPERATOR})
LOT_VALUES = frozenset(kind.value for kind in LOTS)


@dataclass(slots=True)
class Start:
    """What a walk in one direction starts from.

    seeds            uid → kind of what was asked about.
    lots             lots to walk from: the seeds among them, and what was found in opened seeds.
    firm             those that are there for sure: all but what only a shipment that was passed on may have held.
    transformations  transformations to walk from.
    loads            what lies in a shipment that is a forward seed: shown with it, and not walked on.
    unopened         container seeds in which nothing is known to be: they stand for their own goods.
    containers       containers that were opened on the way or hold what was found, seeds excepted.
    cut              whether the window left something out while they were opened.
    links            links that were followed, in the direction of material; those of class-level ids are in `products`.
    shown, kinds     of every node met.
    """

    seeds: dict[str, NodeKind]
    lots: set[str] = field(default_factory=set)
    firm: set[str] = field(default_factory=set)
    transformations: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    unopened: set[str] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)
    links: list[EndLink] = field(default_factory=list)
    products: list[EndLink] = field(default_factory=list)
    shown: dict[str, bool] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    def walk_window(self, asked: Window) -> Window:
        """With a machine or operator among the seeds, the window says when it ran there, and no link is cut by it."""
        return Window() if WORKPLACES & set(self.seeds.values()) else asked


def open_seeds(
    traces: TraceStore, rights: Rights, head: int, question: TraceQuestion, seeds: Mapping[str, NodeKind], direction: Direction
) -> Start:
    """What the walk in this direction starts from.

    A container is opened all the way down as packed at `question.at` (now where it is not said), a shipment as loaded.
    Forward, a party leads to what it supplied; backward, to what it got or used. A unit is opened backward only:
    forward it goes its own way.
    """
    opening = _Opening(traces, rights, head, question, direction, Start(dict(seeds)))
    opening.run()
    return opening.start


@dataclass(slots=True)
class _Opening:
    traces: TraceStore
    rights: Rights
    head: int
    question: TraceQuestion
    direction: Direction
    start: Start

    def run(self) -> None:
        start = self.start
        by_kind: dict[NodeKind, list[str]] = {}
        for uid, kind in sorted(start.seeds.items()):
            by_kind.setdefault(kind, []).append(uid)
            start.shown[uid] = True
            start.kinds[uid] = kind.value
            if kind in LOTS:
                start.lots.add(uid)
                start.firm.add(uid)
            elif kind is NodeKind.TRANSFORMATION:
                start.transformations.add(uid)
        backward = self.direction is Direction.BACKWARD
        cut = WindowCut(self.question.window)
        at = stored_time(self.question.at) if self.question.at is not None else None
        containers = by_kind.get(NodeKind.CONTAINER, [])
        units = by_kind.get(NodeKind.UNIT, []) if backward else []
        holding = self._open_containers(dict.fromkeys([*containers, *units], at), start.lots, firm=True)
        start.unopened.update(uid for uid in containers if uid not in holding)
        shipments = by_kind.get(NodeKind.SHIPMENT, [])
        self._open_shipments(shipments, start.lots if backward else start.loads, firm=True)
        self._open_parties(by_kind.get(NodeKind.PARTY, []), cut, backward=backward)
        machines, people = by_kind.get(NodeKind.EQUIPMENT, []), by_kind.get(NodeKind.OPERATOR, [])
        if machines:
            self._follow(self.traces.expand_runs(machines, self.rights, self.head, cut.first, cut.last), forward=False)
        if people:
            self._follow(self.traces.expand_works(people, self.rights, self.head, cut.first, cut.last), forward=False)
        start.cut = cut.bit
        start.containers -= start.seeds.keys()

    def _follow(self, bundles: Sequence[Bundle], *, forward: bool) -> None:
        """Links whose far end is a lot or transformation to start from."""
        self.start.links += self._links(bundles, forward=forward)
        for bundle in bundles:
            self._meet(bundle[0], self.start.lots, firm=True)

    def _links(self, bundles: Sequence[Bundle], *, forward: bool = False) -> list[EndLink]:
        """As links in the direction of material; the far ends are noted."""
        for far, _, kind, shown, _ in bundles:
            self.start.kinds[far] = kind
            self.start.shown[far] = shown
        return end_links(bundles, forward=forward)

    def _meet(self, uid: str, lots: set[str], *, firm: bool) -> None:
        kind = self.start.kinds[uid]
        if kind in LOT_VALUES:
            lots.add(uid)
            if firm:
                self.start.firm.add(uid)
        elif kind == NodeKind.TRANSFORMATION:
            self.start.transformations.add(uid)

    def _open_containers(self, opened: dict[str, str | None], lots: set[str], *, firm: bool) -> set[str]:
        """All the way down, each as packed at its moment; returns those in which something was."""
        start = self.start
        seen: set[str] = set()
        holding: set[str] = set()
        while opened:
            seen |= opened.keys()
            frontier = sorted(opened)
            found = self._links(self.traces.expand_contents(frontier, self.rights, self.head))
            packing = [link for link in found if link.type in PACKING]
            emptied = self.traces.find_emptied(frontier, self.rights, self.head) if packing else {}
            known = [stay for of_child in stays(map(packing_fact, packing), emptied).values() for stay in of_child]
            inside = [stay for stay in known if inside_at((stay,), opened[stay.parent])]
            held = {(stay.child, stay.parent) for stay in inside}
            for link in packing:
                if (link.source, link.target) in held and link.type == LinkType.PACKED_IN:
                    (start.products if start.kinds[link.source] == NodeKind.PRODUCT else start.links).append(link)
            holding |= {stay.parent for stay in inside}
            start.containers |= {stay.parent for stay in inside}
            for stay in inside:
                self._meet(stay.child, lots, firm=firm)
            start.containers |= {stay.child for stay in inside if start.kinds[stay.child] == NodeKind.CONTAINER}
            opened = {
                stay.child: opened[stay.parent]
                for stay in inside
                if start.kinds[stay.child] in {NodeKind.CONTAINER, NodeKind.UNIT} and stay.child not in seen
            }
        return holding

    def _open_shipments(self, shipments: Sequence[str], lots: set[str], *, firm: bool) -> None:
        """What was loaded, containers as packed then; what was passed on from another shipment is possible."""
        seen: set[str] = set()
        while shipments:
            seen |= set(shipments)
            found = self._links(self.traces.expand_contents(sorted(set(shipments)), self.rights, self.head))
            loaded = [link for link in found if link.type == LinkType.SHIPPED_IN]
            containers: dict[str, str | None] = {}
            for link in loaded:
                (self.start.products if self.start.kinds[link.source] == NodeKind.PRODUCT else self.start.links).append(link)
                self._meet(link.source, lots, firm=firm)
                if self.start.kinds[link.source] in {NodeKind.CONTAINER, NodeKind.UNIT}:
                    containers[link.source] = link.time
            self.start.containers |= {uid for uid in containers if self.start.kinds[uid] == NodeKind.CONTAINER}
            self._open_containers(containers, lots, firm=firm)
            passed_on = [link for link in found if link.type == LinkType.FORWARDED_IN]
            self.start.links += passed_on
            shipments = [link.source for link in passed_on if link.source not in seen]
            firm = False

    def _open_parties(self, parties: Sequence[str], cut: WindowCut, *, backward: bool) -> None:
        if not parties:
            return
        if not backward:
            self._follow(cut.within(self.traces.expand_supplied(parties, self.rights, self.head)), forward=True)
            return
        found = self._links(self.traces.expand_contents(parties, self.rights, self.head))
        found = [link for link in found if cut.holds(link.time)]
        self.start.links += [link for link in found if link.type in {LinkType.DELIVERED_TO, LinkType.USED_AT}]
        for link in found:
            if link.type == LinkType.USED_AT:
                self._meet(link.source, self.start.lots, firm=True)
        self._open_shipments([link.source for link in found if link.type == LinkType.DELIVERED_TO], self.start.lots, firm=True)

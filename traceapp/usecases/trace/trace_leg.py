"""One leg of a trace, forward or backward: opened, walked, judged, and climbed to its ends."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from traceapp.domain.certainty import LotLinks, exact_nodes, lot_links, undecided, unseen_sides
from traceapp.domain.consignees import Distribution, EndLink, distribute, end_links
from traceapp.domain.genealogy import Bundle, Closure, Expansion
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.rights import Rights, Withholding
from traceapp.domain.trace import Budget, LimitHit, TraceQuestion
from traceapp.domain.walk import walk
from traceapp.domain.window import WindowCut
from traceapp.graph.trace_store import TraceStore
from traceapp.usecases.trace.trace_opening import Start

CLIMBED = frozenset({NodeKind.CONTAINER.value, NodeKind.UNIT.value, NodeKind.SHIPMENT.value})
BEHIND = frozenset(
    {LinkType.PACKED_IN, LinkType.UNPACKED_FROM, LinkType.SHIPPED_IN, LinkType.FORWARDED_IN, LinkType.DELIVERED_TO}
)


@dataclass(slots=True)
class Leg:
    """What one direction found.

    cut           the window that it was walked within.
    exact         nodes that a path of exact links joins to a seed.
    distribution  forward: containers, shipments and deliveries behind the lots.
    seen          forward: the same, as far as nothing of it is withheld.
    ends          other links to ends: suppliers, returns, stock, orders, use, disposal.
    shown, kinds  of every node met, ends included.
    """

    direction: Direction
    cut: WindowCut
    start: Start
    closure: Closure
    lot_links: LotLinks
    exact: set[str]
    distribution: Distribution = field(default_factory=Distribution)
    seen: Distribution = field(default_factory=Distribution)
    ends: list[EndLink] = field(default_factory=list)

    @property
    def shown(self) -> dict[str, bool]:
        return self.closure.shown

    @property
    def kinds(self) -> dict[str, str]:
        return self.closure.kinds

    @property
    def is_cut(self) -> bool:
        """Whether the window that was asked about left something out."""
        return self.cut.bit or self.start.cut

    @property
    def limits(self) -> tuple[LimitHit, ...]:
        return self.closure.limits or self.lot_links.limits


def trace_leg(traces: TraceStore, rights: Rights, head: int, question: TraceQuestion, start: Start, direction: Direction) -> Leg:
    """Walk from opened seeds in one direction, then follow the ends."""
    cut = WindowCut(start.walk_window(question.window))
    closure = _walk(traces, rights, head, start, direction, cut, question.budget)
    if rights.stops:
        sides = unseen_sides(closure.passages)
    else:
        partial = not cut.is_open or rights.mode is Withholding.STOP
        sides = traces.count_sides(undecided(closure, partial=partial), rights, head)
    links = lot_links(closure, sides, question.budget.links)
    seeds = start.firm | start.transformations
    leg = Leg(direction, cut, start, closure, links, exact_nodes(seeds, links.links))
    if direction is Direction.FORWARD:
        _Ends(traces, rights, head, leg).climb()
    else:
        _Ends(traces, rights, head, leg).look_back()
    return leg


def may_turn(leg: Leg) -> bool:
    """Whether something may turn in a circle: in a walk by distance, each circle has a link that leads no further."""
    hops = leg.closure.hops
    return any(hops[link.far] <= hops.get(link.near, -1) for link in leg.lot_links.links)


def _walk(
    traces: TraceStore, rights: Rights, head: int, start: Start, direction: Direction, cut: WindowCut, budget: Budget
) -> Closure:
    forward = direction is Direction.FORWARD
    expand = traces.expand_forward if forward else traces.expand_backward
    pass_through = traces.expand_outputs if forward else traces.expand_inputs

    def step(frontier: Sequence[str], wide: Sequence[str]) -> Expansion:
        found = expand(frontier, wide, rights, head)
        if cut.is_open:
            return found
        traces.settle()
        # With a window the other side of transformations is asked for anew: what came along was not told its time.
        return Expansion(cut.within(found.bundles))

    closure = walk(
        direction,
        step,
        lambda passages: cut.within(pass_through(passages, rights, head)),
        budget,
        lots=start.lots,
        transformations=start.transformations,
        shown=start.shown,
        kinds=start.kinds,
    )
    traces.settle()
    return closure


@dataclass(slots=True)
class _Ends:
    traces: TraceStore
    rights: Rights
    head: int
    leg: Leg

    def climb(self) -> None:
        """Forward: what holds the lots, its shipments, their parties; stock, orders, use, disposal, returns."""
        leg, closure = self.leg, self.leg.closure
        near = end_links(closure.ends, forward=True)
        behind = [link for link in near if link.type in BEHIND]
        leg.ends = [link for link in near if link.type not in BEHIND]
        start = leg.start
        carried = {*closure.hops, *start.unopened}
        behind += self._upwards([link.target for link in behind if link.far_kind in CLIMBED] + sorted(start.unopened))
        self._distribute(carried, behind)
        shipments = sorted(uid for uid, kind in start.seeds.items() if kind is NodeKind.SHIPMENT)
        if shipments:
            loaded = [link for link in start.links if link.type in BEHIND]
            self._distribute(sorted(start.loads), loaded + self._upwards(shipments))
        orders = sorted({link.target for link in leg.ends if link.far_kind == NodeKind.ORDER})
        leg.ends += self._found(self.traces.expand_orders(orders, self.rights, self.head), forward=True)
        shipped = sorted({carriage.lot for carriage in leg.distribution.carriages})
        returned = leg.cut.within(self.traces.expand_returns(shipped, self.rights, self.head))
        self._returns(self._found(returned, forward=False))

    def look_back(self) -> None:
        """Backward: suppliers, and returns with those who sent them."""
        leg, closure = self.leg, self.leg.closure
        near = end_links(closure.ends, forward=False)
        leg.ends = [link for link in near if link.type != LinkType.RETURNED]
        self._returns([link for link in near if link.type == LinkType.RETURNED])

    def _returns(self, returned: list[EndLink]) -> None:
        shipments = sorted({link.source for link in returned})
        sent = self._found(self.traces.expand_returns(shipments, self.rights, self.head), forward=False)
        self.leg.ends += returned + [link for link in sent if link.type == LinkType.SENT_BACK]

    def _upwards(self, frontier: Iterable[str]) -> list[EndLink]:
        """Everything above containers and shipments; lots of the walk were expanded before."""
        known = set(self.leg.closure.hops)
        waiting = sorted(set(frontier) - known)
        found: list[EndLink] = []
        while waiting:
            known |= set(waiting)
            links = self._found(self.traces.expand_holders(waiting, self.rights, self.head), forward=True)
            found += links
            waiting = sorted({link.target for link in links if link.far_kind in CLIMBED} - known)
        return found

    def _distribute(self, lots: Collection[str], behind: Sequence[EndLink]) -> None:
        """What the lots were in and where they went, in all and as far as it may be shown."""
        leg, holds = self.leg, self.leg.cut.holds
        containers = sorted({link.target for link in behind if link.type == LinkType.PACKED_IN})
        emptied = self.traces.find_emptied(containers, self.rights, self.head)
        found = distribute(lots, behind, emptied, holds)
        leg.distribution.add(found)
        shown = [link for link in behind if link.shown]
        if len(shown) == len(behind):
            leg.seen.add(found)
        else:
            leg.seen.add(distribute([lot for lot in lots if leg.shown[lot]], shown, emptied, holds))

    def _found(self, bundles: Iterable[Bundle], *, forward: bool) -> list[EndLink]:
        closure = self.leg.closure
        for far, _, kind, shown, _ in bundles:
            closure.kinds[far] = kind
            closure.shown[far] = shown
        return end_links(bundles, forward=forward)

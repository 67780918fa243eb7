"""What leaves of a trace: nodes that may be shown with what identifies them, stubs for the others, links between both."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter

from traceapp.domain.certainty import class_level_exits, meet
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.completeness import Findings
from traceapp.domain.consignees import EndLink, sum_by_unit, total
from traceapp.domain.disclosure import told
from traceapp.domain.genealogy import EVENT_TIME, LOT_KINDS, MARK, QUANTITY, UNIT, Link, LotLink, mark_of
from traceapp.domain.kinds import TRACEABLE, Certainty, Direction, NodeKind
from traceapp.domain.rights import Rights, Withholding
from traceapp.domain.trace import DescribedNode, TraceLink, TraceNode
from traceapp.graph.trace_store import TraceStore
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.lot_statuses import Status
from traceapp.usecases.node_names import NodeName, read_names, read_plain_ends
from traceapp.usecases.node_properties import Told
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_leg import Leg

EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE
PRODUCT = NodeKind.PRODUCT.value
CLASS_OF = {
    NodeKind.MATERIAL.value: "lots",
    NodeKind.BATCH.value: "lots",
    NodeKind.UNIT.value: "lots",
    NodeKind.TRANSFORMATION.value: "transformations",
    NodeKind.SHIPMENT.value: "shipments",
    NodeKind.CONTAINER.value: "containers",
    NodeKind.PARTY.value: "parties",
    NodeKind.LOCATION.value: "locations",
    NodeKind.ORDER.value: "orders",
    NodeKind.DISPOSAL.value: "disposals",
}
"""Under what a withheld node is counted."""
TRACEABLE_VALUES = frozenset(kind.value for kind in TRACEABLE)
OWN_ACL = frozenset({NodeKind.SHIPMENT.value, NodeKind.CONTAINER.value})
"""Ends that belong to a site; the others are shared, and shown only where a link that may be shown leads to them."""
PLAIN_KINDS = (NodeKind.LOCATION, NodeKind.ORDER, NodeKind.DISPOSAL, NodeKind.PRODUCT, NodeKind.EQUIPMENT)


@dataclass(slots=True)
class Reached:
    """All nodes of an answer before anything of them is read.

    hops        every node of the answer → its distance; ends stand as far as the nearest lot that led there.
    exact       those that are exact.
    end_links   links to ends that may be listed.
    hidden      uids that are withheld, by class; those among them that were walked through are stubs.
    stubs       withheld lots and transformations.
    places      where deliveries that may be shown were sent; named, and no nodes of the answer.
    """

    hops: dict[str, int] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    end_links: list[EndLink] = field(default_factory=list)
    hidden: dict[str, set[str]] = field(default_factory=dict)
    stubs: set[str] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)

    @property
    def clear(self) -> list[str]:
        """Nodes that may be shown, sorted."""
        return sorted(self.hops.keys() - self.stubs)


def gather(legs: Sequence[Leg]) -> Reached:
    """Put the legs together, and part what may be shown from what is withheld."""
    reached = Reached()
    for leg in legs:
        reached.kinds |= leg.kinds
        reached.exact |= leg.exact
        _gather_walked(reached, leg)
    shown_ends: set[str] = set()
    hidden_ends: set[str] = set()
    for leg in legs:
        _gather_ends(reached, leg, shown_ends, hidden_ends)
    for uid in hidden_ends - shown_ends:
        name = CLASS_OF.get(reached.kinds[uid])
        if name is not None:
            reached.hidden.setdefault(name, set()).add(uid)
    return reached


def _gather_walked(reached: Reached, leg: Leg) -> None:
    start, closure = leg.start, leg.closure
    walked = dict(closure.hops)
    for uid, passage in closure.passages.items():
        reached.visited.add(uid)
        if passage.seed or not closure.shown[uid]:
            walked[uid] = passage.hop
    walked |= dict.fromkeys(start.seeds, 0)
    for uid in start.loads - walked.keys():
        walked[uid] = 0
        if uid in start.firm:
            reached.exact.add(uid)
    reached.exact |= start.seeds.keys()
    reached.visited |= walked.keys()
    for uid, hop in walked.items():
        reached.hops[uid] = min(hop, reached.hops.get(uid, hop))
        if not closure.shown[uid]:
            reached.stubs.add(uid)
            reached.hidden.setdefault(CLASS_OF[closure.kinds[uid]], set()).add(uid)


def _gather_ends(reached: Reached, leg: Leg, shown_ends: set[str], hidden_ends: set[str]) -> None:
    """Ends in order of climbing, so that an end stands where the lot before it stands."""
    distribution, start = leg.distribution, leg.start
    reached.containers |= {uid for uid in start.containers if leg.shown[uid]}
    reached.containers |= {item.holder for held in distribution.held_by.values() for item in held if leg.shown[item.holder]}
    _judge_ends(reached, leg)
    links = [
        *start.links,
        *distribution.packed,
        *distribution.shipped,
        *distribution.forwarded,
        *distribution.delivered,
        *leg.ends,
    ]
    hops = end_hops(reached.hops, links)
    for link in links:
        for uid in (link.target, link.source):
            reached.visited.add(uid)
            if uid in leg.closure.hops or uid in start.seeds or uid in reached.stubs:
                continue
            kind = leg.kinds[uid]
            if link.shown or (kind in OWN_ACL and leg.shown[uid]) or (uid in reached.hops and leg.shown[uid]):
                shown_ends.add(uid)
                reached.hops[uid] = min(hops[uid], reached.hops.get(uid, hops[uid]))
            else:
                hidden_ends.add(uid)
    reached.places |= {link.place for link in distribution.delivered if link.place is not None}
    reached.end_links += [link for link in links if link.source in reached.hops and link.target in reached.hops]


def end_hops(known: Mapping[str, int], links: Sequence[EndLink]) -> dict[str, int]:
    """How far the ends are: as far as the nearest thing of the walk that any chain of these links joins them to.

    Withheld ends pass the distance on like others, so that it depends on nothing that is hidden.
    """
    beside: dict[str, list[str]] = {}
    for link in links:
        beside.setdefault(link.source, []).append(link.target)
        beside.setdefault(link.target, []).append(link.source)
    hops: dict[str, int] = {}
    waiting = deque(sorted((hop, uid) for uid, hop in known.items() if uid in beside))
    while waiting:
        hop, uid = waiting.popleft()
        for end in beside[uid]:
            if end not in known and end not in hops:
                hops[end] = hop
                waiting.appendleft((hop, end))
    return hops | dict(known)


def _judge_ends(reached: Reached, leg: Leg) -> None:
    """An end is exact with a lot that leads there; no lot becomes exact by an end that it shares with another lot."""
    distribution = leg.distribution
    for lot, held in distribution.held_by.items():
        if lot in reached.exact:
            reached.exact |= {item.holder for item in held}
    for carriage in distribution.carriages:
        if carriage.firm and carriage.lot in reached.exact:
            reached.exact.add(carriage.shipment)
    walked = leg.closure.hops
    for link in [*distribution.delivered, *leg.ends]:
        if link.source in reached.exact and link.target not in walked:
            reached.exact.add(link.target)
        elif link.target in reached.exact and link.source not in walked:
            reached.exact.add(link.source)
    reached.exact |= leg.start.containers


def read_reached(stations: Stations, disclosure: Disclosure, reached: Reached, head: int) -> dict[str, NodeName]:
    """Names of everything that is shown."""
    by_kind: dict[str, list[str]] = {}
    for uid in reached.clear:
        by_kind.setdefault(reached.kinds[uid], []).append(uid)
    traceable = [uid for kind in sorted(TRACEABLE_VALUES) for uid in by_kind.get(kind, [])]
    names = read_names(stations, disclosure, sorted({*traceable, *reached.places}), head)
    for kind in PLAIN_KINDS:
        names |= read_plain_ends(stations, disclosure, kind, by_kind.get(kind.value, []))
    # Who worked on it is asked for one by one, on the page of a batch; a trace names nobody.
    nameless = NodeKind.OPERATOR
    return names | {uid: NodeName(uid, nameless, None, None, None, None, (), True) for uid in by_kind.get(nameless.value, [])}


Stub = Callable[[str], str]
"""The id of a withheld node inside this answer, from its uid."""


def told_nodes(
    reached: Reached,
    names: Mapping[str, NodeName],
    statuses: Mapping[str, Status],
    properties: Mapping[str, Told] | None,
    seeds: Iterable[str],
    stub: Stub,
) -> list[TraceNode]:
    """Shown nodes by hop, kind and number, then stubs by their id, which tells nothing.

    properties  of shown nodes, where any were asked for.
    """
    asked = set(seeds)
    exact, hops = reached.exact, reached.hops
    sites = {name.sites: ", ".join(name.sites) or None for name in names.values()}
    listed = sorted((hops[uid], name.kind.value, told(name.number) or "", uid) for uid, name in names.items() if uid in hops)
    clear: list[TraceNode] = []
    for hop, _, _, uid in listed:
        name = names[uid]
        certainty, seed = EXACT if uid in exact else POSSIBLE, uid in asked
        site, number = sites[name.sites], name.number
        status, product = statuses.get(uid), name.product
        told_of = (uid, name.kind, number, name.name, name.epc, product, site, status, False, seed, hop, certainty)
        clear.append(TraceNode(*told_of) if properties is None else DescribedNode(*told_of, properties.get(uid, {})))
    return clear + [TraceNode(uid, None, stub=True) for uid in sorted(map(stub, reached.stubs))]


def told_links(legs: Sequence[Leg], reached: Reached, stub: Stub) -> list[TraceLink]:
    """Links between lots, then links to ends, each once; the values of a link leave only if both its ends do."""
    names = {uid: stub(uid) for uid in reached.stubs}
    ends = {}
    for end in reached.end_links:
        told = _told_end_link(end, reached.exact, names)
        ends[(told.source, told.target, told.type, end.time, end.quantity, end.mark)] = told
    behind = sorted(ends.items(), key=lambda item: tuple(str(part) for part in item[0]))
    return _told_lot_links(legs, names) + [link for _, link in behind]


def _told_lot_links(legs: Sequence[Leg], names: Mapping[str, str]) -> list[TraceLink]:
    if len(legs) == 1 and not names:  # nothing to hide and nothing twice: the usual case, and the largest answers
        forward = legs[0].direction is Direction.FORWARD
        order = itemgetter(0, 1, 2, 3) if forward else itemgetter(1, 0, 2, 3)
        return [_told_lot_link(link, names, forward=forward) for link in sorted(legs[0].lot_links.links, key=order)]
    found: dict[str, TraceLink] = {}
    for leg in legs:
        forward = leg.direction is Direction.FORWARD
        for link in leg.lot_links.links:
            told = _told_lot_link(link, names, forward=forward)
            key = f"{told.source}{told.target}{told.type}{told.via}"
            if key not in found or link.exact:
                found[key] = told
    return [found[key] for key in sorted(found)]


def _told_lot_link(link: LotLink, names: Mapping[str, str], *, forward: bool) -> TraceLink:
    near, far, type_, via, stated, exact = link
    source, target = (near, far) if forward else (far, near)
    certainty = EXACT if exact else POSSIBLE
    if names and (source in names or target in names or via in names):
        told_via = names.get(via, via) if via is not None else None
        return TraceLink(names.get(source, source), names.get(target, target), type_, told_via, certainty=certainty)
    if len(stated) == 1:
        _, pair, quantity, unit, time = stated[0]
        amount = Decimal(quantity) if quantity is not None else None
    else:
        amount, unit = total((Decimal(one[QUANTITY]) if one[QUANTITY] is not None else None, one[UNIT]) for one in stated)
        time = min(one[EVENT_TIME] for one in stated)
        pairs = {one[MARK] for one in stated}
        pair = pairs.pop() if len(pairs) == 1 else None
    return TraceLink(source, target, type_, via, amount, unit, parse_stored_time(time), certainty, pair)


def _told_end_link(link: EndLink, exact: set[str], names: Mapping[str, str]) -> TraceLink:
    certainty = EXACT if link.source in exact and link.target in exact else POSSIBLE
    source, target = names.get(link.source, link.source), names.get(link.target, link.target)
    return TraceLink(source, target, link.type, None, link.quantity, link.unit, _time(link.time), certainty)


def _time(text: str | None) -> datetime | None:
    return parse_stored_time(text) if text else None


def class_level_links(traces: TraceStore, rights: Rights, head: int, legs: Sequence[Leg]) -> list[tuple[str, Link]]:
    """(product, link) of every class-level input or output that may be told.

    A forward walk was told no quantities of what came out; they are asked for here, where there is a product.
    """
    found: list[tuple[str, Link]] = []
    for leg in legs:
        met = class_level_exits(leg.closure)
        passages = sorted({other[0] for other in met})
        if passages and leg.direction is Direction.FORWARD:
            pairs = {uid: leg.closure.passages[uid].pairs for uid in passages}
            told = leg.cut.within(traces.expand_outputs(passages, rights, head))
            met = [
                [uid, far, kind, shown, _of_pairs(links, pairs[uid])] for uid, far, kind, shown, links in told if kind == PRODUCT
            ]
        found += [(far, link) for _, far, _, _, links in met for link in links if len(link) > MARK]
        for end in leg.start.products:
            if end.shown:
                found.append((end.source, [None, None, end.quantity, end.unit, end.time]))
    return found


def _of_pairs(links: Iterable[Link], pairs: Iterable[str]) -> list[Link]:
    return [link for link in links if any(meet(mark_of(link), pair) for pair in pairs)]


def class_level(links: Iterable[tuple[str, Link]], products: Mapping[str, NodeName]) -> dict[str, dict[str, Decimal | None]]:
    """Products without a lot → quantity by unit."""
    amounts: dict[str, list[tuple[Decimal | None, str | None]]] = {}
    for uid, link in links:
        if uid in products:
            quantity = link[QUANTITY]
            amounts.setdefault(uid, []).append((Decimal(quantity) if quantity is not None else None, link[UNIT]))
    return {product_key(products[uid]): sum_by_unit(stated) for uid, stated in sorted(amounts.items())}


def product_key(name: NodeName) -> str:
    return told(name.epc) or told(name.number) or name.uid


def dead_ends(leg: Leg) -> set[str]:
    """Lots and transformations that may be shown and that nothing leads on from; none where the walk was cut."""
    closure = leg.closure
    if closure.limits:
        return set()
    ended = closure.hops.keys() - closure.leading
    ended |= {uid for uid, passage in closure.passages.items() if not passage.exits}
    return {uid for uid in ended if closure.shown[uid]}


def find_boundaries(traces: TraceStore, rights: Rights, head: int, legs: Sequence[Leg]) -> set[str]:
    """Of what was reached, that beside which the walk stopped because the next thing is withheld; none where it goes on.

    A dead end is none where the view ends.
    """
    if rights.mode is Withholding.PASS:
        return set()
    found: set[str] = set()
    for leg in legs:
        kinds = leg.kinds
        met = sorted(uid for uid, shown in leg.shown.items() if shown and kinds[uid] in TRACEABLE_VALUES)
        found |= traces.find_boundaries(leg.direction, met, rights, head)
        opened = sorted((leg.start.containers | leg.start.seeds.keys()) & set(met))
        found |= traces.find_boundaries(None, [uid for uid in opened if kinds[uid] in OWN_ACL], rights, head)
    return found


def findings(
    legs: Sequence[Leg],
    reached: Reached,
    names: Mapping[str, NodeName],
    *,
    windowed: bool,
    products: Iterable[str],
    one_sided: Iterable[str],
    boundaries: Iterable[str] = (),
    routed_to: str | None = None,
    least: int = 1,
) -> Findings:
    """What the completeness block is made of.

    routed_to  who is told of what is withheld, where something is.
    least      the smallest count of it that is told; a total would tell the others too, so that it counts none of it.
    """
    unresolved = {
        uid
        for uid, name in names.items()
        if name.kind.value in LOT_KINDS and not name.described and uid in reached.hops and uid not in reached.containers
    }
    stopped = set(boundaries)
    ended = set() if windowed else set().union(*(dead_ends(leg) for leg in legs)) - unresolved - reached.containers - stopped
    limits = {limit for leg in legs for limit in leg.limits}
    return Findings(
        visited=len(reached.visited) if least <= 1 else len(reached.visited - set().union(*reached.hidden.values())),
        least=least,
        withheld={name: len(uids) for name, uids in reached.hidden.items()},
        unresolved=sorted(unresolved),
        class_level=sorted(products),
        one_sided=sorted(one_sided),
        dead_ends=sorted(ended),
        boundaries=sorted(stopped),
        routed_to=routed_to if reached.hidden else None,
        limits_hit=sorted(limits, key=lambda limit: limit.limit),
        unavailable=sorted(uid for uid, name in names.items() if name.unavailable),
        windowed=windowed,
        cut=any(leg.is_cut for leg in legs),
    )

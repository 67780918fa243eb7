"""What leaves of a trace: nodes that may be shown with what identifies them, stubs for the others, links between both."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from traceapp.domain.certainty import class_level_rows
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.completeness import Findings
from traceapp.domain.consignees import EndLink, sum_by_unit, total
from traceapp.domain.genealogy import LOT_KINDS, LotLink
from traceapp.domain.kinds import Certainty, NodeKind
from traceapp.domain.rights import Rights
from traceapp.domain.trace import TraceLink, TraceNode
from traceapp.usecases.node_names import NodeName, read_names, read_plain_ends
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_leg import Leg

CLASS_OF = {
    NodeKind.MATERIAL.value: "lots",
    NodeKind.BATCH.value: "lots",
    NodeKind.UNIT.value: "lots",
    NodeKind.TRANSFORMATION.value: "transformations",
    NodeKind.SHIPMENT.value: "shipments",
    NodeKind.CONTAINER.value: "containers",
    NodeKind.PARTY.value: "parties",
}
"""Under what a withheld node is counted."""
TRACEABLE_VALUES = frozenset(CLASS_OF)
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
    """

    hops: dict[str, int] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    end_links: list[EndLink] = field(default_factory=list)
    hidden: dict[str, set[str]] = field(default_factory=dict)
    stubs: set[str] = field(default_factory=set)
    containers: set[str] = field(default_factory=set)
    visited: set[str] = field(default_factory=set)

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
    for link in links:
        for uid, other in ((link.target, link.source), (link.source, link.target)):
            reached.visited.add(uid)
            if uid in leg.closure.hops or uid in start.seeds or uid in reached.stubs:
                continue
            kind = leg.kinds[uid]
            if link.shown or (kind in OWN_ACL and leg.shown[uid]) or (uid in reached.hops and leg.shown[uid]):
                shown_ends.add(uid)
                reached.hops[uid] = min(reached.hops.get(uid, len(reached.kinds)), reached.hops.get(other, 0))
            else:
                hidden_ends.add(uid)
    reached.end_links += [link for link in links if link.source in reached.hops and link.target in reached.hops]


def _judge_ends(reached: Reached, leg: Leg) -> None:
    distribution = leg.distribution
    for lot, held in distribution.held_by.items():
        if lot in reached.exact:
            reached.exact |= {item.holder for item in held}
    for carriage in distribution.carriages:
        if carriage.firm and carriage.lot in reached.exact:
            reached.exact.add(carriage.shipment)
    for link in [*distribution.delivered, *leg.ends]:
        if link.source in reached.exact:
            reached.exact.add(link.target)
        elif link.target in reached.exact and link.source not in leg.closure.hops:
            reached.exact.add(link.source)
    reached.exact |= leg.start.containers


def read_reached(stations: Stations, rights: Rights, reached: Reached, head: int) -> dict[str, NodeName]:
    """Names of everything that is shown."""
    by_kind: dict[str, list[str]] = {}
    for uid in reached.clear:
        by_kind.setdefault(reached.kinds[uid], []).append(uid)
    traceable = [uid for kind in sorted(TRACEABLE_VALUES) for uid in by_kind.get(kind, [])]
    names = read_names(stations, rights, traceable, head)
    for kind in PLAIN_KINDS:
        names |= read_plain_ends(stations, rights, kind, by_kind.get(kind.value, []))
    return names


Stub = Callable[[str], str]
"""The id of a withheld node inside this answer, from its uid."""


def told_nodes(reached: Reached, names: Mapping[str, NodeName], seeds: Iterable[str], stub: Stub) -> list[TraceNode]:
    """Shown nodes by hop, kind and number, then stubs by their id, which tells nothing."""
    asked = set(seeds)
    exact, hops = reached.exact, reached.hops
    clear = [
        TraceNode(
            uid=uid,
            kind=name.kind,
            number=name.number,
            name=name.name,
            epc=name.epc,
            product=name.product,
            site=", ".join(name.sites) or None,
            seed=uid in asked,
            hop=hops[uid],
            certainty=Certainty.EXACT if uid in exact else Certainty.POSSIBLE,
        )
        for uid, name in names.items()
        if uid in hops
    ]
    clear.sort(key=lambda node: (node.hop, node.kind or "", node.number or "", node.uid))
    return clear + [TraceNode(uid, None, stub=True) for uid in sorted(map(stub, reached.stubs))]


def told_links(legs: Sequence[Leg], reached: Reached, stub: Stub) -> list[TraceLink]:
    """Links between lots, then links to ends, each once; the values of a link leave only if both its ends do."""
    names = {uid: stub(uid) for uid in reached.stubs}
    found: dict[tuple[str, str, str, str | None], TraceLink] = {}
    for leg in legs:
        for link in leg.lot_links.links:
            told = _told_lot_link(leg, link, names)
            key = (told.source, told.target, told.type, told.via)
            if key not in found or told.certainty is Certainty.EXACT:
                found[key] = told
    ends = {}
    for end in reached.end_links:
        told = _told_end_link(end, reached.exact, names)
        ends[(told.source, told.target, told.type, end.time, end.quantity, end.mark)] = told
    listed = sorted(found.values(), key=lambda link: (link.source, link.target, link.type, link.via or ""))
    behind = sorted(ends.items(), key=lambda item: tuple(str(part) for part in item[0]))
    return listed + [link for _, link in behind]


def _told_lot_link(leg: Leg, link: LotLink, names: Mapping[str, str]) -> TraceLink:
    forward = leg.closure.direction.value == "forward"
    source, target = (link.near, link.far) if forward else (link.far, link.near)
    certainty = Certainty.EXACT if link.exact else Certainty.POSSIBLE
    via = link.via
    if source in names or target in names or (via is not None and via in names):
        told_via = names.get(via, via) if via is not None else None
        return TraceLink(names.get(source, source), names.get(target, target), link.type, told_via, certainty=certainty)
    columns = leg.closure.links
    quantity: Decimal | None
    if len(link.rows) == 1:
        row = link.rows[0]
        stated, unit, time, pair = columns.quantity[row], columns.unit[row], columns.event_time[row], columns.mark[row]
        quantity = Decimal(stated) if stated else None
    else:
        amounts = [(Decimal(columns.quantity[row]) if columns.quantity[row] else None, columns.unit[row]) for row in link.rows]
        quantity, summed_unit = total(amounts)
        unit = summed_unit or ""
        time = min(columns.event_time[row] for row in link.rows)
        pairs = {columns.mark[row] for row in link.rows}
        pair = pairs.pop() if len(pairs) == 1 else ""
    return TraceLink(source, target, link.type, via, quantity, unit or None, _time(time), certainty, pair or None)


def _told_end_link(link: EndLink, exact: set[str], names: Mapping[str, str]) -> TraceLink:
    certainty = Certainty.EXACT if link.source in exact and link.target in exact else Certainty.POSSIBLE
    source, target = names.get(link.source, link.source), names.get(link.target, link.target)
    return TraceLink(source, target, link.type, None, link.quantity, link.unit, _time(link.time), certainty)


def _time(text: str | None) -> datetime | None:
    return parse_stored_time(text) if text else None


def class_level(legs: Sequence[Leg], names: Mapping[str, NodeName]) -> dict[str, dict[str, Decimal | None]]:
    """Products without a lot → quantity by unit, of links that may be shown."""
    amounts: dict[str, list[tuple[Decimal | None, str | None]]] = {}
    for leg in legs:
        columns = leg.closure.links
        for row in class_level_rows(leg.closure):
            if leg.shown[columns.near[row]] and columns.far[row] in names:
                stated = columns.quantity[row]
                amounts.setdefault(columns.far[row], []).append((Decimal(stated) if stated else None, columns.unit[row] or None))
        for link in leg.start.products:
            if link.shown and link.source in names:
                amounts.setdefault(link.source, []).append((link.quantity, link.unit))
    return {product_key(names[uid]): sum_by_unit(stated) for uid, stated in sorted(amounts.items())}


def class_level_products(legs: Sequence[Leg]) -> set[str]:
    """Uids of products that may be named."""
    found: set[str] = set()
    for leg in legs:
        columns = leg.closure.links
        found |= {columns.far[row] for row in class_level_rows(leg.closure) if leg.shown[columns.near[row]]}
        found |= {link.source for link in leg.start.products if link.shown}
    return found


def product_key(name: NodeName) -> str:
    return name.epc or name.number or name.uid


def dead_ends(leg: Leg) -> set[str]:
    """Lots and transformations that may be shown and that nothing leads on from; none where the walk was cut."""
    closure = leg.closure
    if closure.limits:
        return set()
    leading = set(closure.links.near)
    lots = {uid for uid in closure.hops if uid not in leading}
    orders = {uid for uid, passage in closure.passages.items() if not passage.exits}
    return {uid for uid in lots | orders if closure.shown[uid]}


def findings(
    legs: Sequence[Leg],
    reached: Reached,
    names: Mapping[str, NodeName],
    *,
    windowed: bool,
    products: Iterable[str],
    one_sided: Iterable[str],
) -> Findings:
    """What the completeness block is made of."""
    unresolved = {
        uid
        for uid, name in names.items()
        if name.kind.value in LOT_KINDS and not name.described and uid in reached.hops and uid not in reached.containers
    }
    ended = set() if windowed else set().union(*(dead_ends(leg) for leg in legs)) - unresolved - reached.containers
    limits = {limit for leg in legs for limit in leg.limits}
    return Findings(
        visited=len(reached.visited),
        withheld={name: len(uids) for name, uids in reached.hidden.items()},
        unresolved=sorted(unresolved),
        class_level=sorted(products),
        one_sided=sorted(one_sided),
        dead_ends=sorted(ended),
        limits_hit=sorted(limits, key=lambda limit: limit.limit),
        windowed=windowed,
    )

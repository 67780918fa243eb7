"""What leaves of a trace: nodes that may be shown with what identifies them, stubs for the others, links between both."""

from collections.abc import Iterable, Mapping, Sequence
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
from traceapp.domain.rights import Rights
from traceapp.domain.trace import DescribedNode, TraceLink, TraceNode, hop_order
from traceapp.graph.trace_store import TraceStore
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.disclosed.answer_ids import Stubs
from traceapp.usecases.disclosed.lot_statuses import Status
from traceapp.usecases.disclosed.node_names import NodeName, read_names, read_plain_ends
from traceapp.usecases.disclosed.node_properties import Told
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_leg import Leg
from traceapp.usecases.trace.trace_reach import Reached, shown_links

EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE
PRODUCT = NodeKind.PRODUCT.value
TRACEABLE_VALUES = frozenset(kind.value for kind in TRACEABLE)
PLAIN_KINDS = (NodeKind.LOCATION, NodeKind.ORDER, NodeKind.DISPOSAL, NodeKind.PRODUCT, NodeKind.EQUIPMENT)


def read_reached(stations: Stations, disclosure: Disclosure, reached: Reached, head: int) -> dict[str, NodeName]:
    """Names of everything that is shown."""
    by_kind: dict[str, list[str]] = {}
    for uid in reached.clear:
        by_kind.setdefault(reached.kinds[uid], []).append(uid)
    traceable = [uid for kind in sorted(TRACEABLE_VALUES) for uid in by_kind.get(kind, [])]
    names = read_names(stations, disclosure, sorted({*traceable, *reached.places}), head)
    for kind in PLAIN_KINDS:
        names |= read_plain_ends(stations, disclosure, kind, by_kind.get(kind.value, []), head)
    # Who worked on it is asked for one by one, on the page of a batch; a trace names nobody.
    nameless = NodeKind.OPERATOR
    return names | {uid: NodeName(uid, nameless, None, None, None, None, (), True) for uid in by_kind.get(nameless.value, [])}


"""The id of a node inside this answer alone, from its uid."""
Ids = Mapping[str, str]
"""uid → the id of this answer alone that stands in its place wherever the node is told of; what is not here keeps its own."""


def ids_of(reached: Reached, names: Mapping[str, NodeName], stub: Stubs) -> Ids:
    """Of what is withheld, and of what is shown under a masked name: its own uid would join what two answers tell of it."""
    withheld = {uid: stub.opaque(uid) for uid in sorted(reached.stubs)}
    return withheld | {uid: stub(uid) for uid, name in names.items() if name.masked}


def told_nodes(
    reached: Reached,
    names: Mapping[str, NodeName],
    statuses: Mapping[str, Status],
    properties: Mapping[str, Told] | None,
    seeds: Iterable[str],
    ids: Ids,
) -> list[TraceNode]:
    """Shown nodes by hop, kind and number, then stubs by their id, which tells nothing; nor does the order of masked ones.

    properties  of shown nodes, where any were asked for.
    """
    asked = set(seeds)
    exact, hops = reached.exact, reached.told_hops
    sites = {name.sites: ", ".join(name.sites) or None for name in names.values()}
    listed = sorted(
        (hop_order(hops[uid]), name.kind.value, told(name.number) or "", ids.get(uid, uid), uid)
        for uid, name in names.items()
        if uid in hops
    )
    clear: list[TraceNode] = []
    for _, _, _, told_id, uid in listed:
        name, hop = names[uid], hops[uid]
        certainty, seed = EXACT if uid in exact else POSSIBLE, uid in asked
        site, number = sites[name.sites], name.number
        status, product = statuses.get(uid), name.product
        told_of = (
            told_id,
            name.kind,
            number,
            name.name,
            name.epc,
            product,
            site,
            status,
            False,
            seed,
            hop,
            certainty,
            name.masked,
        )
        clear.append(TraceNode(*told_of) if properties is None else DescribedNode(*told_of, properties.get(uid, {})))
    return clear + [TraceNode(uid, None, stub=True) for uid in sorted(ids[uid] for uid in reached.stubs)]


def told_links(legs: Sequence[Leg], reached: Reached, ids: Ids) -> list[TraceLink]:
    """Links between lots, then links to ends, each once: those of which nothing is withheld.

    Of any other link not even that it is there is told: it would give a stub a degree, and a place in the picture.
    """
    ends = {}
    for end in reached.end_links:
        told = _told_end_link(end, reached.exact, ids)
        ends[(told.source, told.target, told.type, end.time, end.quantity, end.mark)] = told
    behind = sorted(ends.items(), key=lambda item: tuple(str(part) for part in item[0]))
    return _told_lot_links(legs, reached, ids) + [link for _, link in behind]


def _told_lot_links(legs: Sequence[Leg], reached: Reached, ids: Ids) -> list[TraceLink]:
    if len(legs) == 1 and not ids:  # nothing to hide and nothing twice: the usual case, and the largest answers
        forward = legs[0].direction is Direction.FORWARD
        order = itemgetter(0, 1, 2, 3) if forward else itemgetter(1, 0, 2, 3)
        return [_told_lot_link(link, ids, forward=forward) for link in sorted(legs[0].lot_links.links, key=order)]
    found: dict[str, TraceLink] = {}
    for leg in legs:
        forward = leg.direction is Direction.FORWARD
        for link in shown_links(leg, reached.stubs):
            told = _told_lot_link(link, ids, forward=forward)
            key = f"{told.source}{told.target}{told.type}{told.via}"
            if key not in found or link.exact:
                found[key] = told
    return [found[key] for key in sorted(found)]


def _told_lot_link(link: LotLink, ids: Ids, *, forward: bool) -> TraceLink:
    near, far, type_, via, stated, exact = link
    source, target = (near, far) if forward else (far, near)
    certainty = EXACT if exact else POSSIBLE
    if ids:
        source, target = ids.get(source, source), ids.get(target, target)
    if len(stated) == 1:
        _, pair, quantity, unit, time = stated[0]
        amount = Decimal(quantity) if quantity is not None else None
    else:
        amount, unit = total((Decimal(one[QUANTITY]) if one[QUANTITY] is not None else None, one[UNIT]) for one in stated)
        time = min(one[EVENT_TIME] for one in stated)
        pairs = {one[MARK] for one in stated}
        pair = pairs.pop() if len(pairs) == 1 else None
    return TraceLink(source, target, type_, via, amount, unit, parse_stored_time(time), certainty, pair)


def _told_end_link(link: EndLink, exact: set[str], ids: Ids) -> TraceLink:
    certainty = EXACT if link.source in exact and link.target in exact else POSSIBLE
    source, target = ids.get(link.source, link.source), ids.get(link.target, link.target)
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


def findings(
    legs: Sequence[Leg],
    reached: Reached,
    names: Mapping[str, NodeName],
    *,
    windowed: bool,
    products: Iterable[str],
    one_sided: Iterable[str],
    stops: bool = False,
    routed_to: str | None = None,
    least: int = 1,
) -> Findings:
    """What the completeness block is made of.

    stops      the walk ends where the view does. There, and where something is withheld, dead ends are not judged: whether a
               lot ends or goes on out of sight would tell of a link out of sight (decision 0012). Nor is it then judged
               whether only its receiver reports a shipment, where something is withheld.
    routed_to  who is told of what is withheld, where something is.
    least      the smallest count of it that is told; a total would tell the others too, so that it counts none of it.
    """
    unresolved = {
        uid
        for uid, name in names.items()
        if name.kind.value in LOT_KINDS and not name.described and uid in reached.hops and uid not in reached.containers
    }
    unjudged = windowed or stops or bool(reached.hidden)
    ended = set() if unjudged else set().union(*(dead_ends(leg) for leg in legs)) - unresolved - reached.containers
    limits = {limit for leg in legs for limit in leg.limits}
    return Findings(
        visited=len(reached.visited) if least <= 1 else len(reached.visited - set().union(*reached.hidden.values())),
        least=least,
        withheld={name: len(uids) for name, uids in reached.hidden.items()},
        unresolved=sorted(unresolved),
        class_level=sorted(products),
        one_sided=[] if reached.hidden else sorted(one_sided),
        dead_ends=sorted(ended),
        boundary=stops,
        routed_to=routed_to if reached.hidden else None,
        limits_hit=sorted(limits, key=lambda limit: limit.limit),
        unavailable=sorted(uid for uid, name in names.items() if name.unavailable),
        windowed=windowed,
        cut=any(leg.is_cut for leg in legs),
    )

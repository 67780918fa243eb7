"""All nodes of an answer, put together from its legs before anything of them is read: shown, or withheld."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from traceapp.domain.consignees import EndLink
from traceapp.domain.genealogy import LotLink
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.usecases.trace.trace_leg import Leg

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
CARRYING = frozenset({"lots", "containers", "shipments"})
"""Classes of what goods go by; where any of them is withheld, each party may have got more than is shown."""
OWN_ACL = frozenset({NodeKind.SHIPMENT.value, NodeKind.CONTAINER.value})
"""Ends that belong to a site; the others are shared, and shown only where a link that may be shown leads to them."""

INTO_LOTS = frozenset({LinkType.SUPPLIED, LinkType.RETURNED, LinkType.SENT_BACK})
"""Links that are climbed against their direction, from the lot to where it came from."""


@dataclass(slots=True)
class Reached:
    """All nodes of an answer before anything of them is read.

    hops        every node of the answer → its distance; ends stand as far as the nearest lot that led there.
    told_hops   of those that may be shown, the distance by links that may be shown; None where there are no such links.
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
    told_hops: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def carries_unseen(self) -> bool:
        """Whether goods may have gone by something withheld: told by the counts, whatever it is and wherever it stands."""
        return not CARRYING.isdisjoint(self.hidden)

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
    stubs = reached.stubs
    reached.end_links = [link for link in reached.end_links if link.source not in stubs and link.target not in stubs]
    reached.told_hops = _told_hops(reached, legs)
    return reached


def shown_links(leg: Leg, stubs: Collection[str]) -> Iterable[LotLink]:
    """Links between lots of which nothing is withheld."""
    links = leg.lot_links.links
    if not stubs:
        return links
    return [link for link in links if link.near not in stubs and link.far not in stubs and link.via not in stubs]


def _told_hops(reached: Reached, legs: Sequence[Leg]) -> Mapping[str, int | None]:
    """A distance that was counted through what is withheld would tell of it."""
    if not reached.hidden:
        return reached.hops
    hops: dict[str, int] = {}
    for leg in legs:
        ahead: dict[str, list[str]] = {}
        for link in shown_links(leg, reached.stubs):
            ahead.setdefault(link.near, []).append(link.far)
        start = leg.start
        found = dict.fromkeys((start.seeds.keys() | start.lots | start.transformations | start.loads) - reached.stubs, 0)
        waiting = deque(found)
        while waiting:
            near = waiting.popleft()
            for far in ahead.get(near, ()):
                if far not in found:
                    found[far] = found[near] + 1
                    waiting.append(far)
        hops |= {uid: min(hop, hops.get(uid, hop)) for uid, hop in found.items()}
    behind = {uid for leg in legs for uid in leg.closure.hops} - hops.keys()
    told = end_hops(hops, [link for link in reached.end_links if link.source not in behind and link.target not in behind])
    return {uid: told.get(uid) for uid in reached.clear}


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
    """An end is exact with a lot that leads there; neither a lot nor a shipment becomes exact by an end that it shares."""
    distribution = leg.distribution
    for lot, held in distribution.held_by.items():
        if lot in reached.exact:
            reached.exact |= {item.holder for item in held}
    for carriage in distribution.carriages:
        if carriage.firm and carriage.lot in reached.exact:
            reached.exact.add(carriage.shipment)
    walked = leg.closure.hops
    for link in [*distribution.delivered, *leg.ends]:  # in the order in which they were climbed, away from the lots
        near, far = (link.target, link.source) if link.type in INTO_LOTS else (link.source, link.target)
        if near in reached.exact and far not in walked:
            reached.exact.add(far)
    reached.exact |= leg.start.containers

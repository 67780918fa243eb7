"""Consignees and suppliers of a trace: who got it and who sent it, with lots, shipments and quantities."""

from collections.abc import Iterable, Mapping, Sequence

from traceapp.domain.consignees import Delivery, EndLink, deliveries, sum_by_unit
from traceapp.domain.disclosure import Disclosed, told
from traceapp.domain.genealogy import NEAR, Closure
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Certainty, Direction, LinkType, NodeKind
from traceapp.domain.organisation import Organisation
from traceapp.domain.trace import PartyLine
from traceapp.usecases.disclosed.node_names import NodeName
from traceapp.usecases.trace.trace_leg import Leg


def consignees(
    legs: Iterable[Leg],
    names: Mapping[str, NodeName],
    organisation: Organisation,
    ids: Mapping[str, str],
    *,
    withheld: bool,
) -> list[PartyLine]:
    """Parties to which lots of the forward leg went; ourselves excepted, since our own sites are no consignees.

    ids       uid → the id of this answer alone that stands in its place.
    withheld  something that goods may have gone by is withheld.
    """
    found: list[PartyLine] = []
    for leg in legs:
        if leg.direction is not Direction.FORWARD:
            continue
        exact = leg.exact | (leg.start.loads & leg.start.firm) | leg.start.unopened
        told = deliveries(
            leg.distribution,
            leg.seen,
            exact,
            _units_of(leg.closure),
            lambda uid: _is_own(uid, names, organisation),
            lambda uid: uid in names and names[uid].is_numbered,
            withheld=withheld,
        )
        found += [_line(delivery, names[delivery.party], names, ids) for delivery in told if delivery.party in names]
    return sorted(found, key=_order)


def suppliers(
    legs: Iterable[Leg], names: Mapping[str, NodeName], organisation: Organisation, ids: Mapping[str, str]
) -> list[PartyLine]:
    """Parties that supplied lots of the backward leg; ourselves excepted."""
    found: list[PartyLine] = []
    for leg in legs:
        if leg.direction is not Direction.BACKWARD:
            continue
        sent: dict[str, list[EndLink]] = {}
        for link in leg.ends:
            if link.type == LinkType.SUPPLIED and link.shown and not _is_own(link.source, names, organisation):
                sent.setdefault(link.source, []).append(link)
        found += [_line(_supply(uid, links, leg), names[uid], names, ids) for uid, links in sent.items() if uid in names]
    return sorted(found, key=_order)


def _supply(uid: str, links: Sequence[EndLink], leg: Leg) -> Delivery:
    lots = sorted({link.target for link in links})
    return Delivery(
        uid,
        sum_by_unit((link.quantity, link.unit) for link in links),
        tuple(lots),
        (),
        (),
        any(lot in leg.exact for lot in lots),
    )


def _line(delivery: Delivery, name: NodeName, names: Mapping[str, NodeName], ids: Mapping[str, str]) -> PartyLine:
    return PartyLine(
        uid=ids.get(delivery.party, delivery.party),
        number=name.number,
        name=name.name,
        country=name.country,
        quantities=delivery.quantities,
        certainty=Certainty.EXACT if delivery.exact else Certainty.POSSIBLE,
        lots=tuple(sorted(ids.get(uid, uid) for uid in delivery.lots if uid in names)),
        shipments=delivery.shipments,
        locations=tuple(sorted((_place(names[uid], ids) for uid in delivery.locations if uid in names), key=str)),
        withheld=delivery.withheld,
        masked=name.masked,
    )


def _place(name: NodeName, ids: Mapping[str, str]) -> Disclosed[str]:
    return name.number if name.number is not None else ids.get(name.uid, name.uid)


def _order(line: PartyLine) -> tuple[str, str]:
    return told(line.number) or "", line.uid


def _is_own(uid: str, names: Mapping[str, NodeName], organisation: Organisation) -> bool:
    name = names.get(uid)
    # Where its identity cannot be opened now, a party counts as somebody else's: one consignee too many harms nobody.
    return name is not None and bool(name.identity) and organisation.issued(Identity(name.identity))


def _units_of(closure: Closure) -> dict[str, frozenset[str]]:
    """Batch → units that were serialised from it, as far as the walk saw them."""
    units: dict[str, set[str]] = {}
    for far, type_, kind, _, links in closure.direct:
        if type_ == LinkType.SERIALISED_AS and kind == NodeKind.UNIT:
            for link in links:
                units.setdefault(link[NEAR], set()).add(far)
    return {batch: frozenset(of_batch) for batch, of_batch in units.items()}

"""Who got it: lots climbed to what held them, to their shipments while they were inside, to the parties."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from traceapp.domain.genealogy import EVENT_TIME, MARK, NEAR, PLACE, QUANTITY, UNIT, Bundle
from traceapp.domain.kinds import LinkType
from traceapp.domain.packing import OBSERVED, Held, PackingFact, Stay, held, stays
from traceapp.domain.quantities import add, exact_sum

DESPATCH = "despatch"
RECEIPT = "receipt"
NOT_STATED = ""
"""The unit under which a quantity that nobody states, or that is withheld, is listed."""


@dataclass(frozen=True, slots=True)
class EndLink:
    """A link to what a walk does not pass through, in the direction of material.

    far_kind  kind of the end that was not asked about.
    shown     both ends may be shown; else quantity, unit, time, mark and place are None.
    """

    source: str
    target: str
    type: str
    far_kind: str
    shown: bool
    quantity: Decimal | None = None
    unit: str | None = None
    time: str | None = None
    mark: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Carriage:
    """One lot on board of one shipment.

    carriers   the lot itself, or the containers it was in.
    firm       False behind a FORWARDED_IN: everything there is possible.
    report     "despatch" or "receipt": who says so.
    confirmed  both say so.
    """

    lot: str
    shipment: str
    carriers: tuple[str, ...]
    quantity: Decimal | None
    unit: str | None
    time: str | None
    report: str
    firm: bool = True
    confirmed: bool = False


@dataclass(slots=True)
class Distribution:
    """Everything behind the lots of a forward walk."""

    held_by: dict[str, tuple[Held, ...]] = field(default_factory=dict)
    carriages: list[Carriage] = field(default_factory=list)
    packed: list[EndLink] = field(default_factory=list)
    shipped: list[EndLink] = field(default_factory=list)
    forwarded: list[EndLink] = field(default_factory=list)
    delivered: list[EndLink] = field(default_factory=list)

    def add(self, more: "Distribution") -> None:
        """What is known already stays as it is."""
        known = {(carriage.lot, carriage.shipment) for carriage in self.carriages}
        self.carriages += [one for one in more.carriages if (one.lot, one.shipment) not in known]
        self.held_by = {**more.held_by, **self.held_by}
        self.packed += _others(more.packed, self.packed)
        self.shipped += _others(more.shipped, self.shipped)
        self.forwarded += _others(more.forwarded, self.forwarded)
        self.delivered += _others(more.delivered, self.delivered)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one party got: quantity by unit, None where a part of it is not stated or may be withheld.

    locations  uids of the places where it was sent, in no order.
    withheld   more may have come that the view does not show.
    """

    party: str
    quantities: Mapping[str, Decimal | None]
    lots: tuple[str, ...]
    shipments: tuple[str, ...]
    locations: tuple[str, ...]
    exact: bool
    withheld: bool = False


def _others(links: Sequence[EndLink], known: Sequence[EndLink]) -> list[EndLink]:
    there = set(known)
    return [link for link in links if link not in there]


def end_links(bundles: Iterable[Bundle], *, forward: bool) -> list[EndLink]:
    """Bundles of links as links in the direction of material; forward: they were asked for from their source."""
    found = []
    for far, type_, far_kind, _, links in bundles:
        for link in links:
            near = link[NEAR]
            source, target = (near, far) if forward else (far, near)
            if len(link) <= MARK:
                found.append(EndLink(source, target, type_, far_kind, False))
                continue
            quantity, place = link[QUANTITY], link[PLACE] if len(link) > PLACE else None
            stated = Decimal(quantity) if quantity is not None else None
            found.append(EndLink(source, target, type_, far_kind, True, stated, link[UNIT], link[EVENT_TIME], link[MARK], place))
    return found


def distribute(
    lots: Iterable[str],
    links: Sequence[EndLink],
    emptied: Mapping[str, Sequence[str]],
    within: Callable[[str | None], bool],
) -> Distribution:
    """Climb from lots to containers, shipments and parties.

    links    everything found above the lots: PACKED_IN, UNPACKED_FROM, SHIPPED_IN, FORWARDED_IN, DELIVERED_TO; journeys
             of a container without the lot among them are left out here.
    within   whether a shipment of this time was asked about.
    """
    found = Distribution()
    by_type: dict[str, list[EndLink]] = {}
    for link in links:
        by_type.setdefault(link.type, []).append(link)
    packing = by_type.get(LinkType.PACKED_IN, []) + by_type.get(LinkType.UNPACKED_FROM, [])
    stays_of = stays(map(packing_fact, packing), emptied)
    shipped_of: dict[str, list[EndLink]] = {}
    for link in by_type.get(LinkType.SHIPPED_IN, []):
        if within(link.time):
            shipped_of.setdefault(link.source, []).append(link)
    met: set[tuple[str, str]] = set()
    reached: set[str] = set()
    for lot in lots:
        if lot not in stays_of and lot not in shipped_of:
            continue
        holders = held(lot, stays_of) if lot in stays_of else []
        if holders:
            found.held_by[lot] = tuple(holders)
            met.update((lot, holder.holder) for holder in holders)
        carriages = _carriages(lot, holders, shipped_of)
        found.carriages += carriages
        for carriage in carriages:
            reached.add(carriage.shipment)
            met.update((carrier, carriage.shipment) for carrier in carriage.carriers)
    _forward(found, by_type.get(LinkType.FORWARDED_IN, []), reached, met)
    inside = {carrier for carriers in found.held_by.values() for carrier in (item.holder for item in carriers)}
    climbed = inside | found.held_by.keys()
    found.packed = [link for link in by_type.get(LinkType.PACKED_IN, []) if link.source in climbed and link.target in inside]
    found.shipped = [link for links_ in shipped_of.values() for link in links_ if (link.source, link.target) in met]
    found.delivered = [link for link in by_type.get(LinkType.DELIVERED_TO, []) if link.source in reached]
    return found


def packing_fact(link: EndLink) -> PackingFact:
    return PackingFact(
        link.source,
        link.target,
        link.time if link.shown else None,
        link.quantity,
        link.unit,
        taken_out=link.type == LinkType.UNPACKED_FROM,
        confirms=link.mark == OBSERVED,
    )


def _carriages(lot: str, holders: Sequence[Held], shipped_of: Mapping[str, Sequence[EndLink]]) -> list[Carriage]:
    """One carriage per shipment: what was loaded as such, and what was inside something at that time."""
    direct: dict[str, list[EndLink]] = {}
    for link in shipped_of.get(lot, ()):
        direct.setdefault(link.target, []).append(link)
    inside: dict[str, dict[Stay, tuple[EndLink, str]]] = {}
    for holder in holders:
        for link in shipped_of.get(holder.holder, ()):
            if link.time is None or holder.start <= link.time <= holder.end:
                loaded = inside.setdefault(link.target, {})
                known = loaded.get(holder.first)
                if known is None or (known[0].mark == RECEIPT and link.mark != RECEIPT):
                    loaded[holder.first] = (link, holder.holder)
    shipments = sorted(direct.keys() | inside.keys())
    return [_carriage(lot, uid, direct.get(uid, ()), inside.get(uid, {})) for uid in shipments]


def _carriage(
    lot: str,
    shipment: str,
    direct: Sequence[EndLink],
    inside: Mapping[Stay, tuple[EndLink, str]],
) -> Carriage:
    told = _one_report(direct)
    amounts = [(link.quantity, link.unit) for link in told]
    amounts += [(stay.quantity, stay.unit) for stay in inside]
    quantity, unit = total(amounts)
    links = [*told, *(link for link, _ in inside.values())]
    times = [link.time for link in links if link.time is not None]
    reports = {link.mark or DESPATCH for link in links}
    carriers = sorted({link.source for link in links})
    report = RECEIPT if reports == {RECEIPT} else DESPATCH
    confirmed = report == DESPATCH and any(link.mark == RECEIPT for link in direct)
    time = min(times, default=None)
    return Carriage(lot, shipment, tuple(carriers), quantity, unit, time, report, confirmed=confirmed)


def _one_report(links: Sequence[EndLink]) -> Sequence[EndLink]:
    """Shipper and receiver report the same goods: the despatch counts, else the receipt."""
    despatched = [link for link in links if link.mark != RECEIPT]
    return despatched or links


def total(amounts: Iterable[tuple[Decimal | None, str | None]]) -> tuple[Decimal | None, str | None]:
    """The sum where every part is stated in one unit, else (None, None)."""
    parts = list(amounts)
    units = {unit for _, unit in parts}
    if len(units) != 1 or any(quantity is None for quantity, _ in parts):
        return None, None
    return exact_sum(quantity for quantity, _ in parts if quantity is not None), units.pop()


def _forward(found: Distribution, links: Sequence[EndLink], reached: set[str], met: set[tuple[str, str]]) -> None:
    """One shipment became another: its goods may all have gone on, so they are possible there."""
    ahead: dict[str, list[EndLink]] = {}
    for link in links:
        ahead.setdefault(link.source, []).append(link)
    known = {(carriage.lot, carriage.shipment) for carriage in found.carriages}
    waiting = list(found.carriages)
    while waiting:
        carriage = waiting.pop()
        for link in ahead.get(carriage.shipment, ()):
            if (carriage.lot, link.target) in known:
                continue
            known.add((carriage.lot, link.target))
            passed = replace(carriage, shipment=link.target, firm=False, time=link.time)
            found.carriages.append(passed)
            reached.add(link.target)
            waiting.append(passed)
            if link not in found.forwarded:
                found.forwarded.append(link)


def deliveries(
    distribution: Distribution,
    seen: Distribution,
    exact_lots: set[str],
    units_of: Mapping[str, frozenset[str]],
    is_own: Callable[[str], bool],
    is_numbered: Callable[[str], bool],
    *,
    withheld: bool = False,
) -> list[Delivery]:
    """What each party got, over deliveries that may be shown; sorted by party.

    seen         the part of it of which nothing is withheld: lots and quantities are of this part alone.
    units_of     batch → units serialised from it: on one shipment they replace its quantity.
    is_own       whether a party is ourselves, which is no consignee.
    is_numbered  whether a shipment has a number that somebody gave it, a despatch advice's.
    withheld     something that goods may have gone by is withheld. Each party may have got more by it, and that is said of
                 all alike: said of some, it would tell by whom a way leads out of the view.
    """
    parties: dict[str, list[EndLink]] = {}
    for link in distribution.delivered:
        if link.shown and not is_own(link.target):
            parties.setdefault(link.target, []).append(link)
    exact = {carriage.shipment for carriage in distribution.carriages if carriage.firm and carriage.lot in exact_lots}
    aboard: dict[str, list[Carriage]] = {}
    for carriage in seen.carriages:
        aboard.setdefault(carriage.shipment, []).append(carriage)
    found = []
    for party, links in sorted(parties.items()):
        shipments = sorted({link.source for link in links})
        got = [carriage for uid in shipments for carriage in _once(aboard.get(uid, []), units_of)]
        amounts = [(carriage.quantity, carriage.unit) for carriage in _without_confirmations(got, is_numbered)]
        found.append(
            Delivery(
                party,
                sum_by_unit([*amounts, (None, None)] if withheld else amounts),
                tuple(sorted({carriage.lot for carriage in got})),
                tuple(shipments),
                tuple({link.place: None for link in links if link.place is not None}),
                not exact.isdisjoint(shipments),
                withheld,
            )
        )
    return found


def _once(aboard: Sequence[Carriage], units_of: Mapping[str, frozenset[str]]) -> list[Carriage]:
    """Units replace the quantity of their batch on the same shipment, one each where they state none."""
    lots = {carriage.lot for carriage in aboard}
    replaced = {
        unit: carriage for carriage in aboard for unit in units_of.get(carriage.lot, frozenset()) & lots if unit != carriage.lot
    }
    batches = {carriage.lot for carriage in replaced.values()}
    kept = []
    for carriage in aboard:
        batch = replaced.get(carriage.lot)
        if batch is not None and carriage.quantity is None:
            carriage = replace(carriage, quantity=Decimal(1), unit=batch.unit)
        if carriage.lot not in batches:
            kept.append(carriage)
    return kept


def _without_confirmations(got: Sequence[Carriage], is_numbered: Callable[[str], bool]) -> list[Carriage]:
    """Leave out receipts that confirm a despatch of another shipment: the same lot and quantity, not earlier.

    Two shipments with numbers of their own are two, and a despatch that its receiver confirmed wants no second receipt:
    in doubt both count, which is the worst case.
    """
    open_despatches: dict[str, list[Carriage]] = {}
    for carriage in got:
        if carriage.report != RECEIPT and not carriage.confirmed:
            open_despatches.setdefault(carriage.lot, []).append(carriage)
    kept = [carriage for carriage in got if carriage.report != RECEIPT]
    for receipt in sorted((one for one in got if one.report == RECEIPT), key=lambda one: (one.time or "", one.shipment)):
        waiting = open_despatches.get(receipt.lot, [])
        numbered = is_numbered(receipt.shipment)
        likely = (sent for sent in sorted(waiting, key=_sent_order) if not (numbered and is_numbered(sent.shipment)))
        confirmed = next((sent for sent in likely if _confirms(receipt, sent)), None)
        if confirmed is None:
            kept.append(receipt)
        else:
            waiting.remove(confirmed)
    return kept


def _sent_order(carriage: Carriage) -> tuple[str, str]:
    return carriage.time or "", carriage.shipment


def _confirms(receipt: Carriage, sent: Carriage) -> bool:
    if receipt.time is not None and sent.time is not None and receipt.time < sent.time:
        return False
    return receipt.quantity is None or sent.quantity is None or (receipt.quantity, receipt.unit) == (sent.quantity, sent.unit)


def sum_by_unit(amounts: Iterable[tuple[Decimal | None, str | None]]) -> dict[str, Decimal | None]:
    """Sums by unit, sorted; what states no quantity makes the entry of its unit (or of none) None."""
    sums: dict[str, Decimal | None] = {}
    for quantity, unit in amounts:
        key = unit or NOT_STATED
        if quantity is None:
            sums[key] = None
        elif key not in sums:
            sums[key] = quantity
        else:
            known = sums[key]
            sums[key] = None if known is None else add(known, quantity)
    return dict(sorted(sums.items()))


def one_sided(distribution: Distribution) -> list[str]:
    """Shipments that only their receiver reports: whoever sent them has said nothing."""
    despatched = {carriage.shipment for carriage in distribution.carriages if carriage.report != RECEIPT}
    return sorted({carriage.shipment for carriage in distribution.carriages if carriage.report == RECEIPT} - despatched)

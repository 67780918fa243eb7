"""EPCIS 2.0 events (GS1 EPCIS 2.0 and CBV 2.0, JSON/JSON-LD) as statements of the graph model.

What an event says about material becomes nodes and links; everything else of it, sensor readings and extension
fields included, stays in its sealed original.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote

from traceapp.domain.errors import IdentifierError, InputError
from traceapp.domain.events import LinkStatement, NodeStatement, PropertyValue
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import LOTS, EventType, LinkType, NodeKind
from traceapp.domain.organisation import Organisation
from traceapp.domain.quantities import add
from traceapp.domain.scopes import NOWHERE
from traceapp.formats.digital_link import is_canonical_host
from traceapp.formats.epcis_digest import bare
from traceapp.formats.epcis_rules import parse_time
from traceapp.formats.gs1 import Key, is_other_scheme, parse_key
from traceapp.formats.units import PIECE, parse_unit

PARTY_TYPES: Final = ("owning_party", "possessing_party")
RECEIVING: Final = frozenset({"receiving", "accepting", "arriving"})
RETURNED: Final = "returned"
DESTROYING: Final = "destroying"
OBSERVED: Final = "observe"
DESPATCH_ADVICE: Final = "desadv"
HOLDERS: Final = frozenset({NodeKind.CONTAINER, NodeKind.UNIT})
TRANSACTION_URN: Final = re.compile(r"urn:epcglobal:cbv:bt:(?P<owner>[^:]+):(?P<number>.+)")
MASTER_DATA: Final[Mapping[str, str]] = {"itemExpirationDate": "expiry_date", "productionDate": "production_date"}
"""Fields of ilmd that are properties of the data dictionary."""


@dataclass(slots=True)
class Told:
    """What one event tells, gathered while it is read: nodes by identity and whether they are described."""

    statements: dict[tuple[Identity, bool], NodeStatement] = field(default_factory=dict)
    links: list[LinkStatement] = field(default_factory=list)

    @property
    def nodes(self) -> tuple[NodeStatement, ...]:
        return tuple(self.statements.values())


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a list of the event. quantity is None where none is stated; a single instance counts as itself."""

    identity: Identity
    kind: NodeKind
    quantity: Decimal | None
    unit: str | None
    of_lot: Identity | None = None


class EventReader:
    """One checked event (`epcis_rules.check_event`) and the statements it makes."""

    def __init__(self, event: Mapping[str, Any], key: str, organisation: Organisation) -> None:
        self._event = event
        self._key = key
        self._ours = organisation
        self._time = event_time(event)
        self._told = Told()
        self._step = bare(event.get("bizStep"))
        self._where = self._site()

    def read(self) -> Told:
        """Nodes and links of the event. raises InputError, IdentifierError: an identifier that breaks its own form."""
        READERS[EventType(self._event["type"])](self)
        return self._told

    def _object(self) -> None:
        items = self._described(self._items("epcList", "quantityList"))
        self._properties(items)
        self._move(items, items)
        if self._step == DESTROYING:
            self._destroy(items)

    def _aggregation(self) -> None:
        action, children = self._event["action"], self._described(self._items("childEPCs", "childQuantityList"))
        parents = self._described(self._parents(HOLDERS))
        names_children = bool(self._event.get("childEPCs") or self._event.get("childQuantityList"))
        for parent in parents:
            if action == "DELETE" and not names_children:
                self._link(LinkType.EMPTIED, parent.identity, parent.identity)
            for child in children:
                type_ = LinkType.UNPACKED_FROM if action == "DELETE" else LinkType.PACKED_IN
                mark = {"report": OBSERVED} if action == "OBSERVE" else {}
                self._link(type_, child.identity, parent.identity, child, mark)
        if action != "DELETE":
            self._move(parents or children, children)

    def _transaction(self) -> None:
        parents = self._described(self._parents(HOLDERS | LOTS))
        items = self._described(self._items("epcList", "quantityList")) or parents
        self._move(items, items)

    def _transformation(self) -> None:
        inputs = self._items("inputEPCList", "inputQuantityList")
        outputs = self._described(self._items("outputEPCList", "outputQuantityList"))
        order = self._transformation_identity()
        self._state(order, NodeKind.TRANSFORMATION, described=True)
        self._properties(outputs)
        for item in inputs:
            self._state(item.identity, item.kind, described=False)
            self._link(LinkType.CONSUMED_IN, item.identity, order, item)
        for item in outputs:
            self._link(LinkType.PRODUCED, order, item.identity, item)
        self._move(outputs, ())

    def _transformation_identity(self) -> Identity:
        said = self._event.get("transformationID")
        if not said:
            return local_identity("transformation", "EPCIS", self._key)
        try:
            return local_identity("transformation", "EPCIS", parse_key(said).identity.text)
        except IdentifierError:
            return local_identity("transformation", "EPCIS", said)

    def _move(self, carried: Sequence[Item], supplied: Sequence[Item]) -> None:
        """Sources and destinations: a receiving tells where it came from, every other event where it goes.

        carried   what goes into the shipment: of a packing, the parent with all that is in it.
        supplied  what a received delivery was of.
        """
        sources, destinations = self._parties("source"), self._parties("destination")
        received = self._step in RECEIVING
        if bare(self._event.get("disposition")) == RETURNED and received and sources:
            self._take_back(supplied, sources)
            return
        if received:
            for party in sources:
                self._state(party, NodeKind.PARTY, described=True)
                for item in _goods(supplied):
                    self._link(LinkType.SUPPLIED, party, item.identity, item)
        if destinations and carried:
            self._ship(carried, destinations, "receipt" if received else "despatch")

    def _ship(self, items: Sequence[Item], destinations: Iterable[Identity], report: str) -> None:
        shipment = self._shipment()
        said = {"report": report}
        place = next((key.identity for key in self._keys("destination", ("location",))), None)
        if place is not None:
            self._state(place, NodeKind.PARTY, described=False)
        for item in items:
            self._link(LinkType.SHIPPED_IN, item.identity, shipment, item, said)
        for party in destinations:
            self._state(party, NodeKind.PARTY, described=True)
            self._link(LinkType.DELIVERED_TO, shipment, party, attributes=said, place=place)

    def _take_back(self, items: Sequence[Item], sources: Iterable[Identity]) -> None:
        shipment = self._shipment()
        for party in sources:
            self._state(party, NodeKind.PARTY, described=True)
            self._link(LinkType.SENT_BACK, party, shipment)
        for item in _goods(items):
            self._link(LinkType.RETURNED, shipment, item.identity, item)

    def _destroy(self, items: Sequence[Item]) -> None:
        disposal = local_identity("disposal", "EPCIS", self._key)
        self._state(disposal, NodeKind.DISPOSAL, described=True)
        for item in _goods(items):
            self._link(LinkType.DISPOSED_IN, item.identity, disposal, item)

    def _shipment(self) -> Identity:
        """The despatch advice where the event names one, else the event itself."""
        identity = min(self._advices(), default=local_identity("shipment", "EPCIS", self._key))
        self._state(identity, NodeKind.SHIPMENT, described=True)
        return identity

    def _advices(self) -> Iterator[Identity]:
        for transaction in self._event.get("bizTransactionList") or ():
            said = transaction["bizTransaction"]
            if bare(transaction.get("type")) != DESPATCH_ADVICE or not said.strip():
                continue
            found = TRANSACTION_URN.fullmatch(said)
            owner, number = (unquote(found["owner"]), unquote(found["number"])) if found else ("EPCIS", said)
            yield local_identity("shipment", self._ours.locations.get(owner, owner), number)

    def _parties(self, role: str) -> list[Identity]:
        """Owning and possessing parties, each once, in the order in which they are written."""
        return list(dict.fromkeys(key.identity for key in self._keys(role, PARTY_TYPES)))

    def _keys(self, role: str, types: Sequence[str]) -> Iterator[Key]:
        for row in self._event.get(f"{role}List") or ():
            if bare(row.get("type")) in types:
                yield _key_of(row[role], NodeKind.PARTY)

    def _parents(self, kinds: frozenset[NodeKind]) -> list[Item]:
        """raises  InputError: a class of things, or a lot, where one thing is wanted. A place is no parent of material."""
        said = self._event.get("parentID")
        if not said:
            return []
        key = _key_of(said, NodeKind.UNIT)
        kind = self._ours.lot_kind(key.identity) if key.lot else key.kind
        if kind is None or kind is NodeKind.PARTY:
            return []
        if kind not in kinds:
            raise InputError(f"parentID: wanted one container, case or asset, found {said!r}, which names no single thing")
        return [Item(key.identity, kind, None, None)]

    def _items(self, instances: str, classes: str) -> list[Item]:
        """Each thing once; quantities of one thing in one unit are added up."""
        found = [item for text in self._event.get(instances) or () for item in self._item(text, None, None)]
        for row in self._event.get(classes) or ():
            amount = Decimal(str(row["quantity"])) if row.get("quantity") is not None else None
            unit = parse_unit(row["uom"]) if row.get("uom") else PIECE
            found += self._item(row["epcClass"], amount, unit if amount is not None else None)
        merged: dict[tuple[Identity, str | None], Item] = {}
        for item in found:
            place = (item.identity, item.unit)
            known = merged.get(place)
            if known is None or known.quantity is None or item.quantity is None:
                merged[place] = known or item
            else:
                merged[place] = replace(known, quantity=add(known.quantity, item.quantity))
        return list(merged.values())

    def _item(self, text: str, quantity: Decimal | None, unit: str | None) -> Iterator[Item]:
        key = _key_of(text, NodeKind.UNIT)
        kind = self._ours.lot_kind(key.identity) if key.lot else key.kind
        if kind not in {None, NodeKind.PARTY, NodeKind.SHIPMENT}:
            assert kind is not None  # noqa: S101  for the type checker
            yield Item(key.identity, kind, quantity, unit, key.of_lot)

    def _described(self, items: list[Item]) -> list[Item]:
        for item in items:
            self._state(item.identity, item.kind, described=True)
            if item.of_lot is not None:
                self._state(item.of_lot, self._ours.lot_kind(item.of_lot), described=True)
                self._link(LinkType.SERIALISED_AS, item.of_lot, item.identity)
        return items

    def _properties(self, items: Iterable[Item]) -> None:
        said: dict[str, PropertyValue] = {}
        for name, value in (self._event.get("ilmd") or {}).items():
            known = MASTER_DATA.get(re.split(r"[:/#]", name)[-1])
            if known and isinstance(value, str):
                try:
                    said[known] = parse_time(name, value if "T" in value else f"{value}T00:00:00Z")
                except InputError:
                    continue  # kept as sent in the original; a date nobody can read is no property
        for item in items:
            if said and item.kind in LOTS:
                self._state(item.identity, item.kind, described=True, properties=said)

    def _state(
        self,
        identity: Identity,
        kind: NodeKind,
        *,
        described: bool,
        properties: Mapping[str, PropertyValue] = MappingProxyType({}),
    ) -> None:
        """An event that knows no site of ours must not open to all sites what another one puts at one.

        Its scope is then a mention, which counts only while nothing describes where the thing is.
        """
        scope = None if kind in {NodeKind.PARTY, NodeKind.PRODUCT} else self._ours.scope(self._where, identity.product)
        if described and scope is not None and scope.site == NOWHERE:
            self._told.statements[identity, False] = NodeStatement(identity, kind, False, scope)
            scope = None
        known = self._told.statements.get((identity, described))
        said = {**(known.properties if known else {}), **properties}
        self._told.statements[identity, described] = NodeStatement(identity, kind, described, scope, said)

    def _site(self) -> str | None:
        for name in ("bizLocation", "readPoint"):
            place = (self._event.get(name) or {}).get("id")
            if place is None:
                continue
            try:
                code = parse_key(place).identity.parts[1]
            except IdentifierError:
                code = place
            site = self._ours.locations.get(code) or (code if code in self._ours.sites else None)
            if site is not None:
                return site
        return None

    def _link(
        self,
        type_: LinkType,
        source: Identity,
        target: Identity,
        item: Item | None = None,
        attributes: Mapping[str, str] = MappingProxyType({}),
        place: Identity | None = None,
    ) -> None:
        quantity, unit = (item.quantity, item.unit) if item is not None else (None, None)
        self._told.links.append(LinkStatement(type_, source, target, self._time, quantity, unit, attributes, place))


READERS: Final[Mapping[EventType, Callable[[EventReader], None]]] = {
    EventType.OBJECT: EventReader._object,
    EventType.AGGREGATION: EventReader._aggregation,
    EventType.ASSOCIATION: EventReader._aggregation,
    EventType.TRANSACTION: EventReader._transaction,
    EventType.TRANSFORMATION: EventReader._transformation,
}


def event_offset(event: Mapping[str, Any]) -> str:
    return str(event["eventTimeZoneOffset"])


def event_time(event: Mapping[str, Any]) -> datetime:
    return parse_time("eventTime", event["eventTime"])


def _goods(items: Iterable[Item]) -> list[Item]:
    """Without containers: who supplied, returned or destroyed a container said nothing of what is made."""
    return [item for item in items if item.kind is not NodeKind.CONTAINER]


def _key_of(text: str, kind: NodeKind) -> Key:
    """A GS1 key, or a thing of this kind under its own URI: the standard allows private identifiers.

    raises  IdentifierError: a GS1 key that breaks its own form, or no URI.
    """
    try:
        return parse_key(text)
    except IdentifierError:
        said = text.strip()
        is_ours = said.lower().startswith("urn:epc:") and not is_other_scheme(said)
        if is_ours or is_canonical_host(said) or ":" not in said or not said.isprintable():
            raise
        parts = (said,) if kind is NodeKind.PARTY else ("URI", said)
        return Key(local_identity(kind.value.lower() if kind is NodeKind.PARTY else "item", *parts), kind)

"""EPCIS 2.0 events (GS1 EPCIS 2.0 and CBV 2.0, JSON/JSON-LD) as statements of the graph model.

What an event says about material becomes nodes and links; everything else of it, sensor readings and extension
fields included, stays in its sealed original.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from traceapp.domain.errors import IdentifierError, InputError
from traceapp.domain.events import LinkStatement, NodeStatement, PropertyValue
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.organisation import Organisation
from traceapp.formats.epcis_rules import parse_time
from traceapp.formats.gs1 import Key, parse_key

PARTY_TYPES: Final = ("owning_party", "possessing_party")
RECEIVING: Final = frozenset({"receiving", "accepting", "arriving", "installing"})
RETURNED: Final = "returned"
DESTROYING: Final = "destroying"
OBSERVED: Final = "observe"
NOT_CONTENT: Final = frozenset({"errorDeclaration", "recordTime", "eventID", "@context"})
TRANSACTION_URN: Final = re.compile(r"urn:epcglobal:cbv:bt:(?P<owner>[^:]+):(?P<number>.+)")
ILMD: Final[Mapping[str, str]] = {"itemExpirationDate": "expiry_date", "productionDate": "production_date"}


@dataclass(slots=True)
class Told:
    """What one event tells, gathered while it is read."""

    nodes: dict[Identity, NodeStatement] = field(default_factory=dict)
    links: list[LinkStatement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a list of the event. quantity is None where none is stated; a single instance counts as itself."""

    identity: Identity
    kind: NodeKind
    quantity: Decimal | None
    unit: str | None

    @property
    def is_product(self) -> bool:
        return self.kind is NodeKind.PRODUCT


class EventReader:
    """One checked event (`epcis_rules.check_event`) and the statements it makes."""

    def __init__(self, event: Mapping[str, Any], key: str, organisation: Organisation) -> None:
        self._event = event
        self._key = key
        self._ours = organisation
        self._time = parse_time("eventTime", event["eventTime"])
        self._told = Told()
        self._step = bare(event.get("bizStep"))

    def read(self) -> Told:
        """Nodes and links of the event. raises IdentifierError: an identifier that breaks its own form."""
        READERS[EventType(self._event["type"])](self)
        return self._told

    def _object(self) -> None:
        items = self._described(self._items("epcList", "quantityList"))
        self._properties(items)
        self._move(items)
        if self._step == DESTROYING:
            self._destroy(items)

    def _aggregation(self) -> None:
        action = self._event["action"]
        parents = self._items_of([self._event["parentID"]] if self._event.get("parentID") else [])
        children = self._described(self._items("childEPCs", "childQuantityList"))
        for parent in self._described(parents):
            if action == "DELETE" and not children:
                self._link(LinkType.EMPTIED, parent.identity, parent.identity)
            for child in children:
                type_ = LinkType.UNPACKED_FROM if action == "DELETE" else LinkType.PACKED_IN
                mark = {"report": OBSERVED} if action == "OBSERVE" else {}
                self._link(type_, child.identity, parent.identity, child, mark)
        if action != "DELETE":
            self._move(children or parents)

    def _transaction(self) -> None:
        self._move(self._described(self._items("epcList", "quantityList")))

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

    def _transformation_identity(self) -> Identity:
        said = self._event.get("transformationID")
        if not said:
            return local_identity("transformation", "EPCIS", self._key)
        try:
            return local_identity("transformation", "EPCIS", parse_key(said).identity.text)
        except IdentifierError:
            return local_identity("transformation", "EPCIS", said)

    def _move(self, items: Sequence[Item]) -> None:
        """Sources and destinations: a receiving tells where it came from, every other event where it goes."""
        sources, destinations = self._parties("source"), self._parties("destination")
        received = self._step in RECEIVING
        if bare(self._event.get("disposition")) == RETURNED and received and sources:
            self._take_back(items, sources)
            return
        if received:
            for party in sources:
                self._state(party, NodeKind.PARTY, described=True)
                for item in items:
                    if item.kind is not NodeKind.CONTAINER:
                        self._link(LinkType.SUPPLIED, party, item.identity, item)
        if destinations and items:
            self._ship(items, destinations, "receipt" if received else "despatch")

    def _ship(self, items: Sequence[Item], destinations: Iterable[Identity], report: str) -> None:
        shipment = self._shipment()
        places = [key.identity.epc for key in self._keys("destination", ("location",))]
        said = {"report": report} | ({"location": places[0]} if places and places[0] else {})
        for item in items:
            self._link(LinkType.SHIPPED_IN, item.identity, shipment, item, said)
        for party in destinations:
            self._state(party, NodeKind.PARTY, described=True)
            self._link(LinkType.DELIVERED_TO, shipment, party, attributes=said)

    def _take_back(self, items: Sequence[Item], sources: Iterable[Identity]) -> None:
        shipment = self._shipment()
        for party in sources:
            self._state(party, NodeKind.PARTY, described=True)
            self._link(LinkType.SENT_BACK, party, shipment)
        for item in items:
            if item.kind is not NodeKind.CONTAINER:
                self._link(LinkType.RETURNED, shipment, item.identity, item)

    def _destroy(self, items: Sequence[Item]) -> None:
        disposal = local_identity("disposal", "EPCIS", self._key)
        self._state(disposal, NodeKind.DISPOSAL, described=True)
        for item in items:
            if item.kind is not NodeKind.CONTAINER:
                self._link(LinkType.DISPOSED_IN, item.identity, disposal, item)

    def _shipment(self) -> Identity:
        """The despatch advice where the event names one, else the event itself."""
        identity = local_identity("shipment", "EPCIS", self._key)
        for transaction in self._event.get("bizTransactionList", ()):
            if bare(transaction.get("type")) == "desadv":
                found = TRANSACTION_URN.fullmatch(transaction["bizTransaction"])
                parts = (found["owner"], found["number"]) if found else ("EPCIS", transaction["bizTransaction"])
                identity = local_identity("shipment", *parts)
        self._state(identity, NodeKind.SHIPMENT, described=True)
        return identity

    def _parties(self, role: str) -> list[Identity]:
        """Owning and possessing parties, each once, in the order in which they are written."""
        return list(dict.fromkeys(key.identity for key in self._keys(role, PARTY_TYPES)))

    def _keys(self, role: str, types: Sequence[str]) -> Iterator[Key]:
        for row in self._event.get(f"{role}List", ()):
            if bare(row.get("type")) in types:
                yield _party_key(row[role])

    def _items(self, instances: str, classes: str) -> list[Item]:
        found = self._items_of(self._event.get(instances, ()))
        for row in self._event.get(classes, ()):
            quantity = row.get("quantity")
            amount = Decimal(str(quantity)) if quantity is not None else None
            found += self._items_of([row["epcClass"]], amount, row.get("uom") or ("EA" if amount is not None else None))
        return list({item.identity: item for item in reversed(found)}.values())[::-1]

    def _items_of(self, texts: Iterable[str], quantity: Decimal | None = None, unit: str | None = None) -> list[Item]:
        found = []
        for text in texts:
            key = _item_key(text)
            kind = self._ours.lot_kind(key.identity) if key.lot else key.kind
            if kind is not None and kind is not NodeKind.PARTY:
                found.append(Item(key.identity, kind, quantity, unit))
        return found

    def _described(self, items: list[Item]) -> list[Item]:
        for item in items:
            self._state(item.identity, item.kind, described=True)
        return items

    def _properties(self, items: Iterable[Item]) -> None:
        said: dict[str, PropertyValue] = {}
        for name, value in (self._event.get("ilmd") or {}).items():
            known = ILMD.get(name.partition(":")[2] or name)
            if known and isinstance(value, str):
                try:
                    said[known] = parse_time(name, value if "T" in value else f"{value}T00:00:00Z")
                except InputError:
                    continue  # kept as sent in the original; a date nobody can read is no property
        for item in items:
            if said and item.kind in {NodeKind.BATCH, NodeKind.MATERIAL, NodeKind.UNIT}:
                self._state(item.identity, item.kind, described=True, properties=said)

    def _state(
        self, identity: Identity, kind: NodeKind, *, described: bool, properties: Mapping[str, PropertyValue] | None = None
    ) -> None:
        known = self._told.nodes.get(identity)
        scope = None if kind in {NodeKind.PARTY, NodeKind.PRODUCT} else self._ours.scope(self._site(), identity.product)
        said = {**(known.properties if known else {}), **(properties or {})}
        self._told.nodes[identity] = NodeStatement(identity, kind, described or bool(known and known.described), scope, said)

    def _site(self) -> str | None:
        for name in ("bizLocation", "readPoint"):
            place = (self._event.get(name) or {}).get("id")
            if place is None:
                continue
            try:
                parts = parse_key(place).identity.parts
            except IdentifierError:
                parts = ("", place)
            site = self._ours.locations.get(parts[1]) or (parts[1] if parts[1] in self._ours.sites else None)
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
    ) -> None:
        quantity, unit = (item.quantity, item.unit) if item is not None else (None, None)
        self._told.links.append(LinkStatement(type_, source, target, self._time, quantity, unit, attributes))


READERS: Final[Mapping[EventType, Callable[[EventReader], None]]] = {
    EventType.OBJECT: EventReader._object,
    EventType.AGGREGATION: EventReader._aggregation,
    EventType.ASSOCIATION: EventReader._aggregation,
    EventType.TRANSACTION: EventReader._transaction,
    EventType.TRANSFORMATION: EventReader._transformation,
}


def bare(term: str | None) -> str | None:
    """A CBV term without its namespace: `https://ref.gs1.org/cbv/BizStep-shipping`, `cbv:shipping` and `shipping` are one."""
    if term is None:
        return None
    return re.split(r"/(?:BizStep|Disp|SDT|BTT)-|urn:epcglobal:cbv:(?:bizstep|disp|sdt|btt):|^cbv:", term)[-1]


def content_digest(event: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what the event says, without errorDeclaration, recordTime and eventID.

    Identifiers in their canonical form, times as UTC, lists as sets: two writings of one event have one digest.
    """
    said = {name: _normal(name, value) for name, value in event.items() if name not in NOT_CONTENT}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _normal(name: str, value: Any) -> Any:
    match value:
        case dict():
            return {inner: _normal(inner, found) for inner, found in value.items()}
        case list():
            return sorted((_normal(name, found) for found in value), key=lambda found: json.dumps(found, sort_keys=True))
        case bool() | None:
            return value
        case int() | float() | Decimal():
            return f"{Decimal(str(value)).normalize():f}"
        case str() if name.lower().endswith("time"):
            try:
                return parse_time(name, value).astimezone(UTC).isoformat()
            except InputError:
                return value
        case str():
            try:
                return parse_key(value).identity.text
            except IdentifierError:
                return value
    return str(value)


def _item_key(text: str) -> Key:
    """An identifier that is no GS1 key is kept under its own URI: the standard allows private ones."""
    try:
        return parse_key(text)
    except IdentifierError:
        if text.lower().startswith("urn:epc:") or ":" not in text:
            raise
        return Key(local_identity("unit", "URI", "URI", text), NodeKind.UNIT)


def _party_key(text: str) -> Key:
    try:
        return parse_key(text)
    except IdentifierError:
        if text.lower().startswith("urn:epc:") or ":" not in text:
            raise
        return Key(local_identity("party", text), NodeKind.PARTY)


def event_offset(event: Mapping[str, Any]) -> str:
    return str(event["eventTimeZoneOffset"])


def event_time(event: Mapping[str, Any]) -> datetime:
    return parse_time("eventTime", event["eventTime"])

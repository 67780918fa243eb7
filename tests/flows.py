"""Small plants for the tests of a trace: one call per fact, each an event of its own unless said otherwise."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from traceapp.domain.events import CapturedEvent, CaptureOutcome, LinkStatement, NodeStatement, SourcePlace
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.scopes import Scope
from traceapp.domain.sealing import Sealer
from traceapp.graph.event_store import EventStore

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
RECORDED = datetime(2026, 6, 1, tzinfo=UTC)
FILE = hashlib.sha256(b"a file").hexdigest()
LYON = Scope("LYON", "*")
SUZHOU = Scope("SUZHOU", "*")
CHUNK = 500


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def batch(number: str, owner: str = "LYON", product: str = "TUBE") -> Identity:
    return local_identity("lot", owner, product, number)


def material(number: str, supplier: str = "SUP-A", product: str = "RESIN") -> Identity:
    return local_identity("lot", supplier, product, number)


def unit(number: str, owner: str = "LYON", product: str = "PUMP") -> Identity:
    return local_identity("unit", owner, product, number)


def order(number: str) -> Identity:
    return local_identity("transformation", "LYON", number)


def product(gtin: str = "09521001007771") -> Identity:
    return gs1_identity("01", gtin)


def container(number: str) -> Identity:
    return gs1_identity("8003", f"0952100100001{number}")


def shipment(number: str) -> Identity:
    return local_identity("shipment", "LYON", number)


def party(code: str) -> Identity:
    return local_identity("party", code)


def kind_of(identity: Identity) -> NodeKind:
    """As intake would say it: a lot issued by one of our owners is a Batch, else a Material."""
    head = identity.parts[0]
    if head == "01":
        return NodeKind.PRODUCT
    if head == "8003":
        return NodeKind.CONTAINER
    if head == "lot":
        return NodeKind.BATCH if identity.owner in {"LYON", "SUZHOU"} else NodeKind.MATERIAL
    return NodeKind(head.capitalize())


@dataclass(slots=True)
class Flows:
    """Facts in order; `events` is what intake would hand to the store."""

    events: list[CapturedEvent] = field(default_factory=list)
    clock: float = 0.0

    def event(
        self,
        links: Sequence[LinkStatement],
        *,
        describes: Iterable[Identity] = (),
        mentions: Iterable[Identity] = (),
        scopes: Mapping[Identity, Scope | None] | None = None,
        key: str = "",
        at: datetime | None = None,
        voids: str | None = None,
        type_: EventType = EventType.OBJECT,
    ) -> str:
        """One event; everything its links name and that it does not describe is mentioned. Returns its key."""
        described = list(describes)
        named = dict.fromkeys([*described, *mentions, *(end for link in links for end in (link.source, link.target))])
        nodes = tuple(
            NodeStatement(one, kind_of(one), one in described, (scopes or {}).get(one, LYON))
            for one in named
            if one.parts[0] != "event"
        )
        key = key or f"e{len(self.events)}"
        digest = hashlib.sha256(key.encode()).hexdigest()
        self.events.append(
            CapturedEvent(
                key=key,
                type=type_,
                event_time=at or self.now(),
                event_offset="+00:00",
                source="TEST",
                content_digest=digest,
                nodes=nodes,
                links=tuple(links),
                original={"key": key},
                place=SourcePlace(FILE, key),
                voids=voids,
            )
        )
        return key

    def now(self) -> datetime:
        self.clock += 1
        return hour(self.clock)

    def receive(self, lot: Identity, supplier: str = "SUP-A", quantity: int | None = 500, scope: Scope = LYON) -> str:
        at = self.now()
        supplied = LinkStatement(LinkType.SUPPLIED, party(supplier), lot, at, amount(quantity), "KGM" if quantity else None)
        return self.event([supplied], describes=[lot, party(supplier)], scopes={lot: scope, party(supplier): None}, at=at)

    def use(
        self,
        source: Identity,
        done: Identity,
        quantity: int | str | None = 1,
        unit: str = "KGM",
        pair: str | None = None,
        at: datetime | None = None,
        scope: Scope = LYON,
        key: str = "",
    ) -> str:
        """source went into a transformation."""
        at = at or self.now()
        return self.event(
            [LinkStatement(LinkType.CONSUMED_IN, source, done, at, amount(quantity), unit if quantity else None, paired(pair))],
            describes=[done],
            scopes={done: scope, source: None},
            at=at,
            key=key,
        )

    def make(
        self,
        done: Identity,
        target: Identity,
        quantity: int | None = 10,
        pair: str | None = None,
        at: datetime | None = None,
        scope: Scope = LYON,
        unit: str = "EA",
        key: str = "",
    ) -> str:
        """target came out of a transformation."""
        at = at or self.now()
        return self.event(
            [LinkStatement(LinkType.PRODUCED, done, target, at, amount(quantity), unit if quantity else None, paired(pair))],
            describes=[done, target],
            scopes={done: scope, target: scope},
            at=at,
            key=key,
        )

    def turn(self, sources: Iterable[Identity], targets: Iterable[Identity], number: str = "", scope: Scope = LYON) -> Identity:
        """One order: all of these went in, all of those came out."""
        done = order(number or f"T{len(self.events)}")
        for source in sources:
            self.use(source, done, scope=scope)
        for target in targets:
            self.make(done, target, scope=scope)
        return done

    def blend(self, sources: Iterable[Identity], target: Identity) -> None:
        """The same in one event: all of these went into one lot."""
        done, at = order(f"T{len(self.events)}"), self.now()
        used = [LinkStatement(LinkType.CONSUMED_IN, source, done, at, Decimal(1), "KGM") for source in sources]
        made = LinkStatement(LinkType.PRODUCED, done, target, at, Decimal(10), "EA")
        self.event([*used, made], describes=[done, target], at=at)

    def link(
        self,
        type_: LinkType,
        source: Identity,
        target: Identity,
        quantity: int | None = None,
        unit: str = "EA",
        at: datetime | None = None,
        describes: Iterable[Identity] = (),
        scope: Scope | None = LYON,
        key: str = "",
        **attributes: str,
    ) -> str:
        at = at or self.now()
        told = LinkStatement(type_, source, target, at, amount(quantity), unit if quantity is not None else None, attributes)
        return self.event([told], describes=describes, scopes={source: scope, target: scope}, at=at, key=key)

    def ship(
        self,
        what: Identity | Sequence[Identity],
        note: str,
        consignee: str,
        quantity: int | None = None,
        unit: str = "EA",
        at: datetime | None = None,
        report: str = "despatch",
        scope: Scope = LYON,
    ) -> str:
        at = at or self.now()
        carried = [what] if isinstance(what, Identity) else list(what)
        sent = shipment(note)
        links = [
            LinkStatement(LinkType.SHIPPED_IN, one, sent, at, amount(quantity), unit if quantity else None, {"report": report})
            for one in carried
        ]
        links.append(LinkStatement(LinkType.DELIVERED_TO, sent, party(consignee), at, None, None, {"report": report}))
        scopes: dict[Identity, Scope | None] = {party(consignee): None, sent: scope, **dict.fromkeys(carried)}
        return self.event(links, describes=[sent, party(consignee)], scopes=scopes, at=at)

    def pack(self, child: Identity, parent: Identity, quantity: int | None = None, at: datetime | None = None) -> str:
        return self.link(LinkType.PACKED_IN, child, parent, quantity, at=at, describes=[child, parent])

    def unpack(self, child: Identity, parent: Identity, quantity: int | None = None, at: datetime | None = None) -> str:
        return self.link(LinkType.UNPACKED_FROM, child, parent, quantity, at=at)

    def void(self, key: str) -> None:
        """Declare an earlier event wrong, by a correcting row."""
        self.event([], key=f"void of {key}", voids=key)

    def append_to(self, store: EventStore, sealer: Sealer, events: Sequence[CapturedEvent] | None = None) -> list[CaptureOutcome]:
        outcomes: list[CaptureOutcome] = []
        told = list(self.events if events is None else events)
        for start in range(0, len(told), CHUNK):
            outcomes += store.append(told[start : start + CHUNK], sealer, uuid.uuid4().hex, RECORDED)
        return outcomes


def amount(quantity: int | str | None) -> Decimal | None:
    return Decimal(quantity) if quantity is not None else None


def paired(pair: str | None) -> dict[str, str]:
    return {"pair": pair} if pair is not None else {}

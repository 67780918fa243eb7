"""Events as intake makes them, and the whole graph as a comparable picture."""

import hashlib
import itertools
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.events import (
    CapturedEvent,
    CaptureOutcome,
    LinkStatement,
    NodeStatement,
    PropertyValue,
    SourcePlace,
)
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.scopes import Scope
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY_ONE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
FILE = hashlib.sha256(b"a file").hexdigest()
LYON = Scope("LYON", "INF")
SUZHOU = Scope("SUZHOU", "INF")
ORDER_OF_RECORDS = frozenset({"mac", "record_seq", "record_time", "projected_seq", "version", "voided_by", "declaration"})
"""What may differ between two orders of the same events."""
APPENDED, KNOWN, VOIDED, CONFLICT = CaptureOutcome.APPENDED, CaptureOutcome.KNOWN, CaptureOutcome.VOIDED, CaptureOutcome.CONFLICT


def day(number: int) -> datetime:
    return DAY_ONE + timedelta(days=number)


def material(number: str, supplier: str = "SUP-7") -> Identity:
    return local_identity("lot", supplier, "TUBE-30", number)


def batch(number: str) -> Identity:
    return local_identity("lot", "LYON", "PUMP", number)


def transformation(number: str) -> Identity:
    return local_identity("transformation", "LYON", number)


def party(code: str) -> Identity:
    return local_identity("party", code)


def event(
    key: str,
    type_: EventType,
    time: datetime,
    nodes: Sequence[NodeStatement],
    links: Sequence[LinkStatement] = (),
    *,
    content: str = "",
    voids: str | None = None,
    voids_content: str | None = None,
    receipt_number: str | None = None,
    original: Mapping[str, Any] | None = None,
) -> CapturedEvent:
    """content  what its digest is of; the key, where nothing is said."""
    return CapturedEvent(
        key=key,
        type=type_,
        event_time=time,
        event_offset="+08:00",
        source="ERP",
        content_digest=digest(content or key),
        nodes=tuple(nodes),
        links=tuple(links),
        original=original or {"key": key},
        place=SourcePlace(FILE, f"row {key}"),
        voids=voids,
        voids_digest=digest(voids_content) if voids_content else None,
        receipt_number=receipt_number,
    )


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def receipt(
    key: str, lot: str, time: datetime, *, number: str = "", scope: Scope | None = LYON, name: str = "Supplier 7", **more: Any
) -> CapturedEvent:
    """A row of the receipts form: supplier → material lot, under our receipt number."""
    supplier, received = party("SUP-7"), material(lot)
    receipt_number = number or f"R-{key}"
    supplied = LinkStatement(
        LinkType.SUPPLIED, supplier, received, time, Decimal("25.50"), "KGM", {"receipt_number": receipt_number}
    )
    nodes = (
        NodeStatement(supplier, NodeKind.PARTY, True, None, {"name": name}),
        NodeStatement(received, NodeKind.MATERIAL, True, scope, more.pop("properties", {})),
    )
    return event(key, EventType.RECEIPT, time, nodes, (supplied,), receipt_number=receipt_number, **more)


def production(
    key: str,
    inputs: Sequence[Identity],
    output: str,
    time: datetime,
    *,
    scope: Scope | None = LYON,
    properties: Mapping[str, PropertyValue] | None = None,
    **more: Any,
) -> CapturedEvent:
    """One order: inputs are mentioned, the batch is described."""
    order, made = transformation(output), batch(output)
    kinds = {identity: NodeKind.BATCH if identity.owner == "LYON" else NodeKind.MATERIAL for identity in inputs}
    nodes = (
        NodeStatement(order, NodeKind.TRANSFORMATION, True, scope),
        NodeStatement(made, NodeKind.BATCH, True, scope, properties or {}),
        *(NodeStatement(identity, kind, False, scope) for identity, kind in kinds.items()),
    )
    links = (
        *(LinkStatement(LinkType.CONSUMED_IN, identity, order, time, Decimal(2), "KGM") for identity in inputs),
        LinkStatement(LinkType.PRODUCED, order, made, time, Decimal(100), "EA"),
    )
    return event(key, EventType.TRANSFORMATION, time, nodes, links, **more)


def declaration(original: CapturedEvent, key: str | None = None) -> CapturedEvent:
    """The same event again, declared wrong: under its own key, or by its content where there is no eventID."""
    return CapturedEvent(
        key=key or original.key,
        type=original.type,
        event_time=original.event_time,
        event_offset=original.event_offset,
        source=original.source,
        content_digest=original.content_digest,
        nodes=original.nodes,
        links=original.links,
        original={"errorDeclaration": {"reason": "did_not_occur"}},
        place=original.place,
        voids=original.key if key is None else None,
        voids_digest=original.content_digest if key is not None else None,
    )


def append(store: EventStore, sealer: DictionarySealer, *events: CapturedEvent, at: datetime = NOW) -> list[CaptureOutcome]:
    """One group."""
    return store.append(events, sealer, uuid.uuid4().hex, at)


def node(graph: Graph, sealer: DictionarySealer, identity: Identity) -> dict[str, Any]:
    """All stored properties of one node; empty where there is none."""
    rows = graph.administer(
        f"MATCH (n) WHERE n.kind IS NOT NULL AND n.uid = '{sealer.uid(identity)}' RETURN properties(n) AS found", "test"
    )
    return dict(rows[0]["found"]) if rows else {}


def opened(graph: Graph, sealer: DictionarySealer, identity: Identity) -> dict[str, PropertyValue]:
    """The properties of the dictionary, in clear."""
    found = node(graph, sealer, identity)
    return sealer.open(found["kind"], found["uid"], found)


def links(graph: Graph, *, head: int | None = None) -> list[tuple[str, str, str]]:
    """(type, source uid, target uid) of every link of the graph model that is live now, or was at a head."""
    live = (
        f"r.record_seq <= {head} AND (r.voided_seq IS NULL OR r.voided_seq > {head})"
        if head is not None
        else "r.voided_seq IS NULL"
    )
    rows = graph.administer(
        f"MATCH (a)-[r]->(b) WHERE r.uid IS NOT NULL AND {live} RETURN type(r) AS type, a.uid AS source, b.uid AS target", "test"
    )
    return sorted((row["type"], row["source"], row["target"]) for row in rows)


def picture(graph: Graph, sealer: DictionarySealer) -> dict[str, Any]:
    """Everything that two stores of the same events must have in common, in clear and in order.

    Acl entries that no node and no event carries any more are left out: they are what is left of a passing state.
    """
    nodes = [
        _node_picture(row["found"], sealer)
        for row in graph.administer("MATCH (n) WHERE n.kind IS NOT NULL RETURN properties(n) AS found", "test")
    ]
    events = [
        _event_picture(row["found"], sealer) for row in graph.administer("MATCH (e:Event) RETURN properties(e) AS found", "test")
    ]
    joined = graph.administer(
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, a.uid AS source, b.uid AS target, properties(r) AS found", "test"
    )
    carried = {found["acl"] for found in itertools.chain(nodes, events) if "acl" in found}
    entries = graph.administer("MATCH (x:AclEntry) RETURN x.number AS number, x.scopes AS scopes", "test")
    return {
        "nodes": sorted(nodes, key=_text),
        "events": sorted(events, key=_text),
        "links": sorted(((row["type"], row["source"], row["target"], _common(row["found"])) for row in joined), key=_text),
        "acl": sorted((row["number"], sorted(row["scopes"])) for row in entries if row["number"] in carried),
    }


def _node_picture(found: Mapping[str, Any], sealer: DictionarySealer) -> dict[str, Any]:
    return {**_common(found), **{name: str(value) for name, value in sealer.open(found["kind"], found["uid"], found).items()}}


def _event_picture(found: Mapping[str, Any], sealer: DictionarySealer) -> dict[str, Any]:
    plain = _common(found)
    if found.get("payload") is None:
        # Nothing but a declaration: it carries the place and the words of whoever declared it first.
        return {name: plain.get(name) for name in ("uid", "content_mac", "declares", "voided_seq")}
    plain["payload"] = json.loads(sealer.open_document("Event", found["uid"], "payload", bytes(found["payload"])))
    return plain


def _common(found: Mapping[str, Any]) -> dict[str, Any]:
    """Without what depends on the order of arrival and without ciphertexts, which never repeat."""
    kept = {
        name: value for name, value in found.items() if name not in ORDER_OF_RECORDS and not isinstance(value, bytes | bytearray)
    }
    if "voided_seq" in kept:
        kept["voided_seq"] = kept["voided_seq"] is not None
    return kept


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)

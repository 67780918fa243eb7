"""One captured event as rows of the store: its ids, what it claims of nodes, its links, its sealed payload.

Everything here is done before the transaction, so that the next group is prepared while one commits.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import orjson

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import StatementError
from traceapp.domain.event_payload import EventPayload, LinkPlace, read_payload
from traceapp.domain.events import CapturedEvent, LinkStatement, PropertyValue
from traceapp.domain.identifiers import Identity, number_key
from traceapp.domain.kinds import TRACEABLE, LinkType, NodeKind
from traceapp.domain.projection import Claim, stamp
from traceapp.domain.record_macs import NOTHING_MADE, Made
from traceapp.domain.scopes import UNPLACED, Scope, acl_number
from traceapp.domain.sealing import Sealer
from traceapp.domain.voiding import Arrival

EVENT: Final = "Event"
SHARED_LABEL: Final = "Traceable"
DESCRIBES: Final = "describes"
STATES: Final = "states"
MENTIONS: Final = "mentions"
RECORDED: Final = "RECORDED"
LABELS: Final[Mapping[NodeKind, str]] = {kind: SHARED_LABEL if kind in TRACEABLE else kind.value for kind in NodeKind}
"""The label under which a node of a kind is looked up by its uid."""
TARGETS: Final[Mapping[LinkType, str]] = {
    LinkType.STOCKED_AT: "Location",
    LinkType.ALLOCATED_TO: "Order",
    LinkType.DISPOSED_IN: "Disposal",
    LinkType.PROCESSED_ON: "Equipment",
    LinkType.WORKED_BY: "Operator",
    LinkType.INSPECTED_IN: "Inspection",
    LinkType.IS_A: "Product",
}
"""Link types that end at something else than a traceable thing."""
OF_PRODUCT: Final = frozenset(
    {
        LinkType.CONSUMED_IN,
        LinkType.SHIPPED_IN,
        LinkType.PACKED_IN,
        LinkType.UNPACKED_FROM,
        LinkType.STOCKED_AT,
        LinkType.ALLOCATED_TO,
        LinkType.USED_AT,
        LinkType.DISPOSED_IN,
    }
)
TO_PRODUCT: Final = frozenset({LinkType.PRODUCED, LinkType.SUPPLIED, LinkType.RETURNED})
"""Link types that may start from, or end at, a class-level id instead of a lot."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One link: the statement that makes it, its type, and its row (source, target, properties without the record sequence)."""

    statement: str
    type: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """One event, ready for a transaction.

    properties  of the `:Event`, without record sequence, record time and what makes it void.
    identities  node uid → identity and kind of everything it names.
    recorded    (label, node uid, act) of everything it describes or states something of.
    made        all these links, summed up.
    marker      where it declares a content: the uid under which that declaration is kept.
    scopes      texts of the scopes behind its acl number.
    """

    arrival: Arrival
    properties: Mapping[str, Any]
    scopes: frozenset[str]
    identities: Mapping[str, tuple[Identity, NodeKind]]
    claims: tuple[Claim, ...]
    links: tuple[LinkRow, ...]
    recorded: tuple[tuple[str, str, str], ...]
    marker: str | None = None
    declaration: bytes | None = None
    made: Made = NOTHING_MADE


def prepare_event(event: CapturedEvent, sealer: Sealer, uid_of: Mapping[Identity, str]) -> PreparedEvent:
    """All that the store will hold of an event, sealed.

    uid_of   a mapping that makes a node's uid where it has none yet; shared by the events of a group.
    raises   StatementError: a link between things that the event does not name, or that no link of its type joins.
             DictionaryError: an attribute of a link that the data dictionary does not know.
    """
    uid = sealer.event_uid(event.key)
    arrival = Arrival(
        uid,
        sealer.digest(event.content_digest),
        sealer.event_uid(event.voids) if event.voids is not None else None,
        sealer.digest(event.voids_digest) if event.voids_digest is not None else None,
    )
    if arrival.only_declares:
        return _prepare_declaration(event, arrival, sealer, uid_of)
    event_time = stored_time(event.event_time)
    event_stamp = stamp(event_time, uid)
    identities: dict[str, tuple[Identity, NodeKind]] = {}
    labels: dict[Identity, str] = {}
    claims = []
    for statement in event.nodes:
        node_uid = uid_of[statement.identity]
        identities[node_uid] = (statement.identity, statement.kind)
        labels[statement.identity] = LABELS[statement.kind]
        properties: Mapping[str, PropertyValue] = statement.properties
        if event.receipt_number and statement.described and statement.kind is NodeKind.MATERIAL:
            properties = {**properties, "number": event.receipt_number}
        scope = statement.scope.text if statement.scope else None
        claims.append(Claim(node_uid, statement.kind, event_stamp, statement.described, scope, properties))
    for link in event.links:
        sealer.check_link(link.type, link.attributes)
    links = tuple(
        _link_row(link, position, event, (uid, event_time), labels, uid_of) for position, link in enumerate(event.links)
    )
    places = tuple(LinkPlace(*_place(row, link, labels)) for row, link in zip(links, event.links, strict=True))
    payload = _document(EventPayload(event.original, tuple(claims), places).document())
    sealed = sealer.seal_document(EVENT, uid, "payload", payload)
    scopes = _scopes([(claim.described, claim.scope) for claim in claims])
    recorded = _recorded(claims, links)
    return PreparedEvent(
        arrival=arrival,
        properties=_event_properties(event, arrival, event_time, scopes)
        | {"content_mac": arrival.content, "payload": sealed, "oldest_key": sealer.key_of(sealed)},
        scopes=scopes,
        identities=identities,
        claims=tuple(claims),
        links=links,
        recorded=recorded,
        made=_made(uid, links, recorded, sealer),
    )


def _prepare_declaration(event: CapturedEvent, arrival: Arrival, sealer: Sealer, uid_of: Mapping[Identity, str]) -> PreparedEvent:
    """An error declaration: its own words are kept with what it declares void; what it names is known, and no more."""
    marker = arrival.uid if arrival.voids is not None else sealer.event_uid(f"declared content/{event.voids_digest}")
    declaration = sealer.seal_document(EVENT, marker, "declaration", _document(event.original))
    scopes = _scopes([(statement.described, statement.scope.text if statement.scope else None) for statement in event.nodes])
    properties = _event_properties(event, replace(arrival, uid=marker), stored_time(event.event_time), scopes)
    properties["oldest_key"] = sealer.key_of(declaration)
    if arrival.voids is None:
        properties |= {"content_mac": arrival.voids_content, "declares": True}
    named = {uid_of[statement.identity]: (statement.identity, statement.kind) for statement in event.nodes}
    return PreparedEvent(arrival, properties, scopes, named, (), (), (), marker, declaration)


def _event_properties(event: CapturedEvent, arrival: Arrival, event_time: str, scopes: frozenset[str]) -> dict[str, Any]:
    properties = {
        "uid": arrival.uid,
        "type": event.type.value,
        "event_time": event_time,
        "event_offset": event.event_offset,
        "source": event.source,
        "acl": acl_of(scopes),
        "file_digest": event.place.file_digest,
        "position": event.place.position,
    }
    if event.receipt_number:
        properties["receipt_key"] = number_key(event.receipt_number)
    return properties


def _scopes(told: list[tuple[bool, str | None]]) -> frozenset[str]:
    """Where an event belongs: where it describes something, else where it mentions something."""
    described = frozenset(scope for describes, scope in told if describes and scope is not None)
    return described or frozenset(scope for _, scope in told if scope is not None)


@lru_cache(maxsize=4096)
def acl_of(scopes: frozenset[str]) -> int:
    """The acl number of scope texts; of none of them, what no record places."""
    return acl_number([Scope.parse(text) for text in scopes] or [UNPLACED])


def _link_row(
    link: LinkStatement,
    position: int,
    event: CapturedEvent,
    stamped: tuple[str, str],
    labels: Mapping[Identity, str],
    uid_of: Mapping[Identity, str],
) -> LinkRow:
    event_uid, event_time = stamped
    properties: dict[str, Any] = {
        **link.attributes,
        "uid": f"{event_uid[:24]}{position:08x}",
        "event_uid": event_uid,
        "event_time": event_time if link.event_time is event.event_time else stored_time(link.event_time),
    }
    if link.quantity is not None:
        properties["quantity"] = f"{link.quantity:f}"
    if link.unit is not None:
        properties["unit"] = link.unit
    if link.place is not None:
        properties["place"] = uid_of[link.place]
    try:
        source_label, target_label = _source_label(link, labels), labels[link.target]
        statement = link_statement(link.type, source_label, target_label)
    except KeyError:
        raise StatementError(
            f"{event.type} {event.place.position}: a link {link.type} joins things that it does not name"
        ) from None
    source = event_uid if source_label == EVENT else uid_of[link.source]
    return LinkRow(statement, link.type.value, {"source": source, "target": uid_of[link.target], "properties": properties})


def _source_label(link: LinkStatement, labels: Mapping[Identity, str]) -> str:
    return EVENT if link.type is LinkType.EMPTIED else labels[link.source]


def _place(row: LinkRow, link: LinkStatement, labels: Mapping[Identity, str]) -> tuple[str, str, str, str]:
    return link.type.value, _source_label(link, labels), row.row["source"], row.row["properties"]["uid"]


@lru_cache(maxsize=256)
def link_statement(type_: LinkType, source_label: str, target_label: str) -> str:
    """The statement that makes a link of this type between such ends."""
    wanted_source = {LinkType.EMPTIED: EVENT, LinkType.ORDERED_BY: "Order"}.get(type_, SHARED_LABEL)
    wanted_target = TARGETS.get(type_, SHARED_LABEL)
    name = f"event.append_{type_.value.lower()}"
    if (source_label, target_label) == (wanted_source, wanted_target):
        return name
    if type_ in OF_PRODUCT and (source_label, target_label) == ("Product", wanted_target):
        return f"{name}_of_product"
    if type_ in TO_PRODUCT and (source_label, target_label) == (wanted_source, "Product"):
        return f"{name}_to_product"
    raise StatementError(f"no link {type_} joins {source_label} to {target_label}")


def _recorded(claims: list[Claim], links: tuple[LinkRow, ...]) -> tuple[tuple[str, str, str], ...]:
    """What the event is recorded of: a node that it merely links is found through the link."""
    linked = {end for link in links for end in (link.row["source"], link.row["target"])}
    acts: dict[tuple[str, str], str] = {}
    for claim in claims:
        place = (LABELS[claim.kind], claim.node_uid)
        if claim.described:
            acts[place] = DESCRIBES
        elif claim.properties:
            acts.setdefault(place, STATES)
        elif claim.node_uid not in linked:
            acts.setdefault(place, MENTIONS)
    return tuple((label, node_uid, act) for (label, node_uid), act in acts.items())


def _made(uid: str, links: tuple[LinkRow, ...], recorded: tuple[tuple[str, str, str], ...], sealer: Sealer) -> Made:
    made = Made()
    for link in links:
        made += sealer.macs.made_link(link.type, link.row["source"], link.row["target"], link.row["properties"]["uid"])
    for _, node, act in recorded:
        made += sealer.macs.made_link(RECORDED, uid, node, act)
    return made


def _document(content: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(content, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a number beyond 64 bits, or half a surrogate pair: the slow writer takes both
        return json.dumps(content, default=str).encode()


def open_payload(row: Mapping[str, Any], sealer: Sealer) -> EventPayload:
    """Open what `event.find_payloads` returned. raises SealBrokenError."""
    document = json.loads(sealer.open_document(EVENT, row["uid"], "payload", bytes(row["payload"])))
    return read_payload(document, stamp(row["event_time"], row["uid"]))

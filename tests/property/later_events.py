"""What may come in afterwards, at random: whatever an event may say of the things of `tests/web/plant.py`, and of some new ones.

New links between all of them, words about places, releases, holds, names and receipt numbers, lots that carry a known number,
events of long ago, corrections, and words that take an event back.
"""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from tests.web.plant import B1, FIRST_HOSPITAL, LYON, MATERIAL, S9, SECOND_HOSPITAL, START, SUPPLIER, SUZHOU, batch
from traceapp.domain.events import CapturedEvent, LinkStatement, NodeStatement, PropertyValue, SourcePlace
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import LOTS, SHARED_KINDS, EventType, LinkType, NodeKind
from traceapp.domain.scopes import UNPLACED

GTIN: Final = "09521001007771"
THINGS: Final = {
    **dict.fromkeys([MATERIAL, local_identity("lot", "SUP-A", "RESIN-10", "R-78")], NodeKind.MATERIAL),
    **dict.fromkeys([B1, S9, batch("LYON", "N-1"), batch("SUZHOU", "N-2"), batch("SUZHOU", "B-1")], NodeKind.BATCH),
    gs1_identity("01", GTIN, "10", "B-1"): NodeKind.BATCH,
    gs1_identity("01", GTIN, "10", "S-9"): NodeKind.BATCH,
    local_identity("unit", "LYON", "TUBE-30", "U-1"): NodeKind.UNIT,
    **dict.fromkeys([FIRST_HOSPITAL, SECOND_HOSPITAL, SUPPLIER, local_identity("party", "HOSP-3")], NodeKind.PARTY),
    **{
        local_identity("transformation", site, number): NodeKind.TRANSFORMATION
        for site, number in (("LYON", "O-1"), ("SUZHOU", "O-2"), ("LYON", "O-3"))
    },
    **{local_identity("shipment", site, number): NodeKind.SHIPMENT for site, number in (("LYON", "D-1"), ("SUZHOU", "D-2"))},
    **dict.fromkeys([gs1_identity("8003", f"0952100100001{n}") for n in (7, 8)], NodeKind.CONTAINER),
    gs1_identity("01", GTIN): NodeKind.PRODUCT,
    local_identity("location", "LYON", "STORE-1"): NodeKind.LOCATION,
    local_identity("order", "LYON", "CO-1"): NodeKind.ORDER,
    local_identity("disposal", "LYON", "W-1"): NodeKind.DISPOSAL,
    local_identity("equipment", "LYON", "PRESS-1"): NodeKind.EQUIPMENT,
    local_identity("operator", "LYON", "P-1"): NodeKind.OPERATOR,
    local_identity("inspection", "LYON", "I-1"): NodeKind.INSPECTION,
}
_LOTS: Final = tuple(LOTS)
JOINED: Final = {
    LinkType.SUPPLIED: ((NodeKind.PARTY,), (NodeKind.MATERIAL,)),
    LinkType.CONSUMED_IN: ((*_LOTS, NodeKind.PRODUCT), (NodeKind.TRANSFORMATION,)),
    LinkType.PRODUCED: ((NodeKind.TRANSFORMATION,), (NodeKind.BATCH, NodeKind.UNIT, NodeKind.PRODUCT)),
    LinkType.SPLIT_INTO: ((NodeKind.BATCH,), (NodeKind.BATCH,)),
    LinkType.SERIALISED_AS: ((NodeKind.BATCH,), (NodeKind.UNIT,)),
    LinkType.SHIPPED_IN: ((*_LOTS, NodeKind.CONTAINER), (NodeKind.SHIPMENT,)),
    LinkType.DELIVERED_TO: ((NodeKind.SHIPMENT,), (NodeKind.PARTY,)),
    LinkType.FORWARDED_IN: ((NodeKind.SHIPMENT,), (NodeKind.SHIPMENT,)),
    LinkType.PACKED_IN: ((*_LOTS, NodeKind.CONTAINER), (NodeKind.CONTAINER,)),
    LinkType.UNPACKED_FROM: ((*_LOTS, NodeKind.CONTAINER), (NodeKind.CONTAINER,)),
    LinkType.EMPTIED: ((NodeKind.CONTAINER,), (NodeKind.CONTAINER,)),  # by the event itself, whatever its source
    LinkType.SENT_BACK: ((NodeKind.PARTY,), (NodeKind.SHIPMENT,)),
    LinkType.RETURNED: ((NodeKind.SHIPMENT,), (NodeKind.BATCH, NodeKind.UNIT)),
    LinkType.STOCKED_AT: (_LOTS, (NodeKind.LOCATION,)),
    LinkType.ALLOCATED_TO: (_LOTS, (NodeKind.ORDER,)),
    LinkType.ORDERED_BY: ((NodeKind.ORDER,), (NodeKind.PARTY,)),
    LinkType.USED_AT: (_LOTS, (NodeKind.PARTY,)),
    LinkType.DISPOSED_IN: (_LOTS, (NodeKind.DISPOSAL,)),
    LinkType.PROCESSED_ON: ((*_LOTS, NodeKind.TRANSFORMATION), (NodeKind.EQUIPMENT,)),
    LinkType.WORKED_BY: ((*_LOTS, NodeKind.TRANSFORMATION), (NodeKind.OPERATOR,)),
    LinkType.INSPECTED_IN: (_LOTS, (NodeKind.INSPECTION,)),
}
"""Link type → kinds of what it may join."""
SAID_OF_LOTS: Final = {
    "hold": ("placed", "lifted"),
    "hold_number": ("H-1", "H-2"),
    "inspection_result": ("passed", "failed", "conditional"),
    "release_stage": ("production", "market"),
    "release_decision": ("released", "rejected"),
    "expiry_date": (START - timedelta(days=9), START + timedelta(days=900)),
}
SAID: Final[dict[NodeKind, dict[str, tuple[PropertyValue, ...]]]] = {
    **dict.fromkeys(LOTS, SAID_OF_LOTS),
    NodeKind.PARTY: {"name": ("Clinic", "Hospital"), "country": ("FR", "CN")},
    NodeKind.EQUIPMENT: {"name": ("Press", "Old press")},
    NodeKind.OPERATOR: {"name": ("Ada", "Mary")},
    NodeKind.INSPECTION: {"characteristic": ("seal", "length")},
    NodeKind.TRANSFORMATION: {"step": ("moulding", "packing")},
}
PLANT: Final = 5
"""Events of the plant that may be taken back: `TEST/1` and on."""


def later_events(draw: Random, first: int, many: int) -> list[CapturedEvent]:
    """first  number of the first one, counted from 0 in each store."""
    return [_event(draw, n) for n in range(first, first + many)]


def _event(draw: Random, n: int) -> CapturedEvent:
    time = START + timedelta(days=draw.randint(-20, 40), hours=n)
    links = [_link(draw, time) for _ in range(draw.choice((0, 0, 1, 1, 2, 3)))]
    ends = {end for link in links for end in (link.source, link.target)}
    ends |= {link.place for link in links if link.place is not None}
    taken_back = draw.choice((f"TEST/{draw.randint(1, PLANT)}", f"LATER/{draw.randint(0, n)}")) if draw.random() < 0.25 else None
    named = sorted(ends | {draw.choice(list(THINGS)) for _ in range(draw.randint(0, 2))} or {draw.choice(list(THINGS))})
    return CapturedEvent(
        key=f"LATER/{n}",
        type=draw.choice((EventType.OBJECT, EventType.RECEIPT, EventType.CONSUMPTION)),
        event_time=time,
        event_offset="+00:00",
        source="LATER",
        content_digest=_digest(n),
        nodes=tuple(_node(draw, identity) for identity in named),
        links=tuple(links),
        original={"row": str(n)},
        place=SourcePlace("0" * 64, f"row {n}"),
        voids=taken_back,
        voids_digest=_digest(draw.randint(0, n - 1)) if taken_back is None and n and draw.random() < 0.05 else None,
        receipt_number=f"RM-{draw.randint(1, 4)}" if draw.random() < 0.3 else None,
    )


def _digest(n: int) -> str:
    return hashlib.sha256(f"later {n}".encode()).hexdigest()


def _link(draw: Random, time: datetime) -> LinkStatement:
    type_ = draw.choice(list(JOINED))
    sources, targets = ([one for one, kind in THINGS.items() if kind in kinds] for kinds in JOINED[type_])
    source = draw.choice(sources)
    target = draw.choice([one for one in targets if one != source] or targets)
    amount = Decimal(draw.randint(1, 50)) if draw.random() < 0.8 else None
    attributes, place = {}, None
    if type_ in {LinkType.SHIPPED_IN, LinkType.DELIVERED_TO}:
        attributes["report"] = draw.choice(("despatch", "receipt"))
        place = SECOND_HOSPITAL if type_ is LinkType.DELIVERED_TO and draw.random() < 0.5 else None
    if type_ in {LinkType.CONSUMED_IN, LinkType.PRODUCED} and draw.random() < 0.3:
        attributes["pair"] = draw.choice(("1", "2"))
    return LinkStatement(type_, source, target, time, amount, "H87" if amount is not None else None, attributes, place)


def _node(draw: Random, identity: Identity) -> NodeStatement:
    kind = THINGS[identity]
    scope = None if kind in SHARED_KINDS else draw.choice((None, LYON, SUZHOU))
    described = draw.random() < 0.6
    if scope is None and not described and kind not in SHARED_KINDS and draw.random() < 0.3:
        scope = UNPLACED
    said = {name: draw.choice(values) for name, values in SAID.get(kind, {}).items() if draw.random() < 0.3}
    return NodeStatement(identity, kind, described, scope, said)

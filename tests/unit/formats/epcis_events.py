"""EPCIS events as a partner would send them, and what the reader makes of one."""

from typing import Any

from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.organisation import Organisation
from traceapp.formats.epcis import EventReader, Told
from traceapp.formats.epcis_rules import check_event
from traceapp.formats.gs1 import parse_identity

OURS = Organisation(
    "Test Medical",
    owners=frozenset({"LYON"}),
    company_prefixes=frozenset({"9521001"}),
    sites={"LYON": "Lyon", "SUZHOU": "苏州"},
    locations={"9521001000178": "LYON"},
    product_lines={"09521001000185": "INF"},
)
KEY = "urn:uuid:0b6f0b0e-0000-4000-8000-000000000001"
BATCH, UNIT_1, UNIT_2 = "01/09521001000185/10/F1", "01/09521001000185/21/1", "01/09521001000185/21/2"
MATERIAL, ITEM = "01/09529999000019/10/R1", "01/09529999000019"
CASE, PALLET, TOTE = "00/095210011234567895", "00/095210011234567888", "8003/09521001000253T1"
LYON_DOCK = "https://id.gs1.org/414/9521001000178/254/DOCK-2"
MAKER, CLINIC, CARRIER = "417/9521001000178", "417/9524444000002", "417/9525555000004"
Sent = dict[str, Any]
Link = tuple[LinkType, str, str, str | None, str | None]


def link_of(path: str) -> str:
    return f"https://id.gs1.org/{path}"


def links_of(*paths: str) -> list[str]:
    return [link_of(path) for path in paths]


def event(type_: str, **fields: Any) -> Sent:
    """An event of this type that is right; a field given as None is left out."""
    said = {
        "type": type_,
        "eventID": KEY,
        "eventTime": "2026-03-02T10:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        **({} if type_ == "TransformationEvent" else {"action": "OBSERVE"}),
    }
    return {name: value for name, value in {**said, **fields}.items() if value is not None}


def goods(path: str, quantity: Any = None, uom: str | None = None) -> Sent:
    """A row of a quantity list."""
    row = {"epcClass": link_of(path), "quantity": quantity, "uom": uom}
    return {name: value for name, value in row.items() if value is not None}


def party(role: str, path: str, type_: str = "owning_party") -> Sent:
    """A row of a source or destination list."""
    return {"type": type_, role: link_of(path)}


def read(sent: Sent, organisation: Organisation = OURS) -> Told:
    check_event(sent)
    return EventReader(sent, sent.get("eventID", KEY), organisation).read()


def name(identity: Identity) -> str:
    """`01/…/10/F1` of a GS1 key; of everything else its parts: `shipment:EPCIS:…`."""
    return identity.epc or ":".join(identity.parts)


def links(told: Told) -> list[Link]:
    return [
        (link.type, name(link.source), name(link.target), str(link.quantity) if link.quantity is not None else None, link.unit)
        for link in told.links
    ]


def kinds(told: Told) -> dict[str, NodeKind]:
    return {name(node.identity): node.kind for node in told.nodes}


def described(told: Told) -> set[str]:
    return {name(node.identity) for node in told.nodes if node.described}


def gs1(path: str) -> Identity:
    return parse_identity(link_of(path))

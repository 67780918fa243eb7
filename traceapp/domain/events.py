"""What a source system said, as the store takes it: one event, the things it names, the links it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.scopes import Scope

PropertyValue = str | int | bool | Decimal | datetime


@dataclass(frozen=True, slots=True)
class NodeStatement:
    """What one event says of one thing.

    described   False where the event only mentions it (an input nobody received): it stays *unresolved*.
    scope       where the statement puts it; None says nothing about the place.
    properties  names and values of the data dictionary; empty where nothing is said.
    """

    identity: Identity
    kind: NodeKind
    described: bool
    scope: Scope | None = None
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkStatement:
    """One link of the graph model (`domain/kinds.py`), made by one event.

    quantity    exact decimal with its UN/ECE unit code, or None where the source states none.
    attributes  step, pair, role, started_at, ended_at, receipt_number, report … as text; nothing confidential.
    place       where a delivery was sent, a party that the event names; the link keeps its uid alone.
    """

    type: LinkType
    source: Identity
    target: Identity
    event_time: datetime
    quantity: Decimal | None = None
    unit: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    place: Identity | None = None


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Where the first source of an event lies: raw file by digest, and the place in it (`row 12`, `event 3`)."""

    file_digest: str
    position: str


@dataclass(frozen=True, slots=True)
class CapturedEvent:
    """One event, ready for the store.

    key             its identity: the sender's eventID, else `<source>/<form>/<content>/<occurrence>`.
    content_digest  SHA-256 (hex) of the normalised content without errorDeclaration, recordTime and eventID: the
                    same key with another digest is a conflict and is refused.
    voids           key of the event that this one declares wrong; its own key where an error declaration repeats
                    the event (the event then makes no live link); None else.
    voids_digest    the same by content, where the declaration has no eventID.
    original        the source's own words (EPCIS event or CSV row), kept sealed.
    """

    key: str
    type: EventType
    event_time: datetime
    event_offset: str
    source: str
    content_digest: str
    nodes: tuple[NodeStatement, ...]
    links: tuple[LinkStatement, ...]
    original: Mapping[str, Any]
    place: SourcePlace
    voids: str | None = None
    voids_digest: str | None = None
    receipt_number: str | None = None


class CaptureOutcome(StrEnum):
    """What became of an event: new, known before, a known one declared void, or refused."""

    APPENDED = "appended"
    KNOWN = "known"
    VOIDED = "voided"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row or event that was not taken: its place in the source and the reason in plain words."""

    position: str
    reason: str
    original: str

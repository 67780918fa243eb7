"""What is said of one lot: candidates of a look-up, and the page of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from traceapp.domain.disclosure import Disclosed, Text
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import Certainty, Direction, NodeKind
from traceapp.domain.unverified import ALL_PROVEN, Unverified


@dataclass(frozen=True, slots=True)
class BatchQuery:
    """A look-up: a printed number or a uid, and what narrows it. as_of is record time; None means now.

    fields  names of what is wanted; None for all that an answer tells by itself.
    """

    number: str | None = None
    uid: str | None = None
    product: str | None = None
    site: str | None = None
    kind: NodeKind | None = None
    as_of: datetime | None = None
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One lot, unit, container, shipment or party that a look-up found, with what tells it from the others.

    unverified  whether it is not as the service wrote it.
    """

    uid: str
    kind: NodeKind
    number: Text
    epc: Text
    product: str | None
    sites: tuple[str, ...]
    described: bool
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class StateFact:
    """One computed state and the event that set it.

    name    "inspection" | "release" | "hold" | "expiry".
    value   inspection: "none" | "passed" | "failed" | "conditional"; release: "none" | "production" | "market" |
            "rejected"; hold: "none" | "held"; expiry: "unknown" | "valid" | "expired"; or masked, without its event then.
    event_uid, event_time  of the event that set it; None where none did.
    """

    name: str
    value: Disclosed[str]
    event_uid: str | None = None
    event_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One step from the lot in the direction of material (BACKWARD: where from; FORWARD: where to).

    A stub has no more than its direction: neither kind nor number, nor how it is joined. via is the type of the link,
    quantity and unit as the source stated them.
    masked  what identifies it is masked: uid is an id of this answer alone, and no page lies behind it.
    """

    direction: Direction
    uid: str
    kind: NodeKind | None
    number: Text
    name: Text
    product: str | None
    via: str | None
    quantity: Decimal | None
    unit: str | None
    event_time: datetime | None
    certainty: Certainty
    stub: bool
    event_uid: str | None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Participation:
    """Equipment it ran on or an operator who worked on it, with step, role and times.

    masked  what identifies it is masked: uid is an id of this answer alone, so that two answers cannot be joined by it.
    """

    uid: str
    kind: NodeKind
    number: Text
    name: Text
    step: str | None
    role: str | None
    started_at: datetime | None
    ended_at: datetime | None
    event_uid: str | None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class SourceFact:
    """One live event that describes the lot: where its first source lies (`GET /api/v1/events/{uid}/source`)."""

    event_uid: str
    type: str
    event_time: datetime
    record_time: datetime
    source: str
    position: str


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """Everything that the batch page and `GET /api/v1/batches/{number}` disclose of one lot, as of one head.

    properties      names and values of the data dictionary, opened. What the reader may not see is masked, whether there
                    is a value or not; what may be seen and is absent has none.
    facts_withheld  events of the lot that name something outside the view as well, and are not listed.
    facts_few       there are such events, but too few for this reader to be told how many.
    degraded        some values or events cannot be opened now: states may be unknown, and facts are withheld.
    unverified      what of it is not as the service wrote it.
    boundary        the page ends where the view does: no stub stands here and nothing depends on what lies beyond.
    """

    candidate: Candidate
    properties: Mapping[str, Disclosed[PropertyValue]]
    states: tuple[StateFact, ...]
    neighbours: tuple[Neighbour, ...]
    participations: tuple[Participation, ...]
    facts: tuple[SourceFact, ...]
    facts_withheld: int
    as_of: datetime
    head: int
    policy_digest: str
    degraded: bool = False
    boundary: bool = False
    facts_few: bool = False
    fields: frozenset[str] | None = None
    unverified: Unverified = ALL_PROVEN


@dataclass(frozen=True, slots=True)
class SourceRow:
    """The first source of an event: the sender's own words, the file by digest, the place in it.

    original, content  masked as a whole where they state something that the reader may not see.
    unverified         what of the event, and of what it names, is not as the service wrote it.
    """

    event_uid: str
    source: str
    file_digest: str
    position: str
    original: Disclosed[Mapping[str, object]]
    content: Disclosed[str]
    unverified: Unverified = ALL_PROVEN

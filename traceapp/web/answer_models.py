"""The answers as OpenAPI describes them. `answers.py` writes the bytes; a test holds the two together."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from traceapp.domain.kinds import Certainty, Direction, EventType, LinkType, NodeKind
from traceapp.domain.state import LotStatus

Uid = Annotated[str, Field(description="Our own id: 32 hexadecimal digits; of a stub, an id of this answer alone.")]
Quantity = Annotated[str, Field(description="Exact decimal.", pattern=r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$")]
Unit = Annotated[str, Field(description="UN/ECE Recommendation 20 code, or the source's own word.")]
StatusName = Literal["COMPLETE", "UNRESOLVED", "WITHHELD", "TRUNCATED", "DEGRADED", "UNVERIFIED"]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class LedgerSaid(_Said):
    """The record that was durable before this answer left."""

    seq: Annotated[int, Field(ge=1)]
    leaf: Annotated[str, Field(description="RFC 6962 leaf hash of the record, hexadecimal.")]


class CandidateSaid(_Said):
    """One thing that a number fits, with what tells it from the others."""

    uid: Uid
    kind: NodeKind
    number: str | None
    epc: str | None
    product: str | None
    sites: list[str]
    described: Annotated[bool, Field(description="False where it is only mentioned by others.")]


class FieldErrorSaid(_Said):
    field: str
    detail: str


class ProblemSaid(_Said):
    """RFC 9457. Every problem has this one shape."""

    type: Annotated[str, Field(description="urn:traceapp:problem:…; docs/api.md lists them.")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    next_step: str
    errors: Annotated[list[FieldErrorSaid], Field(description="Every wrong field, for wrong input.")]
    candidates: Annotated[list[CandidateSaid], Field(description="All that a number fits, for 409.")]


class WindowSaid(_Said):
    event_time_from: datetime | None
    event_time_to: datetime | None


class QuestionSaid(_Said):
    """What was asked, as it was understood."""

    seeds: list[Uid]
    direction: Direction
    as_of: datetime
    head: Annotated[int, Field(description="Record sequence asked about: the same number gives the same answer.")]
    at: datetime | None
    window: WindowSaid


class NodeSaid(_Said):
    """A thing of the answer; a stub has neither kind nor number."""

    uid: Uid
    kind: NodeKind | None
    number: str | None
    name: str | None
    epc: str | None
    product: str | None
    site: str | None
    status: Annotated[LotStatus | None, Field(description="Of a lot, as of the moment asked about; the gravest that holds.")]
    stub: bool
    seed: bool
    hop: Annotated[int, Field(ge=0, description="Transformations between it and the nearest seed.")]
    certainty: Certainty


class LinkSaid(_Said):
    """source → target in the direction in which material flows; `via` is the transformation between two lots."""

    source: Uid
    target: Uid
    type: LinkType | str
    via: Uid | None
    quantity: Quantity | None
    unit: Unit | None
    event_time: datetime | None
    certainty: Certainty
    pair: str | None


class QuantitySaid(_Said):
    quantity: Annotated[Quantity | None, Field(description="null where some source states none.")]
    unit: Unit | None


class PartySaid(_Said):
    """A consignee or supplier: how much, and by which lots."""

    uid: Uid
    number: str | None
    name: str | None
    country: str | None
    quantities: list[QuantitySaid]
    certainty: Certainty
    lots: list[Uid]
    shipments: list[Uid]
    locations: list[str]


class ReasonSaid(_Said):
    status: StatusName
    code: str
    sentence: str


class LimitSaid(_Said):
    limit: str
    value: int


class CompletenessSaid(_Said):
    """What the answer covers and what it lacks. The status is the worst of the reasons."""

    status: StatusName
    reasons: list[ReasonSaid]
    visited: int
    withheld: Annotated[dict[str, int], Field(description="Counts by kind of what your rights do not show.")]
    unresolved: Annotated[list[Uid], Field(description="Used, but described by nobody.")]
    class_level: Annotated[list[str], Field(description="Products met without a lot.")]
    one_sided: Annotated[list[str], Field(description="Links that one party only states.")]
    twins: Annotated[list[Annotated[list[Uid], Field(min_length=2, max_length=2)]], Field(description="Likely the same lot.")]
    dead_ends: Annotated[list[Uid], Field(description="Where a chain stops without a recorded reason.")]
    limits_hit: list[LimitSaid]
    statement: str


class ClassLevelSaid(_Said):
    product: str
    quantities: list[QuantitySaid]


class TraceSaid(_Said):
    """The answer to a trace."""

    trace: QuestionSaid
    nodes: list[NodeSaid]
    links: list[LinkSaid]
    containers: list[Uid]
    consignees: list[PartySaid]
    suppliers: list[PartySaid]
    class_level: list[ClassLevelSaid]
    cycles: list[list[Uid]]
    completeness: CompletenessSaid
    policy: Annotated[str, Field(description="Digest of the policy that decided.")]
    ledger: LedgerSaid


PropertySaid = str | int | bool


class StateSaid(_Said):
    """A computed state and the event that set it."""

    name: str
    value: str
    event_uid: Uid | None
    event_time: datetime | None


class NeighbourSaid(_Said):
    """One step from the lot: backward is where it came from, forward is where it went."""

    direction: Direction
    uid: Uid
    kind: NodeKind | None
    number: str | None
    name: str | None
    product: str | None
    via: str
    quantity: Quantity | None
    unit: Unit | None
    event_time: datetime | None
    certainty: Certainty
    stub: bool
    event_uid: Uid | None


class ParticipationSaid(_Said):
    """Equipment it ran on, or an operator who worked on it."""

    uid: Uid
    kind: NodeKind
    number: str | None
    name: str | None
    step: str | None
    role: str | None
    started_at: datetime | None
    ended_at: datetime | None
    event_uid: Uid | None


class FactSaid(_Said):
    """An event that describes the lot; its first source is at /api/v1/events/{event_uid}/source."""

    event_uid: Uid
    type: EventType | str
    event_time: datetime
    record_time: datetime
    source: str
    position: str


class BatchSaid(_Said):
    """One lot: where from, where to, in what state, and who touched it."""

    batch: CandidateSaid
    properties: Annotated[dict[str, PropertySaid], Field(description="By name of the data dictionary; withheld ones are absent.")]
    states: list[StateSaid]
    neighbours: list[NeighbourSaid]
    participations: list[ParticipationSaid]
    facts: list[FactSaid]
    facts_withheld: Annotated[
        int, Field(ge=0, description="Events that name something outside the view as well, and are not listed.")
    ]
    as_of: datetime
    head: int
    policy: str
    ledger: LedgerSaid


class SourceSaid(_Said):
    """The first source of an event: the sender's own words, the file by digest, the place in it."""

    event_uid: Uid
    source: str
    file_digest: str
    position: str
    original: dict[str, object]
    content: str
    ledger: LedgerSaid


class HealthSaid(_Said):
    status: Literal["alive", "ready"]

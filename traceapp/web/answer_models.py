"""The answers as OpenAPI describes them. `answers.py` writes the bytes; a test holds the two together."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from traceapp.domain.kinds import Certainty, Direction, EventType, LinkType, NodeKind
from traceapp.domain.rights import LEAST_TOLD
from traceapp.domain.state import LotStatus

Uid = Annotated[
    str,
    Field(description="Our own id: 32 hexadecimal digits; of a stub, and of what is `masked`, an id of this answer alone."),
]
IsMasked = Annotated[
    bool,
    Field(description="What identifies it is masked: `uid` is an id of this answer alone, and finds nothing in another one."),
]
Quantity = Annotated[str, Field(description="Exact decimal.", pattern=r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$")]
Unit = Annotated[str, Field(description="UN/ECE Recommendation 20 code, or the source's own word.")]
_FEWER: Final = f"fewer than {LEAST_TOLD}"
UnverifiedFew = Annotated[
    bool,
    Field(description=f"There are such, {_FEWER}: outside roles are told neither their names nor their number."),
]
StatusName = Literal["COMPLETE", "UNRESOLVED", "WITHHELD", "TRUNCATED", "DEGRADED", "UNVERIFIED"]


class Said(BaseModel):
    """What all answers have in common: nothing but what is described."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Masked(Said):
    """A value that you may not see. It is the same whether there is one, none, or an empty one."""

    masked: Literal[True]
    tier: Annotated[str, Field(pattern="^T[0-3]$", description="Tier of the property in the data dictionary.")]
    shown: Annotated[
        str | None,
        Field(
            min_length=1,
            description="Absent, or what the mask lets through: last characters, or a pseudonym of this answer alone.",
        ),
    ] = None


class Unavailable(Said):
    """A value that you may see and that cannot be opened now, since its key is not at hand."""

    unavailable: Literal[True]
    tier: Annotated[str, Field(pattern="^T[0-3]$")]


class Unproven(Said):
    """A value that you may see and that is not shown, since what is stored for it was changed outside the service."""

    unverified: Literal[True]
    tier: Annotated[str, Field(pattern="^T[0-3]$")]


Text = str | Masked | Unavailable | Unproven | None
Property = str | int | bool | Masked | Unavailable | Unproven


class Ledger(Said):
    """The record that was durable before this answer left."""

    seq: Annotated[int, Field(ge=1)]
    leaf: Annotated[str, Field(description="RFC 6962 leaf hash of the record, hexadecimal.")]


class Candidate(Said):
    """One thing that a number fits, with what tells it from the others."""

    uid: Uid
    kind: NodeKind
    number: Text
    epc: Text
    product: str | None
    sites: list[str]
    described: Annotated[bool, Field(description="False where it is only mentioned by others.")]
    unverified: Annotated[bool, Field(description="True where it was changed outside the service: rely on nothing of it.")]


class FieldError(Said):
    field: str
    detail: str


class Problem(Said):
    """RFC 9457. Every problem has this one shape."""

    type: Annotated[str, Field(description="urn:traceapp:problem:…; docs/api.md lists them.")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    next_step: str
    errors: Annotated[list[FieldError], Field(description="Every wrong field, for wrong input.")]
    candidates: Annotated[list[Candidate], Field(description="All that a number fits within your view, for 409.")]
    boundary: Annotated[
        bool,
        Field(
            description="`candidates` ends where your view does, and whether others outside it carry the number is not told: "
            "so for everybody who does not see every site, or may not search by every kind of number."
        ),
    ]


class Window(Said):
    event_time_from: datetime | None
    event_time_to: datetime | None


class Question(Said):
    """What was asked, as it was understood."""

    seeds: list[Uid]
    direction: Direction
    as_of: datetime
    head: Annotated[int, Field(description="Record sequence asked about: the same number gives the same answer.")]
    at: datetime | None
    window: Window
    fields: Annotated[list[str] | None, Field(description="What was asked for of each thing; null for all that an answer tells.")]


class Node(Said):
    """A thing of the answer; a stub has neither kind nor number."""

    uid: Uid
    kind: NodeKind | None
    number: Text
    name: Text
    epc: Text
    product: str | None
    site: str | None
    status: Annotated[
        LotStatus | Masked | Unavailable | Unproven | None,
        Field(
            description="Of a lot, as of the moment asked about; the gravest that holds. Masked where a hidden one may be graver."
        ),
    ]
    stub: bool
    seed: bool
    hop: Annotated[
        int | None,
        Field(ge=0, description="Transformations between it and the nearest seed; null where only what is withheld leads there."),
    ]
    certainty: Certainty
    masked: IsMasked
    properties: Annotated[
        dict[str, Property],
        Field(
            default_factory=dict,
            description="Absent, or where `fields` named any: by name of the data dictionary what is on record, and a mask for "
            "what you may not see.",
        ),
    ]


class Link(Said):
    """source → target in the direction in which material flows; `via` is the transformation between two lots.

    A link of which an end or the transformation is withheld is not told.
    """

    source: Uid
    target: Uid
    type: LinkType | str
    via: Uid | None
    quantity: Quantity | None
    unit: Unit | None
    event_time: datetime | None
    certainty: Certainty
    pair: str | None


class QuantityByUnit(Said):
    quantity: Annotated[Quantity | None, Field(description="null where some source states none.")]
    unit: Unit | None
    withheld: Annotated[
        bool, Field(description="Absent, or true: beside the other quantities there may be more, outside your view.")
    ] = False


class Party(Said):
    """A consignee or supplier: how much, and by which lots."""

    uid: Uid
    number: Text
    name: Text
    country: Text
    quantities: list[QuantityByUnit]
    certainty: Certainty
    lots: list[Uid]
    shipments: list[Uid]
    locations: list[str | Masked | Unavailable | Unproven]
    masked: IsMasked


class Reason(Said):
    status: StatusName
    code: str
    sentence: str


class Limit(Said):
    limit: str
    value: int


class Completeness(Said):
    """What the answer covers and what it lacks. The status is the worst of the reasons."""

    status: StatusName
    reasons: list[Reason]
    visited: int
    withheld: Annotated[dict[str, int], Field(description="Counts by kind of what your rights do not show.")]
    few: Annotated[
        list[str],
        Field(description=f"Kinds of which {_FEWER} are not shown; outside roles are not told how many."),
    ]
    unresolved: Annotated[list[Uid], Field(description="Used, but described by nobody.")]
    class_level: Annotated[list[str], Field(description="Products met without a lot.")]
    one_sided: Annotated[list[str], Field(description="Links that one party only states.")]
    twins: Annotated[list[Annotated[list[Uid], Field(min_length=2, max_length=2)]], Field(description="Likely the same lot.")]
    dead_ends: Annotated[
        list[Uid],
        Field(
            description="Where a chain stops without a recorded reason; not judged, and empty, where something lies out of view."
        ),
    ]
    limits_hit: list[Limit]
    unavailable: Annotated[
        list[Uid], Field(description="Values that could be shown cannot be opened now: a key is not to be had.")
    ]
    statement: str
    boundary: Annotated[
        bool,
        Field(
            description="The answer ends where your view does, and rests on nothing beyond it: whether there is anything is "
            "not told, links through a transformation are possible unless a pair says more, and dead ends are not judged."
        ),
    ]
    routed_to: Annotated[
        str | None, Field(description="The role that was told of what is withheld; null where nothing was routed.")
    ]
    unverified: Annotated[
        list[str], Field(description="Not as the service wrote it: uids, `SOURCE TYPE TARGET` of links, `record-counter`.")
    ]
    unverified_withheld: Annotated[int, Field(description="How many more there are that your rights do not name.")]
    unverified_few: UnverifiedFew
    more_unseen: Annotated[bool, Field(description="Each party may have got more than is shown, outside your view.")]


class ClassLevel(Said):
    product: str
    quantities: list[QuantityByUnit]


class Trace(Said):
    """The answer to a trace."""

    trace: Question
    nodes: list[Node]
    links: list[Link]
    containers: list[Uid]
    consignees: list[Party]
    suppliers: list[Party]
    class_level: list[ClassLevel]
    cycles: list[list[Uid]]
    completeness: Completeness
    policy: Annotated[str, Field(description="Digest of the policy that decided.")]
    ledger: Ledger


class State(Said):
    """A computed state and the event that set it."""

    name: str
    value: str | Masked | Unavailable | Unproven
    event_uid: Uid | None
    event_time: datetime | None


class Neighbour(Said):
    """One step from the lot: backward is where it came from, forward is where it went."""

    direction: Direction
    uid: Uid
    kind: NodeKind | None
    number: Text
    name: Text
    product: str | None
    via: Annotated[str | None, Field(description="Type of the link; null of a stub.")]
    quantity: Quantity | None
    unit: Unit | None
    event_time: datetime | None
    certainty: Certainty
    stub: bool
    event_uid: Uid | None
    masked: IsMasked


class Participation(Said):
    """Equipment it ran on, or an operator who worked on it."""

    uid: Uid
    kind: NodeKind
    number: Text
    name: Text
    step: str | None
    role: str | None
    started_at: datetime | None
    ended_at: datetime | None
    event_uid: Uid | None
    masked: IsMasked


class Fact(Said):
    """An event that describes the lot; its first source is at /api/v1/events/{event_uid}/source."""

    event_uid: Uid
    type: EventType | str
    event_time: datetime
    record_time: datetime
    source: str
    position: str


class Batch(Said):
    """One lot: where from, where to, in what state, and who touched it."""

    batch: Candidate
    properties: Annotated[
        dict[str, Property],
        Field(description="By name of the data dictionary: what is on record, and a mask for all that you may not see."),
    ]
    states: list[State]
    neighbours: list[Neighbour]
    participations: list[Participation]
    facts: list[Fact]
    facts_withheld: Annotated[
        int, Field(ge=0, description="Events that name something outside the view as well, and are not listed.")
    ]
    facts_few: Annotated[bool, Field(description=f"There are such events, {_FEWER}; outside roles are not told how many.")]
    degraded: Annotated[
        bool, Field(description="Some values or events cannot be opened now: states may be unknown, and facts are withheld.")
    ]
    unverified: Annotated[
        list[str], Field(description="Not as the service wrote it: uids, `SOURCE TYPE TARGET` of links, `record-counter`.")
    ]
    unverified_withheld: Annotated[int, Field(description="How many more there are that your rights do not name.")]
    unverified_few: UnverifiedFew
    boundary: Annotated[
        bool, Field(description="The page ends where your view does: whether anything lies beyond it is not told.")
    ]
    fields: Annotated[list[str] | None, Field(description="What was asked for; null for all that an answer tells.")]
    as_of: datetime
    head: int
    policy: str
    ledger: Ledger


class Source(Said):
    """The first source of an event: the sender's own words, the file by digest, the place in it."""

    event_uid: Uid
    source: str
    file_digest: str
    position: str
    original: Masked | Unavailable | Unproven | dict[str, object]
    content: str | Masked | Unavailable | Unproven
    unverified: Annotated[
        list[str], Field(description="Not as the service wrote it: uids, `SOURCE TYPE TARGET` of links, `record-counter`.")
    ]
    unverified_withheld: Annotated[int, Field(description="How many more there are that your rights do not name.")]
    unverified_few: UnverifiedFew
    ledger: Ledger


class Referral(Said):
    """A number was handed on; the same whether it exists or not."""

    routed_to: Annotated[str, Field(description="The role that may see more.")]
    ledger: Ledger

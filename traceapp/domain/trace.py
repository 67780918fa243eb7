"""A question to the genealogy and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from math import inf
from typing import Final

from traceapp.domain.disclosure import Disclosed, Text
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import Certainty, Direction, NodeKind
from traceapp.domain.state import LotStatus

NODE_MEMBERS: Final = frozenset({"country", "epc", "name", "number", "product", "site", "status"})
"""What a trace tells of a thing or party by itself; any other field is a property of the data dictionary."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a trace starts; exactly one of the three is set."""

    number: str | None = None
    uid: str | None = None
    epc: str | None = None
    product: str | None = None
    site: str | None = None
    kind: NodeKind | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Links outside [event_time_from, event_time_to] do not count; None is open."""

    event_time_from: datetime | None = None
    event_time_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Cost limit of a walk; when it bites, the answer says so (TRUNCATED)."""

    nodes: int = 500_000
    links: int = 2_000_000


@dataclass(frozen=True, slots=True)
class TraceQuestion:
    """seeds in any order; as_of = what was known then (record time); at = when a container seed is opened.

    fields  names of what is wanted of each thing; None for all that an answer tells by itself.
    """

    seeds: tuple[Seed, ...]
    direction: Direction
    as_of: datetime | None = None
    at: datetime | None = None
    window: Window = Window()
    budget: Budget = Budget()
    fields: frozenset[str] | None = None


class Status(IntEnum):
    """One status per answer, the worst that holds; higher is worse."""

    COMPLETE = 0
    UNRESOLVED = 1
    WITHHELD = 2
    TRUNCATED = 3
    DEGRADED = 4
    UNVERIFIED = 5


@dataclass(frozen=True, slots=True)
class LimitHit:
    limit: str
    value: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """What the answer covers and what it lacks.

    reasons     (Status, code, sentence) for everything that keeps the status off COMPLETE, worst first; codes are
                the names of the fields below and "window", so that both languages can say them.
    withheld    counts by `completeness.CLASSES`.
    few         classes of which something is withheld, but too little for this asker to be told how much.
    unresolved  uids that are used but that no row or event describes.
    class_level product keys (GTIN) met as direct input or output: lot not recorded.
    one_sided   links stated by one party only where the other should have spoken.
    twins       pairs of uids that are likely the same lot.
    dead_ends   uids where a chain stops without a recorded reason.
    unavailable uids of which something could be shown and cannot be opened, because its key is not to be had now.
    boundary    the answer ends where the view does: nothing of it depends on what lies beyond, not even that something does.
    routed_to   the role that may see what was withheld and that was told of it; None where nothing was.
    unverified  what of the answer is not as the service wrote it: uids, and `SOURCE TYPE TARGET` of links.
    unverified_withheld  how many more there are that may not be named.   unverified_few  there are, too few to be told how many.
    more_unseen  each party may have got more than is shown, by something withheld.
    """

    status: Status
    reasons: tuple[tuple[Status, str, str], ...]
    visited: int
    withheld: Mapping[str, int]
    unresolved: tuple[str, ...]
    class_level: tuple[str, ...]
    one_sided: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    dead_ends: tuple[str, ...]
    limits_hit: tuple[LimitHit, ...]
    statement: str
    unavailable: tuple[str, ...] = ()
    boundary: bool = False
    routed_to: str | None = None
    unverified: tuple[str, ...] = ()
    unverified_withheld: int = 0
    unverified_few: bool = False
    more_unseen: bool = False
    few: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceNode:
    """A node of the answer. A stub carries a uid of this answer alone and nothing else.

    number, name, epc and status may be masked; None where there is none, or none was asked for.

    kind        None for a stub.
    hop         0 for a seed, else transformations between it and the nearest seed, by links that may be shown; None where only
                what is withheld leads there.
    status      of a lot, as of the moment asked about; None of anything else.
    certainty   exact if some path from a seed has only exact links; seeds are exact.
    masked      what identifies it is masked, and so is its uid: this one is of this answer alone, and no page lies behind it.
    """

    uid: str
    kind: NodeKind | None
    number: Text = None
    name: Text = None
    epc: Text = None
    product: str | None = None
    site: str | None = None
    status: Disclosed[LotStatus] | None = None
    stub: bool = False
    seed: bool = False
    hop: int | None = 0
    certainty: Certainty = Certainty.EXACT
    masked: bool = False


def hop_order(hop: int | None) -> float:
    """By what nodes of an answer are sorted: what no link that may be shown leads to stands last."""
    return inf if hop is None else hop


@dataclass(frozen=True, slots=True)
class DescribedNode(TraceNode):
    """A node of an answer that was asked for more than identifies it.

    properties  those that were asked for, by name: what is on record, and a mask for what may not be seen, on record or not.
    """

    properties: Mapping[str, Disclosed[PropertyValue]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TraceLink:
    """source → target in the direction of material. `via` is the transformation (lot to lot) or None.

    All of it may be shown: a link of which an end or the transformation is withheld stands in no answer.
    """

    source: str
    target: str
    type: str
    via: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    event_time: datetime | None = None
    certainty: Certainty = Certainty.EXACT
    pair: str | None = None


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One consignee or supplier: quantity by unit, None where some source states none; lots that led there.

    withheld  it may have got more, by something withheld; the quantity without a unit, None, stands for it.
    masked    as in `TraceNode`.
    """

    uid: str
    number: Text
    name: Text
    country: Text
    quantities: Mapping[str, Decimal | None]
    certainty: Certainty
    lots: tuple[str, ...]
    shipments: tuple[str, ...]
    locations: tuple[Disclosed[str], ...] = ()
    withheld: bool = False
    masked: bool = False


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """Everything a trace discloses, ready to be recorded and written out.

    head  the record sequence asked about; the same number gives the same answer for ever.
    """

    question: TraceQuestion
    seeds: tuple[str, ...]
    head: int
    as_of: datetime
    nodes: tuple[TraceNode, ...]
    links: tuple[TraceLink, ...]
    containers: tuple[str, ...]
    consignees: tuple[PartyLine, ...]
    suppliers: tuple[PartyLine, ...]
    completeness: Completeness
    cycles: tuple[tuple[str, ...], ...] = ()
    policy_digest: str = ""
    class_level: Mapping[str, Mapping[str, Decimal | None]] = field(default_factory=dict)

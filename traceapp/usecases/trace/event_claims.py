"""What the events that were known at a moment say of one thing, opened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from traceapp.domain.clock import stored_time
from traceapp.domain.disclosure import Gap, Unavailable
from traceapp.domain.event_payload import read_payload
from traceapp.domain.kinds import SHARED_KINDS, TRACEABLE, NodeKind
from traceapp.domain.projection import Claim, Projection, project, stamp
from traceapp.graph.event_store import StoredEvent
from traceapp.usecases.batches.event_view import Named
from traceapp.usecases.stations import Stations


@dataclass(frozen=True, slots=True)
class Claims:
    """events, claims     of the thing, the latest event first.
    characteristics    event uid → what its inspection measured, where it says so.
    named              event uid → everything that it names.
    unavailable        uids of events that cannot be opened.   closed   those among them for which a key is not to be had now;
                       of the others what is stored does not belong there.
    """

    events: tuple[StoredEvent, ...]
    claims: tuple[Claim, ...]
    characteristics: Mapping[str, str]
    named: Mapping[str, frozenset[Named]]
    unavailable: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    @property
    def projection(self) -> Projection:
        return project(self.claims)


@dataclass(frozen=True, slots=True)
class Said:
    """What one event says of everything it names; `characteristics` as in `Claims`."""

    claims: tuple[Claim, ...]
    characteristics: Mapping[str, str]

    @property
    def named(self) -> frozenset[Named]:
        return frozenset((claim.node_uid, claim.kind) for claim in self.claims)


def open_claims(document: bytes, event_stamp: str) -> Said:
    """Read an opened payload; `event_stamp` is that of its event."""
    claims = read_payload(json.loads(document), event_stamp).claims
    measured = {
        claim.event_uid: str(claim.properties["characteristic"])
        for claim in claims
        if claim.kind is NodeKind.INSPECTION and "characteristic" in claim.properties
    }
    return Said(claims, measured)


@dataclass(slots=True)
class Known:
    """What the events that were known at a head add up to for one thing.

    unavailable  one of them cannot be opened, so that nothing is known for sure.   closed  because a key is not to be had now.
    """

    projection: Projection = field(default_factory=Projection)
    unavailable: bool = False
    closed: bool = False

    def acl(self, kind: NodeKind) -> int | None:
        """The acl number that it had; None where that is not known. Nothing is seen by it: what somebody may see goes by the acl
        of today. It says at which sites the thing was known to be.
        """
        return None if self.unavailable else self.projection.acl(kind)


def read_known(stations: Stations, things: Mapping[str, NodeKind], head: int) -> dict[str, Known]:
    """By uid; each event is read and opened once, however many of the things it speaks of.

    raises  StoreError and its kinds.
    """
    known = {uid: Known() for uid in things}
    opened: dict[str, Gap | None] = {}
    _add(stations, known, _recorded(stations, things, head), head, opened)
    # Where nothing that describes it placed a thing, what mentions it does; some of that is found by its links alone.
    adrift = [uid for uid, kind in things.items() if kind not in SHARED_KINDS and not known[uid].projection.scopes]
    for kind in sorted({things[uid] for uid in adrift}):
        linking = stations.events.find_linking([uid for uid in adrift if things[uid] is kind], head, kind)
        _add(stations, known, linking, head, opened)
    return known


def _recorded(stations: Stations, things: Mapping[str, NodeKind], head: int) -> list[tuple[str, str]]:
    """(uid of a thing, uid of an event that is recorded of it)."""
    pairs = stations.events.find_recorded([uid for uid, kind in things.items() if kind in TRACEABLE])
    for uid, kind in things.items():
        if kind not in TRACEABLE:
            pairs += [(uid, event.uid) for event in stations.events.find_describing_events(uid, head, kind)]
    return pairs


def _add(
    stations: Stations,
    known: Mapping[str, Known],
    pairs: Sequence[tuple[str, str]],
    head: int,
    opened: dict[str, Gap | None],
) -> None:
    """Add what events say that were not opened yet, to all that they speak of.

    opened  by event, why it could not be; None where it was.
    """
    places = stations.acls.places
    for event in stations.events.find_known(sorted({event for _, event in pairs} - opened.keys()), head):
        if event.payload is None:
            continue
        document = stations.sealer.disclose_document("Event", event.uid, "payload", event.payload)
        if isinstance(document, Gap):
            opened[event.uid] = document
            continue
        opened[event.uid] = None
        for claim in open_claims(document, stamp(stored_time(event.event_time), event.uid)).claims:
            if claim.node_uid in known:
                known[claim.node_uid].projection.add(claim.placed(places))
    for uid, event_uid in pairs:
        gap = opened.get(event_uid)
        if gap is not None:
            known[uid].unavailable = True
            known[uid].closed |= isinstance(gap, Unavailable)


def read_claims(stations: Stations, uid: str, head: int, kind: NodeKind) -> Claims:
    """Open the events recorded of one thing."""
    events = stations.events.find_describing_events(uid, head, kind)
    claims: list[Claim] = []
    characteristics: dict[str, str] = {}
    named: dict[str, frozenset[Named]] = {}
    unavailable: set[str] = set()
    closed: set[str] = set()
    for event in events:
        if event.payload is None:
            continue
        document = stations.sealer.disclose_document("Event", event.uid, "payload", event.payload)
        if isinstance(document, Gap):
            unavailable.add(event.uid)
            if isinstance(document, Unavailable):
                closed.add(event.uid)
            continue
        said = open_claims(document, stamp(stored_time(event.event_time), event.uid))
        claims += [claim for claim in said.claims if claim.node_uid == uid]
        characteristics.update(said.characteristics)
        named[event.uid] = said.named
    return Claims(tuple(events), tuple(claims), characteristics, named, frozenset(unavailable), frozenset(closed))

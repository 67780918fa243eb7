"""What the events that were known at a moment say of one thing, opened."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from traceapp.domain.clock import stored_time
from traceapp.domain.disclosure import Gap, Unavailable
from traceapp.domain.event_payload import read_payload
from traceapp.domain.kinds import SHARED_KINDS, NodeKind
from traceapp.domain.projection import Claim, Projection, project, stamp
from traceapp.graph.event_store import StoredEvent
from traceapp.usecases.event_view import Named
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


def read_claims(stations: Stations, uid: str, head: int, kind: NodeKind) -> Claims:
    """Open the events recorded of one thing."""
    return _open(stations, uid, stations.events.find_describing_events(uid, head, kind))


def acl_known(stations: Stations, uid: str, head: int, kind: NodeKind, said: Claims | None = None) -> int | None:
    """The acl number that a thing had at a head, as its events told until then; None where one of them cannot be opened.

    Nothing is seen by it: what somebody may see goes by the acl of today. It says at which sites a thing was known to be.
    said  what `read_claims` found of the thing; read where it is not given.
    """
    said = said or read_claims(stations, uid, head, kind)
    projection, closed = said.projection, said.unavailable
    if not projection.scopes and kind not in SHARED_KINDS:
        # Nothing that describes it placed it. Then what mentions it does, some of which is found by its links alone.
        linked = _open(stations, uid, stations.events.find_linking_events(uid, head, kind))
        closed |= linked.unavailable
        for claim in linked.claims:
            projection.add(claim)
    return None if closed else projection.acl(kind)


def _open(stations: Stations, uid: str, events: Sequence[StoredEvent]) -> Claims:
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

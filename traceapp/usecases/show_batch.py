"""One lot: what it is, in which state, where from, where to, who touched it, and who said so."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from traceapp.domain.batch import BatchQuery, BatchRecord, Candidate, Neighbour, Participation, SourceFact
from traceapp.domain.certainty import certainty_of, meet
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError
from traceapp.domain.event_payload import read_payload
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import LOTS, Certainty, Direction, LinkType, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.projection import Claim, project, stamp
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Rights
from traceapp.domain.state import compute_states
from traceapp.graph.batch_store import NeighbourLink
from traceapp.graph.event_store import StoredEvent
from traceapp.usecases.access import entry, rights_for
from traceapp.usecases.look_up_batches import seed_of, told_query
from traceapp.usecases.node_names import NodeName, read_names, read_plain_ends
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_seeds import find_one

WORK = frozenset({LinkType.PROCESSED_ON, LinkType.WORKED_BY})
NOT_NEIGHBOURS = WORK | {LinkType.IS_A, LinkType.INSPECTED_IN, LinkType.EMPTIED}
IDENTITY = frozenset({"identity"})
"""Properties that a candidate tells already."""


def show_batch(stations: Stations, actor: Actor, query: BatchQuery) -> Recorded[BatchRecord]:
    """Everything about one lot within the actor's view, as of a moment of record time, recorded before it leaves.

    raises  PermissionDeniedError; BatchNotFoundError: unknown or invisible; BatchAmbiguousError with every candidate;
            LedgerUnavailableError; StoreError.
    """
    asked = told_query(query)
    rights = rights_for(stations, actor, Permission.BATCH_SHOW, asked)
    as_of = query.as_of if query.as_of is not None else stations.clock.now()
    head = stations.heads.get_head_at(as_of) if query.as_of is not None else stations.heads.get_head()
    try:
        candidate = find_one(stations, rights, head, seed_of(query))
    except (BatchNotFoundError, BatchAmbiguousError) as refused:
        reason = type(refused).__name__
        stations.ledger.append(entry(stations, actor, Permission.BATCH_SHOW, "failed", request=asked, reason=reason))
        raise
    record = _record(stations, rights, candidate, head, as_of)
    counts = {"neighbours": len(record.neighbours), "participations": len(record.participations), "facts": len(record.facts)}
    made = entry(
        stations,
        actor,
        Permission.BATCH_SHOW,
        "answered",
        request={**asked, "head": head},
        disclosed={candidate.kind.value: sorted({"epc", "number", "product", "site", *record.properties})},
        result=counts,
    )
    return stations.ledger.record(record, made)


def _record(stations: Stations, rights: Rights, candidate: Candidate, head: int, as_of: datetime) -> BatchRecord:
    events = stations.events.find_describing_events(candidate.uid, head)
    claims = [claim for event in events for claim in _claims(stations, event) if claim.node_uid == candidate.uid]
    surroundings = Surroundings(stations, rights, head)
    return BatchRecord(
        candidate=candidate,
        properties=_properties(claims),
        states=compute_states(claims, as_of) if candidate.kind in LOTS else (),
        neighbours=surroundings.neighbours(candidate.uid),
        participations=surroundings.participations(candidate.uid),
        facts=tuple(_fact(event) for event in events),
        as_of=as_of,
        head=head,
        policy_digest=rights.policy_digest,
    )


def _claims(stations: Stations, event: StoredEvent) -> Sequence[Claim]:
    if event.payload is None:
        return ()
    document = json.loads(stations.sealer.open_document("Event", event.uid, "payload", event.payload))
    return read_payload(document, stamp(stored_time(event.event_time), event.uid)).claims


def _properties(claims: Sequence[Claim]) -> dict[str, PropertyValue]:
    values = project(claims).values
    return {name: values[name] for name in sorted(values.keys() - IDENTITY)}


def _fact(event: StoredEvent) -> SourceFact:
    return SourceFact(event.uid, event.type.value, event.event_time, event.record_time, event.source, event.position)


@dataclass(frozen=True, slots=True)
class Step:
    """One step from the lot: to `far`, by `link`; a transformation between two lots is passed over."""

    direction: Direction
    far: str
    kind: NodeKind
    link: NeighbourLink
    shown: bool
    certainty: Certainty


class Surroundings:
    """What stands one step from a lot. A node that may not be shown is a stub with an id of this answer alone."""

    def __init__(self, stations: Stations, rights: Rights, head: int) -> None:
        self._stations = stations
        self._rights = rights
        self._head = head
        self._answer = secrets.token_hex(16)

    def neighbours(self, uid: str) -> tuple[Neighbour, ...]:
        """Where from and where to, the earliest first; stubs come last, in no order of their own."""
        steps = [step for direction in (Direction.BACKWARD, Direction.FORWARD) for step in self._steps(uid, direction)]
        names = self._names(steps)
        found = [self._neighbour(step, names) for step in steps]
        return tuple(
            sorted(found, key=lambda one: (one.direction is Direction.FORWARD, one.stub, one.event_time or _NEVER, one.uid))
        )

    def participations(self, uid: str) -> tuple[Participation, ...]:
        """Equipment and operators of the lot, and of the transformations that made it."""
        made_in = [link.far for link in self._links([uid], Direction.BACKWARD) if link.type is LinkType.PRODUCED]
        links = [link for link in self._links([uid, *made_in], Direction.FORWARD) if link.type in WORK and link.shown]
        machines = read_plain_ends(self._stations, self._rights, NodeKind.EQUIPMENT, _uids(links, NodeKind.EQUIPMENT))
        operators = self._stations.batches.list_operators(_uids(links, NodeKind.OPERATOR), self._rights)
        numbers = {uid: self._operator_number(uid, identity) for uid, identity in operators.items()}
        numbers |= {uid: name.number for uid, name in machines.items()}
        return tuple(
            Participation(
                link.far,
                link.kind,
                numbers.get(link.far),
                None,
                link.step,
                link.role,
                link.started_at,
                link.ended_at,
                link.event_uid,
            )
            for link in links
        )

    def _operator_number(self, uid: str, identity: bytes) -> str | None:
        """The number that is printed in records; the name behind it is restricted and stays sealed here."""
        text = self._stations.sealer.open(NodeKind.OPERATOR.value, uid, {"identity": identity}).get("identity")
        return str(text).rpartition(":")[2] if text is not None else None

    def _links(self, uids: Sequence[str], direction: Direction) -> list[NeighbourLink]:
        return self._stations.batches.list_links(uids, direction, self._rights, self._head)

    def _steps(self, uid: str, direction: Direction) -> list[Step]:
        links = [link for link in self._links([uid], direction) if link.type not in NOT_NEIGHBOURS]
        through = {link.far: link for link in links if link.kind is NodeKind.TRANSFORMATION}
        steps = [_direct(direction, link) for link in links if link.kind is not NodeKind.TRANSFORMATION]
        beyond = [link for link in self._links(list(through), direction) if link.type not in NOT_NEIGHBOURS]
        sides = self._stations.traces.count_sides(list(through), self._head)
        for far in beyond:
            near = through[far.near]
            consumed = near if direction is Direction.FORWARD else far
            pair, other = near.pair or "", far.pair or ""
            if meet(pair, other):
                exact = (far.near in sides and sides[far.near].single) or bool(pair and pair == other)
                steps.append(Step(direction, far.far, far.kind, consumed, near.shown and far.shown, certainty_of(exact)))
        shipments = [step.far for step in steps if step.kind is NodeKind.SHIPMENT]
        for link in self._links(shipments, direction):
            if link.kind is NodeKind.PARTY:
                steps.append(_direct(direction, link))
        return steps

    def _names(self, steps: Sequence[Step]) -> Mapping[str, NodeName]:
        shown = {step.far: step.kind for step in steps if step.shown}
        names = read_names(self._stations, self._rights, sorted(shown), self._head)
        for kind in (NodeKind.LOCATION, NodeKind.ORDER, NodeKind.DISPOSAL, NodeKind.PRODUCT):
            uids = sorted(uid for uid, of_kind in shown.items() if of_kind is kind)
            names |= read_plain_ends(self._stations, self._rights, kind, uids)
        return names

    def _neighbour(self, step: Step, names: Mapping[str, NodeName]) -> Neighbour:
        link, name = step.link, names.get(step.far)
        if not step.shown or name is None:
            stub = self._stations.sealer.stub(self._answer, step.far)
            via = link.type.value
            return Neighbour(
                step.direction, stub, None, None, None, None, via, None, None, None, Certainty.POSSIBLE, stub=True, event_uid=None
            )
        return Neighbour(
            step.direction,
            step.far,
            name.kind,
            name.number,
            name.name,
            name.product,
            link.type.value,
            link.quantity,
            link.unit,
            link.event_time,
            step.certainty,
            stub=False,
            event_uid=link.event_uid,
        )


_NEVER = datetime.max.replace(tzinfo=UTC)


def _direct(direction: Direction, link: NeighbourLink) -> Step:
    return Step(direction, link.far, link.kind, link, link.shown, Certainty.EXACT)


def _uids(links: Sequence[NeighbourLink], kind: NodeKind) -> list[str]:
    return sorted({link.far for link in links if link.kind is kind})

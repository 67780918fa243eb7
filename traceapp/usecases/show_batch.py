"""One lot: what it is, in which state, where from, where to, who touched it, and who said so."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from traceapp.domain.batch import BatchQuery, BatchRecord, Candidate, Neighbour, Participation, SourceFact, StateFact
from traceapp.domain.disclosure import Unavailable
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import LOTS, Direction
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor, Rights, Withholding
from traceapp.domain.state import compute_states
from traceapp.domain.trace import Status
from traceapp.graph.event_store import StoredEvent
from traceapp.usecases.access import CANDIDATE, entry, result_digest, rights_for
from traceapp.usecases.batch_surroundings import Surroundings
from traceapp.usecases.event_claims import Claims, read_claims
from traceapp.usecases.event_view import find_unseen
from traceapp.usecases.look_up_batches import asked_of, seed_of
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_seeds import find_candidates, refusal

NEIGHBOUR = ("event_time", "name", "number", "product", "quantity", "unit")
IDENTITY = "identity"
PARTICIPATION = ("ended_at", "name", "number", "role", "started_at", "step")


def show_batch(stations: Stations, actor: Actor, query: BatchQuery) -> Recorded[BatchRecord]:
    """Everything about one thing within the actor's view, as of a moment of record time, recorded before it leaves.

    raises  PermissionDeniedError; BatchNotFoundError: unknown or invisible; BatchAmbiguousError with every candidate;
            SealBrokenError; LedgerUnavailableError; StoreError.
    """
    rights = rights_for(stations, actor, Permission.BATCH_SHOW, asked_of(stations, query, ()))
    as_of = query.as_of if query.as_of is not None else stations.clock.now()
    head = stations.heads.get_head_at(as_of) if query.as_of is not None else stations.heads.get_head()
    candidates = find_candidates(stations, rights, head, seed_of(query))
    request = {**asked_of(stations, query, candidates), "head": head}
    if len(candidates) != 1:
        raise _refused(stations, actor, request, candidates)
    record = _record(stations, rights, candidates[0], head, as_of)
    return stations.ledger.record(record, _answered(stations, actor, request, record))


def _refused(
    stations: Stations, actor: Actor, request: dict[str, object], candidates: Sequence[Candidate]
) -> BatchNotFoundError | BatchAmbiguousError:
    """Recorded first: the candidates of an ambiguous number leave with the refusal."""
    error = refusal(candidates)
    disclosed = {kind: list(CANDIDATE) for kind in sorted({one.kind.value for one in candidates})}
    made = entry(
        stations,
        actor,
        Permission.BATCH_SHOW,
        "failed",
        request=request,
        disclosed=disclosed,
        result={"candidates": len(candidates)},
        reason=type(error).__name__,
    )
    stations.ledger.append(made)
    return error


def _record(stations: Stations, rights: Rights, candidate: Candidate, head: int, as_of: datetime) -> BatchRecord:
    said = read_claims(stations, candidate.uid, head, candidate.kind)
    properties = _properties(stations, rights, candidate, head, said)
    unseen = find_unseen(stations, rights, frozenset().union(*said.named.values()))
    seen = [event for event in said.events if not any(uid in unseen for uid, _ in said.named.get(event.uid, ()))]
    told = [event for event in seen if event.uid not in said.unavailable]
    states = compute_states(said.claims, as_of, said.characteristics) if candidate.kind in LOTS else ()
    stops, hidden = rights.mode is Withholding.STOP, len(said.events) - len(seen)
    surroundings = Surroundings.read(stations, rights, head, candidate.uid, candidate.kind)
    return BatchRecord(
        candidate=candidate,
        properties=properties,
        states=tuple(_told_state(state, {event.uid for event in told}) for state in states),
        neighbours=surroundings.neighbours(partial(stations.sealer.stub, secrets.token_hex(16))),
        participations=surroundings.participations(),
        facts=tuple(map(_fact, told)),
        facts_withheld=len(seen if stops else said.events) - len(told),
        as_of=as_of,
        head=head,
        policy_digest=rights.policy_digest,
        degraded=bool(said.unavailable) or any(isinstance(value, Unavailable) for value in properties.values()),
        boundary=stops and (hidden > 0 or _ends_beside(stations, rights, candidate.uid, head)),
    )


def _properties(
    stations: Stations, rights: Rights, candidate: Candidate, head: int, said: Claims
) -> dict[str, PropertyValue | Unavailable]:
    """As its events tell them; while those cannot be opened, as the store holds them, if that is of the moment asked about."""
    values: Mapping[str, PropertyValue | Unavailable] = said.projection.values
    if said.unavailable:
        stored = stations.batches.get_stored(candidate.uid, rights, head)
        values = stations.sealer.disclose(
            candidate.kind, candidate.uid, {name: stored[name] for name in stored if name != IDENTITY}
        )
    return {name: values[name] for name in sorted(values)}


def _ends_beside(stations: Stations, rights: Rights, uid: str, head: int) -> bool:
    return any(stations.traces.find_boundaries(way, [uid], rights, head) for way in (Direction.BACKWARD, Direction.FORWARD, None))


def _told_state(state: StateFact, told: Collection[str]) -> StateFact:
    """The event that set it is named where it may be opened."""
    return state if state.event_uid is None or state.event_uid in told else replace(state, event_uid=None)


def _fact(event: StoredEvent) -> SourceFact:
    return SourceFact(event.uid, event.type.value, event.event_time, event.record_time, event.source, event.position)


def _answered(stations: Stations, actor: Actor, request: dict[str, object], record: BatchRecord) -> LedgerEntry:
    stubs = {one.uid for one in record.neighbours if one.stub}
    told = {
        "candidate": record.candidate,
        "properties": record.properties,
        "states": record.states,
        "neighbours": [one for one in record.neighbours if not one.stub],
        "withheld": len(stubs),
        "participations": record.participations,
        "facts": record.facts,
        "facts_withheld": record.facts_withheld,
        "boundary": record.boundary,
    }
    return entry(
        stations,
        actor,
        Permission.BATCH_SHOW,
        "answered",
        request=request,
        disclosed=_disclosed(record),
        completeness=Status.DEGRADED.name if record.degraded else None,
        result={
            "uid": record.candidate.uid,
            "neighbours": len(record.neighbours),
            "withheld": len(stubs),
            "participations": len(record.participations),
            "facts": len(record.facts),
            "facts_withheld": record.facts_withheld,
            "sha256": result_digest(told),
        },
    )


def _disclosed(record: BatchRecord) -> dict[str, list[str]]:
    """Names of properties by kind, of those that anything has."""
    found = {record.candidate.kind.value: {*CANDIDATE, *record.properties}}
    parts: list[tuple[Sequence[Neighbour | Participation], tuple[str, ...]]] = [
        (record.neighbours, NEIGHBOUR),
        (record.participations, PARTICIPATION),
    ]
    for things, names in parts:
        for one in things:
            if one.kind is not None:
                found.setdefault(one.kind.value, set()).update(name for name in names if getattr(one, name) is not None)
    return {kind: sorted(names) for kind, names in sorted(found.items())}

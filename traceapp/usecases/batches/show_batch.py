"""One lot: what it is, in which state, where from, where to, who touched it, and who said so."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from traceapp.domain.batch import BatchQuery, BatchRecord, Candidate, Neighbour, Participation, SourceFact, StateFact
from traceapp.domain.disclosure import Disclosed, Gap, Unavailable
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, RowAlteredError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import LOTS, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor, Rights, Withholding
from traceapp.domain.state import compute_states
from traceapp.domain.trace import Status
from traceapp.graph.event_store import StoredEvent
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.access import disclosure_of, entry, result_digest, rights_for
from traceapp.usecases.batches.batch_surroundings import Surroundings
from traceapp.usecases.batches.event_source import find_source
from traceapp.usecases.batches.event_view import find_unseen
from traceapp.usecases.batches.look_up_batches import asked_of, failed_entry, seed_of
from traceapp.usecases.disclosed.answer_ids import Stubs
from traceapp.usecases.disclosed.disclosure_roll import Fields, add_candidates, candidate_fields, keep_roll
from traceapp.usecases.disclosed.lot_statuses import check_stamps
from traceapp.usecases.disclosed.node_names import read_names
from traceapp.usecases.disclosed.verification import checked, on_record, readable
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import Claims, read_claims
from traceapp.usecases.trace.trace_record import objects_of
from traceapp.usecases.trace.trace_seeds import find_candidates, refusal

IDENTITY: Final = "identity"
MADE_OF: Final = {
    "hold": ("hold", "hold_number"),
    "expiry": ("expiry_date",),
    "inspection": ("inspection_result",),
    "release": ("release_decision", "release_stage"),
}
"""State → the properties that it is made of."""
Told = TypeVar("Told", Neighbour, Participation)
NEIGHBOUR = ("event_time", "name", "number", "product", "quantity", "unit")
FACT = ("event_time", "position", "record_time", "source", "type")
PARTICIPATION = ("ended_at", "name", "number", "role", "started_at", "step")


def show_batch(stations: Stations, actor: Actor, query: BatchQuery) -> Recorded[BatchRecord]:
    """Everything about one thing within the actor's view, as of a moment of record time, recorded before it leaves.

    raises  PermissionDeniedError; BatchNotFoundError: unknown or invisible; BatchAmbiguousError with every candidate;
            RowAlteredError: a changed record alone carries the number; LedgerUnavailableError; StoreError.
    """
    stations, checks = checked(stations)
    rights = rights_for(stations, actor, Permission.BATCH_SHOW, asked_of(stations, query, ()))
    disclosure = disclosure_of(stations, rights, query.fields)
    as_of = query.as_of if query.as_of is not None else stations.clock.now()
    head = stations.heads.get_head_at(as_of) if query.as_of is not None else stations.heads.get_head()
    try:
        with readable(checks):
            candidates = find_candidates(stations, disclosure, head, seed_of(query))
    except RowAlteredError as refused:
        stations.ledger.append(failed_entry(stations, actor, Permission.BATCH_SHOW, query, head, refused))
        raise
    request = {**asked_of(stations, query, candidates), "head": head}
    if len(candidates) != 1:
        raise _refused(stations, actor, request, candidates, disclosure)
    stub = Stubs(stations)
    with readable(checks):
        record = _record(stations, disclosure, candidates[0], head, as_of, stub)
    record = replace(record, unverified=checks.told(_naming(disclosure, checks, record), rights.least))
    return stations.ledger.record(record, _answered(stations, actor, request, record, stub.own))


def _naming(disclosure: Disclosure, checks: RecordChecks, record: BatchRecord) -> Callable[[str], str | None]:
    """What a thing that is not as it was written is called in this answer; a masked one is not named, only counted."""
    facts = {fact.event_uid for fact in record.facts}

    def name(uid: str) -> str | None:
        kind = checks.seen.get(uid)
        if uid in facts or uid == record.candidate.uid:
            return uid
        return uid if kind is not None and disclosure.identifies(NodeKind(kind)) else None

    return name


def _refused(
    stations: Stations, actor: Actor, request: dict[str, object], candidates: Sequence[Candidate], disclosure: Disclosure
) -> BatchNotFoundError | BatchAmbiguousError:
    """Recorded first: the candidates of an ambiguous number leave with the refusal."""
    error = refusal(candidates, disclosure)
    fields = candidate_fields(candidates)
    made = entry(
        stations,
        actor,
        Permission.BATCH_SHOW,
        "failed",
        request=request,
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result={"candidates": len(candidates)},
        object=objects_of(candidates),
        roll=keep_roll(stations, fields.roll),
        reason=type(error).__name__,
    )
    stations.ledger.append(made)
    return error


def _record(
    stations: Stations, disclosure: Disclosure, candidate: Candidate, head: int, as_of: datetime, stub: Stubs
) -> BatchRecord:
    said = read_claims(stations, candidate.uid, head, candidate.kind)
    rights = disclosure.rights
    if candidate.kind in LOTS:
        lot = read_names(stations, disclosure, [candidate.uid], head)
        check_stamps(stations, lot.values(), [(candidate.uid, event.uid) for event in said.events])
    properties = _properties(stations, disclosure, candidate, head, said)
    unseen = find_unseen(stations, rights, frozenset().union(*said.named.values()))
    seen = [event for event in said.events if not any(uid in unseen for uid, _ in said.named.get(event.uid, ()))]
    shown = [event for event in seen if event.uid not in said.unavailable]
    states = _states(disclosure, candidate.kind, compute_states(said.claims, as_of, said.characteristics))
    unlisted = len(seen if rights.mode is Withholding.STOP else said.events) - len(shown)
    few = unlisted < rights.least
    surroundings = Surroundings.read(stations, disclosure, head, candidate.uid, candidate.kind)
    return BatchRecord(
        candidate=candidate,
        properties=properties,
        states=tuple(_told_state(state, {event.uid for event in shown}) for state in states),
        neighbours=_with_sources(stations, rights, shown, surroundings.neighbours(stub)),
        participations=_with_sources(stations, rights, shown, surroundings.participations(stub)),
        facts=tuple(map(_fact, shown)),
        facts_withheld=0 if few else unlisted,
        facts_few=few and unlisted > 0,
        as_of=as_of,
        head=head,
        policy_digest=rights.policy_digest,
        degraded=bool(said.closed) or any(isinstance(one, Unavailable) for one in properties.values()),
        boundary=rights.stops,
        fields=disclosure.wanted,
    )


def _properties(
    stations: Stations, disclosure: Disclosure, candidate: Candidate, head: int, said: Claims
) -> dict[str, Disclosed[PropertyValue]]:
    """By name: what is on record of it and may be seen, and a mask for everything that may not, on record or not.

    As its events tell them; while those cannot be opened, as the store holds them, if that is of the moment asked about.
    Its identity is no property that is told: `candidate` says it.
    """
    kind, uid = candidate.kind, candidate.uid
    values: Mapping[str, PropertyValue | Gap] = said.projection.values
    if said.unavailable:
        stored = stations.batches.get_stored(uid, disclosure.rights, head)
        opened = {name: value for name, value in stored.items() if name != IDENTITY and disclosure.opens(kind, name)}
        values = stations.sealer.disclose(kind, uid, opened)
    hidden = {name for name in stations.dictionary.entries(kind) if not disclosure.shows(kind, name)}
    names = {name for name in (values.keys() | hidden) - {IDENTITY} if disclosure.asks(name)}
    return {name: disclosure.tell(kind, name, uid, values.get(name, "")) for name in sorted(names)}


def _states(disclosure: Disclosure, kind: NodeKind, states: Sequence[StateFact]) -> tuple[StateFact, ...]:
    """Those of a lot that were asked for; one that was made of something hidden is masked, with the event that set it."""
    if kind not in LOTS:
        return ()
    asked = [state for state in states if disclosure.asks("status", state.name, *MADE_OF[state.name])]
    masks = {state.name: disclosure.gravest(kind, MADE_OF[state.name]) for state in asked}
    return tuple(StateFact(state.name, mask) if (mask := masks[state.name]) is not None else state for state in asked)


def _told_state(state: StateFact, told: Collection[str]) -> StateFact:
    """The event that set it is named where it may be opened."""
    return state if state.event_uid is None or state.event_uid in told else replace(state, event_uid=None)


def _with_sources(stations: Stations, rights: Rights, facts: Collection[StoredEvent], told: Sequence[Told]) -> tuple[Told, ...]:
    """An event is named where its words may be opened; facts: those of which that is known."""
    if rights.everywhere:
        return tuple(told)
    opened = {event.uid for event in facts}
    asked = sorted({one.event_uid for one in told if one.event_uid is not None} - opened)
    opened |= {uid for uid in asked if find_source(stations, rights, uid) is not None}
    return tuple(one if one.event_uid in opened else replace(one, event_uid=None) for one in told)


def _fact(event: StoredEvent) -> SourceFact:
    return SourceFact(event.uid, event.type.value, event.event_time, event.record_time, event.source, event.position)


def _answered(
    stations: Stations, actor: Actor, request: dict[str, object], record: BatchRecord, own: Mapping[str, str]
) -> LedgerEntry:
    stubs = {one.uid for one in record.neighbours if one.stub}
    said = {
        "candidate": record.candidate,
        "properties": record.properties,
        "states": record.states,
        # An id of one answer alone is no part of what was told, and nor is the place in a list that it gives.
        "neighbours": sorted(
            result_digest(replace(one, uid="") if one.masked else one) for one in record.neighbours if not one.stub
        ),
        "withheld": len(stubs),
        "participations": [replace(one, uid="") if one.masked else one for one in record.participations],
        "facts": record.facts,
        "facts_withheld": record.facts_withheld,
        "facts_few": record.facts_few,
        "boundary": record.boundary,
    }
    fields = _fields(record, own)
    return entry(
        stations,
        actor,
        Permission.BATCH_SHOW,
        "answered",
        request=request,
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        object=objects_of([record.candidate]),
        roll=keep_roll(stations, fields.roll),
        completeness=Status.UNVERIFIED.name if record.unverified else Status.DEGRADED.name if record.degraded else None,
        result={
            "uid": record.candidate.uid,
            "neighbours": len(record.neighbours),
            "withheld": len(stubs),
            "participations": len(record.participations),
            "facts": len(record.facts),
            "facts_withheld": record.facts_withheld,
            "sha256": result_digest(said),
            **on_record(record.unverified),
        },
    )


def _fields(record: BatchRecord, own: Mapping[str, str]) -> Fields:
    """Names of properties by kind, of those that anything has; own: what ids of this answer alone stand for."""
    fields, shown = Fields(own), record.candidate
    add_candidates(fields, [shown])
    fields.add(shown.kind.value, record.properties, shown.uid)
    fields.add(shown.kind.value, {state.name: state.value for state in record.states}, shown.uid)
    for fact in record.facts:
        fields.add("Event", {name: getattr(fact, name) for name in FACT}, fact.event_uid)
    fields.add_all(record.neighbours, NEIGHBOUR)
    fields.add_all(record.participations, PARTICIPATION)
    return fields

"""Which things carry this number? All of them, never one picked for the asker."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from traceapp.dictionary.entries import Tier
from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.errors import RowAlteredError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed, Status
from traceapp.domain.unverified import Unverified
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.access import disclosure_of, entry, result_digest, rights_for, told_name
from traceapp.usecases.disclosed.disclosure_roll import candidate_fields, keep_roll
from traceapp.usecases.disclosed.verification import checked, on_record, readable
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_record import objects_of
from traceapp.usecases.trace.trace_seeds import find_candidates


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found, not on record yet.

    unverified  what is not as the service wrote it.
    """

    candidates: tuple[Candidate, ...]
    head: int
    disclosure: Disclosure
    unverified: Unverified


def look_up_batches(stations: Stations, actor: Actor, query: BatchQuery) -> Recorded[tuple[Candidate, ...]]:
    """Every lot, unit, container, shipment and party with this number within the actor's view; none is an empty answer.

    raises  PermissionDeniedError; RowAlteredError: a changed record alone carries it; LedgerUnavailableError; StoreError.
    """
    found = find_things(stations, actor, query, Permission.BATCH_LOOK_UP)
    return stations.ledger.record(found.candidates, found_entry(stations, actor, query, found, Permission.BATCH_LOOK_UP))


def find_things(stations: Stations, actor: Actor, query: BatchQuery, act: Permission, most: Tier = Tier.T3) -> Found:
    """The same, which whoever asks has still to record.

    act   what it is looked up for.   most  the highest tier whose values are wanted.
    """
    stations, checks = checked(stations)
    rights = rights_for(stations, actor, act, asked_of(stations, query, ()), most)
    head = stations.heads.get_head_at(query.as_of) if query.as_of is not None else stations.heads.get_head()
    disclosure = disclosure_of(stations, rights)
    try:
        with readable(checks):
            candidates = find_candidates(stations, disclosure, head, seed_of(query))
    except RowAlteredError as refused:
        stations.ledger.append(failed_entry(stations, actor, act, query, head, refused))
        raise
    found = tuple(replace(one, unverified=one.unverified or not checks.counted) for one in candidates)
    return Found(found, head, disclosure, checks.told({one.uid: one.uid for one in found}.get, rights.least))


def found_entry(stations: Stations, actor: Actor, query: BatchQuery, found: Found, act: Permission, **result: Any) -> LedgerEntry:
    """The record of what is about to leave; its roll is durable by then.

    result  what more there is to say of it.
    """
    fields = candidate_fields(found.candidates)
    told = {"candidates": len(found.candidates), "sha256": result_digest(found.candidates), **on_record(found.unverified)}
    return entry(
        stations,
        actor,
        act,
        "answered",
        request={**asked_of(stations, query, found.candidates), "head": found.head},
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result=told | result,
        completeness=Status.UNVERIFIED.name if found.unverified else None,
        object=objects_of(found.candidates),
        roll=keep_roll(stations, fields.roll),
    )


def finds_all(stations: Stations, actor: Actor) -> bool:
    """Whether the actor's look-ups find everything that carries a number. It depends on role, view and purpose alone, and is
    recorded nowhere. raises  PermissionDeniedError.
    """
    return disclosure_of(stations, rights_for(stations, actor, Permission.BATCH_LOOK_UP)).finds_all


def failed_entry(
    stations: Stations, actor: Actor, permission: Permission, query: BatchQuery, head: int, error: RowAlteredError
) -> LedgerEntry:
    """The record of a number that a changed record alone carries."""
    return entry(
        stations,
        actor,
        permission,
        "failed",
        request={**asked_of(stations, query, ()), "head": head},
        result={"candidates": 0},
        reason=type(error).__name__,
        completeness=Status.UNVERIFIED.name,
    )


def seed_of(query: BatchQuery) -> Seed:
    return Seed(query.number, query.uid, None, query.product, query.site, query.kind)


def asked_of(stations: Stations, query: BatchQuery, found: Collection[Candidate]) -> dict[str, object]:
    """What was asked, as a record keeps it."""
    said: dict[str, object] = {
        "uid": query.uid,
        "product": query.product,
        "site": query.site,
        "kind": query.kind.value if query.kind else None,
        "as_of": query.as_of,
    }
    kinds = {one.kind for one in found}
    return {name: value for name, value in said.items() if value is not None} | told_name(stations, "number", query.number, kinds)

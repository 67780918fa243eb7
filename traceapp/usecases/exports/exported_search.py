"""What carries a number, as something that may leave as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Operation
from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Status
from traceapp.usecases.access import result_digest
from traceapp.usecases.batches.look_up_batches import asked_of, find_things, found_entry
from traceapp.usecases.disclosed.disclosure_roll import candidate_fields
from traceapp.usecases.exports.export_sample import MOST, values_by_tier
from traceapp.usecases.exports.exportable import Exportable, ExportSubject, Wanted
from traceapp.usecases.stations import Stations

WORDS: Final = ("number", "uid", "product", "site")


@dataclass(frozen=True, slots=True)
class FoundThings:
    """whole  whether the look-up finds everything that carries the number, and not that alone which lies within a view."""

    candidates: Sequence[Candidate]
    as_of: datetime
    head: int
    policy_digest: str
    status: Status
    whole: bool


def ask_search(stations: Stations, actor: Actor, query: BatchQuery, wanted: Wanted) -> Exportable:
    """raises  what `look_up_batches` raises."""
    as_of = query.as_of if query.as_of is not None else stations.clock.now()
    found = find_things(stations, actor, query, Permission.BATCH_EXPORT, wanted.tier)
    whole = found.disclosure.finds_all
    altered = found.unverified or any(one.unverified for one in found.candidates)
    status = Status.UNVERIFIED if altered else Status.COMPLETE if whole else Status.WITHHELD
    rights = found.disclosure.rights
    of = [{"kind": one.kind.value, "uid": one.uid} for one in found.candidates]
    return Exportable(
        answer=FoundThings(found.candidates, as_of, found.head, rights.policy_digest, status, whole),
        request={**asked_of(stations, query, found.candidates), "head": found.head},
        digest=result_digest(found.candidates),
        counts={"candidates": len(found.candidates)},
        completeness=status.name,
        of=of,
        seeds=len(found.candidates),
        values=values_by_tier(stations, candidate_fields(found.candidates)),
        sample=of[:MOST],
        head=found.head,
        record=partial(found_entry, stations, actor, query, found, Permission.BATCH_EXPORT),
    )


def pin_search(stations: Stations, query: BatchQuery) -> BatchQuery:
    return replace(query, as_of=query.as_of if query.as_of is not None else stations.clock.now())


def search_document(query: BatchQuery) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(query, name) for name in WORDS}
    said["kind"] = query.kind.value if query.kind is not None else None
    said["as_of"] = stored_time(query.as_of) if query.as_of is not None else None
    return {name: value for name, value in said.items() if value is not None}


def parse_search(told: Mapping[str, Any]) -> BatchQuery:
    """raises  KeyError, TypeError, ValueError."""
    if told.keys() - {*WORDS, "kind", "as_of"} or ("number" in told) == ("uid" in told):
        raise ValueError("wanted number or uid, and no other names")
    words: dict[str, Any] = {name: str(told[name]) for name in WORDS if name in told}
    return BatchQuery(
        **words,
        kind=NodeKind(told["kind"]) if "kind" in told else None,
        as_of=parse_stored_time(told["as_of"]) if "as_of" in told else None,
    )


SEARCH: Final = ExportSubject(
    permission=Permission.BATCH_EXPORT,
    operation=Operation.SEARCH_EXPORT,
    highest=Tier.T2,
    document=search_document,
    parse=parse_search,
    pin=pin_search,
    ask=ask_search,
)

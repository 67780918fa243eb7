"""Which things carry this number? All of them, never one picked for the asker."""

from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed
from traceapp.usecases.access import entry, rights_for
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_seeds import find_candidates

DISCLOSED = ["epc", "number", "product", "site"]


def look_up_batches(stations: Stations, actor: Actor, query: BatchQuery) -> Recorded[tuple[Candidate, ...]]:
    """Every lot, unit, container, shipment and party with this number within the actor's view; none is an empty answer.

    raises  PermissionDeniedError; LedgerUnavailableError; StoreError.
    """
    asked = told_query(query)
    rights = rights_for(stations, actor, Permission.BATCH_LOOK_UP, asked)
    head = stations.heads.get_head_at(query.as_of) if query.as_of is not None else stations.heads.get_head()
    found = tuple(find_candidates(stations, rights, head, seed_of(query)))
    disclosed = dict.fromkeys(sorted({candidate.kind.value for candidate in found}), DISCLOSED)
    made = entry(
        stations,
        actor,
        Permission.BATCH_LOOK_UP,
        "answered",
        request=asked,
        disclosed=disclosed,
        result={"candidates": len(found)},
    )
    return stations.ledger.record(found, made)


def seed_of(query: BatchQuery) -> Seed:
    return Seed(query.number, query.uid, None, query.product, query.site, query.kind)


def told_query(query: BatchQuery) -> dict[str, object]:
    """What was asked, as a record keeps it."""
    said = {
        "number": query.number,
        "uid": query.uid,
        "product": query.product,
        "site": query.site,
        "kind": query.kind.value if query.kind else None,
        "as_of": query.as_of,
    }
    return {name: value for name, value in said.items() if value is not None}

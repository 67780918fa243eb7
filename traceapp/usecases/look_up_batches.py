"""Which things carry this number? All of them, never one picked for the asker."""

from collections.abc import Collection
from typing import Final

from traceapp.domain.batch import BatchQuery, Candidate
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed
from traceapp.usecases.access import entry, result_digest, rights_for
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_seeds import find_candidates

IDENTIFYING: Final = ("epc", "number", "product", "site")
SEALED: Final = frozenset({NodeKind.MATERIAL, NodeKind.PARTY})
"""Kinds whose own number is confidential: it is not written into the ledger."""


def look_up_batches(stations: Stations, actor: Actor, query: BatchQuery) -> Recorded[tuple[Candidate, ...]]:
    """Every lot, unit, container, shipment and party with this number within the actor's view; none is an empty answer.

    raises  PermissionDeniedError; LedgerUnavailableError; StoreError.
    """
    rights = rights_for(stations, actor, Permission.BATCH_LOOK_UP, asked_of(stations, query, ()))
    head = stations.heads.get_head_at(query.as_of) if query.as_of is not None else stations.heads.get_head()
    found = tuple(find_candidates(stations, rights, head, seed_of(query)))
    made = entry(
        stations,
        actor,
        Permission.BATCH_LOOK_UP,
        "answered",
        request={**asked_of(stations, query, found), "head": head},
        disclosed={kind: list(IDENTIFYING) for kind in sorted({candidate.kind.value for candidate in found})},
        result={"candidates": len(found), "sha256": result_digest(found)},
    )
    return stations.ledger.record(found, made)


def seed_of(query: BatchQuery) -> Seed:
    return Seed(query.number, query.uid, None, query.product, query.site, query.kind)


def asked_of(stations: Stations, query: BatchQuery, found: Collection[Candidate]) -> dict[str, object]:
    """What was asked, as a record keeps it.

    The number stands there in clear only where it is a number of ours; a supplier's lot or a party's code is as
    confidential in the ledger as in the store, and what named nothing may be one: of those a MAC is kept.
    """
    said: dict[str, object] = {
        "uid": query.uid,
        "product": query.product,
        "site": query.site,
        "kind": query.kind.value if query.kind else None,
        "as_of": query.as_of,
    }
    if query.number is not None and found and SEALED.isdisjoint(one.kind for one in found):
        said["number"] = query.number
    elif query.number is not None:
        said["number_mac"] = stations.sealer.digest(query.number)
    return {name: value for name, value in said.items() if value is not None}

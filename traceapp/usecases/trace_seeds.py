"""Where a trace starts: numbers, epcs and uids become nodes, or are refused."""

from collections.abc import Sequence

from traceapp.domain.batch import Candidate
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, IdentifierError
from traceapp.domain.identifiers import number_key
from traceapp.domain.kinds import INDEXED_IDENTITIES, NodeKind
from traceapp.domain.rights import Rights
from traceapp.domain.trace import Seed
from traceapp.formats.gs1 import parse_identity
from traceapp.usecases.node_names import read_candidates
from traceapp.usecases.stations import Stations

UNKNOWN = "This number is unknown, or outside your view."


def find_seeds(stations: Stations, rights: Rights, head: int, seeds: Sequence[Seed]) -> dict[str, NodeKind]:
    """The nodes that the seeds name, uid → kind.

    raises  BatchNotFoundError: one of them is unknown or outside the rights, which is the same;
            BatchAmbiguousError: a number fits several; IdentifierError: an epc that breaks its standard.
    """
    found: dict[str, NodeKind] = {}
    for seed in seeds:
        found |= _find_seed(stations, rights, head, seed)
    return found


def find_candidates(stations: Stations, rights: Rights, head: int, seed: Seed) -> list[Candidate]:
    """Everything within the rights that the seed may mean, sorted by kind, product and uid; raises IdentifierError.

    A number that is written as a GS1 key (`01/…/10/…`, Digital Link, EPC URN) means the thing with that key as well.
    """
    if seed.number is not None:
        key = number_key(seed.number)
        indexes = [stations.sealer.number_index(kind.value, key) for kind in INDEXED_IDENTITIES]
        numbered = stations.traces.find_numbered(key, indexes, rights, head)
        uids = sorted({*numbered, *stations.traces.find_seeds(_as_key(stations, seed.number), rights, head)})
    else:
        uid = seed.uid if seed.uid is not None else stations.sealer.uid(parse_identity(seed.epc or ""))
        uids = sorted(stations.traces.find_seeds([uid], rights, head))
    return [one for one in read_candidates(stations, rights, uids, head) if _fits(one, seed)]


def _as_key(stations: Stations, number: str) -> list[str]:
    try:
        return [stations.sealer.uid(parse_identity(number))]
    except IdentifierError:
        return []


def find_one(stations: Stations, rights: Rights, head: int, seed: Seed) -> Candidate:
    """The one thing that the seed means; raises BatchNotFoundError, BatchAmbiguousError, IdentifierError."""
    candidates = find_candidates(stations, rights, head, seed)
    if len(candidates) != 1:
        raise refusal(candidates)
    return candidates[0]


def refusal(candidates: Sequence[Candidate]) -> BatchNotFoundError | BatchAmbiguousError:
    """What is said where not exactly one thing was meant: nobody picks one for the asker."""
    if not candidates:
        return BatchNotFoundError(UNKNOWN)
    return BatchAmbiguousError(f"{len(candidates)} records carry this number; say which one you mean.", tuple(candidates))


def _find_seed(stations: Stations, rights: Rights, head: int, seed: Seed) -> dict[str, NodeKind]:
    if seed.number is not None:
        one = find_one(stations, rights, head, seed)
        return {one.uid: one.kind}
    uid = seed.uid if seed.uid is not None else stations.sealer.uid(parse_identity(seed.epc or ""))
    found = stations.traces.find_seeds([uid], rights, head)
    wanted = seed.kind is None or seed.kind is found.get(uid)
    if not found or not wanted or ((seed.product or seed.site) and not find_candidates(stations, rights, head, seed)):
        raise BatchNotFoundError(UNKNOWN)
    return found


def _fits(candidate: Candidate, seed: Seed) -> bool:
    return (
        (seed.kind is None or candidate.kind is seed.kind)
        and (seed.product is None or candidate.product == seed.product)
        and (seed.site is None or seed.site in candidate.sites)
    )

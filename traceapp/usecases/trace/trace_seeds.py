"""Where a trace starts: numbers, epcs and uids become nodes, or are refused."""

from collections.abc import Sequence
from typing import Final

from traceapp.domain.batch import Candidate
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, IdentifierError, RowAlteredError
from traceapp.domain.kinds import IDENTIFIED_BY, INDEXED_IDENTITIES, NodeKind
from traceapp.domain.rights import Rights
from traceapp.domain.trace import Seed
from traceapp.formats.gs1 import parse_identity
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.batches.numbered_things import find_numbered
from traceapp.usecases.disclosed.node_names import read_candidates, read_names
from traceapp.usecases.stations import Stations

UNKNOWN = "This number is unknown, or outside your view."
ALTERED: Final = "A record that is found under this number was changed outside the service. Keep the goods on hold."


def find_seeds(stations: Stations, disclosure: Disclosure, head: int, seeds: Sequence[Seed]) -> dict[str, NodeKind]:
    """The nodes that the seeds name, uid → kind.

    raises  BatchNotFoundError: one of them is unknown or outside the rights, which is the same;
            BatchAmbiguousError: a number fits several; IdentifierError: an epc that breaks its standard;
            RowAlteredError: a changed record alone carries a number.
    """
    found: dict[str, NodeKind] = {}
    for seed in seeds:
        found |= _find_seed(stations, disclosure, head, seed)
    return found


def find_candidates(stations: Stations, disclosure: Disclosure, head: int, seed: Seed) -> list[Candidate]:
    """Everything within the rights that the seed may mean, sorted by kind, product and uid.

    raises  IdentifierError; RowAlteredError: a changed record alone carries the number, and may be shown.

    A number that is written as a GS1 key (`01/…/10/…`, Digital Link, EPC URN) means the thing with that key as well.
    To look for a value is to read it: a sealed number or key finds nothing for whoever may not search by it.
    """
    rights, known = disclosure.rights, _not_proven(stations)
    altered: frozenset[str] = frozenset()
    if seed.number is not None:
        indexed = [kind for kind in INDEXED_IDENTITIES if disclosure.searches(kind, IDENTIFIED_BY[kind])]
        numbered = find_numbered(stations, rights, head, seed.number, indexed)
        altered = numbered.altered
        uids = sorted({*numbered.carriers, *_find_keyed(stations, disclosure, head, _as_key(stations, seed.number))})
    elif seed.uid is not None:
        uids = sorted(_find_named(stations, disclosure, head, seed.uid))
    else:
        uids = sorted(_find_keyed(stations, disclosure, head, [stations.sealer.uid(parse_identity(seed.epc or ""))]))
    found = [one for one in read_candidates(stations, disclosure, uids, head) if _fits(one, seed)]
    if not found and altered and read_candidates(stations, disclosure, sorted(altered), head):
        raise RowAlteredError(ALTERED)
    if not found:
        _check_hidden(stations, rights, known)
    return found


def _not_proven(stations: Stations) -> frozenset[str]:
    """Nodes of which it is known by now that they are not as they were written."""
    return frozenset(stations.checks.nodes) if stations.checks is not None else frozenset()


def _check_hidden(stations: Stations, rights: Rights, known: frozenset[str]) -> None:
    """Nothing was found. From whoever sees every site nothing is hidden but by hand.

    known   what was not proven before.
    raises  RowAlteredError: he was led to something, and it was changed so that nobody sees it.
    """
    if rights.everywhere and _not_proven(stations) - known:
        raise RowAlteredError(ALTERED)


def _find_keyed(stations: Stations, disclosure: Disclosure, head: int, uids: Sequence[str]) -> dict[str, NodeKind]:
    """What has one of these GS1 keys, by the uids that are made of them."""
    found = stations.traces.find_seeds(uids, disclosure.rights, head)
    return {uid: kind for uid, kind in found.items() if disclosure.searches(kind, "identity")}


def _find_named(stations: Stations, disclosure: Disclosure, head: int, uid: str) -> dict[str, NodeKind]:
    """What has this uid, unless its name is masked: whoever may not read who it is gets at it by nothing."""
    found = stations.traces.find_seeds([uid], disclosure.rights, head)
    if all(map(disclosure.identifies, found.values())):
        return found
    materials = [one for one, kind in found.items() if kind is NodeKind.MATERIAL]
    names = read_names(stations, disclosure.whole, materials, head) if materials else {}
    return {one: found[one] for one, name in names.items() if not name.masked}


def _as_key(stations: Stations, number: str) -> list[str]:
    try:
        return [stations.sealer.uid(parse_identity(number))]
    except IdentifierError:
        return []


def find_one(stations: Stations, disclosure: Disclosure, head: int, seed: Seed) -> Candidate:
    """The one thing that the seed means; raises as `find_seeds`."""
    candidates = find_candidates(stations, disclosure, head, seed)
    if len(candidates) != 1:
        raise refusal(candidates, disclosure)
    return candidates[0]


def refusal(candidates: Sequence[Candidate], disclosure: Disclosure) -> BatchNotFoundError | BatchAmbiguousError:
    """What is said where not exactly one thing was meant: nobody picks one for the asker.

    That others may lie outside his view is said to whoever does not see everything, always: it would tell of them otherwise.
    """
    if not candidates:
        return BatchNotFoundError(UNKNOWN)
    said = f"{len(candidates)} records carry this number; say which one you mean."
    if not disclosure.finds_all:
        said += " Whether others outside your view carry it is not told."
    return BatchAmbiguousError(said, tuple(candidates), boundary=not disclosure.finds_all)


def _find_seed(stations: Stations, disclosure: Disclosure, head: int, seed: Seed) -> dict[str, NodeKind]:
    if seed.number is not None:
        one = find_one(stations, disclosure, head, seed)
        return {one.uid: one.kind}
    known = _not_proven(stations)
    if seed.uid is not None:
        found = _find_named(stations, disclosure, head, seed.uid)
    else:
        found = _find_keyed(stations, disclosure, head, [stations.sealer.uid(parse_identity(seed.epc or ""))])
    wanted = seed.kind is None or seed.kind in found.values()
    if not found or not wanted or ((seed.product or seed.site) and not find_candidates(stations, disclosure, head, seed)):
        _check_hidden(stations, disclosure.rights, known)
        raise BatchNotFoundError(UNKNOWN)
    return found


def _fits(candidate: Candidate, seed: Seed) -> bool:
    return (
        (seed.kind is None or candidate.kind is seed.kind)
        and (seed.product is None or candidate.product == seed.product)
        and (seed.site is None or seed.site in candidate.sites)
    )

"""Lots that are likely one and the same under two identities: looked for beside seeds and where a chain breaks off."""

from collections.abc import Collection

from traceapp.domain.identifiers import Identity
from traceapp.domain.rights import Rights
from traceapp.usecases.stations import Stations

THINGS = {"10": "lot", "21": "unit"}
"""GS1 application identifiers of the last key, in the words of our own identities."""


def find_twins(stations: Stations, rights: Rights, suspects: Collection[str], head: int) -> set[tuple[str, str]]:
    """Pairs of uids, each pair and the pairs in order."""
    rows = stations.traces.find_twins(sorted(suspects), rights, head)
    return {
        (min(uid, twin), max(uid, twin)) for uid, text, twin, other in rows if are_likely_twins(Identity(text), Identity(other))
    }


def are_likely_twins(one: Identity, other: Identity) -> bool:
    """Whether two identities with the same printed number may name one thing.

    A GS1 key and a number of a plant's own may (no table says which products correspond); so may one product's number
    that two sites issued. Two GS1 keys that differ are two things, and so are two products of one plant.
    """
    if _thing(one) != _thing(other) or (one.is_gs1 and other.is_gs1):
        return False
    return one.is_gs1 != other.is_gs1 or one.product == other.product


def _thing(identity: Identity) -> str:
    parts = identity.parts
    return THINGS.get(parts[-2], parts[0]) if identity.is_gs1 and len(parts) > 1 else parts[0]

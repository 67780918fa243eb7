"""What carries a printed number: the key that led to a thing is believed only where the thing itself says the number too."""

from collections.abc import Sequence
from dataclasses import dataclass

from traceapp.domain.disclosure import Unavailable
from traceapp.domain.identifiers import Identity, number_key
from traceapp.domain.kinds import SEALED_IDENTITIES, NodeKind
from traceapp.domain.rights import Rights
from traceapp.graph.trace_store import Numbered
from traceapp.usecases.stations import Stations


@dataclass(frozen=True, slots=True)
class NumberedThings:
    """carriers  uid → kind of what carries the number.   altered  uids of what a changed record alone leads to."""

    carriers: dict[str, NodeKind]
    altered: frozenset[str]


def find_numbered(stations: Stations, rights: Rights, head: int, number: str, indexed: Sequence[NodeKind] = ()) -> NumberedThings:
    """What carries a number within the rights, by plain number, receipt number, and blind index of the kinds in `indexed`.

    A uid is made of the identity (`Sealer.uid`) and proven with its node, so an identity that gives the uid proves its number,
    whatever else was changed. Of a blind index of few bits other numbers meet this one: they are left out, and nothing is said.
    What is altered is said with the answer (`RecordChecks`).
    """
    key = number_key(number)
    indexes = [stations.sealer.number_index(kind.value, key) for kind in indexed]
    carriers: dict[str, NodeKind] = {}
    altered: set[str] = set()
    for one in stations.traces.find_numbered(key, indexes, rights, head):
        identity = _identity(stations, one)
        if one.received or (identity is not None and number_key(identity.number) == key) or _unopened(stations, rights, one):
            carriers[one.uid] = one.kind
        elif not (
            identity is not None and one.sealed and stations.sealer.number_index(one.kind.value, identity.number) in indexes
        ):
            altered.add(one.uid)
    altered -= carriers.keys()
    for uid in altered:
        if stations.checks is not None:
            stations.checks.altered(uid)
    return NumberedThings(carriers, frozenset(altered))


def _identity(stations: Stations, one: Numbered) -> Identity | None:
    """Its own, where that is what its uid was made of."""
    text: object = one.identity
    if one.kind in SEALED_IDENTITIES:
        text = _opened(stations, one)
    if not isinstance(text, str):
        return None
    identity = Identity(text)
    return identity if stations.sealer.uid(identity) == one.uid else None


def _opened(stations: Stations, one: Numbered) -> object:
    return stations.sealer.disclose(one.kind.value, one.uid, {"identity": one.sealed}).get("identity")


def _unopened(stations: Stations, rights: Rights, one: Numbered) -> bool:
    """Whether its key is not to be had now: then it is told where all of it stands as it was written."""
    if one.sealed is None or not isinstance(_opened(stations, one), Unavailable):
        return False
    stations.traces.find_stored(one.kind, [one.uid], rights)
    return stations.checks is None or one.uid not in stations.checks.nodes

"""Which keys there are, in which state, and how much an old one still seals."""

from collections.abc import Mapping
from dataclasses import dataclass

from traceapp.domain.keys import RingRecord
from traceapp.usecases.keys.rotate_keys import old_keys
from traceapp.usecases.stations import Stations


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The ring, and for every key that opens and seals no more how many records still name it."""

    ring: RingRecord
    named: Mapping[str, int]


def show_keys(stations: Stations) -> KeyStatus:
    """Names and states alone, which the ring file tells whoever may run this; nothing is opened and nothing recorded."""
    return KeyStatus(stations.keys.record(), {alias: stations.sealed.count(alias) for alias in old_keys(stations)})

"""An event speaks of several things at once: whoever may not see one of them is not shown its words."""

from collections.abc import Collection

from traceapp.domain.kinds import TRACEABLE, NodeKind
from traceapp.domain.rights import Rights
from traceapp.usecases.stations import Stations

Named = tuple[str, NodeKind]
"""uid and kind of a thing that an event names."""


def find_unseen(stations: Stations, rights: Rights, named: Collection[Named]) -> set[str]:
    """Of these things, those outside the rights.

    Machines, operators and inspections stand in the events of a lot without a view of their own: with the lot they are
    shown, and without it the event is not.
    """
    by_kind: dict[NodeKind, set[str]] = {}
    for uid, kind in named:
        by_kind.setdefault(kind, set()).add(uid)
    traceable = set().union(*(uids for kind, uids in by_kind.items() if kind in TRACEABLE))
    unseen = traceable - set(stations.traces.find_attributes(sorted(traceable), rights).uid)
    for kind in (NodeKind.LOCATION, NodeKind.ORDER, NodeKind.DISPOSAL):
        ends = by_kind.get(kind, set())
        unseen |= ends - {end.uid for end in stations.traces.find_plain_ends(kind, sorted(ends), rights)}
    return unseen

"""Properties of the things of a trace that `fields` asks for, beside what identifies them: read only where they are wanted."""

from collections.abc import Collection, Mapping, Sequence

from traceapp.domain.disclosure import Disclosed, Gap, Unavailable, Unproven
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.domain.trace import NODE_MEMBERS
from traceapp.graph.connection import Row
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.disclosed.node_names import NodeName
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import read_claims

Told = Mapping[str, Disclosed[PropertyValue]]
"""Of one thing, by name: the values on record that may be told, and a mask for each that may not, on record or not."""


def read_properties(
    stations: Stations, disclosure: Disclosure, names: Mapping[str, NodeName], uids: Collection[str], head: int
) -> dict[str, Told] | None:
    """uid → properties as they were known at a head; None where none were asked for.

    names  of everything that may be shown; what cannot be opened now is noted there.
    uids   the things of the answer.
    """
    wanted = (disclosure.wanted or frozenset()) - NODE_MEMBERS
    if not wanted:
        return None
    by_kind: dict[NodeKind, list[str]] = {}
    for uid in sorted(names.keys() & uids):
        by_kind.setdefault(names[uid].kind, []).append(uid)
    by_kind.pop(NodeKind.OPERATOR, None)  # a trace names nobody
    told: dict[str, Told] = {}
    for kind, of_kind in by_kind.items():
        known = sorted(name for name in wanted if stations.dictionary.knows(kind, name))
        opened = [name for name in known if disclosure.opens(kind, name)]
        stored = stations.traces.find_stored(kind, of_kind, disclosure.rights) if opened else {}
        for uid in of_kind:
            values = _values(stations, kind, uid, stored[uid], opened, head) if uid in stored else {}
            names[uid].unavailable |= any(isinstance(one, Unavailable) and disclosure.shows(kind, n) for n, one in values.items())
            found = {name: disclosure.tell(kind, name, uid, values.get(name)) for name in known}
            told[uid] = {name: value for name, value in found.items() if value is not None}
    return told


def _values(
    stations: Stations, kind: NodeKind, uid: str, stored: Row, opened: Sequence[str], head: int
) -> Mapping[str, PropertyValue | Gap]:
    """What is stored, or what its events told until then where something was told later."""
    if stored["projected_seq"] <= head:
        wanted = {name: stored[name] for name in opened if stored.get(name) is not None}
        return stations.sealer.disclose(kind.value, uid, wanted)
    said = read_claims(stations, uid, head, kind)
    if said.unavailable:
        gap = Unavailable if said.closed else Unproven
        return {name: gap(stations.dictionary.entry(kind, name).tier.value) for name in opened}
    return said.projection.values

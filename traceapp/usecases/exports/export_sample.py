"""What whoever decides is shown of rows that would leave: how many values of which tier, and some rows, masked as for himself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from traceapp.domain.kinds import TRACEABLE, NodeKind
from traceapp.domain.rights import Actor, Rights
from traceapp.domain.trace import PartyLine, TraceNode
from traceapp.policy.compilation import compile_rights
from traceapp.usecases.access import disclosure_of
from traceapp.usecases.disclosed.disclosure_roll import Fields
from traceapp.usecases.disclosed.node_names import NodeName, read_names, read_plain_ends
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_record import Traced

MOST: Final = 5
"""Rows of a sample."""
OUTSIDE: Final[Mapping[str, Any]] = {"outside": True}
"""In the place of a thing that lies outside the view of whoever looks; not even its kind is told."""
SEALED_AS: Final = {"epc": "identity"}
PARTY: Final = {"number": "identity", "epc": "identity"}
"""What an answer calls a property → what the dictionary calls it."""


def values_by_tier(stations: Stations, fields: Fields) -> dict[str, int]:
    """Tier → values of it that leave in clear; what the dictionary does not know (quantities, links) is counted as rows alone."""
    counts: dict[str, int] = {}
    for group in fields.roll.document:
        kind = group["kind"]
        known = PARTY if kind == NodeKind.PARTY else SEALED_AS
        names = {known.get(name, name) for name in group["disclosed"]}
        for name in names:
            if stations.dictionary.knows(kind, name):
                tier = stations.dictionary.entry(kind, name).tier.value
                counts[tier] = counts.get(tier, 0) + len(group["uids"])
    return dict(sorted(counts.items()))


def sampled_things(traced: Traced) -> list[dict[str, str]]:
    """Some things of an answer, each once, by kind and our own uid: parties first, since their names are what is confidential."""
    answer = traced.answer
    lines: Sequence[PartyLine] = (*answer.consignees, *answer.suppliers)
    parties = sorted({traced.own.get(line.uid, line.uid) for line in lines})[: MOST - 2]
    nodes: list[TraceNode] = sorted(
        (one for one in answer.nodes if one.kind is not None and not one.seed), key=lambda one: one.uid
    )
    found = [{"kind": NodeKind.PARTY.value, "uid": uid} for uid in parties]
    for node in nodes:
        uid = traced.own.get(node.uid, node.uid)
        if len(found) < MOST and node.kind is not None and uid not in parties:
            found.append({"kind": node.kind.value, "uid": uid})
    return found


def rights_of(stations: Stations, actor: Actor) -> Rights:
    """Only a part of an act that is itself decided and recorded."""
    return compile_rights(stations.policy, stations.acls.list_entries(), actor, stations.clock.now())


def names_for(
    stations: Stations, actor: Actor, things: Sequence[Mapping[str, str]], head: int, fields: Fields
) -> dict[str, NodeName]:
    """Names of things as whoever looks may see them, noted in the fields; those outside his view are absent."""
    disclosure = disclosure_of(stations, rights_of(stations, actor))
    uids: dict[NodeKind, list[str]] = {}
    for thing in things:
        uids.setdefault(NodeKind(thing["kind"]), []).append(thing["uid"])
    names: dict[str, NodeName] = read_names(
        stations, disclosure, [uid for kind in uids if kind in TRACEABLE for uid in uids[kind]], head
    )
    for kind in uids.keys() - TRACEABLE:
        names |= read_plain_ends(stations, disclosure, kind, uids[kind], head)
    for uid, name in names.items():
        fields.add(name.kind.value, {"number": name.number, "name": name.name}, uid)
    return names


def sample_export(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> list[Mapping[str, Any]]:
    """Rows of what would leave, for whoever sees every site and line; to others a row would tell that its thing hangs together
    with what they do not see.
    """
    things: Sequence[Mapping[str, str]] = parameters["sample"]
    if not rights_of(stations, actor).everywhere:
        return [OUTSIDE for _ in things]
    names = names_for(stations, actor, things, int(parameters["head"]), fields)
    found = (names.get(thing["uid"]) for thing in things)
    return [
        {"kind": name.kind.value, "number": name.number, "name": name.name} if name is not None else OUTSIDE for name in found
    ]

"""What the ledger keeps of a trace: who asked what, which properties left, how much, and a digest of the whole."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from operator import attrgetter
from typing import Any

import orjson

from traceapp.domain.batch import Candidate
from traceapp.domain.errors import BatchAmbiguousError, TraceappError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.domain.trace import PartyLine, Seed, TraceAnswer, TraceLink, TraceNode, TraceQuestion
from traceapp.usecases.access import CANDIDATE, entry, told_name
from traceapp.usecases.stations import Stations

IDENTIFYING = ("number", "name", "epc", "product", "site", "status")
PARTY = tuple(field.name for field in fields(PartyLine) if field.name != "uid")
NODE = attrgetter(*(field.name for field in fields(TraceNode)))
LINK = attrgetter(*(field.name for field in fields(TraceLink)))
WHOLE_PARTY = attrgetter(*(field.name for field in fields(PartyLine)))
STATED = ("event_time", "quantity", "unit")
"""What a link that may be shown tells beside its ends."""
STUB = "withheld"


def answered_entry(stations: Stations, actor: Actor, answer: TraceAnswer) -> LedgerEntry:
    """The record of an answer that is about to leave."""
    return entry(
        stations,
        actor,
        Permission.BATCH_TRACE,
        "answered",
        request=request_document(stations, answer.question, answer.head, _seed_kinds(answer)),
        disclosed=_disclosed(answer),
        result={
            "nodes": len(answer.nodes),
            "links": len(answer.links),
            "consignees": len(answer.consignees),
            "suppliers": len(answer.suppliers),
            "withheld": sum(answer.completeness.withheld.values()),
            "sha256": result_digest(answer),
        },
        completeness=answer.completeness.status.name,
    )


def routed_entry(stations: Stations, actor: Actor, answer: TraceAnswer) -> LedgerEntry:
    """What was withheld of an answer goes to a role that may see it: how much by class, and of which question."""
    said = answer.completeness
    return entry(
        stations,
        actor,
        Act.WITHHELD_ROUTE,
        "done",
        request=request_document(stations, answer.question, answer.head, _seed_kinds(answer)),
        result={"role": said.routed_to, "withheld": dict(said.withheld)},
    )


def failed_entry(stations: Stations, actor: Actor, question: TraceQuestion, head: int, error: TraceappError) -> LedgerEntry:
    """The record of a question that named nothing, or too much."""
    candidates = _candidates(error)
    return entry(
        stations,
        actor,
        Permission.BATCH_TRACE,
        "failed",
        request=request_document(stations, question, head, ()),
        disclosed={kind: list(CANDIDATE) for kind in sorted({one.kind.value for one in candidates})},
        result={"candidates": len(candidates)},
        reason=type(error).__name__,
    )


def _candidates(error: TraceappError) -> list[Candidate]:
    """Of an ambiguous number: they leave with the refusal."""
    if not isinstance(error, BatchAmbiguousError):
        return []
    return [one for one in error.candidates if isinstance(one, Candidate)]


def result_digest(answer: TraceAnswer) -> str:
    """SHA-256 (hex) of what was answered; the same question at the same head gives it again.

    It is taken over JSON of lists, fields in the order of their classes. The ids of stubs are drawn anew for every answer
    and are left out, like the moment of asking.
    """
    stubs = {node.uid for node in answer.nodes if node.stub}
    told = [
        answer.seeds,
        answer.head,
        [_nameless(row, stubs) for row in map(NODE, answer.nodes)] if stubs else list(map(NODE, answer.nodes)),
        sorted((_nameless(row, stubs) for row in map(LINK, answer.links)), key=repr) if stubs else list(map(LINK, answer.links)),
        answer.containers,
        [_nameless(_party(line), stubs) for line in answer.consignees],
        [_nameless(_party(line), stubs) for line in answer.suppliers],
        answer.completeness,
        sorted(sorted(_nameless(cycle, stubs)) for cycle in answer.cycles),
        sorted((product, sorted(amounts.items())) for product, amounts in answer.class_level.items()),
    ]
    return hashlib.sha256(orjson.dumps(told, default=_plain)).hexdigest()


def _nameless(row: Sequence[Any], stubs: set[str]) -> list[Any]:
    """The same without the ids of stubs, wherever they stand."""
    return [
        sorted(STUB if uid in stubs else uid for uid in value)
        if isinstance(value, tuple)
        else STUB
        if isinstance(value, str) and value in stubs
        else value
        for value in row
    ]


def _party(line: PartyLine) -> tuple[Any, ...]:
    return tuple(sorted(part.items()) if isinstance(part, dict) else part for part in WHOLE_PARTY(line))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    raise TypeError(f"no answer holds a {type(value).__name__}")


def _disclosed(answer: TraceAnswer) -> dict[str, list[str]]:
    """Property names per kind; a property that nobody's node has did not leave."""
    lacking: dict[str, set[str]] = {}
    for node in answer.nodes:
        if node.kind is None:
            continue
        names = lacking.setdefault(node.kind.value, set(IDENTIFYING))
        if names:
            names -= {name for name in names if getattr(node, name) is not None}
    found = {kind: set(IDENTIFYING) - names for kind, names in lacking.items()}
    if answer.consignees or answer.suppliers:
        found.setdefault("Party", set()).update(PARTY)
    if any(link.event_time is not None for link in answer.links):
        found["link"] = set(STATED)
    return {kind: sorted(names) for kind, names in sorted(found.items())}


def _seed_kinds(answer: TraceAnswer) -> set[NodeKind]:
    return {node.kind for node in answer.nodes if node.seed and node.kind is not None}


def request_document(
    stations: Stations, question: TraceQuestion, head: int | None, kinds: Collection[NodeKind]
) -> dict[str, Any]:
    """What was asked, as the ledger keeps it.

    head   None where the question was refused before it was read.
    kinds  of the seeds; empty where they were not found.
    """
    window = question.window
    return {
        "seeds": [_seed(stations, seed, kinds) for seed in question.seeds],
        "direction": question.direction.value,
        "head": head,
        "as_of": question.as_of,
        "at": question.at,
        "event_time_from": window.event_time_from,
        "event_time_to": window.event_time_to,
        "budget": {"nodes": question.budget.nodes, "links": question.budget.links},
    }


def _seed(stations: Stations, seed: Seed, kinds: Collection[NodeKind]) -> dict[str, str]:
    said = {name: getattr(seed, name) for name in ("uid", "product", "site", "kind")}
    named = told_name(stations, "number", seed.number, kinds) | told_name(stations, "epc", seed.epc, kinds)
    return named | {name: str(value) for name, value in said.items() if value is not None}

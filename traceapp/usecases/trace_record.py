"""What the ledger keeps of a trace: who asked what, which properties left, how much, and a digest of the whole."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import TraceappError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.domain.trace import PartyLine, Seed, TraceAnswer, TraceNode, TraceQuestion
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations

IDENTIFYING = ("number", "name", "epc", "product", "site", "status")
PARTY = tuple(field.name for field in fields(PartyLine) if field.name != "uid")
STUB = "withheld"


def answered_entry(stations: Stations, actor: Actor, answer: TraceAnswer) -> LedgerEntry:
    """The record of an answer that is about to leave."""
    return entry(
        stations,
        actor,
        Permission.BATCH_TRACE,
        "answered",
        request=request_document(answer.question, answer.head),
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


def failed_entry(stations: Stations, actor: Actor, question: TraceQuestion, head: int, error: TraceappError) -> LedgerEntry:
    """The record of a question that named nothing, or too much."""
    request = request_document(question, head)
    return entry(stations, actor, Permission.BATCH_TRACE, "failed", request=request, reason=type(error).__name__)


def result_digest(answer: TraceAnswer) -> str:
    """SHA-256 (hex) of what was answered; the same question at the same head gives it again.

    The ids of stubs are drawn anew for every answer and are left out, like the moment of asking.
    """
    stubs = {node.uid for node in answer.nodes if node.stub}
    told = {
        "seeds": answer.seeds,
        "head": answer.head,
        "nodes": [replace(node, uid=STUB) if node.stub else node for node in answer.nodes],
        "links": _links(answer, stubs) if stubs else answer.links,
        "containers": answer.containers,
        "consignees": [_party(line, stubs) for line in answer.consignees],
        "suppliers": [_party(line, stubs) for line in answer.suppliers],
        "completeness": answer.completeness,
        "cycles": sorted([[STUB if uid in stubs else uid for uid in cycle] for cycle in answer.cycles]),
        "class_level": answer.class_level,
    }
    return hashlib.sha256(_bytes(told)).hexdigest()


def _links(answer: TraceAnswer, stubs: set[str]) -> list[bytes]:
    told = [
        replace(
            link,
            source=STUB if link.source in stubs else link.source,
            target=STUB if link.target in stubs else link.target,
            via=STUB if link.via in stubs else link.via,
        )
        for link in answer.links
    ]
    return sorted(_bytes(link) for link in told)


def _party(line: PartyLine, stubs: set[str]) -> PartyLine:
    if stubs.isdisjoint(line.lots):
        return line
    return replace(line, lots=tuple(sorted(STUB if uid in stubs else uid for uid in line.lots)))


def _bytes(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: object) -> object:
    match value:
        case Decimal() | bytes():
            return str(value)
        case datetime():
            return stored_time(value)
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"no answer holds a {type(value).__name__}")


def _disclosed(answer: TraceAnswer) -> dict[str, list[str]]:
    """Property names per kind; a property that nobody's node has did not leave."""
    found: dict[str, set[str]] = {}
    for node in answer.nodes:
        if node.kind is not None:
            found.setdefault(node.kind.value, set()).update(_named(node))
    if answer.consignees or answer.suppliers:
        found.setdefault("Party", set()).update(PARTY)
    return {kind: sorted(names) for kind, names in sorted(found.items())}


def _named(node: TraceNode) -> list[str]:
    return [name for name in IDENTIFYING if getattr(node, name) is not None]


def request_document(question: TraceQuestion, head: int | None) -> dict[str, Any]:
    """What was asked, as the ledger keeps it; the head is None where the question was refused before it was read."""
    window = question.window
    return {
        "seeds": [_seed(seed) for seed in question.seeds],
        "direction": question.direction.value,
        "head": head,
        "as_of": question.as_of,
        "at": question.at,
        "event_time_from": window.event_time_from,
        "event_time_to": window.event_time_to,
        "budget": {"nodes": question.budget.nodes, "links": question.budget.links},
    }


def _seed(seed: Seed) -> dict[str, str]:
    said = {name: getattr(seed, name) for name in ("number", "uid", "epc", "product", "site", "kind")}
    return {name: str(value) for name, value in said.items() if value is not None}

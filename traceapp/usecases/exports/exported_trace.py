"""A trace as something that may leave as a file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.approvals import Operation
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed, TraceQuestion, Window
from traceapp.usecases.exports.export_sample import sampled_things, values_by_tier
from traceapp.usecases.exports.exportable import Exportable, ExportSubject, Wanted
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import ask
from traceapp.usecases.trace.trace_record import answered_entry, fields_of, request_document, result_digest

COUNTED: Final = ("nodes", "links", "consignees", "suppliers")
SEED: Final = ("number", "uid", "epc", "product", "site", "kind")
MOMENTS: Final = ("as_of", "at", "event_time_from", "event_time_to")


def ask_trace(stations: Stations, actor: Actor, question: TraceQuestion, wanted: Wanted) -> Exportable:
    """raises  what `trace_batch` raises."""
    traced = ask(stations, actor, question, Permission.BATCH_EXPORT, wanted.tier, personal=wanted.personal)
    answer = traced.answer
    kinds = {node.uid: node.kind for node in answer.nodes if node.seed and node.kind is not None}
    return Exportable(
        answer=answer,
        request=request_document(stations, answer.question, answer.head, set(kinds.values())),
        digest=result_digest(answer, traced.own),
        counts={name: len(getattr(answer, name)) for name in COUNTED} | {"withheld": sum(answer.completeness.withheld.values())},
        completeness=answer.completeness.status.name,
        of=[{"kind": kinds[uid].value, "uid": uid} for uid in answer.seeds if uid in kinds],
        seeds=len(answer.seeds),
        values=values_by_tier(stations, fields_of(answer, traced.own)),
        sample=sampled_things(traced),
        head=answer.head,
        record=partial(answered_entry, stations, actor, traced, Permission.BATCH_EXPORT),
    )


def pin_trace(stations: Stations, question: TraceQuestion) -> TraceQuestion:
    return replace(question, as_of=question.as_of if question.as_of is not None else stations.clock.now())


def trace_document(question: TraceQuestion) -> dict[str, Any]:
    moments = (question.as_of, question.at, question.window.event_time_from, question.window.event_time_to)
    return {
        "seeds": [{name: str(said) for name in SEED if (said := getattr(seed, name)) is not None} for seed in question.seeds],
        "direction": question.direction.value,
        **{name: stored_time(moment) for name, moment in zip(MOMENTS, moments, strict=True) if moment is not None},
        "fields": sorted(question.fields) if question.fields is not None else None,
    }


def parse_trace(told: Mapping[str, Any]) -> TraceQuestion:
    """raises  KeyError, TypeError, ValueError."""
    if told.keys() - {"seeds", "direction", "fields", *MOMENTS}:
        raise ValueError("wanted no other names")
    seeds = tuple(Seed(**{**seed, **({"kind": NodeKind(seed["kind"])} if "kind" in seed else {})}) for seed in told["seeds"])
    moments: dict[str, datetime] = {name: parse_stored_time(told[name]) for name in MOMENTS if told.get(name) is not None}
    fields = told.get("fields")
    return TraceQuestion(
        seeds,
        Direction(told["direction"]),
        moments.get("as_of"),
        moments.get("at"),
        Window(moments.get("event_time_from"), moments.get("event_time_to")),
        fields=frozenset(fields) if fields is not None else None,
    )


TRACE: Final = ExportSubject(
    permission=Permission.BATCH_EXPORT,
    operation=Operation.TRACE_EXPORT,
    highest=Tier.T3,
    document=trace_document,
    parse=parse_trace,
    pin=pin_trace,
    ask=ask_trace,
)

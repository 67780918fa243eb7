"""What the ledger keeps of a trace: who asked what, which properties left, how much, and a digest of the whole."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any

import orjson

from traceapp.domain.batch import Candidate
from traceapp.domain.disclosure import Gap, Masked
from traceapp.domain.errors import BatchAmbiguousError, TraceappError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Completeness, DescribedNode, PartyLine, Seed, TraceAnswer, TraceLink, TraceNode, TraceQuestion
from traceapp.domain.unverified import Unverified
from traceapp.usecases.access import MOST_OBJECTS, entry, told_name
from traceapp.usecases.disclosed.disclosure_roll import Fields, candidate_fields, keep_roll
from traceapp.usecases.disclosed.verification import on_record
from traceapp.usecases.stations import Stations

IDENTIFYING = ("number", "name", "epc", "product", "site", "status")
PARTY = tuple(field.name for field in fields(PartyLine) if field.name not in {"uid", "withheld", "masked"})
TOLD_PARTY = attrgetter(*PARTY)
NODE = attrgetter(*(field.name for field in fields(TraceNode)))
COMPLETENESS = attrgetter(*(field.name for field in fields(Completeness)))
LINK = attrgetter(*(field.name for field in fields(TraceLink)))
WHOLE_PARTY = attrgetter(*(field.name for field in fields(PartyLine)))
STATED = ("event_time", "quantity", "unit")
"""What a link that may be shown tells beside its ends."""
STUB = "withheld"


@dataclass(frozen=True, slots=True)
class Traced:
    """An answer that is not on record yet.

    own      ids of this answer alone → the uids that they stand for.
    reached  the head when it was asked: where things were known to be by then decided what the asker saw.
    """

    answer: TraceAnswer
    own: Mapping[str, str]
    reached: int


def answered_entry(
    stations: Stations, actor: Actor, traced: Traced, act: Permission = Permission.BATCH_TRACE, **result: Any
) -> LedgerEntry:
    """The record of an answer that is about to leave; its roll is durable by then.

    result  what more there is to say of it.
    raises  LedgerUnavailableError.
    """
    answer = traced.answer
    fields, said = fields_of(answer, traced.own), answer.completeness
    request = request_document(stations, answer.question, answer.head, _seed_kinds(answer))
    return entry(
        stations,
        actor,
        act,
        "answered",
        request=request | {"moment": answer.as_of, "reached": traced.reached},
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result={
            "nodes": len(answer.nodes),
            "links": len(answer.links),
            "consignees": len(answer.consignees),
            "suppliers": len(answer.suppliers),
            "withheld": sum(answer.completeness.withheld.values()),
            "sha256": result_digest(answer, traced.own),
            **on_record(Unverified(said.unverified, said.unverified_withheld, said.unverified_few)),
            **result,
        },
        completeness=answer.completeness.status.name,
        object=_seeds_of(answer),
        roll=keep_roll(stations, fields.roll),
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
        result={"role": said.routed_to, "withheld": dict(said.withheld), "few": list(said.few)},
        object=_seeds_of(answer),
    )


def failed_entry(
    stations: Stations, actor: Actor, question: TraceQuestion, head: int, error: TraceappError, act: Permission
) -> LedgerEntry:
    """The record of a question that named nothing, or too much."""
    candidates = _candidates(error)
    fields = candidate_fields(candidates)
    return entry(
        stations,
        actor,
        act,
        "failed",
        request=request_document(stations, question, head, ()),
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result={"candidates": len(candidates)},
        object=objects_of(candidates),
        roll=keep_roll(stations, fields.roll),
        reason=type(error).__name__,
    )


def _candidates(error: TraceappError) -> list[Candidate]:
    """Of an ambiguous number: they leave with the refusal."""
    if not isinstance(error, BatchAmbiguousError):
        return []
    return [one for one in error.candidates if isinstance(one, Candidate)]


def result_digest(answer: TraceAnswer, own: Collection[str]) -> str:
    """SHA-256 (hex) of what was answered; the same question at the same head gives it again.

    It is taken over JSON of lists, fields in the order of their classes. Ids that are drawn anew for every answer (of stubs,
    and of things whose name is masked) are left out, like the moment of asking, and nothing is in an order that they give.
    own  those ids.
    """
    drawn = set(own)
    told = [
        answer.seeds,
        answer.head,
        _rows(map(NODE, answer.nodes), drawn),
        *_properties(answer, drawn),
        _rows(map(LINK, answer.links), drawn),
        answer.containers,
        _rows(map(_party, answer.consignees), drawn),
        _rows(map(_party, answer.suppliers), drawn),
        _without(COMPLETENESS(answer.completeness), drawn) if drawn else answer.completeness,
        sorted(sorted(_without(cycle, drawn)) for cycle in answer.cycles),
        sorted((product, sorted(amounts.items())) for product, amounts in answer.class_level.items()),
    ]
    return hashlib.sha256(orjson.dumps(told, default=_plain)).hexdigest()


def _properties(answer: TraceAnswer, drawn: set[str]) -> list[Any]:
    """Of all nodes, in one list; none where none were asked for."""
    told = [(node.uid, sorted(node.properties.items())) for node in _described(answer)]
    return [_rows(told, drawn)] if told else []


def _described(answer: TraceAnswer) -> list[DescribedNode]:
    if answer.question.fields is None:
        return []
    return [node for node in answer.nodes if isinstance(node, DescribedNode)]


def _rows(rows: Iterable[Sequence[Any]], drawn: set[str]) -> list[Any]:
    """As they stand; where ids were drawn for this answer, without those and in an order that rests on none of them."""
    if not drawn:
        return list(rows)
    return sorted(_text([_without(part, drawn) for part in row]) for row in rows)


def _without(value: Any, drawn: set[str]) -> Any:
    """The same without ids that were drawn, wherever they stand."""
    if isinstance(value, tuple | list):
        return sorted(_text(_without(part, drawn)) for part in value)
    if isinstance(value, str) and not drawn.isdisjoint(value.split(" ")):
        return " ".join(STUB if part in drawn else part for part in value.split(" "))
    return value


def _text(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _party(line: PartyLine) -> tuple[Any, ...]:
    return tuple(sorted(part.items()) if isinstance(part, dict) else part for part in WHOLE_PARTY(line))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    if isinstance(value, Masked | Gap):
        return (type(value).__name__, value.tier)
    raise TypeError(f"no answer holds a {type(value).__name__}")


def objects_of(candidates: Iterable[Candidate]) -> list[dict[str, str]] | None:
    """What an act is about, where its number was found; None where it was not."""
    return [{"kind": one.kind.value, "uid": one.uid} for one in islice(candidates, MOST_OBJECTS)] or None


def fields_of(answer: TraceAnswer, own: Mapping[str, str]) -> Fields:
    """What leaves, and what is masked. own  what ids of this answer alone stand for."""
    fields = Fields(own)
    fields.add_all(answer.nodes, IDENTIFYING)
    for node in _described(answer):
        if node.kind is not None:
            fields.add(node.kind.value, node.properties, node.uid)
    for line in (*answer.consignees, *answer.suppliers):
        fields.add(NodeKind.PARTY.value, dict(zip(PARTY, TOLD_PARTY(line), strict=True)), line.uid)
    if any(link.event_time is not None for link in answer.links):
        fields.add("link", dict.fromkeys(STATED, True))
    return fields


def _seeds_of(answer: TraceAnswer) -> list[dict[str, str]]:
    """By our own uids, also of a thing whose uid the answer masks: who reads the ledger learns what was asked about."""
    kinds = {node.uid: node.kind.value for node in answer.nodes if node.seed and node.kind is not None}
    return [{"kind": kinds.get(uid, "Traceable"), "uid": uid} for uid in answer.seeds[:MOST_OBJECTS]]


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
        "fields": sorted(question.fields) if question.fields is not None else None,
        "budget": {"nodes": question.budget.nodes, "links": question.budget.links},
    }


def _seed(stations: Stations, seed: Seed, kinds: Collection[NodeKind]) -> dict[str, str]:
    said = {name: getattr(seed, name) for name in ("uid", "product", "site", "kind")}
    named = told_name(stations, "number", seed.number, kinds) | told_name(stations, "epc", seed.epc, kinds)
    return named | {name: str(value) for name, value in said.items() if value is not None}

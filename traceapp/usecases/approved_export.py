"""A trace leaves as a file with values that nobody takes out alone: others agree to exactly this answer, and it leaves once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.disclosure import told
from traceapp.domain.errors import InputError, TraceappError
from traceapp.domain.exports import TableForm
from traceapp.domain.kinds import Direction, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed, TraceQuestion, Window
from traceapp.usecases.access import MOST_OBJECTS, entry
from traceapp.usecases.disclosure_roll import Fields
from traceapp.usecases.export_sample import names_for, sampled_things, values_by_tier
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import ask
from traceapp.usecases.trace_record import Traced, request_document, result_digest

HIGHEST: Final = Tier.T2
"""A file with T3 values would have to be sealed to the key of its recipient; there is none yet, so none leaves."""
COUNTED: Final = ("nodes", "links", "consignees", "suppliers")
SEED: Final = ("number", "uid", "epc", "product", "site", "kind")
MOMENTS: Final = ("as_of", "at", "event_time_from", "event_time_to")


def check_export(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`question`, `form` and `tier`, to which comes what would leave: the moment, how much of what, and the digest of it all.

    raises  InputError: not these three; what `trace_batch` raises.
    """
    try:
        form, tier = TableForm(said["form"]), Tier(said["tier"])
        question = _question(said["question"])
    except (KeyError, TypeError, ValueError):
        wanted = "question, form and tier, as POST /api/v1/traces/export takes them"
        raise InputError(f"parameters: wanted {wanted}", (("parameters", wanted),)) from None
    if tier > HIGHEST:
        raise InputError(f"tier: wanted {HIGHEST} at most", (("tier", f"{HIGHEST} at most"),))
    as_of = question.as_of if question.as_of is not None else stations.clock.now()
    pinned = replace(question, as_of=as_of)
    traced = ask(stations, actor, pinned, Permission.BATCH_EXPORT, tier)
    answer = traced.answer
    kinds = {node.uid: node.kind.value for node in answer.nodes if node.seed and node.kind is not None}
    things = [{"kind": kinds[uid], "uid": uid} for uid in answer.seeds if uid in kinds]
    counts = {name: len(getattr(answer, name)) for name in COUNTED}
    _record_counts(stations, actor, traced, counts, things)
    return {
        "question": question_document(pinned),
        "of": things,
        "seeds": len(answer.seeds),
        "head": answer.head,
        "form": form.value,
        "tier": tier.value,
        **counts,
        "values": values_by_tier(stations, traced),
        "sample": sampled_things(traced),
        "withheld": sum(answer.completeness.withheld.values()),
        "completeness": answer.completeness.status.name,
        "sha256": result_digest(answer, traced.own),
    }


def _record_counts(
    stations: Stations, actor: Actor, traced: Traced, counts: Mapping[str, int], things: Sequence[Mapping[str, str]]
) -> None:
    """Whoever asks learns how much it is, as by a trace of which nothing else is told."""
    kinds = {NodeKind(one["kind"]) for one in things}
    request = request_document(stations, traced.answer.question, traced.answer.head, kinds)
    said = {"result": counts, "completeness": traced.answer.completeness.status.name, "object": things[:MOST_OBJECTS]}
    stations.ledger.append(entry(stations, actor, Permission.BATCH_EXPORT, "answered", request=request, **said))


def shown_export(stations: Stations, actor: Actor, parameters: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Of what it is, in the names that whoever looks may see: None for each thing that lies outside his view, or has no name
    that he may see. The numbers by which it was asked for are shown to nobody.
    """
    names = names_for(stations, actor, parameters["of"], int(parameters["head"]), fields)
    question = {name: said for name, said in parameters["question"].items() if name != "seeds"}
    masked = int(parameters["seeds"]) - len(parameters["of"])
    seen = [names.get(thing["uid"]) for thing in parameters["of"]]
    return {
        **{name: said for name, said in parameters.items() if name not in {"question", "of", "seeds", "head", "sample"}},
        "of": [told(name.number) or told(name.name) if name is not None else None for name in seen] + [None] * masked,
        "question": question,
    }


def by_parameters(stations: Stations, parameters: Mapping[str, Any]) -> None:
    """The digest of what would leave stands among the parameters: whoever signs them signs it."""


def no_more(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The counts stand there as well."""
    return {}


def is_same_answer(stations: Stations, actor: Actor, parameters: Mapping[str, Any]) -> bool:
    """Whether the same question still has the answer that others agreed to; nobody is shown it."""
    try:
        again = asked_again(stations, actor, parameters)
    except TraceappError:
        return False
    return result_digest(again.answer, again.own) == str(parameters["sha256"])


def allow_export(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[None]:
    """The file may be taken from now on, until the time of the approval is over."""
    told = {"sha256": parameters["sha256"], "form": parameters["form"], "tier": parameters["tier"]}
    return stations.ledger.record(None, entry(stations, actor, Permission.BATCH_EXPORT, "done", request=told, approval=approval))


def asked_again(stations: Stations, actor: Actor, parameters: Mapping[str, Any]) -> Traced:
    question = _question(parameters["question"])
    return ask(stations, actor, question, Permission.BATCH_EXPORT, Tier(parameters["tier"]))


def question_document(question: TraceQuestion) -> dict[str, Any]:
    """As JSON holds it."""
    moments = (question.as_of, question.at, question.window.event_time_from, question.window.event_time_to)
    return {
        "seeds": [{name: str(said) for name in SEED if (said := getattr(seed, name)) is not None} for seed in question.seeds],
        "direction": question.direction.value,
        **{name: stored_time(moment) for name, moment in zip(MOMENTS, moments, strict=True) if moment is not None},
        "fields": sorted(question.fields) if question.fields is not None else None,
    }


def _question(told: Mapping[str, Any]) -> TraceQuestion:
    """The reverse; raises KeyError, TypeError, ValueError."""
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

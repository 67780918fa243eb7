"""The bytes of an answer. Nothing but `Recorded` comes in: no record, no answer, by type.

Quantities leave as decimal strings, times as `2026-03-02T10:00:00.000000Z`, enums by value, statuses by name. A value
that the caller may not see leaves as `{"masked": true, "tier": "T2"}`.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from flask import Response

from traceapp.domain.batch import BatchRecord, SourceRow
from traceapp.domain.clock import stored_time
from traceapp.domain.consignees import NOT_STATED
from traceapp.domain.disclosure import Gap, Masked, Unavailable, Unproven
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Role
from traceapp.domain.trace import Completeness, PartyLine, TraceAnswer

CONTENT_TYPE: Final = "application/json"
_LONGEST: Final = 50


def trace_answer(recorded: Recorded[TraceAnswer]) -> Response:
    return document_response(trace_document(recorded))


def batch_answer(recorded: Recorded[BatchRecord]) -> Response:
    return document_response(batch_document(recorded))


def source_answer(recorded: Recorded[SourceRow]) -> Response:
    return document_response(source_document(recorded))


def referral_answer(recorded: Recorded[Role]) -> Response:
    return document_response({"routed_to": recorded.value, "ledger": recorded.receipt})


def trace_document(recorded: Recorded[TraceAnswer]) -> dict[str, Any]:
    """`answer_models.Trace`, ready for orjson."""
    answer = recorded.value
    question = answer.question
    return {
        "trace": {
            "seeds": answer.seeds,
            "direction": question.direction,
            "as_of": answer.as_of,
            "head": answer.head,
            "at": question.at,
            "window": question.window,
            "fields": _asked(question.fields),
        },
        "nodes": answer.nodes,
        "links": answer.links,
        "containers": answer.containers,
        "consignees": [_party(party) for party in answer.consignees],
        "suppliers": [_party(party) for party in answer.suppliers],
        "class_level": [
            {"product": product, "quantities": _quantities(quantities)} for product, quantities in answer.class_level.items()
        ],
        "cycles": answer.cycles,
        "completeness": _completeness(answer.completeness),
        "policy": answer.policy_digest,
        "ledger": recorded.receipt,
    }


def batch_document(recorded: Recorded[BatchRecord]) -> dict[str, Any]:
    """`answer_models.Batch`, ready for orjson."""
    record = recorded.value
    return {
        "batch": record.candidate,
        "properties": {name: _value(value) for name, value in record.properties.items()},
        "states": record.states,
        "neighbours": record.neighbours,
        "participations": record.participations,
        "facts": record.facts,
        "facts_withheld": record.facts_withheld,
        "facts_few": record.facts_few,
        "degraded": record.degraded,
        "unverified": record.unverified.records,
        "unverified_withheld": record.unverified.withheld,
        "unverified_few": record.unverified.few,
        "boundary": record.boundary,
        "fields": _asked(record.fields),
        "as_of": record.as_of,
        "head": record.head,
        "policy": record.policy_digest,
        "ledger": recorded.receipt,
    }


def source_document(recorded: Recorded[SourceRow]) -> dict[str, Any]:
    """`answer_models.Source`, ready for orjson."""
    row = recorded.value
    return {
        "event_uid": row.event_uid,
        "source": row.source,
        "file_digest": row.file_digest,
        "position": row.position,
        "original": row.original,
        "content": row.content,
        "unverified": row.unverified.records,
        "unverified_withheld": row.unverified.withheld,
        "unverified_few": row.unverified.few,
        "ledger": recorded.receipt,
    }


def document_bytes(document: Mapping[str, Any]) -> bytes:
    return orjson.dumps(document, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def document_response(document: Mapping[str, Any]) -> Response:
    return Response(document_bytes(document), content_type=CONTENT_TYPE)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return format(value, "f") if abs(value.adjusted()) < _LONGEST else str(value)
        case datetime():
            return stored_time(value)
        case Mapping():
            return dict(value)
        case Masked() | Unavailable() | Unproven():
            return value.document
        case _:
            raise TypeError(f"an answer holds no {type(value).__name__}")


def _value(value: object) -> object:
    return value.document if isinstance(value, Gap) else value


def _party(party: PartyLine) -> dict[str, Any]:
    return {
        "uid": party.uid,
        "number": party.number,
        "name": party.name,
        "country": party.country,
        "quantities": _quantities(party.quantities, withheld=party.withheld),
        "certainty": party.certainty,
        "lots": party.lots,
        "shipments": party.shipments,
        "locations": party.locations,
        "masked": party.masked,
    }


def _asked(fields: frozenset[str] | None) -> list[str] | None:
    return sorted(fields) if fields is not None else None


def _quantities(amounts: Mapping[str, Decimal | None], *, withheld: bool = False) -> list[dict[str, Any]]:
    """withheld: there may be more, of which nothing is shown; that is said of the quantity that nobody states."""
    return [
        {"quantity": amount, "unit": unit or None} | ({"withheld": True} if withheld and unit == NOT_STATED else {})
        for unit, amount in amounts.items()
    ]


def _completeness(said: Completeness) -> dict[str, Any]:
    return {
        "status": said.status.name,
        "reasons": [{"status": status.name, "code": code, "sentence": text} for status, code, text in said.reasons],
        "visited": said.visited,
        "withheld": dict(said.withheld),
        "few": said.few,
        "unresolved": said.unresolved,
        "class_level": said.class_level,
        "one_sided": said.one_sided,
        "twins": said.twins,
        "dead_ends": said.dead_ends,
        "limits_hit": said.limits_hit,
        "unavailable": said.unavailable,
        "statement": said.statement,
        "boundary": said.boundary,
        "routed_to": said.routed_to,
        "unverified": said.unverified,
        "unverified_withheld": said.unverified_withheld,
        "unverified_few": said.unverified_few,
        "more_unseen": said.more_unseen,
    }

"""The bytes of answers about governed documents; `answers.py` says what holds for all."""

from dataclasses import asdict

from flask import Response

from traceapp.domain.governed import DocumentKind
from traceapp.domain.recorded import Recorded
from traceapp.usecases.governed.change_documents import Comparison, GovernedState
from traceapp.web.answers import document_response


def documents_answer(recorded: Recorded[tuple[GovernedState, ...]]) -> Response:
    found = [
        {
            "document": one.kind,
            "present": asdict(one.present),
            "versions": list(map(asdict, one.versions)),
            "fault": one.fault,
            "migration": asdict(one.migration) if one.migration is not None else None,
        }
        for one in recorded.value
    ]
    return document_response({"documents": found, "ledger": recorded.receipt})


def version_answer(kind: DocumentKind, number: int, recorded: Recorded[bytes]) -> Response:
    text = recorded.value.decode("utf-8", "replace")
    return document_response({"document": kind, "number": number, "text": text, "ledger": recorded.receipt})


def comparison_answer(recorded: Recorded[Comparison]) -> Response:
    found = recorded.value
    return document_response(
        {
            "document": found.kind,
            "before": found.before,
            "after": found.after,
            "differences": list(map(asdict, found.differences)),
            "effect": asdict(found.effect),
            "ledger": recorded.receipt,
        }
    )

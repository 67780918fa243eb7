"""The bytes of answers about signatures; `answers.py` says what holds for all."""

from typing import Any

from flask import Response

from traceapp.domain.recorded import Recorded
from traceapp.domain.signatures import CheckedSignature
from traceapp.usecases.signatures.verify_signatures import SignatureReport
from traceapp.web.answers import document_response


def signatures_answer(recorded: Recorded[SignatureReport]) -> Response:
    report = recorded.value
    told = {
        "signatures": [signature_document(one) for one in report.signatures],
        "approvals": report.approvals,
        "bad": len(report.bad),
        "key": report.key,
        "ledger": recorded.receipt,
    }
    return document_response(told)


def signature_document(one: CheckedSignature) -> dict[str, Any]:
    """One of them, as `signature_models.py` describes it."""
    signature = one.signature
    said = None
    if signature is not None:
        said = {
            "name": signature.name,
            "username": signature.username,
            "role": signature.role,
            "signed_at": signature.signed_at,
            "meaning": signature.meaning,
            "says": dict(signature.says),
            "reason": signature.reason,
            "components": list(signature.components),
            "first": signature.first,
            "sha256": signature.record.digest,
        }
    return {
        "digest": one.digest,
        "approval": one.record.uid,
        "state": one.state,
        "because": one.because,
        "remarks": list(one.remarks),
        "ledger_record": one.ledger_seq,
        "said": said,
    }

"""The bytes of answers about approvals; `answers.py` says what holds for all."""

from typing import Any

from flask import Response

from traceapp.domain.approvals import Approval
from traceapp.domain.recorded import Recorded
from traceapp.usecases.approvals.list_approvals import ApprovalList, ListedApproval, ShownApproval
from traceapp.usecases.exports.reveal_value import RevealedValue
from traceapp.web.answers import document_response
from traceapp.web.signature_answers import signature_document


def approvals_answer(recorded: Recorded[ApprovalList]) -> Response:
    found = recorded.value
    return document_response(
        {"approvals": [_listed(one) for one in found.approvals], "cut": found.cut, "ledger": recorded.receipt}
    )


def shown_answer(recorded: Recorded[ShownApproval]) -> Response:
    shown = recorded.value
    words = [{"username": one.account, "act": one.act, "text": one.text, "at": one.at} for one in shown.words]
    return document_response(
        {
            "approval": _listed(shown.listed),
            "words": words,
            "preview": shown.preview,
            "sample": list(shown.sample),
            "history": [{"name": one.name, "lately": one.lately, "usually": one.usually} for one in shown.history],
            "recipient": shown.recipient,
            "policy": shown.policy,
            "signatures": [signature_document(one) for one in shown.signatures],
            "in_vain": shown.in_vain,
            "seen": shown.seen,
            "ledger": recorded.receipt,
        }
    )


def moved_answer(recorded: Recorded[Approval]) -> Response:
    moved = recorded.value
    return document_response(
        {
            "uid": moved.uid,
            "operation": moved.operation,
            "state": moved.state,
            "digest": moved.digest,
            "expires_at": moved.expires_at,
            "ledger": recorded.receipt,
        }
    )


def executed_answer(uid: str, recorded: Recorded[Any]) -> Response:
    return document_response({"uid": uid, "ledger": recorded.receipt})


def revealed_answer(recorded: Recorded[RevealedValue]) -> Response:
    shown = recorded.value
    return document_response(
        {"uid": shown.uid, "kind": shown.kind, "property": shown.name, "value": shown.value, "ledger": recorded.receipt}
    )


def _listed(one: ListedApproval) -> dict[str, Any]:
    approval = one.approval
    return {
        "uid": approval.uid,
        "operation": approval.operation,
        "state": approval.state,
        "digest": approval.digest,
        "requester": one.requester,
        "requested_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "parameters": one.parameters,
        "own": one.own,
        "may": sorted(one.may),
        "waits_for": one.waits_for,
        "cools_until": one.cools_until,
        "barred": one.barred,
        "signatures": [
            {
                "username": signed.username,
                "role": signed.role,
                "step": signed.step,
                "at": signed.at,
                "name": signed.name,
                "meaning": signed.meaning,
            }
            for signed in one.signed
        ],
    }

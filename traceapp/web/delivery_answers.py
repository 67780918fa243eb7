"""The bytes of answers about recipients and deliveries; `answers.py` says what holds for all."""

from typing import Any

from flask import Response

from traceapp.domain.deliveries import Delivery
from traceapp.domain.recipients import Recipient
from traceapp.domain.recorded import Recorded
from traceapp.usecases.exports.deliveries import DeliveryPage
from traceapp.web.answers import document_response


def recipients_answer(recorded: Recorded[tuple[Recipient, ...]]) -> Response:
    return document_response({"recipients": [_recipient(one) for one in recorded.value], "ledger": recorded.receipt})


def recipient_answer(recorded: Recorded[Recipient]) -> Response:
    return document_response({"recipient": _recipient(recorded.value), "ledger": recorded.receipt})


def deliveries_answer(recorded: Recorded[DeliveryPage]) -> Response:
    page = recorded.value
    told = {"deliveries": [_delivery(one) for one in page.deliveries], "next": page.before, "ledger": recorded.receipt}
    return document_response(told)


def delivery_answer(recorded: Recorded[Delivery]) -> Response:
    return document_response({"delivery": _delivery(recorded.value), "ledger": recorded.receipt})


def _recipient(one: Recipient) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "kind": one.kind,
        "organisation": one.organisation,
        "person": one.person,
        "country": one.country,
        "key": one.public_key,
        "added_at": one.added_at,
        "ended_at": one.ended_at,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "record": one.record,
        "subject": one.subject,
        "form": one.form,
        "rows": one.rows,
        "file": one.file,
        "copy_id": one.copy,
        "tier": one.tier,
        "approval": one.approval,
        "recipient": one.to.recipient,
        "organisation": one.to.organisation,
        "person": one.to.person,
        "country": one.to.country,
        "channel": one.to.channel,
        "legal_basis": one.to.legal_basis,
        "authority_number": one.to.authority_number,
        "personal": one.to.personal,
        "entered_by": one.entered_by,
        "entered_at": one.entered_at,
        "state": one.state,
        "acknowledged_by": one.acknowledged_by,
        "acknowledged_at": one.acknowledged_at,
        "noted_by": one.noted_by,
    }

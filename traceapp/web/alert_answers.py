"""The bytes of answers about alerts; `answers.py` says what holds for all."""

from typing import Any

from flask import Response

from traceapp.domain.alerts import KeptAlert
from traceapp.domain.recorded import Recorded
from traceapp.usecases.alerts.list_alerts import AlertList, alert_words
from traceapp.web.answers import document_response


def alerts_answer(recorded: Recorded[AlertList]) -> Response:
    found = recorded.value
    document = {
        "alerts": [_alert(one.kept) for one in found.alerts],
        "cut": found.cut,
        "open": {level.value: count for level, count in found.open.items()},
        "ledger": recorded.receipt,
    }
    return document_response(document)


def acknowledged_answer(recorded: Recorded[KeptAlert]) -> Response:
    document = {"alert": _alert(recorded.value), "ledger": recorded.receipt}
    return document_response(document)


def _alert(kept: KeptAlert) -> dict[str, Any]:
    alert = kept.alert
    return {
        "uid": alert.uid,
        "rule": alert.rule,
        "level": alert.level,
        "title": alert_words(alert.rule, "en").title,
        "at": alert.at,
        "group": alert.group,
        "username": alert.username,
        "records": alert.records,
        "count": alert.count,
        "recorded": kept.recorded,
        "state": kept.state,
        "acknowledged_by": kept.acknowledged_by,
        "acknowledged_at": kept.acknowledged_at,
    }

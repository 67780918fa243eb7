"""Signs of life for whoever runs the service; they tell nothing about the data."""

import json

from flask import Blueprint, Response
from flask_babel import gettext

from traceapp.domain.clock import stored_time
from traceapp.usecases.check_readiness import check_readiness
from traceapp.web.access import open_door, records_nothing, stations
from traceapp.web.health_models import Health, Readiness
from traceapp.web.operations import operation

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_door
@records_nothing("a sign of life, which tells nothing of the data")
@operation(answer=Health)
def live() -> Response:
    """Say that this process answers; store and ledger are not asked."""
    return Response(b'{"status":"alive"}', content_type="application/json")


@health.get("/readyz")
@open_door
@records_nothing("a sign of life, which tells nothing of the data")
@operation(answer=Readiness, refuses=(503,))
def ready() -> Response:
    """Say whether store and ledger answer, so that questions can be asked, and what is kept of the ledger elsewhere."""
    status = check_readiness(stations())
    anchors = [
        {"name": state.name, "at": stored_time(state.at) if state.at is not None else None, "fails": state.error is not None}
        for state in status.anchors
    ]
    unproven = gettext(
        "The ledger is tamper-evident against the database administrator, not against root of the ledger host: "
        "no checkpoint is kept elsewhere."
    )
    ledger = {
        "checkpoint_at": stored_time(status.health.checkpoint_at),
        "anchors": anchors,
        "unproven": None if status.is_anchored else unproven,
    }
    body = json.dumps({"status": "ready", "ledger": ledger}, ensure_ascii=False)
    return Response(body.encode(), content_type="application/json")

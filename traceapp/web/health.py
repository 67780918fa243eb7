"""Signs of life for whoever runs the service; they tell nothing about the data."""

from flask import Blueprint, Response

from traceapp.usecases.check_readiness import check_readiness
from traceapp.web.access import open_door, stations
from traceapp.web.answer_models import Health
from traceapp.web.operations import operation

health = Blueprint("health", __name__)


@health.get("/healthz")
@open_door
@operation(answer=Health)
def live() -> Response:
    """Say that this process answers; store and ledger are not asked."""
    return Response(b'{"status":"alive"}', content_type="application/json")


@health.get("/readyz")
@open_door
@operation(answer=Health, refuses=(503,))
def ready() -> Response:
    """Say whether store and ledger answer, so that questions can be asked."""
    check_readiness(stations())
    return Response(b'{"status":"ready"}', content_type="application/json")

"""`/metrics`: how the service is, in the text format of Prometheus.

A program of this host reads it without credentials, also while store, keys or ledger are away. From anywhere else it is not there
(404): `/metrics/remote` gives the same to a token that may `metrics:read`. What a proxy of this host passes on is from elsewhere
where it says so by one of the usual headers.
"""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Final

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry
from werkzeug.exceptions import NotFound

from traceapp.domain.permissions import Permission
from traceapp.host.metrics import REQUESTS, all_counts
from traceapp.usecases.read_metrics import Measurement
from traceapp.web.access import open_door, permission, records_nothing
from traceapp.web.client_address import claimed_address

Measure = Callable[[], tuple[Measurement, ...]]
_EXTENSION: Final = "traceapp.measure"
PREFIX: Final = "traceapp_"
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
@open_door
@records_nothing("numbers of the service itself, which tell of nobody")
def local() -> Response:
    """For a program of this host alone."""
    if not _is_local():
        raise NotFound
    return _answer()


@metrics.get("/metrics/remote")
@permission(Permission.METRICS_READ)
@records_nothing("numbers of the service itself, which tell of nobody")
def remote() -> Response:
    """The same, for a token that may read it."""
    return _answer()


def register(app: Flask, measure: Measure) -> None:
    """Count every answer, and measure the rest when it is asked for."""
    app.extensions[_EXTENSION] = measure
    app.after_request(_count)


def _count(response: Response) -> Response:
    REQUESTS.labels(request.endpoint or "none", str(response.status_code)).inc()
    return response


def _is_local() -> bool:
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback and not claimed_address()


def _answer() -> Response:
    ours = CollectorRegistry()
    ours.register(_Measured(current_app.extensions[_EXTENSION]()))
    return Response(generate_latest(all_counts()) + generate_latest(ours), content_type=CONTENT_TYPE)


class _Measured(Collector):
    def __init__(self, found: Iterable[Measurement]) -> None:
        self._found = tuple(found)

    def collect(self) -> Iterable[Metric]:
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for one in self._found:
            family = families.get(one.name)
            if family is None:
                kind = CounterMetricFamily if one.kind == "counter" else GaugeMetricFamily
                family = families[one.name] = kind(PREFIX + one.name, one.help, labels=tuple(one.labels))
            family.add_metric(tuple(one.labels.values()), one.value)
        return families.values()

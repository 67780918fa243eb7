"""Wires Flask: door, sessions, languages, problems, headers, and the two halves of the web, API and pages."""

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from flask import Flask, request

from traceapp.domain.errors import SettingsError
from traceapp.host.outbound import Network
from traceapp.usecases.stations import Stations
from traceapp.web import access, gate, host_names, language, limits, metrics, pages, problems, security_headers, session, shares
from traceapp.web import stations as held_stations
from traceapp.web.api.access_reviews import access_reviews
from traceapp.web.api.accounts import accounts
from traceapp.web.api.alerts import alerts
from traceapp.web.api.approvals import approvals
from traceapp.web.api.audit import audit
from traceapp.web.api.batches import batches
from traceapp.web.api.changes import changes
from traceapp.web.api.deliveries import deliveries
from traceapp.web.api.events import events
from traceapp.web.api.feeds import feeds
from traceapp.web.api.passwords import passwords
from traceapp.web.api.places import places
from traceapp.web.api.referrals import referrals
from traceapp.web.api.searches import searches
from traceapp.web.api.signatures import signatures
from traceapp.web.api.traces import traces
from traceapp.web.client_address import ClientAddress
from traceapp.web.health import health
from traceapp.web.host_names import HostNames
from traceapp.web.openapi import openapi
from traceapp.web.reading import MAX_BODY

SHORTEST_SECRET = 16


class TraceappFlask(Flask):
    """Flask that keeps addresses, which hold batch numbers, out of its log."""

    def log_exception(self, exc_info: Any) -> None:
        logging.getLogger("traceapp.web").error("defect at %s %s", request.method, request.endpoint, exc_info=exc_info)


def create_app(
    stations_factory: Callable[[], Stations],
    secret_key: bytes,
    home: Path | None = None,
    proxies: Collection[Network] = (),
    names: HostNames | None = None,
    measure: metrics.Measure = tuple,
) -> Flask:
    """The web service.

    stations_factory  called once per process, at its first request, after the fork.
    secret_key        signs session cookies and CSRF tokens; 16 bytes at least.
    home              where its workers share their counts of tries; None where there is one process.
    proxies           networks of the proxies in front, whose word on a client's address counts.
    names             under which it answers; None for the loopback ones.
    measure           what /metrics tells beside the counts of requests; it needs no stations.
    raises            SettingsError: a secret that could be guessed, or a debugger.
    """
    if len(secret_key) < SHORTEST_SECRET:
        raise SettingsError(f"the secret of the sessions is shorter than {SHORTEST_SECRET} bytes")
    app = TraceappFlask("traceapp", static_folder="web/static", static_url_path="/static", template_folder="web/templates")
    if app.debug:
        raise SettingsError("this program runs under no debugger")
    app.secret_key = secret_key
    app.wsgi_app = ClientAddress(app.wsgi_app, tuple(proxies))  # type: ignore[method-assign]
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, MAX_FORM_MEMORY_SIZE=MAX_BODY)
    app.url_map.merge_slashes = False  # `/batches/A//trace` is no other spelling of `/batches/A/trace`
    app.view_functions["static"] = _open_static(app.view_functions["static"])
    held_stations.register(app, stations_factory)
    host_names.register(app, names or HostNames())
    metrics.register(app, measure)
    limits.register(app, home)
    shares.register(app)
    gate.register(app)
    session.register(app)
    language.register(app)
    access.register(app)
    problems.register(app)
    security_headers.register(app)
    for blueprint in (
        access_reviews,
        accounts,
        alerts,
        approvals,
        metrics.metrics,
        batches,
        changes,
        places,
        deliveries,
        events,
        feeds,
        passwords,
        referrals,
        searches,
        signatures,
        traces,
        health,
        openapi,
        audit,
    ):
        app.register_blueprint(blueprint)
    pages.register(app)
    return app


def _open_static(view: Callable[..., Any]) -> Callable[..., Any]:
    return access.records_nothing("files of the program; the same for everybody")(access.open_door(view))

"""/metrics: for this host alone, or with a token; true, complete when things fail, and without a number or name."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import ROOT
from tests.web.conftest import SECRET, Tokens, no_stations
from traceapp.app import create_app
from traceapp.composition import build_measure
from traceapp.domain.alerts import Alert, AlertLevel
from traceapp.domain.clock import SystemClock
from traceapp.domain.ledger_health import AnchorState
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Role
from traceapp.host.metrics import FOLDER, VARIABLE, begin_counts
from traceapp.ledger.alert_book import Progress, Rung
from traceapp.ledger.anchors.states import write_states
from traceapp.settings import read_settings
from traceapp.usecases.read_metrics import read_metrics
from traceapp.usecases.stations import Stations

NUMBER = "PLANTED-NUMBER-4711"


def samples(text: str) -> dict[str, float]:
    """`name{label="value"}` → value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


@pytest.fixture
def measured(stations: Stations) -> FlaskClient:
    """With the measurements of the real ledger, as `wsgi.py` wires them."""
    return create_app(
        lambda: stations, SECRET, measure=partial(read_metrics, stations.settings.home, stations.ledger, stations.alerts)
    ).test_client()


@pytest.mark.one_store
def test_promise_it_tells_how_ledger_and_alerts_are(measured: FlaskClient, stations: Stations) -> None:
    now = SystemClock().now()
    alert = Alert("a" * 32, "break-glass", AlertLevel.HIGH, now, "", "", (), 1)
    stations.alerts.put([Rung(alert)], (), Progress(17, "", {"verifier-silent": {"": 1_700_000_000.5}}), now)

    anchored = AnchorState("witness", 40, now, now, None), AnchorState("copy", None, None, now, "not there")
    write_states(stations.settings.home, anchored)

    stations.ledger.append(LedgerEntry("batch:show", "answered", {}))

    told = samples(measured.get("/metrics").text)

    head = stations.ledger.get_head().seq
    assert told["traceapp_ledger_up"] == 1
    assert told["traceapp_ledger_records"] == head
    assert told["traceapp_ledger_appends_total"] <= head
    assert told["traceapp_ledger_queue_records"] == 0
    assert told["traceapp_ledger_checkpoint_timestamp_seconds"] == pytest.approx(now.timestamp(), abs=600)
    assert told["traceapp_ledger_verified_timestamp_seconds"] == 1_700_000_000.5
    assert told["traceapp_watch_record"] == 17
    assert told['traceapp_ledger_anchored_timestamp_seconds{anchor="witness"}'] == pytest.approx(now.timestamp())
    assert told['traceapp_ledger_anchored_records{anchor="witness"}'] == 40
    assert 'traceapp_ledger_anchored_records{anchor="copy"}' not in told
    assert told['traceapp_alerts_open{level="high"}'] == 1
    assert told['traceapp_alerts_open{level="critical"}'] == 0
    assert {"traceapp_ledger_lag_records", "traceapp_ledger_disk_free_bytes", "traceapp_ledger_reserve_bytes"} <= told.keys()
    assert told["traceapp_append_seconds_count"] >= 1


@pytest.mark.one_store
def test_requests_are_counted_by_endpoint_and_status_and_by_nothing_else(measured: FlaskClient, tokens: Tokens) -> None:
    wanted = 'traceapp_requests_total{endpoint="batches.show",status="404"}'
    before = samples(measured.get("/metrics").text).get(wanted, 0)

    measured.get(f"/api/v1/batches/{NUMBER}", headers={"Authorization": tokens(Role.VIEWER)})
    measured.get(f"/nowhere/{NUMBER}")
    text = measured.get("/metrics").text

    assert samples(text)[wanted] == before + 1
    assert samples(text)['traceapp_requests_total{endpoint="none",status="404"}'] >= 1
    assert NUMBER not in text
    labels = {label for family in text_string_to_metric_families(text) for one in family.samples for label in one.labels}
    assert labels == {"endpoint", "status", "le", "level"}


def test_promise_it_answers_while_store_keys_and_ledger_are_away(tmp_path: Path) -> None:
    app = create_app(no_stations, SECRET, measure=build_measure(read_settings(home=tmp_path)))

    told = samples(app.test_client().get("/metrics").text)

    assert told["traceapp_ledger_up"] == 0
    assert "traceapp_ledger_records" not in told


FROM_ELSEWHERE = {
    "another host": {"REMOTE_ADDR": "10.1.1.5"},
    "a proxy of this host that says so": {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"},
    "one that claims this host": {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=127.0.0.1"},
    "no address": {"REMOTE_ADDR": ""},
}


@pytest.mark.parametrize("environ", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_attacker_from_elsewhere_finds_nothing_there(environ: dict[str, str], closed_app: Flask) -> None:
    reply = closed_app.test_client().get("/metrics", environ_base=environ)

    assert reply.status_code == 404
    assert b"traceapp_" not in reply.data


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_this_host_reads_it_by_any_of_its_own_addresses(address: str, closed_app: Flask) -> None:
    assert closed_app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 200


def test_attacker_behind_a_trusted_proxy_is_not_this_host() -> None:
    from ipaddress import ip_network

    app = create_app(no_stations, SECRET, None, (ip_network("127.0.0.1"),))

    for claimed in ("203.0.113.9", "127.0.0.1, 203.0.113.9"):
        said = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": claimed}
        assert app.test_client().get("/metrics", environ_base=said).status_code == 404


@pytest.mark.one_store
def test_a_token_that_may_reads_it_from_anywhere_and_no_other_does(measured: FlaskClient, tokens: Tokens) -> None:
    elsewhere = {"REMOTE_ADDR": "10.1.1.5"}

    admin = measured.get("/metrics/remote", headers={"Authorization": tokens(Role.ADMIN)}, environ_base=elsewhere)
    viewer = measured.get("/metrics/remote", headers={"Authorization": tokens(Role.VIEWER)}, environ_base=elsewhere)
    nobody = measured.get("/metrics/remote", environ_base=elsewhere)

    assert (admin.status_code, viewer.status_code, nobody.status_code) == (200, 403, 401)
    assert admin.content_type.startswith("text/plain")
    assert "traceapp_ledger_up 1.0" in admin.text


WORKER = "from traceapp.host.metrics import REQUESTS; [REQUESTS.labels('x', '200').inc() for _ in range(3)]"
READER = """
from prometheus_client import generate_latest

from traceapp.host.metrics import all_counts

print(generate_latest(all_counts()).decode())
"""


def test_promise_the_counts_of_all_workers_are_told_together_and_begin_anew(tmp_path: Path) -> None:
    folder = begin_counts(tmp_path)
    run = partial(subprocess.run, check=True, capture_output=True, text=True, cwd=ROOT, env={VARIABLE: str(folder)})

    for _ in range(2):
        run([sys.executable, "-c", WORKER])
    told = samples(run([sys.executable, "-c", READER]).stdout)

    assert told['traceapp_requests_total{endpoint="x",status="200"}'] == 6
    assert (tmp_path / FOLDER).stat().st_mode & 0o077 == 0
    begin_counts(tmp_path)
    assert list(folder.iterdir()) == []

"""Under which names the service answers, and what whoever uses another one is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.web.conftest import SECRET, no_stations
from traceapp.app import create_app
from traceapp.host.certificates import TlsFolder, init_tls, renew_tls
from traceapp.web.host_names import WILDCARDS, HostNames

pytestmark = pytest.mark.one_store


def named() -> HostNames:
    """What a service on every address is told of its names."""
    return HostNames(("trace.example.org", "192.0.2.9", *WILDCARDS))


def app_of(names: HostNames) -> Flask:
    return create_app(no_stations, SECRET, names=names)


def status(app: Flask, host: str, path: str = "/sign-in") -> int:
    return app.test_client().get(path, headers={"Host": host}).status_code


OURS = ("localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000", "trace.example.org", "trace.example.org.", "192.0.2.9:443")
OTHERS = (
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "trace.example.org.evil.example",
    "example.org",
    "evil.example@localhost",
    "localhost:8000@evil.example",
    "localhost/evil.example",
    "[::1].evil.example",
    "0.0.0.0:8000",
    "[::]",
    "192.0.2.10",
    "",
)


@pytest.mark.parametrize("host", OURS)
def test_the_service_answers_under_its_names(host: str) -> None:
    assert status(app_of(named()), host) == 200


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/batches/A", "/static/mark.svg", "/nothing", "/openapi.json"])
@pytest.mark.parametrize("host", OTHERS)
def test_attacker_whose_name_was_turned_to_this_address_gets_no_page(host: str, path: str) -> None:
    """No form, no answer, no static file; and nothing of what he named comes back."""
    reply = app_of(named()).test_client().get(path, headers={"Host": host})

    assert reply.status_code in {400, 421}
    assert "evil" not in reply.text
    assert "TRACEAPP_HOST_NAMES" in reply.text
    assert "Set-Cookie" not in reply.headers
    assert "Location" not in reply.headers


def test_a_probe_that_knows_an_address_only_is_told_that_the_service_lives() -> None:
    assert status(app_of(HostNames()), "10.0.0.7:8000", "/healthz") == 200


def test_names_of_the_certificate_count_also_after_it_was_renewed_for_others(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    init_tls(tmp_path, ("trace.example.org", "late.example.org"), now)
    renew_tls(tmp_path, ("trace.example.org",), now)
    app = app_of(HostNames((), TlsFolder(tmp_path).host))
    assert [status(app, host) for host in ("trace.example.org", "late.example.org")] == [200, 421]

    renew_tls(tmp_path, ("trace.example.org", "late.example.org"), now)

    assert status(app, "late.example.org") == 200


def test_a_certificate_that_is_away_names_nothing(tmp_path: Path) -> None:
    app = app_of(HostNames((), tmp_path / "none.pem"))
    assert [status(app, host) for host in ("localhost", "trace.example.org")] == [200, 421]

"""HTTPS as an administrator sets it up: make a certificate, serve, ask, renew."""

import json
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from tests.recorded import kept_records
from tests.terminal.conftest import Terminal, wait_for_line
from traceapp.host.tls import client_context


def test_a_service_over_tls_from_nothing(
    tmp_path: Path, traceapp: Terminal, started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    home = tmp_path / "home"
    without = traceapp(home, "serve", "--tls", "--port", "0")
    assert without.code == 1
    assert "traceapp tls init" in without.err

    made = traceapp(home, "tls", "init", "trace.example.org")
    assert made.code == 0, made.all
    assert "fingerprint:" in made.out

    status = traceapp(home, "tls", "status")
    assert (status.code, "396 days left" in status.out) == (0, True), status.all
    assert next(line for line in made.out.splitlines() if "fingerprint" in line) in status.out

    served = started(home, "serve", "--tls", "--port", "0")
    wait_for_line(served, "traceapp serves https://")
    url = (home / "service.url").read_text(encoding="utf-8").strip()
    trust = client_context(home / "tls" / "authority" / "ca.pem", system=False)
    with urlopen(f"{url}/readyz", context=trust, timeout=30) as reply:
        assert reply.status == 200

    token = traceapp(home, "token", "create", "--role", "coordinator", "--file", str(home / "token"))
    assert token.code == 0, token.all
    asked = traceapp(home, "trace", "NO-SUCH-LOT")
    assert (asked.code, "(404)" in asked.err) == (1, True), asked.all

    before = shown(url)
    renewed = traceapp(home, "tls", "renew")
    assert renewed.code == 0, renewed.all
    assert shown(url) != before
    assert traceapp(home, "trace", "NO-SUCH-LOT").code == 1

    lines = kept_records(home)
    start = next(record for record in map(json.loads, lines) if record["act"] == "service:start")
    assert start["request"]["certificate"].count(":") == 31


def shown(url: str) -> str:
    host, _, port = url.removeprefix("https://").rpartition(":")
    return ssl.get_server_certificate((host, int(port)))


def test_a_key_that_others_may_read_is_refused(tmp_path: Path, traceapp: Terminal) -> None:
    home = tmp_path / "home"
    assert traceapp(home, "tls", "init").code == 0
    key = home / "tls" / "host" / "host.key"
    key.chmod(0o444)

    said = traceapp(home, "serve", "--tls", "--port", "0")

    assert said.code == 1
    assert f"the file {key} is open to others" in said.err
    assert "Traceback" not in said.all

"""Where alerts go: a web hook that is signed, a syslog line that nobody's words can break, and never a person's name."""

import base64
import hashlib
import hmac
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from traceapp.composition import alert_sinks
from traceapp.delivery.syslog import SyslogSink, parse_syslog, syslog_line
from traceapp.delivery.webhook import WebhookSink, read_webhook_secret, sign
from traceapp.domain.alerts import Alert, AlertLevel
from traceapp.domain.errors import AlertDeliveryError, SettingsError
from traceapp.host.outbound import OutboundGuard
from traceapp.settings import read_settings

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ALERT = Alert("ab" * 16, "denials", AlertLevel.HIGH, NOW, "203.0.113.9", "wang", (7, 9), 12)
TITLE = "Somebody was refused again and again"
KEY = bytes(range(24))
LOOPBACK = OutboundGuard(("localhost", "127.0.0.1"), (ip_network("127.0.0.0/8"), ip_network("::1/128")))


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent and answers what the test wants."""

    server: "Hook"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


class Hook(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def webhook(hook: Hook) -> WebhookSink:
    return WebhookSink(f"http://127.0.0.1:{hook.server_port}/in?team=quality", KEY, LOOPBACK)


def test_promise_a_receiver_can_verify_who_sent_an_alert(hook: Hook) -> None:
    webhook(hook).send(ALERT, TITLE, NOW)

    ((headers, body),) = hook.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-id"] == ALERT.uid
    assert json.loads(body) == {
        "type": "alert.raised",
        "timestamp": "2026-03-02T10:00:00.000000Z",
        "data": {"alert": ALERT.uid, "rule": "denials", "level": "high", "title": TITLE, "records": [7, 9], "count": 12},
    }


def test_the_signature_is_that_of_the_specification() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    found = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 302, 400, 410, 500])
def test_what_was_not_taken_is_said_and_no_redirect_is_followed(status: int, hook: Hook) -> None:
    hook.status = status

    with pytest.raises(AlertDeliveryError, match=str(status)):
        webhook(hook).send(ALERT, TITLE, NOW)
    assert len(hook.got) == 1


@pytest.mark.parametrize(
    "guard",
    [OutboundGuard(("hooks.example.org",)), OutboundGuard(("127.0.0.1",))],
    ids=["a host that is not on the list", "an address of an inner network"],
)
def test_attacker_who_sets_another_address_gets_no_alert_sent_there(guard: OutboundGuard, hook: Hook) -> None:
    with pytest.raises(AlertDeliveryError):
        WebhookSink(f"http://127.0.0.1:{hook.server_port}/", KEY, guard).send(ALERT, TITLE, NOW)
    assert hook.got == []


def test_a_receiver_that_is_away_is_said_without_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(AlertDeliveryError) as refused:
        WebhookSink(f"http://127.0.0.1:{port}/secret-path", KEY, LOOPBACK).send(ALERT, TITLE, NOW)
    assert "secret-path" not in str(refused.value)


LINE = re.compile(
    rb"<(\d+)>1 (\S+) (\S+) traceapp - alert "
    rb'\[alert@32473 uid="(\w+)" rule="([a-z-]+)" level="(\w+)" count="(\d+)" records="([\d,-]+)"\] (\{.*\})'
)


def test_promise_a_syslog_line_is_rfc_5424() -> None:
    found = LINE.fullmatch(syslog_line(ALERT, TITLE, NOW, "plant-1"))

    assert found is not None
    assert found.groups()[:8] == (
        b"107",
        b"2026-03-02T10:00:00.000000Z",
        b"plant-1",
        ALERT.uid.encode(),
        b"denials",
        b"high",
        b"12",
        b"7,9",
    )
    assert json.loads(found[9])["data"]["records"] == [7, 9]


@contextmanager
def unix_receiver(folder: Path) -> Iterator[tuple[str, socket.socket]]:
    path = folder / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        receiver.settimeout(10)
        yield f"unix:{path}", receiver


@contextmanager
def udp_receiver(_: Path) -> Iterator[tuple[str, socket.socket]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        yield f"udp://127.0.0.1:{receiver.getsockname()[1]}", receiver


@pytest.mark.parametrize("made", [unix_receiver, udp_receiver], ids=["unix", "udp"])
def test_an_alert_goes_to_syslog_as_one_datagram(made: "type[object]", tmp_path: Path) -> None:
    with made(tmp_path) as (address, receiver):  # type: ignore[call-arg, attr-defined]
        SyslogSink(parse_syslog(address), LOOPBACK).send(ALERT, TITLE, NOW)
        assert LINE.fullmatch(receiver.recv(65536))


def test_an_alert_goes_to_syslog_over_tcp_with_its_length_before_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        SyslogSink(parse_syslog(f"tcp://127.0.0.1:{server.getsockname()[1]}"), LOOPBACK).send(ALERT, TITLE, NOW)
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as received:
            length, _, line = received.read().partition(b" ")

    assert int(length) == len(line)
    assert LINE.fullmatch(line)


@pytest.mark.parametrize("address", ["udp://127.0.0.1:514", "tcp://127.0.0.1:601"])
def test_attacker_who_sets_another_syslog_gets_no_alert_sent_there(address: str) -> None:
    with pytest.raises(AlertDeliveryError, match="not on the list"):
        SyslogSink(parse_syslog(address), OutboundGuard(())).send(ALERT, TITLE, NOW)


def test_a_syslog_that_is_away_is_said(tmp_path: Path) -> None:
    with pytest.raises(AlertDeliveryError, match="FileNotFoundError"):
        SyslogSink(parse_syslog(f"unix:{tmp_path}/none"), LOOPBACK).send(ALERT, TITLE, NOW)


@pytest.mark.parametrize(
    "text", ["/dev/log", "unix:log", "unix://host/log", "udp://", "ftp://x:1", "udp://u:p@x", "tcp://x/y", "udp://x:y"]
)
def test_a_wrong_syslog_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="TRACEAPP_ALERT_SYSLOG"):
        parse_syslog(text)


def test_promise_no_name_address_or_group_leaves(hook: Hook, tmp_path: Path) -> None:
    """A group may be what somebody typed as his name: a password."""
    planted = replace(ALERT, group="planted-group", username="planted-name")
    webhook(hook).send(planted, TITLE, NOW)
    with unix_receiver(tmp_path) as (address, receiver):
        SyslogSink(parse_syslog(address), LOOPBACK).send(planted, TITLE, NOW)
        line = receiver.recv(65536)

    sent = line + hook.got[0][1] + str(hook.got[0][0]).encode()
    assert b"planted" not in sent
    assert ALERT.uid.encode() in sent


SECRETS = {
    "no prefix": base64.b64encode(KEY),
    "too short": b"whsec_" + base64.b64encode(KEY[:23]),
    "too long": b"whsec_" + base64.b64encode(bytes(65)),
    "not base64": b"whsec_***",
    "empty": b"",
}


@pytest.mark.parametrize("content", SECRETS.values(), ids=SECRETS)
def test_a_wrong_secret_is_refused_and_not_repeated(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    path.chmod(0o400)

    with pytest.raises(SettingsError) as refused:
        read_webhook_secret(path)
    assert not content or content.decode() not in str(refused.value)


def test_the_settings_name_the_sinks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"whsec_" + base64.b64encode(KEY) + b"\n")
    path.chmod(0o400)
    monkeypatch.setenv("TRACEAPP_ALERT_WEBHOOK", "https://hooks.example.org/planted")
    monkeypatch.setenv("TRACEAPP_ALERT_WEBHOOK_SECRET_FILE", os.fspath(path))
    monkeypatch.setenv("TRACEAPP_ALERT_SYSLOG", "unix:/dev/log")

    settings = read_settings(home=tmp_path)

    assert [sink.name for sink in alert_sinks(settings)] == ["webhook", "syslog"]
    assert "planted" not in repr(settings)
    monkeypatch.delenv("TRACEAPP_ALERT_WEBHOOK_SECRET_FILE")
    with pytest.raises(SettingsError, match="or neither"):
        read_settings(home=tmp_path)

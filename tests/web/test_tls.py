"""HTTPS by the real server: who is let in, who is turned away, and a certificate that is renewed under way."""

import hashlib
import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.web.gunicorn_server import DEADLINE, Server
from traceapp.cli.client import direct, get_json
from traceapp.domain.errors import ServiceNotRunningError
from traceapp.host.certificates import TlsFolder, init_tls, read_facts, renew_tls
from traceapp.host.tls import client_context

pytestmark = pytest.mark.one_store


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("tls")
    init_tls(folder, ("trace.example.org",), datetime.now(UTC))
    made = Server(folder, tls=True)
    yield made
    made.stop()


def handshake(server: Server, context: ssl.SSLContext, name: str = "127.0.0.1") -> ssl.SSLSocket:
    """A connection that the caller closes; raises ssl.SSLError, OSError."""
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)
    try:
        return context.wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise


def test_over_tls_every_answer_asks_for_tls_from_now_on(server: Server) -> None:
    with closing(server.connect()) as connection:
        reply = server.ask(connection, "GET", "/sign-in")

        assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert reply.status == 200


def test_cookies_over_tls_are_secure_and_bound_to_the_host(server: Server) -> None:
    with closing(server.connect()) as connection:
        cookies = server.ask(connection, "GET", "/sign-in").headers.get_all("Set-Cookie") or []

    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "trace.example.org"])
def test_every_name_of_the_certificate_is_good(name: str, server: Server) -> None:
    assert server.trust is not None
    with closing(handshake(server, server.trust, name)) as connection:
        assert connection.version() in {"TLSv1.2", "TLSv1.3"}


def test_another_name_is_refused_by_a_client(server: Server) -> None:
    assert server.trust is not None
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(server, server.trust, "other.example.org")


def test_attacker_with_an_authority_of_his_own_is_nobody_to_our_client(server: Server, tmp_path: Path) -> None:
    """Somebody stands between client and service and shows a certificate that another authority signed."""
    init_tls(tmp_path, ("trace.example.org",), datetime.now(UTC))
    for trust in (client_context(TlsFolder(tmp_path).authority, system=False), client_context()):
        with pytest.raises(ServiceNotRunningError, match="CERTIFICATE_VERIFY_FAILED"):
            get_json(f"https://127.0.0.1:{server.port}", "/api/v1/traces", "token-of-mine", trust, number="A")


def test_old_versions_of_tls_are_refused(server: Server) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1

    with pytest.raises(ssl.SSLError, match=r"PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL"):
        handshake(server, context)


@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"])
def test_ciphers_without_forward_secrecy_or_authenticated_encryption_are_refused(cipher: str, server: Server) -> None:
    assert server.trust is not None
    context = client_context(TlsFolder(server.home).authority, system=False)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")

    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        handshake(server, context)


def test_a_browser_that_speaks_plain_http_is_told_where_to_go(server: Server) -> None:
    reply = server.send_raw(b"GET /sign-in?next=%2F HTTP/1.1\r\nHost: localhost:8443\r\n\r\n")

    assert reply.startswith(b"HTTP/1.1 307 ")
    assert b"\r\nLocation: https://localhost:8443/sign-in?next=%2F\r\n" in reply


PLAIN = {
    "a form": b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\npassword=abc",
    "a token": b"GET /api/v1/traces HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer tat_x\r\n\r\n",
    "a host that splits the answer": b"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
    "an address elsewhere": b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no HTTP at all": b"\x00\x01\x02 nonsense",
}


@pytest.mark.parametrize("sent", PLAIN.values(), ids=PLAIN)
def test_everything_else_over_plain_http_is_refused_unread(sent: bytes, server: Server) -> None:
    reply = server.send_raw(sent)

    assert reply.startswith(b"HTTP/1.1 400 ")
    assert b"HTTPS" in reply
    assert b"Location" not in reply


def test_a_token_does_not_follow_a_redirect(server: Server) -> None:
    """The program's own client: sent to a plain address by mistake, it says so and goes nowhere."""
    with pytest.raises(HTTPError) as refused:
        direct(server.trust).open(f"http://127.0.0.1:{server.port}/healthz", timeout=DEADLINE)
    refused.value.close()
    assert refused.value.code == 307


def test_a_renewed_certificate_is_taken_up_and_no_request_is_lost(server: Server) -> None:
    files = TlsFolder(server.home)
    with closing(server.connect()) as kept:
        before = server.ask(kept, "GET", "/healthz")
        assert (before.status, before.read()) == (200, b'{"status":"alive"}')
        old = peer_fingerprint(server)
        renewed = renew_tls(server.home, (), datetime.now(UTC))

        assert peer_fingerprint(server) == renewed.fingerprint != old
        after = server.ask(kept, "GET", "/healthz")
        assert (after.status, after.read()) == (200, b'{"status":"alive"}')
    assert read_facts(files.host).fingerprint == renewed.fingerprint


def test_a_certificate_that_fits_no_key_is_not_taken_up(server: Server) -> None:
    files = TlsFolder(server.home)
    kept, good = peer_fingerprint(server), files.host_key.read_bytes()
    files.host_key.chmod(0o600)
    files.host_key.write_bytes(b"half of a key")
    try:
        assert peer_fingerprint(server) == kept
    finally:
        files.host_key.write_bytes(good)
        files.host_key.chmod(0o400)
    assert peer_fingerprint(server) == kept
    assert "half of a key" not in server.log.read_text()


def peer_fingerprint(server: Server) -> str:
    assert server.trust is not None
    with closing(handshake(server, server.trust)) as connection:
        shown = connection.getpeercert(binary_form=True)
    assert shown is not None
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(shown).digest())


def test_a_client_that_never_shakes_hands_costs_no_more_than_its_time(server: Server) -> None:
    """One for each thread says a first byte and nothing else; others are answered as soon as their time is over."""
    with_nothing = [socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE) for _ in range(8)]
    try:
        for silent in with_nothing:
            silent.sendall(b"\x16")
        started = datetime.now(UTC)
        assert server.status("GET", "/healthz") == 200
        assert datetime.now(UTC) - started < timedelta(seconds=15)
    finally:
        for silent in with_nothing:
            silent.close()

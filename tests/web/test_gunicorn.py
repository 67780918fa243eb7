"""The real server in front: what it passes on, what it writes down, and when it ends."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.processes import wait_until
from tests.web.gunicorn_server import DEADLINE, Server

pytestmark = pytest.mark.one_store

PLANTED = "PLANTED-4711"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("gunicorn"))
    yield made
    made.stop()


def test_promise_a_slash_in_the_raw_path_is_seen_behind_gunicorn(server: Server) -> None:
    status, body = server.send("GET", "/api/v1/batches/A%2Ftrace")

    assert status == 400
    assert b"/api/v1/batches?number=" in body


@pytest.mark.parametrize(
    "line",
    [b"GET /api/v1/batches/\xff HTTP/1.1", b"GET http://elsewhere/api/v1/batches/A%2Ftrace HTTP/1.1"],
    ids=["raw bytes", "absolute form"],
)
def test_an_odd_request_line_is_refused(line: bytes, server: Server) -> None:
    reply = server.send_raw(line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")

    assert reply.split(b" ", 2)[1] == b"400"


def test_a_chunked_body_without_end_in_sight_is_cut(server: Server) -> None:
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    head = b"POST /api/v1/traces HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)) as connection:
        connection.sendall(head + b"Content-Type: application/json\r\n\r\n" + chunk)
        assert connection.recv(65536).split(b" ", 2)[1] in {b"401", b"413"}


def test_promise_no_number_stands_in_a_log(server: Server) -> None:
    for target in (f"/api/v1/batches/{PLANTED}", f"/api/v1/traces?number={PLANTED}", f"/api/v1/batches/{PLANTED}%2Fx"):
        server.send("GET", target)
        server.send("GET", target, Authorization="Bearer x")

    said = server.log.read_text(encoding="utf-8", errors="replace")
    assert "store is down" in said
    assert PLANTED not in said


BROKEN = {
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization Bearer PLANTED-4711\r\n\r\n",
    "a header with a control character": b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer PLANTED-4711\x00\r\n\r\n",
    "a version that is none": b"GET /api/v1/batches/PLANTED-4711 HTTP/9.x\r\n\r\n",
    "a method that is none": b"PLANTED-4711\xe9 / HTTP/1.1\r\n\r\n",
    "two lengths": b"POST /PLANTED-4711 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_promise_nothing_of_a_broken_request_stands_in_a_log(sent: bytes, server: Server) -> None:
    reply = server.send_raw(sent)

    assert reply.split(b" ", 2)[1] in {b"400", b"405", b"501", b"505"}
    said = server.log.read_text(encoding="utf-8", errors="replace")
    assert "Invalid request from ip=127.0.0.1" in said
    assert PLANTED not in said


def test_there_is_no_control_socket(server: Server) -> None:
    assert not [path for path in server.home.rglob("*") if path.is_socket()]


def test_gunicorn_ends_with_the_service_that_started_it(tmp_path: Path) -> None:
    server = Server(tmp_path)
    started = server.pids()
    server.process.kill()
    server.process.wait(DEADLINE)

    assert len(started) >= 2
    wait_until(lambda: not server.pids(), DEADLINE)

"""The real server in front: what it passes on, what it writes down, and when it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30.0
PLANTED = "PLANTED-4711"
STARTER = """
import os, subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], env={**os.environ, "TRACEAPP_PARENT": str(os.getpid())}, start_new_session=True)
child.wait()
"""


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, f"waited {DEADLINE:.0f} s for {what}"
        time.sleep(0.05)


class Server:
    """gunicorn under a starter that may be killed, as `traceapp serve` may be."""

    def __init__(self, folder: Path) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.log = folder / "log"
        self.home = folder
        command = [sys.executable, "-m", "gunicorn", "--config", "python:traceapp.gunicorn_conf", "tests.web.closed_service:app"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TRACEAPP_", "XDG_"))}
        environment |= {
            "TRACEAPP_HOME": str(folder),
            "TRACEAPP_PORT": str(self.port),
            "TRACEAPP_WORKERS": "1",
            "TRACEAPP_LOG_LEVEL": "INFO",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", STARTER, *command], env=environment, stdout=log, stderr=log, cwd=ROOT
            )
        wait_until(self.answers, "gunicorn to answer")

    def answers(self) -> bool:
        try:
            return self.status("GET", "/healthz") == 200
        except (OSError, HTTPException):
            return False

    def status(self, method: str, target: str) -> int:
        return self.send(method, target)[0]

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        with closing(connection):
            connection.putrequest(method, target)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            reply = connection.getresponse()
            return reply.status, reply.read()

    def send_raw(self, request: bytes) -> bytes:
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)) as connection:
            connection.sendall(request)
            return connection.recv(65536)

    def pids(self) -> set[int]:
        """Every process that has our port in its environment."""
        wanted = f"TRACEAPP_PORT={self.port}".encode()
        found = set()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and wanted in (entry / "environ").read_bytes():
                    found.add(int(entry.name))
            except OSError:
                continue
        return found

    def stop(self) -> None:
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
        self.process.wait(DEADLINE)


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


def test_there_is_no_control_socket(server: Server) -> None:
    assert not [path for path in server.home.rglob("*") if path.is_socket()]


def test_gunicorn_ends_with_the_service_that_started_it(tmp_path: Path) -> None:
    server = Server(tmp_path)
    started = server.pids() - {server.process.pid}
    server.process.kill()
    server.process.wait(DEADLINE)

    assert len(started) >= 2
    wait_until(lambda: not server.pids(), "gunicorn and its workers to end")

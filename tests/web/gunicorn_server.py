"""A real gunicorn over the application whose store is down, under a starter that may be killed."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path

from tests.processes import ROOT, descendants, is_running, wait_until
from traceapp.host.certificates import TlsFolder
from traceapp.host.tls import client_context

DEADLINE = 30.0
STARTER = """
import os, subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], env={**os.environ, "TRACEAPP_PARENT": str(os.getpid())}, start_new_session=True)
child.wait()
"""


class Server:
    """gunicorn as `traceapp serve` starts it; with `tls` it speaks HTTPS under the certificate of its folder."""

    def __init__(self, folder: Path, *, tls: bool = False, **environment: str) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.log = folder / "log"
        self.home = folder
        self.trust = client_context(TlsFolder(folder).authority, system=False) if tls else None
        command = [sys.executable, "-m", "gunicorn", "--config", "python:traceapp.gunicorn_conf", "tests.web.closed_service:app"]
        said = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TRACEAPP_", "XDG_"))}
        said |= {
            "TRACEAPP_HOME": str(folder),
            "TRACEAPP_PORT": str(self.port),
            "TRACEAPP_WORKERS": "1",
            "TRACEAPP_LOG_LEVEL": "DEBUG",
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            **environment,
        }
        if tls:
            said["TRACEAPP_TLS_CERT_FILE"] = str(TlsFolder(folder).host)
            said["TRACEAPP_TLS_KEY_FILE"] = str(TlsFolder(folder).host_key)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([sys.executable, "-c", STARTER, *command], env=said, stdout=log, stderr=log, cwd=ROOT)
        wait_until(self.answers, DEADLINE)
        self._started = descendants(self.process.pid)

    def connect(self, trust: ssl.SSLContext | None = None) -> HTTPConnection:
        context = trust or self.trust
        if context is None:
            return HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        return HTTPSConnection("127.0.0.1", self.port, timeout=DEADLINE, context=context)

    def answers(self) -> bool:
        try:
            return self.status("GET", "/healthz") == 200
        except (OSError, HTTPException):
            return False

    def status(self, method: str, target: str) -> int:
        return self.send(method, target)[0]

    def send(self, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        with closing(self.connect()) as connection:
            reply = self.ask(connection, method, target, body, **headers)
            return reply.status, reply.read()

    def ask(
        self, connection: HTTPConnection, method: str, target: str, body: bytes | None = None, **headers: str
    ) -> HTTPResponse:
        connection.putrequest(method, target)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        return connection.getresponse()

    def send_raw(self, request: bytes) -> bytes:
        """What comes back over plain TCP."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)) as connection:
            connection.sendall(request)
            return connection.recv(65536)

    def pids(self) -> set[int]:
        """gunicorn and its workers, as far as they still run."""
        self._started |= descendants(self.process.pid)
        return {pid for pid in self._started if is_running(pid)}

    def stop(self) -> None:
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue
        self.process.wait(DEADLINE)

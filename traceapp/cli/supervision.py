"""The processes of one service: store and ledger by `backing.py`, gunicorn here; all stop with the parent."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from urllib.error import URLError

from traceapp.backing import Backing, ServiceLock, start_backing
from traceapp.cli.client import direct
from traceapp.composition import (
    build_anchoring,
    build_notices,
    build_watch,
    check_policy,
    check_recovery_key,
    connected,
    prepare_home,
    terminal_actor,
)
from traceapp.domain.errors import PortInUseError, TraceappError
from traceapp.host.certificates import RENEW_DAYS, read_facts
from traceapp.host.metrics import VARIABLE as COUNTS
from traceapp.host.metrics import begin_counts
from traceapp.host.process_memory import close_memory, hand_over
from traceapp.host.tls import ServerTls, pinned_context
from traceapp.jobs.anchor_ledger import AnchorLedger
from traceapp.jobs.deliver_notices import DeliverNotices
from traceapp.jobs.finish_moves import FinishMoves
from traceapp.jobs.index_ledger import IndexLedger
from traceapp.jobs.keep_approvals import KeepApprovals
from traceapp.jobs.migrate_values import MigrateValues
from traceapp.jobs.rotate_keys import RotateKeys
from traceapp.jobs.service_thread import ServiceThread
from traceapp.jobs.settle_intents import SettleIntents
from traceapp.jobs.verify_ledger import VerifyLedger
from traceapp.jobs.watch_ledger import WatchLedger
from traceapp.jobs.watch_reviews import WatchReviews
from traceapp.settings import Settings
from traceapp.usecases.approvals.missing_persons import stuck_operations
from traceapp.usecases.record_start import record_start

WEB_READY_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.2
BACKLOG = 512
RESTART_SECONDS = 3.0
LOCAL = "localhost"
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""An address that stands for all of a machine, and the one by which the machine itself is called."""


class WebStartError(TraceappError):
    """The web service did not answer in time or ended at once."""

    next_step = "Read what it printed above; traceapp serve shows it again."


class Service:
    """Context manager: what was started inside is stopped on the way out, in reverse order, whatever happened.

    trial   a demo is shown, whose keys nobody needs to bring back.
    raises  HomeError: home not usable, or another service on it. PortInUseError: somebody else listens.
            CertificateError, SettingsError: the certificate cannot be used. RecoveryMissingError: no trial, and no recovery key.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None], *, trial: bool = False) -> None:
        self._trial = trial
        self._say = say
        self._lock: ServiceLock | None = None
        self._backing: Backing | None = None
        self._jobs: list[ServiceThread | WatchLedger] = []
        self._web: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._listener: socket.socket | None = None
        self._settings = settings

    def __enter__(self) -> "Service":
        close_memory()
        self._check_certificate()
        prepare_home(self._settings)
        if not self._trial:
            check_recovery_key(self._settings)
        self._listener = _listen(self._settings.host, self._settings.port)
        self._lock = ServiceLock(self._settings.home)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if self._web is not None:
            self._say("stopping the web service")
            service_file(self._settings.home).unlink(missing_ok=True)
            _stop(self._web)
        if self._listener is not None:
            self._listener.close()
        for job in reversed(self._jobs):
            job.stop()
        if self._backing is not None:
            self._say("stopping ledger and store")
            self._backing.stop()
        if self._lock is not None:
            self._lock.release()

    @property
    def url(self) -> str:
        assert self._listener is not None  # noqa: S101  for the type checker
        scheme = "https" if self._settings.tls else "http"
        return f"{scheme}://{_in_address(self._name())}:{self._listener.getsockname()[1]}"

    def _name(self) -> str:
        """What the service is called by: with a certificate, a name that stands in it."""
        host, certificate = self._settings.host, self._settings.tls_cert_file
        if certificate is None:
            return host
        names = read_facts(certificate).names
        wanted = (LOCAL, *LOOPBACK_OF.values()) if host in LOOPBACK_OF else (host,)
        return next((name for name in (*wanted, *names) if name in names), host)

    def _check_certificate(self) -> None:
        certificate, key = self._settings.tls_cert_file, self._settings.tls_key_file
        if certificate is None or key is None:
            return
        ServerTls(certificate, key)
        facts = read_facts(certificate)
        if facts.days_left(datetime.now(UTC)) < RENEW_DAYS:
            self._say(f"the certificate {certificate} ends on {facts.ends:%Y-%m-%d}; make it anew: traceapp tls renew")

    def start_backing(self) -> None:
        """Store and ledger; the start of the service is on record before it serves anything."""
        check_policy(self._settings)
        self._backing = start_backing(self._settings, self._say)
        with connected(self._settings) as stations:
            certificate = self._settings.tls_cert_file
            shown = read_facts(certificate).fingerprint if certificate is not None else None
            record_start(stations, terminal_actor(), self.url, shown)
            for operation, reason in stuck_operations(stations).items():
                self._say(f"{operation} cannot be approved now. {reason}")
        there = partial(connected, self._settings)
        notices = build_notices(self._settings)
        self._begin(DeliverNotices(notices, self._say))
        self._begin(RotateKeys(there, terminal_actor(), self._say))
        self._begin(MigrateValues(there, terminal_actor(), self._say))
        self._begin(FinishMoves(there, terminal_actor(), self._say))
        self._begin(SettleIntents(there, terminal_actor(), self._say))
        self._begin(WatchReviews(there, terminal_actor(), self._say))
        self._begin(IndexLedger(there, self._say))
        self._begin(KeepApprovals(there, terminal_actor(), notices, self._say))
        self._begin(WatchLedger(build_watch(self._settings), self._say))
        self._begin(AnchorLedger(build_anchoring(self._settings, self._say), self._say))
        self._begin(VerifyLedger(build_watch(self._settings), self._say))
        self.check_stopped()

    def _begin(self, job: ServiceThread | WatchLedger) -> None:
        job.start()
        self._jobs.append(job)

    def start_web(self) -> None:
        """Start gunicorn and wait until /readyz says yes."""
        self._say(f"starting the web service on {self.url}")
        self._web = self._spawn_web()
        deadline = time.monotonic() + WEB_READY_SECONDS
        while not self._answers():
            self.check_stopped()
            if self._web.poll() is not None or time.monotonic() > deadline:
                raise WebStartError("the web service did not become ready")
            self._stop.wait(POLL_SECONDS)
        service_file(self._settings.home).write_text(self.url + "\n", encoding="utf-8")

    def wait(self) -> None:
        """Serve until a signal; a child that died is named and started again."""
        while not self._stop.wait(POLL_SECONDS):
            if self._backing is not None:
                for name in self._backing.dead():
                    self._say(f"the {name} has stopped; starting it again in {RESTART_SECONDS:.0f} s")
                    if self._stop.wait(RESTART_SECONDS):
                        return
                    try:
                        self._backing.restart(name)
                    except TraceappError as error:
                        self._say(f"the {name} could not be started: {error}")
            if self._web is not None and self._web.poll() is not None:
                raise WebStartError(f"the web service ended with code {self._web.returncode}")

    def _spawn_web(self) -> subprocess.Popen[bytes]:
        assert self._listener is not None  # noqa: S101  for the type checker
        descriptor = self._listener.fileno()
        environment = {
            **os.environ,
            "TRACEAPP_HOME": str(self._settings.home),
            "TRACEAPP_LISTENER": str(descriptor),
            "TRACEAPP_WORKERS": str(self._settings.workers),
            "TRACEAPP_PARENT": str(os.getpid()),
            COUNTS: str(begin_counts(self._settings.home)),
        }
        for name, path in (("CERT", self._settings.tls_cert_file), ("KEY", self._settings.tls_key_file)):
            if path is not None:
                environment[f"TRACEAPP_TLS_{name}_FILE"] = str(path)
        secret = self._settings.neo4j_password
        handed = hand_over(secret.get_secret_value()) if secret is not None else None
        if secret is not None and handed is None:
            environment["NEO4J_PASSWORD"] = secret.get_secret_value()
        elif handed is not None:
            environment["NEO4J_PASSWORD_FILE"] = f"/proc/self/fd/{handed}"
        command = [sys.executable, "-m", "gunicorn", "--config", "python:traceapp.gunicorn_conf", "traceapp.wsgi:app"]
        try:
            inherited = tuple(number for number in (descriptor, handed) if number is not None)
            return subprocess.Popen(command, env=environment, start_new_session=True, pass_fds=inherited)
        finally:
            if handed is not None:
                os.close(handed)

    def _answers(self) -> bool:
        try:
            with direct(self._pinned).open(f"{self._own_address()}/readyz", timeout=5) as reply:
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False

    @property
    def _pinned(self) -> ssl.SSLContext | None:
        certificate = self._settings.tls_cert_file
        return pinned_context(certificate) if certificate is not None else None

    def _own_address(self) -> str:
        """Where this process itself finds the service, by its address and not by a name of the certificate."""
        assert self._listener is not None  # noqa: S101  for the type checker
        scheme, _, _ = self.url.partition(":")
        host = LOOPBACK_OF.get(self._settings.host, self._settings.host)
        return f"{scheme}://{_in_address(host)}:{self._listener.getsockname()[1]}"

    def _on_signal(self, number: int, _frame: object) -> None:
        self._stop.set()

    def check_stopped(self) -> None:
        """Leave where a signal asked for it: long work calls this between its steps."""
        if self._stop.is_set():
            raise SystemExit(0)


def service_file(home: Path) -> Path:
    """Where the running service of a home says its address, for commands that speak to it over HTTP."""
    return home / "service.url"


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket:
    """The port, held from now on: gunicorn is handed the socket itself. raises PortInUseError."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG)
    except OSError as error:
        raise PortInUseError(f"port {port} on {host} cannot be used ({error.strerror})") from None


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

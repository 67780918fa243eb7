"""The ledger's writer fails under a service that is asked: what leaves? A 503 that holds nothing of what was asked about."""

import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.processes import is_running, wait_until
from tests.recorded import records
from tests.strace import Fault, has_struck, traced
from tests.web.plant import fill
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Role
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import FOLDER, plain_entry
from traceapp.ledger.wire import frame, socket_address
from traceapp.ledger.writer import GROUP_RECORDS, QUEUE_RECORDS
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.stations import Stations
from traceapp.verifiers import verify_ledger

pytestmark = pytest.mark.one_store

EVERYWHERE: Final = frozenset({"*"})
WITHIN: Final = 2.0
"""Seconds after which whoever asked must have been told."""
DOORS: Final[tuple[tuple[str, str, str], ...]] = (
    ("GET", "/api/v1/batches/B-1", "/api/v1/batches/NONE"),
    ("GET", "/api/v1/batches/TWICE", "/api/v1/batches/NONE"),
    ("GET", "/api/v1/traces?number=RM-1&direction=forward", "/api/v1/traces?number=NONE&direction=forward"),
    ("HEAD", "/api/v1/batches/B-1", "/api/v1/batches/NONE"),
)
"""Method, what is there, and what is not: the two answers must not differ."""

Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(stations: Stations, tmp_path: Path) -> Ask:
    """As the coordinator of all sites, of the little plant of `tests/web/plant.py`."""
    fill(stations, tmp_path)
    made = issue_token(stations, terminal_actor(), TokenRequest(Role.COORDINATOR, EVERYWHERE, EVERYWHERE, "test", 1))
    client: FlaskClient = create_app(lambda: stations, b"only for tests, thirty-two bytes").test_client()
    header = {"Authorization": f"Bearer {made.value}"}
    return lambda path, method="GET": client.open(path, method=method, headers=header)


@contextmanager
def killed(pid: int, _log: Path) -> Iterator[None]:
    os.kill(pid, signal.SIGKILL)
    yield


@contextmanager
def struck(pid: int, log: Path, fault: Fault) -> Iterator[None]:
    with traced(pid, log, fault):
        yield
    assert has_struck(log, fault)


FAILURES: Final[dict[str, Callable[[int, Path], AbstractContextManager[None]]]] = {
    "killed": killed,
    "killed at fdatasync": lambda pid, log: struck(pid, log, Fault("fdatasync", 1, "SIGKILL")),
    "its disk fails at fdatasync": lambda pid, log: struck(pid, log, Fault("fdatasync", 1, "EIO")),
    "its disk fails at write": lambda pid, log: struck(pid, log, Fault("write", 1, "EIO")),
}


def outcome(reply: TestResponse) -> tuple[int, str, bytes]:
    return reply.status_code, reply.content_type, reply.data


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
def test_promise_a_503_holds_no_byte_of_data(
    fail: Callable[[int, Path], AbstractContextManager[None]], stations: Stations, ask: Ask, tmp_path: Path
) -> None:
    """What is there and what is not are told in the same bytes, at the failure itself and while nobody writes."""
    started = []
    for number, (method, there, absent) in enumerate(DOORS):
        assert ask(there, method).status_code in {200, 300, 409}
        pid = stations.ledger.get_writer_pid()
        with fail(pid, tmp_path / f"{number}.log"):
            at_failure = ask(there, method)
            wait_until(lambda pid=pid: not is_running(pid))  # type: ignore[misc]
        afterwards = ask(absent, method)

        assert at_failure.status_code == 503, there
        assert outcome(at_failure) == outcome(afterwards)
        for word in (b"B-1", b"TWICE", b"RM-1", b"LYON", b"HOSP", b"nodes"):
            assert word not in at_failure.data
        started.append(WriterProcess.start(stations.settings.home))
    for writer in started:
        writer.stop()


def test_promise_a_writer_that_stands_still_is_a_503_within_two_seconds(stations: Stations, ask: Ask) -> None:
    """All who ask are told, side by side; when it goes on, so do they. A machine that is busy gets three tries."""
    path = "/api/v1/batches/B-1"
    pid = stations.ledger.get_writer_pid()

    def told(tries: int) -> list[tuple[int, float]]:
        found: list[tuple[int, float]] = []

        def one() -> None:
            begun = time.monotonic()
            found.append((ask(path).status_code, time.monotonic() - begun))

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found if tries == 1 or max(seconds for _, seconds in found) <= WITHIN else told(tries - 1)

    os.kill(pid, signal.SIGSTOP)
    try:
        found = told(3)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert {status for status, _ in found} == {503}
    assert max(seconds for _, seconds in found) <= WITHIN
    assert ask(path).status_code == 200


def test_promise_a_retry_after_a_time_out_makes_no_second_record(stations: Stations) -> None:
    """The writer stands still while it is asked; the same request is sent again when it goes on."""
    client, pid = LedgerClient(stations.settings.home, timeout=0.2), stations.ledger.get_writer_pid()
    asked = {"verb": "APPEND", "message_id": uuid.uuid4().hex, "entry": plain_entry(entry("B-once"))}
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            with pytest.raises(LedgerUnavailableError):
                client._ask(asked)
    finally:
        os.kill(pid, signal.SIGCONT)

    patient = LedgerClient(stations.settings.home)
    replies = [patient._ask(asked) for _ in range(2)]

    assert replies[0] == replies[1]
    assert [one["request"] for one in records(stations)].count({"number": "B-once"}) == 1
    for one in (client, patient):
        one.close()


def test_promise_a_full_queue_is_refused_and_not_left_to_wait(stations: Stations, tmp_path: Path) -> None:
    """The disk takes its time, and as many records wait as may: who comes then is told at once."""
    home, pid = stations.settings.home, stations.ledger.get_writer_pid()
    flood = b"".join(
        frame({"verb": "APPEND", "message_id": uuid.uuid4().hex, "entry": plain_entry(entry(f"B-{number}"))})
        for number in range(QUEUE_RECORDS + GROUP_RECORDS)
    )
    with traced(pid, tmp_path / "log", Fault("fdatasync", 1, "LATE")), socket.socket(socket.AF_UNIX) as peer:
        with socket_address(home) as address:
            peer.connect(address)
        peer.sendall(flood)
        health = {"verb": "HEALTH", "message_id": uuid.uuid4().hex}
        wait_until(lambda: stations.ledger._ask(health)["queue"] == QUEUE_RECORDS)

        with pytest.raises(LedgerUnavailableError, match="the queue is full"):
            stations.ledger.append(entry("B-late"))
        os.kill(pid, signal.SIGKILL)

    WriterProcess.start(home).stop()
    assert verify_ledger.verify(home / FOLDER).findings == []


def entry(number: str) -> LedgerEntry:
    return LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": number})

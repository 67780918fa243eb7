"""The ledger's writer is killed, stopped, out of space, orphaned: what is lost? Nothing that was acknowledged."""

import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.processes import ROOT, is_running, wait_until
from tests.recorded import documents, kept_records, put_records
from traceapp.domain.errors import HomeError, LedgerBrokenError, LedgerUnavailableError
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.frames import AROUND
from traceapp.ledger.process import LOG, WriterProcess
from traceapp.ledger.records import FOLDER, GENESIS
from traceapp.ledger.segments import Beginning, segment_path
from traceapp.ledger.verdict import verify
from traceapp.ledger.wire import SOCKET
from traceapp.ledger.writer import EXIT_BROKEN, EXIT_HOME, EXIT_WRITE_FAILED

THREADS = 8
PATIENCE = 2.0
"""Seconds within which an append is refused, whatever the writer does."""

PARENT = """
import sys, time
from pathlib import Path
from traceapp.ledger.process import WriterProcess

print(WriterProcess.start(Path(sys.argv[1])).pid, flush=True)
while True:
    time.sleep(60)
"""


@dataclass
class Appenders:
    """Threads that append without end; every record carries a name of its own and is tried once."""

    home: Path
    client: LedgerClient
    acknowledged: dict[str, LedgerReceipt] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        done = threading.Event()

        def append(thread: int) -> None:
            number = 0
            while not done.is_set():
                number += 1
                name = f"B-{thread}-{number}"
                try:
                    self.acknowledged[name] = self.client.append(entry(name))
                except LedgerUnavailableError:
                    self.refused.append(name)

        threads = [threading.Thread(target=append, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            done.set()
            for thread in threads:
                thread.join()

    def go_on(self, records: int) -> None:
        """Come back when so many more are acknowledged."""
        enough = len(self.acknowledged) + records
        wait_until(lambda: len(self.acknowledged) >= enough)

    def check(self) -> None:
        """Every acknowledged record is in its place, no record is there twice, and the ledger is whole."""
        lines = kept_records(self.home)
        for name, receipt in self.acknowledged.items():
            line = lines[receipt.seq - 1]
            assert json.loads(line)["request"] == {"number": name}
            assert hashlib.sha256(b"\x00" + line).hexdigest() == receipt.leaf
        names = Counter(json.dumps(record["request"]) for record in map(json.loads, lines) if record["request"])
        assert set(names.values()) == {1}
        newest = self.client.get_head()
        verdict = verify(self.home, receipts=(*self.acknowledged.values(), newest))
        assert (verdict.ok, verdict.records) == (True, len(lines)), verdict.reason


def entry(name: str, **said: str) -> LedgerEntry:
    return LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": name}, **said)


def acts(home: Path) -> Counter[str]:
    return Counter(record["act"] for record in documents(home))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[LedgerClient]:
    made = LedgerClient(tmp_path)
    yield made
    made.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], WriterProcess]]:
    """Start a writer on the home of this test; all of them are stopped at the end."""
    started: list[WriterProcess] = []

    def make() -> WriterProcess:
        started.append(WriterProcess.start(tmp_path))
        return started[-1]

    yield make
    for writer in started:
        if writer.is_running():
            os.kill(writer.pid, signal.SIGCONT)
        writer.stop()


def kill(writer: WriterProcess) -> None:
    os.kill(writer.pid, signal.SIGKILL)
    wait_until(lambda: not writer.is_running())


def test_promise_a_killed_writer_loses_nothing_that_was_acknowledged(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    """Three kills amid the appends of eight threads."""
    appenders = Appenders(tmp_path, client)
    writer = start()
    with appenders.running():
        for _ in range(3):
            appenders.go_on(100)
            kill(writer)
            writer = start()
        appenders.go_on(100)

    appenders.check()
    assert acts(tmp_path)["ledger:start"] == 4
    assert appenders.refused, "there were appends while nobody wrote"


def test_a_writer_that_is_killed_between_appends_goes_on_where_it_was(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    """The client's open connection is stale, and it is not told: the next append is one record all the same."""
    first = start()
    before = client.append(entry("B-1"))
    kill(first)
    with pytest.raises(LedgerUnavailableError):
        client.append(entry("B-2"))
    start()

    after = client.append(entry("B-3"))

    assert (before.seq, after.seq) == (2, 4)
    assert verify(tmp_path, receipts=(before, after)).records == 4


def test_promise_a_writer_that_hangs_is_an_error_for_all_who_wait(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    """All are told before it goes on, and not one after the other, which would take the patience of each; then they go on too."""
    appenders = Appenders(tmp_path, client)
    writer = start()
    with appenders.running():
        appenders.go_on(50)
        os.kill(writer.pid, signal.SIGSTOP)
        wait_until(lambda: len(appenders.refused) >= THREADS, THREADS * PATIENCE / 2)
        os.kill(writer.pid, signal.SIGCONT)
        appenders.go_on(50)

    appenders.check()


def test_promise_a_failed_write_acknowledges_nothing_and_a_restart_recovers(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    """The file may grow by so much and no more, in the midst of a record, as on a full disk."""
    appenders = Appenders(tmp_path, client)
    writer = start()
    with appenders.running():
        appenders.go_on(50)
        limit = segment_path(tmp_path, 1).stat().st_size + 20_001
        resource.prlimit(writer.pid, resource.RLIMIT_FSIZE, (limit, limit))
        wait_until(lambda: not writer.is_running())
        wait_until(lambda: bool(appenders.refused))

    assert writer.stop() == EXIT_WRITE_FAILED
    assert "without an acknowledgement" in (tmp_path / FOLDER / LOG).read_text()
    assert segment_path(tmp_path, 1).stat().st_size == limit
    frames = [Beginning(1, GENESIS, 1).record(), *kept_records(tmp_path)]
    cut = sum(len(record) + AROUND for record in frames) < limit
    start()
    appenders.check()
    assert acts(tmp_path)["ledger:recover"] == cut, "but for one time in hundreds the limit lies within a record"
    assert client.append(entry("B-after")).seq == client.get_head().seq


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "terminated"])
def test_promise_no_writer_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        os.kill(parent.pid, number)
        wait_until(lambda: not is_running(pid))
    finally:
        parent.kill()
        parent.communicate()
    again = WriterProcess.start(tmp_path)
    assert again.stop() == 0
    assert verify(tmp_path).records == 2


def test_a_writer_that_is_asked_to_stop_commits_first_and_leaves_no_socket(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    appenders = Appenders(tmp_path, client)
    writer = start()
    with appenders.running():
        appenders.go_on(50)
        code = writer.stop()

    assert code == 0
    assert SOCKET not in {path.name for path in (tmp_path / FOLDER).iterdir()}
    start()
    appenders.check()


def test_second_writer_is_refused_and_the_first_goes_on(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    first = start()

    with pytest.raises(HomeError, match=f"another writer .process {first.pid}"):
        start()

    assert client.append(entry("B-1")).seq == 2
    assert (first.is_running(), client.get_writer_pid()) == (True, first.pid)


def test_promise_a_broken_ledger_is_not_written_to(
    tmp_path: Path, client: LedgerClient, start: Callable[[], WriterProcess]
) -> None:
    writer = start()
    for number in range(4):
        client.append(entry(f"B-{number}"))
    writer.stop()
    segment = put_records(tmp_path, [record.replace(b"B-1", b"B-9") for record in kept_records(tmp_path)])
    broken = segment.read_bytes()

    with pytest.raises(LedgerBrokenError, match="after record 3"):
        start()

    assert segment.read_bytes() == broken


def test_exit_codes_say_why_it_ended(tmp_path: Path, start: Callable[[], WriterProcess]) -> None:
    start()
    (tmp_path / "file").touch()
    put_records(tmp_path / "broken", [b"{}"])
    wanted = {tmp_path: EXIT_HOME, tmp_path / "file": EXIT_HOME, tmp_path / "broken": EXIT_BROKEN}

    found = {
        home: subprocess.run(
            [sys.executable, "-m", "traceapp.ledger.writer", "--home", str(home)], cwd=ROOT, capture_output=True, check=False
        ).returncode
        for home in wanted
    }

    assert found == wanted

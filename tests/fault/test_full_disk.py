"""The ledger's disk is full: what was set aside lets records go on, for as long as was said; then nothing is told to be kept."""

import json
import os
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import make_home, running_stations
from tests.processes import wait_until
from tests.recorded import kept_records
from tests.servers import StoreLeg
from tests.strace import Fault, has_struck, traced
from tests.web.plant import fill as fill_plant
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.domain.rights import Role
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import FOLDER, plain_entry
from traceapp.ledger.segments import list_segments, segment_path
from traceapp.ledger.side_files import ROLLS
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.ledger.writer import EXIT_WRITE_FAILED
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.verifiers import verify_ledger

RESERVE: Final = 2 * 1024 * 1024
DISK: Final = 16 * 1024 * 1024
EVERYWHERE: Final = frozenset({"*"})


def can_mount() -> bool:
    """Whether this machine lets us have a small disk of our own; the suite says so where it does not."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def entry(number: int) -> LedgerEntry:
    return LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": f"B-{number}"})


def fill(folder: Path) -> None:
    """Somebody else takes all that is left."""
    with (folder / "somebody else's").open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of this test alone, where this machine lets us have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # what is open goes with its process


def append_until_refused(client: LedgerClient) -> dict[int, LedgerReceipt]:
    done: dict[int, LedgerReceipt] = {}
    try:
        while True:
            done[len(done)] = client.append(entry(len(done)))
    except LedgerUnavailableError:
        return done


if can_mount():  # a container may hold its root back from it; the tests below need nothing of the kind

    def test_promise_on_a_full_disk_records_go_on_in_what_was_set_aside(disk: Path) -> None:
        """At least half of the reserve holds records, and a start amid it finds its room; then nothing is acknowledged."""
        home = disk / "home"
        writer, client = WriterProcess.start(home, reserve=RESERVE), LedgerClient(home)
        before = client.get_health()
        client.append(entry(-1))
        fill(disk)
        client.append(entry(-2))
        full = client.get_health()
        writer.stop()
        writer = WriterProcess.start(home, reserve=RESERVE)
        again = client.get_health()

        done = append_until_refused(client)

        code = writer.stop()
        client.close()
        assert (before.reserve, before.reserve_wanted) == (pytest.approx(RESERVE, rel=0.1), RESERVE)
        assert before.disk_free > 0
        assert (full.disk_free, full.disk_used) == (0, 1.0)
        assert RESERVE / 2 <= again.reserve < full.reserve
        assert code == EXIT_WRITE_FAILED
        assert segment_path(home, 1).stat().st_size >= RESERVE / 2
        report = verify_ledger.verify(home / FOLDER, receipts={one.seq: one.leaf for one in done.values()})
        assert report.findings == []
        kept = [json.loads(record)["request"] for record in kept_records(home)]
        assert [request for request in kept if request][2 : 2 + len(done)] == [{"number": f"B-{n}"} for n in range(len(done))]
        (disk / "somebody else's").unlink()
        WriterProcess.start(home, reserve=RESERVE).stop()
        assert verify_ledger.verify(home / FOLDER).findings == []

    @pytest.mark.one_store
    def test_promise_a_trace_is_answered_though_the_disk_is_full(disk: Path, empty_leg: StoreLeg, tmp_path: Path) -> None:
        """Record and roll find their room; when that is used up, the answer is a 503 without data."""
        with running_stations(empty_leg, make_home(disk / "home")) as stations:
            fill_plant(stations, tmp_path)
            asked = TokenRequest(Role.COORDINATOR, EVERYWHERE, EVERYWHERE, "test", 1)
            header = {"Authorization": f"Bearer {issue_token(stations, terminal_actor(), asked).value}"}
            client = create_app(lambda: stations, b"only for tests, thirty-two bytes").test_client()
            path = "/api/v1/traces?number=RM-1&direction=forward"
            whole = client.get(path, headers=header)
            fill(disk)

            replies = [client.get(path, headers=header) for _ in range(20)]

            assert [reply.status_code for reply in replies] == [200] * 20
            assert {len(reply.get_json()["nodes"]) for reply in replies} == {len(whole.get_json()["nodes"])}
            rolls = disk / "home" / FOLDER / ROLLS
            while (reply := client.get(path, headers=header)).status_code == 200:
                for path_ in rolls.iterdir():
                    os.truncate(path_, path_.stat().st_size)
                fill(disk)
            assert reply.status_code == 503
            assert b"nodes" not in reply.data


def test_a_disk_that_has_nothing_to_set_aside_is_said_and_records_go_on(tmp_path: Path) -> None:
    """The reserve is refused (ENOSPC), writes are not."""
    writer, client = WriterProcess.start(tmp_path, reserve=RESERVE), LedgerClient(tmp_path)
    segment = segment_path(tmp_path, 1)
    os.truncate(segment, segment.stat().st_size)  # what was set aside is given back: it wants more at once
    ended = threading.Event()
    fault = Fault("fallocate", 1, "ENOSPC")
    with traced(writer.pid, tmp_path / "log", fault):
        client.append(entry(1))
        found = client.get_health()
        ended.set()
        writer.stop()
    client.close()

    assert has_struck(tmp_path / "log", fault)
    assert found.reserve < RESERVE / 2
    assert found.newest.seq == 2


def test_a_full_disk_begins_no_segment(tmp_path: Path) -> None:
    """There is room for records, and none for a reserve: the newest segment is gone on with."""
    home = tmp_path / "home"
    size = 4000
    beyond = LedgerStorage(home, SystemClock(), largest=size, reserve=0)
    enough = LedgerStorage(tmp_path / "other", SystemClock(), largest=size, reserve=1 << 60)
    for number in range(20):
        for storage in (beyond, enough):
            storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(number)))])
    for storage in (beyond, enough):
        storage.close()

    assert len(list_segments(home)) > 1
    assert [path.name for path in list_segments(tmp_path / "other")] == [segment_path(home, 1).name]
    assert verify_ledger.verify(tmp_path / "other" / FOLDER).findings == []


def test_a_closed_segment_gives_back_what_was_set_aside(tmp_path: Path) -> None:
    storage = LedgerStorage(tmp_path, SystemClock(), largest=4000, reserve=RESERVE)
    for number in range(20):
        storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(number)))])
    storage.checkpoint()
    wait_until(lambda: storage.reserve.left >= RESERVE / 2)
    storage.close()

    *closed, newest = [path.stat() for path in list_segments(tmp_path)]
    assert all(one.st_blocks * 512 < 16_384 for one in closed)
    assert newest.st_blocks * 512 >= RESERVE / 2

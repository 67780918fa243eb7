"""A record and its roll become durable in one wait: what is acknowledged has both, and what has not both is known."""

import json
import os
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clockwork import Clockwork
from tests.recorded import documents
from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import LedgerEntry, WrittenRoll
from traceapp.ledger.client import UNANSWERED, LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import FOLDER, plain_entry
from traceapp.ledger.side_files import ROLLS, SideFiles
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers import verify_ledger

DIGEST = "ab" * 32


def entry(roll: WrittenRoll | dict[str, object] | None) -> LedgerEntry:
    who = {"username": "rc"}
    return LedgerEntry("batch:trace", "answered", who, disclosed={"Batch": ["number"]}, request_id="c" * 32, roll=roll)


def written(files: SideFiles, digest: str = DIGEST) -> WrittenRoll:
    at, make_durable = files.begin(digest, b"sealed", datetime.now(UTC))
    return WrittenRoll({"sha256": digest, "things": 1, "at": at}, make_durable)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    writer = WriterProcess.start(folder)
    yield folder
    writer.stop()


@pytest.fixture
def client(home: Path) -> Iterator[LedgerClient]:
    made = LedgerClient(home)
    yield made
    made.close()


def test_promise_an_acknowledged_record_has_its_roll(home: Path, client: LedgerClient) -> None:
    files = SideFiles(home, ROLLS)
    roll = written(files)
    receipt = client.append(entry(roll))

    assert documents(home)[receipt.seq - 1]["roll"] == dict(roll)
    assert files.read(DIGEST, roll["at"]) == b"sealed"
    report = verify_ledger.verify(home / FOLDER)
    assert (report.findings, report.rolls, report.unanswered) == ([], 1, 0)


def test_promise_it_becomes_durable_while_the_writer_is_at_work(home: Path, client: LedgerClient) -> None:
    """The writer has the record before the roll is waited for: its record comes while we still do."""
    head, came = client.get_head().seq, threading.Event()
    other = LedgerClient(home)

    def wait() -> None:
        while other.get_head().seq == head:
            pass
        came.set()

    client.append(entry(WrittenRoll({"sha256": DIGEST, "things": 1}, wait)))
    other.close()

    assert came.is_set()


def test_promise_without_a_durable_roll_there_is_no_receipt_and_another_record_says_so(home: Path, client: LedgerClient) -> None:
    calls = []

    def fail() -> None:
        calls.append(1)
        raise LedgerUnavailableError("the disk")

    with pytest.raises(LedgerUnavailableError):
        client.append(entry(WrittenRoll({"sha256": DIGEST, "things": 1, "at": "gone.side:0"}, fail)))

    answered, failed = documents(home)[-2:]
    assert (answered["outcome"], failed["outcome"], failed["reason"]) == ("answered", "failed", UNANSWERED)
    assert failed["request"] == {"record": answered["seq"]}
    assert failed["disclosed"] == {}
    assert calls == [1]
    report = verify_ledger.verify(home / FOLDER)
    assert (report.findings, report.unanswered) == ([], 1)


def test_promise_where_no_writer_is_the_file_of_the_roll_is_let_go_all_the_same(tmp_path: Path) -> None:
    files, client = SideFiles(tmp_path, ROLLS), LedgerClient(tmp_path)
    (tmp_path / FOLDER).mkdir()
    roll = written(files)
    open_before = len([*Path("/proc/self/fd").iterdir()])

    with pytest.raises(LedgerUnavailableError):
        client.append(entry(roll))
    files.close()

    assert len([*Path("/proc/self/fd").iterdir()]) == open_before - 1


def test_promise_one_wait_for_the_disk_is_enough_for_all_who_wrote_before(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    files = SideFiles(tmp_path, ROLLS)
    made = [files.begin(f"{number:064x}", b"sealed", datetime.now(UTC)) for number in range(5)]
    made[-1][1]()
    (path,) = files.paths()
    path.unlink()
    descriptor = files._newest.descriptor  # type: ignore[union-attr]
    os.close(descriptor)  # a second fdatasync would fail

    for _, make_durable in made[:-1]:
        make_durable()


def test_promise_once_the_disk_failed_nobody_who_waits_is_told_that_all_is_well(tmp_path: Path) -> None:
    """Linux tells one of them."""
    (tmp_path / FOLDER).mkdir()
    files = SideFiles(tmp_path, ROLLS)
    made = [files.begin(f"{number:064x}", b"sealed", datetime.now(UTC)) for number in range(3)]
    newest = files._newest
    assert newest is not None
    read, write = os.pipe()  # fdatasync of a pipe fails
    os.dup2(write, newest.descriptor)

    for _, make_durable in made:
        with pytest.raises(LedgerUnavailableError):
            make_durable()
    os.close(read)
    os.close(write)

    assert files.append(DIGEST, b"sealed", datetime.now(UTC)), "the next one goes to another file"


@pytest.mark.parametrize(("seconds", "found"), [(0, False), (9, False), (11, True)])
def test_promise_a_power_cut_between_record_and_roll_is_told_from_a_roll_that_was_taken_away(
    seconds: int, found: bool, tmp_path: Path
) -> None:
    """Only of answers that were on their way when everything ended may the roll be missing."""
    clock = Clockwork()
    storage = LedgerStorage(tmp_path, clock)
    lost = {"sha256": DIGEST, "things": 1, "at": "2026-03-02T10-00.side:0"}
    storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(lost)))])
    clock.go_on(seconds)
    storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(None)))])
    storage.close()
    clock.moment += timedelta(hours=5)
    LedgerStorage(tmp_path, clock).close()

    report = verify_ledger.verify(tmp_path / FOLDER, rolls=True)

    said = ["The disclosure roll that record 2 names is not there."] if found else []
    assert ([finding.said for finding in report.findings], report.unanswered) == (said, 0 if found else 1)


def test_promise_a_roll_under_another_digest_or_cut_off_is_none(tmp_path: Path) -> None:
    files = SideFiles(tmp_path, ROLLS)
    clock = Clockwork()
    storage = LedgerStorage(tmp_path, clock)
    first, second = written(files), written(files, "cd" * 32)
    for roll in (first, second):
        storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(roll)))])
    clock.go_on(60)
    storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(None)))])
    storage.close()
    assert not verify_ledger.verify(tmp_path / FOLDER).findings
    (path,) = files.paths()
    content = path.read_bytes()

    path.write_bytes(content[:-1])
    assert [one.seq for one in verify_ledger.verify(tmp_path / FOLDER).findings] == [3]
    path.write_bytes(content.replace(bytes.fromhex(DIGEST), bytes(32)))
    assert [one.seq for one in verify_ledger.verify(tmp_path / FOLDER).findings] == [2]
    path.unlink()
    assert [one.seq for one in verify_ledger.verify(tmp_path / FOLDER).findings] == [2, 3]
    path.parent.rmdir()
    assert verify_ledger.verify(tmp_path / FOLDER).rolls is None
    assert json.dumps(verify_ledger.verify(tmp_path / FOLDER, rolls=True).document()["checks"]["rolls"]) != "[]"

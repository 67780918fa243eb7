"""Files beside the segments: durable before they are named, found again by digest, erasable, pruned by the hour."""

import hashlib
import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.ledger.records import FOLDER
from traceapp.ledger.side_files import ROLLS, SideFiles

NOW = datetime(2026, 3, 2, 10, 59, 59, 900_000, tzinfo=UTC)


def digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def test_what_was_appended_is_found_by_its_place_and_by_its_digest_alone(tmp_path: Path) -> None:
    files = SideFiles(tmp_path, ROLLS)
    places = [files.append(digest(n), b"%d" % n * n, NOW) for n in range(5)]

    assert [files.read(digest(n), places[n]) for n in range(5)] == [b"%d" % n * n for n in range(5)]
    assert [SideFiles(tmp_path, ROLLS).read(digest(n)) for n in range(5)] == [b"%d" % n * n for n in range(5)]
    assert files.read(digest(9), places[0]) is None
    (path,) = files.paths()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_processes_and_many_threads_lose_nothing_of_each_other(tmp_path: Path) -> None:
    shared, other = SideFiles(tmp_path, ROLLS), SideFiles(tmp_path, ROLLS)

    def append(files: SideFiles, first: int) -> None:
        for n in range(first, first + 20):
            files.append(digest(n), b"%d" % n, NOW + timedelta(minutes=n % 3))

    threads = [threading.Thread(target=append, args=(shared if n % 2 else other, n * 20)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [shared.read(digest(n)) for n in range(120)] == [b"%d" % n for n in range(120)]


def test_promise_what_a_crash_cut_off_hides_nothing_before_it(tmp_path: Path) -> None:
    files = SideFiles(tmp_path, ROLLS)
    files.append(digest(1), b"one", NOW)
    place = files.append(digest(2), b"two" * 100, NOW)
    (path,) = files.paths()
    os.truncate(path, path.stat().st_size - 7)

    assert files.read(digest(1)) == b"one"
    assert files.read(digest(2), place) is None


def test_promise_erasing_leaves_nothing_of_one_and_all_of_the_others(tmp_path: Path) -> None:
    files = SideFiles(tmp_path, ROLLS)
    places = {n: files.append(digest(n), b"value %d" % n, NOW) for n in range(3)}

    assert files.erase(digest(1))

    assert files.read(digest(1), places[1]) is None
    assert (files.read(digest(0)), files.read(digest(2))) == (b"value 0", b"value 2")
    assert all(b"value 1" not in path.read_bytes() for path in files.paths())
    assert not files.erase(digest(1))


def test_promise_pruning_deletes_no_file_that_a_kept_record_may_name(tmp_path: Path) -> None:
    """A roll of 10:59:59.9 belongs to a record of 11:00:00."""
    files = SideFiles(tmp_path, ROLLS)
    files.append(digest(1), b"one", NOW)
    files.append(digest(2), b"two", NOW + timedelta(seconds=1))
    for path, changed in zip(files.paths(), (NOW, NOW + timedelta(seconds=1)), strict=True):
        os.utime(path, (changed.timestamp(),) * 2)

    assert files.prune(NOW + timedelta(seconds=1)) == 0
    assert files.prune(NOW + timedelta(hours=1, seconds=1)) == 1
    assert (files.read(digest(1)), files.read(digest(2))) == (None, b"two")


def test_promise_on_a_full_disk_the_file_at_hand_is_gone_on_with_and_is_pruned_by_its_last_change(tmp_path: Path) -> None:
    """No other file would find its reserve, so the hour goes by; what a later record names is kept with it."""
    files = SideFiles(tmp_path, ROLLS, reserve=1 << 60)
    files.append(digest(1), b"one", NOW)
    files.append(digest(2), b"two", NOW + timedelta(hours=2))
    (path,) = files.paths()
    for changed, gone in ((NOW + timedelta(hours=2), 0), (NOW, 1)):
        os.utime(path, (changed.timestamp(),) * 2)
        assert files.prune(NOW + timedelta(hours=2)) == gone


def test_what_was_set_aside_is_there_while_a_file_is_written_and_given_back_behind_it(tmp_path: Path) -> None:
    reserve = 1024 * 1024
    files = SideFiles(tmp_path, ROLLS, reserve=reserve)
    files.append(digest(1), b"one", NOW)
    (first,) = files.paths()
    held = first.stat().st_blocks * 512
    files.append(digest(2), b"two", NOW + timedelta(hours=1))
    files.close()

    assert held >= reserve
    assert all(path.stat().st_blocks * 512 <= 8192 for path in files.paths())
    assert files.read(digest(1)) == b"one"


def test_a_disk_that_takes_nothing_is_said_and_its_file_never_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = SideFiles(tmp_path, ROLLS)
    files.append(digest(1), b"one", NOW)

    def fail(_descriptor: int) -> None:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fail)
        with pytest.raises(LedgerUnavailableError):
            files.append(digest(2), b"two", NOW)
    files.append(digest(3), b"three", NOW)

    assert len(files.paths()) == 2
    assert (files.read(digest(1)), files.read(digest(3))) == (b"one", b"three")


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / ROLLS).write_bytes(b"")

    with pytest.raises(LedgerUnavailableError):
        SideFiles(tmp_path, ROLLS).append(digest(1), b"one", NOW)

"""The register of rows: what it keeps, for whom, and for how long."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from tests.clockwork import Clockwork
from traceapp.domain.errors import HomeError
from traceapp.domain.row_register import Ending, Standing, Waiting
from traceapp.domain.sessions import LONGEST
from traceapp.host.row_register import FILE, LATE, RowRegister

ROW = ("Grant", "a" * 16)
OLD, NEW = b"old", b"new"


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def register(tmp_path: Path, clock: Clockwork) -> RowRegister:
    return RowRegister(tmp_path, clock)


def test_a_row_is_trusted_once_and_then_compared(register: RowRegister) -> None:
    assert register.standing(*ROW, OLD) is Standing.UNKNOWN
    register.trust(*ROW, OLD)
    register.trust(*ROW, NEW)

    assert [register.standing(*ROW, mac) for mac in (OLD, NEW)] == [Standing.NEWEST, Standing.OLD]


def test_both_count_while_a_write_is_under_way_and_the_new_one_alone_after_it(register: RowRegister) -> None:
    register.trust(*ROW, OLD)
    register.note(*ROW, NEW)
    assert [register.standing(*ROW, mac) for mac in (OLD, NEW, b"x")] == [Standing.EITHER, Standing.EITHER, Standing.OLD]

    register.settle(*ROW, NEW)

    assert [register.standing(*ROW, mac) for mac in (OLD, NEW)] == [Standing.OLD, Standing.NEWEST]


def test_what_a_crash_left_is_settled_by_what_stands_there(register: RowRegister, clock: Clockwork) -> None:
    """The new row at once; the old one once no COMMIT can arrive any more."""
    register.trust(*ROW, OLD)
    register.note(*ROW, NEW)
    register.settle_found(*ROW, OLD)
    assert register.standing(*ROW, NEW) is Standing.EITHER
    clock.moment += LATE + timedelta(seconds=1)
    register.settle_found(*ROW, OLD)
    assert [register.standing(*ROW, mac) for mac in (OLD, NEW)] == [Standing.NEWEST, Standing.OLD]

    register.note(*ROW, NEW)
    register.settle_found(*ROW, NEW)
    assert [register.standing(*ROW, mac) for mac in (OLD, NEW)] == [Standing.OLD, Standing.NEWEST]


def test_a_row_that_never_came_to_be_is_missed_by_nobody(register: RowRegister, clock: Clockwork) -> None:
    waiting = Waiting(ROW[1], "b" * 32, "b" * 32)
    register.note(*ROW, NEW)
    register.put_waiting(ROW[0], waiting)
    register.settle_found(*ROW, None)
    assert register.list_waiting(ROW[0]) == (waiting,), "its COMMIT may still arrive"

    clock.moment += LATE + timedelta(seconds=1)
    register.settle_found(*ROW, None)

    assert (register.list_waiting(ROW[0]), register.list_missed(ROW[0]), register.is_known(*ROW)) == ((), (), False)


def test_a_void_row_never_counts_again_and_is_not_missed(register: RowRegister) -> None:
    register.trust(*ROW, OLD)
    register.put_waiting(ROW[0], Waiting(ROW[1], "b" * 32, "b" * 32))
    assert register.is_missed(*ROW)

    register.void(*ROW)

    assert register.standing(*ROW, OLD) is Standing.OLD
    assert (register.is_known(*ROW), register.is_missed(*ROW), register.list_waiting(ROW[0])) == (True, False, ())


def test_what_ended_is_remembered_for_as_long_as_a_session_can_last(register: RowRegister, clock: Clockwork) -> None:
    register.note_end("s1")
    register.end("s1", "s2")
    clock.moment += LONGEST - timedelta(seconds=1)
    register.end("s3")
    assert [register.ending(*keys) for keys in (("s1", "other"), ("other", "s2"))] == [Ending.SETTLED] * 2
    assert register.ending("other", "another") is None

    clock.moment += timedelta(seconds=2)
    register.note_end("s4")
    register.end("s4")

    assert [register.ending(key, "") for key in ("s1", "s2", "s3")] == [None, None, Ending.SETTLED]


def test_an_end_is_under_way_until_its_commit(register: RowRegister) -> None:
    register.note_end("s1")
    assert (register.ending("s1", ""), register.ending("", "s1")) == (Ending.UNDER_WAY, None)

    register.end("s1")

    assert register.ending("s1", "") is Ending.SETTLED


def test_a_commit_that_fails_leaves_nothing_open(register: RowRegister, tmp_path: Path) -> None:
    register.trust(*ROW, OLD)
    register._connection().set_authorizer(lambda _, word, *__: sqlite3.SQLITE_DENY if word == "COMMIT" else sqlite3.SQLITE_OK)
    with pytest.raises(HomeError, match="cannot be used"):
        register.note(*ROW, NEW)

    assert register.standing(*ROW, NEW) is Standing.OLD, "as if it had never been noted"
    RowRegister(tmp_path).note(*ROW, b"another's")
    register.note(*ROW, NEW)
    assert register.standing(*ROW, NEW) is Standing.EITHER


def test_a_register_of_before_gets_the_table_that_came_since(register: RowRegister, tmp_path: Path) -> None:
    register.trust(*ROW, OLD)
    with closing(sqlite3.connect(tmp_path / FILE)) as kept:
        kept.execute("DROP TABLE ending")

    later = RowRegister(tmp_path)
    later.note_end("s1")

    assert (later.ending("s1", ""), later.standing(*ROW, OLD)) == (Ending.UNDER_WAY, Standing.NEWEST)


def test_one_writes_at_a_time_in_whatever_process(register: RowRegister, tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from traceapp.host.row_register import RowRegister\n"
        "with RowRegister(pathlib.Path(sys.argv[1])).quiet() as quiet: print(quiet)"
    )

    def others_may() -> bool:
        return subprocess.check_output([sys.executable, "-c", code, str(tmp_path)], text=True).strip() == "True"

    with register.writing():
        assert not others_may()
        with RowRegister(tmp_path).quiet() as quiet:
            assert not quiet
    assert others_may()


def test_many_who_begin_at_once_share_one_register(tmp_path: Path) -> None:
    for home in [tmp_path / str(number) for number in range(20)]:
        home.mkdir()
        line = Barrier(8)

        def begin(number: int, home: Path = home, line: Barrier = line) -> None:
            line.wait()
            RowRegister(home).trust("Account", str(number), NEW)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(begin, range(8)))
        assert RowRegister(home).list_missed("Account") == tuple(map(str, range(8)))
        assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in home.iterdir()} == {FILE}


def test_its_files_are_private_and_outlive_the_process(register: RowRegister, tmp_path: Path) -> None:
    with register.writing():
        register.trust(*ROW, OLD)

    assert {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in tmp_path.iterdir()} == dict.fromkeys(
        (path.name for path in tmp_path.iterdir()), 0
    )
    assert (tmp_path / FILE).is_file()
    assert RowRegister(tmp_path).standing(*ROW, OLD) is Standing.NEWEST


def test_a_register_that_cannot_be_used_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database, and long enough for its first page" * 100)

    with pytest.raises(HomeError, match="cannot be used"):
        RowRegister(tmp_path).standing(*ROW, OLD)

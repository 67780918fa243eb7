"""A search index that cannot be gone on with is made anew: it says why, and is never an error."""

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.ledger.conftest import OpenStorage, wanted
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.ledger.index import FILE, FORM, LedgerIndex
from traceapp.ledger.index_search import find_places
from traceapp.ledger.segments import segment_path
from traceapp.ledger.tail import LedgerTail


def feed(home: Path) -> str | None:
    """Bring the index up; why it was made anew."""
    index = LedgerIndex(home)
    with index.alone() as free:
        assert free
        reason = index.begin()
        while some := LedgerTail(home, index.indexed).read_placed():
            index.add(some, lambda _: None)
    return reason


def found(home: Path) -> list[int]:
    return [place.seq for place in find_places(home, LedgerQuery(act="batch:trace"), None, 100)[0]]


@pytest.fixture
def home(open_storage: OpenStorage, tmp_path: Path) -> Path:
    storage = open_storage()
    storage.append([wanted(number) for number in range(4)])
    storage.close()
    feed(tmp_path)
    return tmp_path


def test_promise_it_goes_on_where_it_was(open_storage: OpenStorage, home: Path) -> None:
    open_storage().append([wanted(9)])

    assert feed(home) is None
    assert found(home) == [7, 5, 4, 3, 2]


def test_promise_it_is_its_owners_alone(home: Path) -> None:
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def scribble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def age(path: Path) -> None:
    with sqlite3.connect(path) as index:
        index.execute("UPDATE state SET form = ?", (FORM - 1,))


DAMAGE = {"cut": cut, "scribbled over": scribble, "emptied": empty, "of an older form": age, "gone": Path.unlink}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_promise_a_file_that_cannot_be_used_is_made_anew(home: Path, damage: Callable[[Path], None]) -> None:
    damage(home / FILE)

    assert feed(home) is not None, "it says why"
    assert found(home) == [5, 4, 3, 2]


@pytest.mark.parametrize("damage", [cut, scribble, empty, Path.unlink])
def test_promise_until_then_a_question_finds_all_or_nothing_and_is_no_error(home: Path, damage: Callable[[Path], None]) -> None:
    damage(home / FILE)

    places, state = find_places(home, LedgerQuery(), None, 10)
    assert len(places) in {0, 5}, "what can still be read, or nothing"
    assert state.indexed in {0, 5}


def test_promise_an_index_of_records_that_a_power_cut_took_is_made_anew(open_storage: OpenStorage, home: Path) -> None:
    segment = segment_path(home, 1)
    for path in segment.parent.iterdir():
        path.unlink()
    for path in (home / "ledger").iterdir():
        if path.is_file():
            path.unlink()
    open_storage().append([wanted(number) for number in range(30, 37)])

    assert feed(home) == "it was of another ledger"
    assert found(home) == [8, 7, 6, 5, 4, 3, 2]


def test_promise_one_process_at_a_time_keeps_it(home: Path) -> None:
    with LedgerIndex(home).alone() as first, LedgerIndex(home).alone() as second:
        assert (first, second) == (True, False)

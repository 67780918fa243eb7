"""Tries are counted for all workers together, in a window that moves."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from traceapp.web import limit_store
from traceapp.web.limit_store import FILE, SCHEME, SharedCounts

FIVE = parse("5/minute")


class Time:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(limit_store, "time", made)
    return made


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"{SCHEME}://{tmp_path / FILE}"


def test_two_workers_share_one_count(address: str) -> None:
    one, other = MovingWindowRateLimiter(SharedCounts(address)), MovingWindowRateLimiter(SharedCounts(address))

    taken = [worker.hit(FIVE, "anna") for worker in (one, other, one, other, one, other, one)]

    assert taken == [True] * 5 + [False] * 2
    assert not other.test(FIVE, "anna")
    assert other.test(FIVE, "bert")


def test_many_at_once_are_not_let_in_together(address: str) -> None:
    limiter = MovingWindowRateLimiter(SharedCounts(address))
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: limiter.hit(FIVE, "anna"), range(40))) == 5


def test_many_who_begin_at_once_share_one_file(tmp_path: Path) -> None:
    for folder in [tmp_path / str(number) for number in range(40)]:
        folder.mkdir()
        line = Barrier(8)

        def begin(number: int, folder: Path = folder, line: Barrier = line) -> bool:
            line.wait()
            return SharedCounts(f"{SCHEME}://{folder / FILE}").acquire_entry(str(number % 2), 3, 60)

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(begin, range(8))) == 6
        assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in folder.iterdir()} == {FILE}


def test_the_window_moves(address: str, time: Time) -> None:
    """Five at the end of one minute and five at the beginning of the next are ten in a moment; here they are not let in."""
    limiter = MovingWindowRateLimiter(SharedCounts(address))
    assert all(limiter.hit(FIVE, "anna") for _ in range(5))
    time.now += 59
    assert not limiter.hit(FIVE, "anna")
    assert limiter.get_window_stats(FIVE, "anna") == (1_000_060.0, 0)
    time.now += 2
    assert limiter.hit(FIVE, "anna")


def test_what_is_forgotten_counts_no_more(address: str) -> None:
    limiter = MovingWindowRateLimiter(SharedCounts(address))
    assert all(limiter.hit(FIVE, "anna") for _ in range(5))
    limiter.clear(FIVE, "anna")
    assert limiter.hit(FIVE, "anna")


def test_a_mark_is_kept_until_its_end(address: str, time: Time) -> None:
    counts = SharedCounts(address)
    assert counts.get("known") == 0
    assert [counts.incr("known", 60), counts.incr("known", 60)] == [1, 2]
    time.now += 61
    assert counts.get("known") == 0
    assert counts.check()


def test_nobody_else_reads_the_file(address: str, tmp_path: Path) -> None:
    SharedCounts(address).incr("known", 60)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}

"""Equal rows are counted in a space that does not grow with what they say."""

import hashlib
import tracemalloc

from traceapp.intake.occurrences import Occurrences


def digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def test_equal_digests_are_counted_apart_from_others() -> None:
    occurrences = Occurrences()

    counted = [occurrences.next(digest(number % 3)) for number in range(8)]

    assert counted == [1, 1, 1, 2, 2, 2, 3, 3]


def test_counts_survive_every_growth() -> None:
    occurrences = Occurrences()
    first = [occurrences.next(digest(number)) for number in range(20_000)]

    second = [occurrences.next(digest(number)) for number in range(20_000)]

    assert (set(first), set(second)) == ({1}, {2})


def test_promise_memory_stays_under_forty_bytes_a_row() -> None:
    rows = 100_000
    tracemalloc.start()
    occurrences = Occurrences()
    for number in range(rows):
        occurrences.next(digest(number))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 40 * rows

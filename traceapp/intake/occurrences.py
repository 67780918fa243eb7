"""How often a content was met in one file, in twelve bytes a content: a million rows fit in some 24 MB."""

from array import array
from typing import Final

FIRST_SLOTS: Final = 1 << 12
FULLEST: Final = 0.6
KEPT_BITS: Final = 64


class Occurrences:
    """Counts equal digests, keeping 64 bits of each.

    Two contents out of a million share these bits once in 37 million files; the second is then counted as an
    occurrence of the first, and its row still has a key of its own, since the key carries the whole digest.
    """

    def __init__(self) -> None:
        self._used = 0
        self._marks = array("Q", bytes(8 * FIRST_SLOTS))
        self._counts = array("I", bytes(array("I").itemsize * FIRST_SLOTS))

    def next(self, digest: str) -> int:
        """1 for the first row with this digest (hex), 2 for the second, and so on."""
        if self._used > FULLEST * len(self._marks):
            self._grow()
        mark = int(digest[: KEPT_BITS // 4], 16)
        slot = self._slot(mark)
        if not self._counts[slot]:
            self._marks[slot] = mark
            self._used += 1
        self._counts[slot] += 1
        return self._counts[slot]

    def _slot(self, mark: int) -> int:
        """The slot of this mark, or the free one where it belongs."""
        last = len(self._marks) - 1
        slot = mark & last
        while self._counts[slot] and self._marks[slot] != mark:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        marks, counts = self._marks, self._counts
        self._marks = array("Q", bytes(16 * len(marks)))
        self._counts = array("I", bytes(2 * counts.itemsize * len(counts)))
        for mark, count in zip(marks, counts, strict=True):
            if count:
                slot = self._slot(mark)
                self._marks[slot] = mark
                self._counts[slot] = count

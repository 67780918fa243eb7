"""The RFC 6962 tree over all leaves, kept in a file: every node that is complete, in the order of becoming so.

Node k of level L covers the leaves k·2^L up to (k+1)·2^L. Leaf n brings itself and every node that it completes, so
a node lies at a place that its last leaf tells: 2e - popcount(e) + L for the last leaf e, in hashes of 32 bytes. The
file can be rebuilt from the segments, but for what was pruned: of that it is what is left.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from typing import Final

from traceapp.domain.errors import LedgerBrokenError

SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def parent_of(left: bytes, right: bytes) -> bytes:
    """SHA-256 of a one byte and both (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_before(leaves: int) -> int:
    """How many complete nodes this many leaves have."""
    return 2 * leaves - leaves.bit_count()


def peaks_of(leaves: int) -> Iterator[tuple[int, int]]:
    """Level and place within it of the complete subtrees that make up the tree of this size, the largest first."""
    start = 0
    for level in reversed(range(leaves.bit_length())):
        if leaves >> level & 1:
            yield level, start >> level
            start += 1 << level


def has_grown(before: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of `size` leaves begins with the one of `before`, by a consistency proof (RFC 9162, 2.1.4.2)."""
    if before == size or before == 0:
        return not path and (before == 0 or old_root == root)
    whole = [old_root, *path] if before & (before - 1) == 0 else [*path]
    if before > size or not whole:
        return False
    place, last = before - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = whole[0]
    for node in whole[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = parent_of(node, old), parent_of(node, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = parent_of(new, node)
        place, last = place >> 1, last >> 1
    return old == old_root and new == root and last == 0


class TreeFile:
    """Nodes of one tree, read by place and added to at the end; no lock of its own."""

    def __init__(self, descriptor: int) -> None:
        """descriptor  open for reading and writing; stays the caller's."""
        self._file = descriptor

    def put(self, start: int, leaves: Sequence[bytes]) -> None:
        """Add leaves to the first `start` ones; they are the last from then on.

        raises  OSError: it could not be written whole.
        """
        peaks = [self.node(level, place) for level, place in peaks_of(start)]
        added: list[bytes] = []
        for number, leaf in enumerate(leaves, start):
            node = leaf
            added.append(node)
            while number & 1:
                node = parent_of(peaks.pop(), node)
                added.append(node)
                number >>= 1
            peaks.append(node)
        place = nodes_before(start) * SIZE
        _write_at(self._file, b"".join(added), place)
        end = place + len(added) * SIZE
        if os.fstat(self._file).st_size > end:  # else it would give back what is set aside beyond the end
            os.ftruncate(self._file, end)

    def sync(self) -> None:
        """Wait until it is durable; raises OSError."""
        os.fsync(self._file)

    @property
    def leaves_at_most(self) -> int:
        """How many leaves the file has room for, by its length alone."""
        nodes = os.fstat(self._file).st_size // SIZE
        leaves = (nodes + nodes.bit_length()) // 2
        while nodes_before(leaves) > nodes:
            leaves -= 1
        return leaves

    def node(self, level: int, place: int) -> bytes:
        """raises LedgerBrokenError: the file does not reach so far."""
        last = ((place + 1) << level) - 1
        found = os.pread(self._file, SIZE, (nodes_before(last) + level) * SIZE)
        if len(found) != SIZE:
            raise LedgerBrokenError(f"The ledger's tree was cut off: node {place} of level {level} is not there.")
        return found

    def root(self, size: int) -> bytes:
        """The hash of the tree over the first `size` leaves (RFC 6962, 2.1)."""
        return self._hash_of(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[size]) of RFC 6962, 2.1.1, from the leaf up; raises ValueError: no such leaf in a tree of this size."""
        if not 0 <= index < size:
            raise ValueError(f"a tree of {size} leaves has no leaf {index}")
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._hash_of(middle, end))
                end = middle
            else:
                path.append(self._hash_of(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, before: int, size: int) -> list[bytes]:
        """PROOF(before, D[size]) of RFC 6962, 2.1.2; empty where nothing stood before, or nothing came since.

        raises  ValueError: the tree of `size` leaves has no such beginning.
        """
        if not 0 <= before <= size:
            raise ValueError(f"a tree of {size} leaves is no later one than a tree of {before}")
        path: list[bytes] = []
        start, end, left, whole = 0, size, before, True
        while 0 < left < end - start:
            middle = start + _split(end - start)
            if left <= middle - start:
                path.append(self._hash_of(middle, end))
                end = middle
            else:
                path.append(self._hash_of(start, middle))
                start, left, whole = middle, left - (middle - start), False
        if not whole:
            path.append(self._hash_of(start, end))
        return path[::-1]

    def _hash_of(self, start: int, end: int) -> bytes:
        """MTH of the leaves from `start`, which begins a subtree of that size, up to `end`."""
        node = None
        for level, place in reversed([*peaks_of(end - start)]):
            peak = self.node(level, (start >> level) + place)
            node = peak if node is None else parent_of(peak, node)
        return node if node is not None else EMPTY_ROOT


def _split(leaves: int) -> int:
    """The largest power of two below this many leaves."""
    return 1 << (leaves - 1).bit_length() - 1


def _write_at(descriptor: int, content: bytes, place: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, place)
        view, place = view[written:], place + written

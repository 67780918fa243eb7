"""The tree's file against RFC 6962 as it is written down there: recursion over all leaves."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from traceapp.ledger.tree import TreeFile, has_grown, nodes_before, parent_of
from traceapp.verifiers.witness import Seen, grew

LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(70)]
SIZES = range(1, len(LEAVES) + 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]), section 2.1; the leaves are hashed already."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:middle]) + root_of(leaves[middle:])).digest()


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Section 2.1.1 read backwards."""
    last, node = size - 1, leaf
    for sibling in path:
        if index & 1 or index == last:
            node = parent_of(sibling, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = parent_of(node, sibling)
        index, last = index >> 1, last >> 1
    assert last == 0
    return node


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[TreeFile]:
    descriptor = os.open(tmp_path / "tree", os.O_RDWR | os.O_CREAT)
    yield TreeFile(descriptor)
    os.close(descriptor)


def test_root_of_every_size_is_that_of_the_definition_however_the_leaves_came(tree: TreeFile) -> None:
    for start, end in ((0, 1), (1, 1), (1, 4), (4, 5), (5, 33), (33, 70)):
        tree.put(start, LEAVES[start:end])

    assert [tree.root(size) for size in (0, *SIZES)] == [root_of(LEAVES[:size]) for size in (0, *SIZES)]
    assert tree.leaves_at_most == len(LEAVES)


def test_what_stood_after_is_written_over(tree: TreeFile) -> None:
    tree.put(0, LEAVES[::-1])
    tree.put(0, LEAVES[:5])
    tree.put(5, LEAVES[5:40])

    assert tree.root(40) == root_of(LEAVES[:40])
    assert tree.leaves_at_most == 40


def test_length_of_the_file_tells_how_many_leaves_it_holds(tree: TreeFile) -> None:
    for number, leaf in enumerate(LEAVES):
        tree.put(number, [leaf])
        assert tree.leaves_at_most == number + 1
    assert [nodes_before(size) for size in (0, 1, 2, 3, 4)] == [0, 1, 3, 4, 7]


def test_promise_every_leaf_is_proven_in_every_tree(tree: TreeFile) -> None:
    tree.put(0, LEAVES)
    for size in SIZES:
        for index in range(size):
            path = tree.inclusion_proof(index, size)
            assert root_by_path(LEAVES[index], index, size, path) == root_of(LEAVES[:size])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_leaf_that_is_not_there_has_no_proof(tree: TreeFile, index: int, size: int) -> None:
    tree.put(0, LEAVES[:10])
    with pytest.raises(ValueError, match="has no leaf"):
        tree.inclusion_proof(index, size)


def test_a_tree_of_every_size_is_proven_to_have_grown_from_every_smaller_one(tree: TreeFile) -> None:
    """And the witness, who shares no code, says the same; of another beginning or end neither does."""
    tree.put(0, LEAVES)
    roots = [root_of(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
    other = hashlib.sha256(b"other").digest()
    for before in range(len(LEAVES) + 1):
        for size in range(before, len(LEAVES) + 1):
            path = tree.consistency_proof(before, size)
            for old, new, held in (
                (roots[before], roots[size], True),
                (other, roots[size], before == 0),
                (roots[before], other, False),
            ):
                if before == 0 and new is other:
                    continue  # everything grows from nothing
                told = has_grown(before, old, size, new, path), grew(Seen(before, old), size, new, path)
                assert told == (held or (before == size and old == new),) * 2, (before, size)


def test_a_proof_of_growth_that_was_changed_in_one_hash_proves_nothing(tree: TreeFile) -> None:
    tree.put(0, LEAVES)
    for before, size in ((1, 2), (3, 7), (6, 13), (32, 70), (33, 70), (64, 65)):
        path, old, new = tree.consistency_proof(before, size), root_of(LEAVES[:before]), root_of(LEAVES[:size])
        for place in range(len(path)):
            forged = [*path[:place], hashlib.sha256(path[place]).digest(), *path[place + 1 :]]
            assert not has_grown(before, old, size, new, forged)
            assert not grew(Seen(before, old), size, new, forged)
        for wrong in (path[:-1], [*path, path[0]], []):
            assert not has_grown(before, old, size, new, wrong)
            assert not grew(Seen(before, old), size, new, wrong)


def test_nothing_grows_into_less(tree: TreeFile) -> None:
    tree.put(0, LEAVES)
    with pytest.raises(ValueError, match="no later one"):
        tree.consistency_proof(5, 4)
    assert not has_grown(5, root_of(LEAVES[:5]), 4, root_of(LEAVES[:4]), [])
    assert not grew(Seen(5, root_of(LEAVES[:5])), 4, root_of(LEAVES[:4]), [])

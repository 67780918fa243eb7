"""However a ledger was pruned: verifier, proofs, search and what it goes on with are as if it had been read to its end."""

import hashlib
import json
import random
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.effort import examples
from tests.old_ledgers import BEGAN, LARGEST, agreed, make_old_ledger, planned, wanted, years
from tests.recorded import kept_records
from traceapp.domain.clock import SystemClock
from traceapp.domain.ledger_search import LedgerQuery, ShownThings
from traceapp.ledger.index import LedgerIndex
from traceapp.ledger.index_search import find_places
from traceapp.ledger.pruning import end_pruning, prune_segments
from traceapp.ledger.reading import find_record, find_records
from traceapp.ledger.records import FOLDER, leaf_of
from traceapp.ledger.segments import first_kept, list_segments
from traceapp.ledger.storage import TREE, LedgerStorage
from traceapp.ledger.tail import LedgerTail
from traceapp.verifiers import verify_ledger

CASES = examples(12, 2_000)


def no_roll(_: Mapping[str, Any]) -> tuple[ShownThings, ...] | None:
    return None


def bring_up(home: Path) -> None:
    index = LedgerIndex(home)
    with index.alone():
        index.begin()
        tail = LedgerTail(home, index.indexed)
        while some := tail.read_placed():
            index.add(some, no_roll)


@pytest.mark.limit(3600)
@pytest.mark.parametrize("case", range(CASES))
def test_promise_whatever_was_pruned_all_that_is_kept_holds(case: int, tmp_path: Path) -> None:
    draw = random.Random(case)
    key = make_old_ledger(tmp_path, old=draw.randint(8, 60), fresh=draw.randint(1, 12), seed=case)
    whole = kept_records(tmp_path)  # grows with the ledger; nothing is ever taken out of it
    proofs: dict[int, str] = {}
    for _ in range(draw.randint(1, 3)):
        if draw.random() < 0.5:
            bring_up(tmp_path)
        plan = planned(tmp_path, draw.choice([datetime.now(UTC), BEGAN + years(15) + timedelta(days=draw.randint(1, 200))]))
        whole += kept_records(tmp_path)[len(whole) - first_kept(tmp_path) + 1 :]
        if plan.segments:
            agreed(tmp_path, plan)
            prune_segments(tmp_path, plan)
        end_pruning(tmp_path)
        if draw.random() < 0.3:
            (tmp_path / FOLDER / TREE).unlink()
        storage = LedgerStorage(tmp_path, SystemClock(), largest=LARGEST)
        for number in range(draw.randint(0, 4)):
            storage.append([wanted(f"later-{number}")])
        begins = first_kept(tmp_path)
        whole = [*whole[: begins - 1], *kept_records(tmp_path)]
        assert len(whole) == storage.head.seq
        for seq in draw.sample(range(1, len(whole) + 1), 5):
            proofs[seq] = storage.prove(seq)
        storage.close()

        receipts = {seq: leaf_of(record).hex() for seq, record in enumerate(whole, 1)}
        report = verify_ledger.verify(tmp_path / FOLDER, key=key, receipts=receipts)

        assert ([finding.said for finding in report.findings], report.pruned) == ([], begins - 1)
        assert report.records == len(whole)
        bring_up(tmp_path)
        places, state = find_places(tmp_path, LedgerQuery(act="batch:trace"), None, len(whole))
        told = [json.loads(record) for record in whole]
        assert [place.seq for place in places] == [
            one["seq"] for one in reversed(told) if one["act"] == "batch:trace" and one["seq"] >= begins
        ]
        assert state.first == begins
        assert [one["seq"] for one in find_records(tmp_path, "batch:trace", 1000)] == [place.seq for place in places]
        for seq in range(1, len(whole) + 1):
            assert find_record(tmp_path, seq) == (whole[seq - 1] if seq >= begins else None)
            (newest, _) = find_places(tmp_path, LedgerQuery(), seq + 1, 1)
            assert [place.seq for place in newest] == ([seq] if seq >= begins else [])
    for seq, proof in proofs.items():
        assert holds(whole[seq - 1], seq, proof, key, tmp_path), seq
    assert list_segments(tmp_path)


def holds(record: bytes, seq: int, proof: str, key: str, home: Path) -> bool:
    """By RFC 9162, 2.1.3.2, over the root of a checkpoint that the ledger's own file has; signatures are the verifier's."""
    head, _, note = proof.partition("\n\n")
    lines = head.splitlines()
    index = int(next(line for line in lines if line.startswith("index ")).removeprefix("index "))
    path = [b64decode(line) for line in lines[lines.index(f"index {index}") + 1 :]]
    size, root = int(note.splitlines()[1]), b64decode(note.splitlines()[2])
    place, last, node = index, size - 1, leaf_of(record)
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = hashlib.sha256(b"\x01" + other + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + other).digest()
        place, last = place >> 1, last >> 1
    return index == seq - 1 and last == 0 and node == root and note in (home / FOLDER / "checkpoints").read_text("utf-8")

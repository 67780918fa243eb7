"""Take whole segments from the front of the ledger once every record in them has passed its date; their leaf hashes stay.

The writer has no verb for it and no part in it: it never touches a segment that it has closed, and whoever reaches its socket
can take nothing away. A file of leaf hashes that is in place is the act; until then nothing has gone, and from then on whoever
comes next ends it. So a crash leaves of every record the segment or its leaf hash, and never neither.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import LedgerBrokenError
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.domain.retention import is_due, retention_of
from traceapp.host.private_files import sync_folder
from traceapp.ledger.pruned import (
    LeafDigest,
    PrunedRange,
    alone,
    digest_before,
    leaves_in,
    leaves_path,
    newest_pruned,
    pruned_folder,
)
from traceapp.ledger.reading import COUNTER
from traceapp.ledger.records import TELLS_KEY, leaf_of, record_hash
from traceapp.ledger.segments import Beginning, first_of, list_segments, newest_records, read_beginning, read_segment


@dataclass(frozen=True, slots=True)
class Plan:
    """The oldest segments of which every record has passed its date.

    segments  how many; 0 where nothing is due, and then `range` is None.
    digest    of the file of leaf hashes that they would leave (hex): whoever approves it approves exactly these records.
    blocked   the first record that keeps the next segment, with its act and class; None where only the newest is left.
    """

    segments: int
    range: PrunedRange | None
    digest: str
    blocked: tuple[int, str, str] | None


def plan_pruning(home: Path, now: datetime, head: int, upto: int | None = None) -> Plan:
    """Nothing is changed.

    upto    no segment that goes beyond this record is planned; None: all that have passed their date.
    head    the newest durable record: its segment stays, and so does what a segment that is being begun follows.
    raises  OSError; LedgerBrokenError: something in a closed segment is no record.
    """
    leaves, count, blocked = _Leaves(home, lambda _: None), 0, None
    newest = cache(lambda act: _newest_of(home, act))
    counted = cache(lambda: _newest_counter(home))
    for path in _closed_before(home, head):
        records = read_segment(path, closed=True)
        if upto is not None and first_of(path) + len(records) - 1 > upto:
            break
        told = [orjson.loads(record) for record in records]
        blocked = next((_named(one) for one in told if not _may_go(one, now, newest, counted)), None)
        if blocked is not None:
            break
        leaves.add(path, records, told)
        count += 1
    found = leaves.close() if count else None
    return Plan(count, found[0] if found else None, found[1] if found else "", blocked)


def prune_segments(home: Path, plan: Plan) -> None:
    """Keep the leaf hashes, then take the segments away.

    raises  OSError: what is begun is ended by `end_pruning`. LedgerBrokenError: they are not those of the plan any more, and
            nothing was taken away.
    """
    assert plan.range is not None  # noqa: S101 - whoever asks has looked
    folder = pruned_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)
    fresh = folder / f".{plan.range.first_seq:020d}.{secrets.token_hex(4)}.new"
    try:
        if _write(home, fresh, plan.segments) != plan.digest:
            raise LedgerBrokenError("The oldest records of the ledger are not those that were to be pruned. Nothing was pruned.")
        with alone(home):
            if next(map(first_of, list_segments(home)), 0) != plan.range.first_seq:
                raise LedgerBrokenError("The oldest records of the ledger were pruned meanwhile. Nothing more was pruned.")
            fresh.replace(leaves_path(home, plan.range.first_seq))
            sync_folder(folder)
            _take_away(home)
    finally:
        fresh.unlink(missing_ok=True)


def end_pruning(home: Path) -> None:
    """What a crash left of one: segments whose leaf hashes are kept go, and a file that was not put in place.

    raises  OSError; LedgerBrokenError: the leaf hashes are not as they were written, so nothing more goes.
    """
    with alone(home):
        end_pruning_alone(home)


def end_pruning_alone(home: Path) -> None:
    """The same for whoever holds the lock."""
    for path in pruned_folder(home).glob(".*.new"):
        path.unlink(missing_ok=True)
    _take_away(home)


def _take_away(home: Path) -> None:
    """The first one first, each for good before the next, so that what is left begins at one place."""
    newest = newest_pruned(home)
    if newest is None:
        return
    segments = list_segments(home)
    gone = [path for path, after in pairwise(segments) if first_of(after) - 1 <= newest[0].last_seq]
    if gone:
        for _ in leaves_in(leaves_path(home, newest[0].first_seq)):
            pass  # whole, or nothing goes for it
    for path in gone:
        path.unlink()
        sync_folder(path.parent)


def _write(home: Path, path: Path, segments: int) -> str:
    """The file of leaf hashes over so many of the oldest segments, durable; its digest."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        leaves = _Leaves(home, file.write)
        for one in list_segments(home)[:segments]:
            records = read_segment(one, closed=True)
            leaves.add(one, records, [orjson.loads(record) for record in records])
        _, digest = leaves.close()
        file.flush()
        os.fsync(file.fileno())
    return digest


class _Leaves:
    """Gathers what the file of leaf hashes of some segments says."""

    def __init__(self, home: Path, put: Callable[[bytes], object]) -> None:
        self._digest = LeafDigest(put)
        self._before = digest_before(home)
        self._first: Beginning | None = None
        self._seq, self._last, self._until = 0, "", ""
        self._keys: list[tuple[int, str]] = []

    def add(self, path: Path, records: list[bytes], told: list[dict[str, Any]]) -> None:
        """raises LedgerBrokenError: they do not follow each other."""
        beginning = read_beginning(path)
        self._first = self._first or beginning
        if self._last and (beginning.first_seq, beginning.prev) != (self._seq + 1, self._last):
            raise LedgerBrokenError(f"The ledger's segment {path.name} does not follow the one before.")
        prev, seq = beginning.prev, beginning.first_seq - 1
        for record, one in zip(records, told, strict=True):
            if (one["seq"], one["prev"]) != (seq + 1, prev):
                raise LedgerBrokenError(f"Record {seq + 1} of the ledger does not follow the one before.")
            seq, prev = seq + 1, record_hash(record)
            if one["act"] in TELLS_KEY and (key := one["result"].get("key")) and (not self._keys or self._keys[-1][1] != key):
                self._keys.append((seq, key))
        self._seq, self._last, self._until = seq, prev, max(self._until, *(one["time"] for one in told))
        self._digest.add(b"".join(map(leaf_of, records)))

    def close(self) -> tuple[PrunedRange, str]:
        assert self._first is not None  # noqa: S101 - one was added
        first = self._first
        told = PrunedRange(first.first_seq, self._seq, first.prev, self._last, self._until, self._before, tuple(self._keys))
        return told, self._digest.close(told)


def _closed_before(home: Path, head: int) -> Iterator[Path]:
    """Segments of which every record stands before the segment that holds `head`."""
    paths = list_segments(home)
    newest = max((first_of(path) for path in paths if first_of(path) <= head), default=0)
    return (path for path in paths if first_of(path) < newest)


def _may_go(told: dict[str, Any], now: datetime, newest: Callable[[str], frozenset[int]], counted: Callable[[], int]) -> bool:
    if not is_due(told["act"], parse_stored_time(told["time"]), now):
        return False
    if retention_of(told["act"]).newest_stays and told["seq"] in newest(told["act"]):
        return False
    return "counter" not in told["result"] or told["seq"] != counted()


def _named(told: dict[str, Any]) -> tuple[int, str, str]:
    return told["seq"], told["act"], retention_of(told["act"]).name


def _newest_of(home: Path, act: str) -> frozenset[int]:
    """The newest record of an act, and the newest that tells that it came to be: a refusal takes no other's place."""
    beginning, newest = b'{"act":' + orjson.dumps(act), 0
    for record in newest_records(home):
        if record.startswith(beginning):
            told = orjson.loads(record)
            newest = newest or told["seq"]
            if told["outcome"] in CAME_TO_BE:
                return frozenset({newest, told["seq"]})
    return frozenset({newest})


def _newest_counter(home: Path) -> int:
    """The newest record that states the counter of the store's records; 0 for none."""
    with suppress(StopIteration):
        stated = (orjson.loads(record) for record in newest_records(home) if COUNTER in record)
        return int(next(told["seq"] for told in stated if isinstance(told["result"].get("counter"), dict)))
    return 0

"""New records of the ledger as they come, read from the segments beside the writer."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from traceapp.domain.errors import LedgerBrokenError, LedgerUnavailableError
from traceapp.ledger.frames import AROUND, frame_at, is_torn, whole_frames
from traceapp.ledger.records import MAX_RECORD
from traceapp.ledger.segments import beginning_of, first_of, list_segments, segment_path

MANY: Final = 5_000
"""So many records at most are given at once; whoever gets all of them asks again."""
_CHUNK: Final = 4 * 1024 * 1024
_LONGEST: Final = MAX_RECORD + AROUND


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record and where its frame begins: in the segment that is named by `segment`, at this byte."""

    seq: int
    segment: int
    place: int
    content: bytes
    told: dict[str, Any]


class LedgerTail:
    """Reads whole frames only, and follows into new segments. One thread, one tail.

    A record is given as soon as its frame is whole, which may be a moment before it is durable: after a power cut another
    one can stand in its place. Whoever keeps what he read compares `prev` of the first record of his next start.
    """

    def __init__(self, home: Path, after: int) -> None:
        """after  the last record that is known; of records that were pruned the first kept one follows."""
        self._home = home
        self._next = after + 1
        self._path: Path | None = None
        self._place = 0

    def read_new(self, at_most: int = MANY) -> list[tuple[int, dict[str, Any]]]:
        """Sequence number and record, in order, at most so many; empty where nothing is new.

        raises  LedgerUnavailableError: the segments cannot be read.
                LedgerBrokenError: something there is no record, or the ledger ends before the last known one; the records
                before it were given by then.
        """
        return [(record.seq, record.told) for record in self.read_placed(at_most)]

    def read_placed(self, at_most: int = MANY) -> list[PlacedRecord]:
        """The same with the place of each; raises what `read_new` raises."""
        given: list[PlacedRecord] = []
        try:
            given.extend(islice(self._records(), at_most))
        except LedgerBrokenError:
            if not given:
                raise
        except OSError as error:
            if not given:
                raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
        return given

    def _records(self) -> Iterator[PlacedRecord]:
        while True:
            if self._path is not None and not self._path.exists():
                self._path = None  # pruned: what was not read of it is gone, and the first kept record follows
            if self._path is None and not self._enter():
                return
            yield from self._rest()
            following = segment_path(self._home, self._next)
            if following == self._path or not following.exists():
                self._check_end()
                return
            self._path = None

    def _enter(self) -> bool:
        """Go to the next wanted record; False where it is not there yet."""
        segments = list_segments(self._home)
        if not segments:
            return self._nothing_yet(0)
        path = next((path for path in reversed(segments) if first_of(path) <= self._next), segments[0])
        beginning = _end_of_beginning(path)
        if beginning is None:
            return self._nothing_yet(first_of(path) - 1)
        self._path, self._place = path, beginning
        wanted, self._next = self._next, first_of(path)
        for _ in islice(self._frames(), max(0, wanted - self._next)):
            pass
        return self._next >= wanted or self._nothing_yet(self._next - 1, wanted)

    def _nothing_yet(self, last: int, wanted: int | None = None) -> bool:
        """raises LedgerBrokenError: records that were read before are not there any more."""
        wanted = wanted or self._next
        if last + 1 < wanted:
            self._path, self._next = None, wanted
            raise LedgerBrokenError(f"The ledger ends at record {last}, before record {wanted - 1}, which was read before.")
        return False

    def _rest(self) -> Iterator[PlacedRecord]:
        assert self._path is not None  # noqa: S101 - entered before
        segment = first_of(self._path)
        for record in self._frames():
            seq = self._next - 1
            try:
                told = orjson.loads(record)
                fits = told["seq"] == seq
            except (ValueError, KeyError, TypeError):
                fits = False
            if not fits:
                raise LedgerBrokenError(f"Something in the ledger at record {seq} is not that record.")
            yield PlacedRecord(seq, segment, self._place - len(record) - AROUND, record, told)

    def _frames(self) -> Iterator[bytes]:
        """Whole frames from here on; the place moves with each that is given."""
        assert self._path is not None  # noqa: S101 - entered before
        with self._path.open("rb") as file:
            if file.seek(0, 2) < self._place:
                raise LedgerBrokenError(f"The ledger's segment {self._path.name} was cut off.")
            while True:
                start = file.seek(self._place)
                content = file.read(_CHUNK)
                for end, record in whole_frames(content):
                    self._place, self._next = start + end, self._next + 1
                    yield record
                if len(content) - (self._place - start) >= _LONGEST and self._place == start:
                    raise LedgerBrokenError(f"Something in the ledger at record {self._next} is no record.")
                if len(content) < _CHUNK:
                    return

    def _check_end(self) -> None:
        """raises LedgerBrokenError: what follows the last whole frame is none that is being written."""
        assert self._path is not None  # noqa: S101 - entered before
        later = [path for path in list_segments(self._home) if path > self._path]
        try:
            with self._path.open("rb") as file:
                file.seek(self._place)
                rest = file.read(_LONGEST)
        except FileNotFoundError:
            return  # pruned this moment, with what follows it or without
        if frame_at(rest, 0) is not None or segment_path(self._home, self._next) in later:
            return  # it came this moment
        if later or (rest and not is_torn(rest, self._place)):
            raise LedgerBrokenError(f"Something in the ledger at record {self._next} is no record.")


def _end_of_beginning(path: Path) -> int | None:
    """Where the first record's frame begins; None where the segment is being begun; raises LedgerBrokenError."""
    with path.open("rb") as file:
        content = file.read(_LONGEST)
    end, record = next(whole_frames(content), (0, b""))
    if not end:
        return None
    beginning_of(path, record)
    return end

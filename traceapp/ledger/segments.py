"""The files of the ledger: segments of frames, named by their first record, each begun by a frame about itself."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.domain.errors import LedgerBrokenError
from traceapp.ledger.frames import AROUND, frame_at, whole_frames
from traceapp.ledger.records import FOLDER, FORMAT, MAX_RECORD, canonical

SEGMENTS: Final = "segments"
SUFFIX: Final = ".segment"
_LONGEST_BEGINNING: Final = 1024
LARGEST: Final = 64 * 1024 * 1024
"""Bytes after which the next record begins a new one."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first frame of a segment; it is no leaf of the tree.

    prev   hash of the record before the first one.
    epoch  which opening of the ledger began it; every opening has a higher one.
    """

    first_seq: int
    prev: str
    epoch: int

    def record(self) -> bytes:
        return canonical({"epoch": self.epoch, "first_seq": self.first_seq, "prev": self.prev, "v": FORMAT})

    @classmethod
    def read(cls, record: bytes) -> "Beginning":
        """raises ValueError: it is none."""
        try:
            told = json.loads(record)
            return cls(int(told["first_seq"]), str(told["prev"]), int(told["epoch"]))
        except (KeyError, TypeError) as error:
            raise ValueError("no beginning of a segment") from error


def segments_folder(home: Path) -> Path:
    return home / FOLDER / SEGMENTS


def segment_path(home: Path, first_seq: int) -> Path:
    return segments_folder(home) / f"{first_seq:020d}{SUFFIX}"


def list_segments(home: Path) -> list[Path]:
    """In the order of their records; empty where there are none."""
    return sorted(segments_folder(home).glob(f"{'[0-9]' * 20}{SUFFIX}"))


def newest_epoch(home: Path) -> int:
    """That of the newest segment whose beginning can be read; 0 where there is none."""
    for path in reversed(list_segments(home)):
        with path.open("rb") as file:
            record = frame_at(file.read(_LONGEST_BEGINNING), 0)
        if record is not None:
            with suppress(ValueError):
                return Beginning.read(record).epoch
    return 0


def read_segment(path: Path, *, closed: bool) -> list[bytes]:
    """Its records, as far as they are whole.

    closed  another one was begun after it, so all of it must be.
    raises  OSError; LedgerBrokenError: it is closed, and something in it is no whole record.
    """
    content = path.read_bytes()
    frames = [*whole_frames(content)]
    if closed and (not frames or frames[-1][0] != len(content)):
        raise LedgerBrokenError(f"Something in the ledger's segment {path.name} is no record.")
    return [record for _, record in frames[1:]]


def read_beginning(path: Path) -> Beginning:
    """What a segment says of itself; raises OSError, LedgerBrokenError: it does not begin as it is named."""
    with path.open("rb") as file:
        return beginning_of(path, frame_at(file.read(_LONGEST_BEGINNING), 0) or b"")


def beginning_of(path: Path, record: bytes) -> Beginning:
    """The same from its first frame, which was read; raises LedgerBrokenError."""
    with suppress(ValueError):
        beginning = Beginning.read(record)
        if beginning.first_seq == first_of(path):
            return beginning
    raise LedgerBrokenError(f"The ledger's segment {path.name} does not begin as it is named.")


def newest_records(home: Path) -> Iterator[bytes]:
    """Every record that is kept, the newest first; raises what `read_segment` raises."""
    for back, path in enumerate(reversed(list_segments(home))):
        try:
            records = read_segment(path, closed=back > 0)
        except FileNotFoundError:
            if not back:
                raise
            return  # pruned meanwhile, and with it all that stood before
        yield from reversed(records)


def first_of(path: Path) -> int:
    """The first record of a segment, by its name."""
    return int(path.name.partition(".")[0])


def first_kept(home: Path) -> int:
    """The oldest record that is kept; 1 where nothing was pruned, or nothing was written."""
    return next(map(first_of, list_segments(home)), 1)


def read_frame(home: Path, segment: int, place: int) -> bytes | None:
    """The record of the frame at this byte of the segment named by this record; None where there is none, or no such segment."""
    try:
        with segment_path(home, segment).open("rb") as file:
            file.seek(place)
            return frame_at(file.read(MAX_RECORD + AROUND), 0)
    except FileNotFoundError:
        return None

"""The files of the ledger: segments of frames, named by their first record, each begun by a frame about itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from traceapp.ledger.frames import whole_frames
from traceapp.ledger.records import FOLDER, FORMAT, canonical

SEGMENTS: Final = "segments"
SUFFIX: Final = ".segment"
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


def read_segment(path: Path) -> Iterator[bytes]:
    """Its records, as far as they are whole; raises OSError."""
    frames = whole_frames(path.read_bytes())
    next(frames, None)
    for _, record in frames:
        yield record


def read_records(home: Path) -> Iterator[bytes]:
    """Every record that is kept, the oldest first, as far as they are whole; raises OSError."""
    for path in list_segments(home):
        yield from read_segment(path)


def newest_records(home: Path) -> Iterator[dict[str, Any]]:
    """The same as documents, the newest first; raises OSError."""
    for path in reversed(list_segments(home)):
        for record in reversed([*read_segment(path)]):
            yield json.loads(record)

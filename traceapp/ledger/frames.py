"""The bytes of a segment: one frame a record, each whole by itself.

frame  length of the record (4 bytes, big endian) · CRC-32 of the record as zlib computes it (4 bytes) · the record ·
       its RFC 6962 leaf hash (32 bytes)
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from traceapp.ledger.records import MAX_RECORD, leaf_of

HEAD: Final = struct.Struct(">II")
LEAF: Final = 32
AROUND: Final = HEAD.size + LEAF
SECTOR: Final = 512
LONGEST_CHANCE: Final = 16
"""So many zero bytes at the end of a hash are no chance: they were never written."""
_BEGINNINGS: Final = (b'{"act":', b'{"epoch":')


def frame(record: bytes, leaf: bytes) -> bytes:
    return HEAD.pack(len(record), zlib.crc32(record)) + record + leaf


def frame_at(content: bytes, position: int) -> bytes | None:
    """The record of the frame that begins here; None where there is no whole frame."""
    start = position + HEAD.size
    if start > len(content):
        return None
    length, crc = HEAD.unpack_from(content, position)
    end = start + length
    if not 0 < length <= MAX_RECORD or end + LEAF > len(content):
        return None
    record = content[start:end]
    return record if zlib.crc32(record) == crc and leaf_of(record) == content[end : end + LEAF] else None


def whole_frames(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Every record from the beginning to the first that is not whole, each with the place where its frame ends."""
    position = 0
    while (record := frame_at(content, position)) is not None:
        position += len(record) + AROUND
        yield position, record


def first_whole_frame(content: bytes) -> int | None:
    """Where the first whole frame begins, found by how records begin."""
    places = [place - HEAD.size for beginning in _BEGINNINGS for place in _all_of(content, beginning)]
    return next((place for place in sorted(places) if place >= 0 and frame_at(content, place) is not None), None)


def is_torn(tail: bytes, offset: int) -> bool:
    """Whether a crash can have left these bytes, which begin at `offset` of the file, in place of the next frames.

    It leaves the beginning of a frame, or whole sectors that were never written and read as zeros, and may be behind them
    what was. A frame whose end is there and that is not whole is somebody's edit, and so is anything before a whole frame
    with all its sectors.
    """
    following = first_whole_frame(tail)
    before = tail[:following]
    sectors = range(-offset % SECTOR, len(before) - SECTOR + 1, SECTOR)
    if any(not any(before[place : place + SECTOR]) for place in sectors):
        return True
    if following is not None:
        return False
    if len(tail) < HEAD.size or len(tail) - len(tail.rstrip(b"\x00")) >= LONGEST_CHANCE:
        return True
    (length, _) = HEAD.unpack_from(tail)
    ends_here = leaf_of(tail[HEAD.size : -LEAF]) == tail[-LEAF:]
    return 0 < length <= MAX_RECORD and length + AROUND > len(tail) and not ends_here


def _all_of(content: bytes, wanted: bytes) -> Iterator[int]:
    place = content.find(wanted)
    while place >= 0:
        yield place
        place = content.find(wanted, place + 1)

"""The bytes of a segment: one frame a record, each whole by itself.

frame  length of the record (4 bytes, big endian) · CRC-32 of the record as zlib computes it (4 bytes) · the record ·
       its RFC 6962 leaf hash (32 bytes)
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from traceapp.ledger.records import MAX_RECORD

HEAD: Final = struct.Struct(">II")
LEAF: Final = 32
AROUND: Final = HEAD.size + LEAF
SECTOR: Final = 512
LONGEST_CHANCE: Final = 16
"""So many zero bytes at the end of a hash are no chance: they were never written."""
_BEGINNINGS: Final = (b'{"act":', b'{"epoch":')


def leaf_of(record: bytes) -> bytes:
    """SHA-256 of a zero byte and the record (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + record).digest()


def frame(record: bytes) -> bytes:
    return HEAD.pack(len(record), zlib.crc32(record)) + record + leaf_of(record)


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


def is_torn(tail: bytes, offset: int) -> bool:
    """Whether a crash can have left these bytes, which begin at `offset` of the file and are no whole frame.

    It leaves the beginning of a frame, or whole sectors that were never written and read as zeros. A frame whose end is
    there is somebody's edit, and so is anything before a whole frame.
    """
    unwritten = len(tail) - len(tail.rstrip(b"\x00"))
    sectors = range(-offset % SECTOR, len(tail) - SECTOR + 1, SECTOR)
    if unwritten >= LONGEST_CHANCE or any(not any(tail[place : place + SECTOR]) for place in sectors):
        return True
    if len(tail) < HEAD.size:
        return True
    (length, _) = HEAD.unpack_from(tail)
    ends_here = leaf_of(tail[HEAD.size : -LEAF]) == tail[-LEAF:]
    return 0 < length <= MAX_RECORD and length + AROUND > len(tail) and not ends_here and not any(_frames_within(tail))


def _frames_within(tail: bytes) -> Iterator[bytes]:
    """Whole frames further on, found by how records begin."""
    for beginning in _BEGINNINGS:
        place = tail.find(beginning, HEAD.size + 1)
        while place >= 0:
            record = frame_at(tail, place - HEAD.size)
            if record is not None:
                yield record
            place = tail.find(beginning, place + 1)

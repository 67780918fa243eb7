"""Promise: whatever is changed in the bytes of a ledger at rest is found, and the first record that it touched is named."""

import random
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.effort import examples
from traceapp.domain.clock import SystemClock
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.frames import AROUND, frame
from traceapp.ledger.records import FOLDER, leaf_of, plain_entry
from traceapp.ledger.segments import Beginning, list_segments, read_segment
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers.verify_ledger import verify

CASES = examples(500, 100_000)
RECORDS = 24


@dataclass(frozen=True)
class Segment:
    """One file and where its frames begin; the first frame is about the segment itself.

    first_seq  the record of the second frame.
    """

    path: Path
    content: bytes
    begins: tuple[int, ...]
    first_seq: int

    def record_at(self, offset: int) -> int:
        """The record whose frame holds this byte; of the frame about the segment, the first one after it."""
        number = sum(begin <= offset for begin in self.begins) - 1
        return self.first_seq + max(0, number - 1)

    def frame(self, number: int) -> bytes:
        ends = (*self.begins[1:], len(self.content))
        return self.content[self.begins[number] : ends[number]]


Damage = Callable[[Segment, random.Random], tuple[bytes, int]]
"""The file after it, and the first record that it touched."""


def flip(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    content, place = bytearray(segment.content), draw.randrange(len(segment.content))
    content[place] ^= 1 << draw.randrange(8)
    return bytes(content), segment.record_at(place)


def overwrite(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    place, length = draw.randrange(len(segment.content)), draw.randint(2, 700)
    put = draw.randbytes(length) if draw.random() < 0.5 else bytes(length)
    content = (segment.content[:place] + put + segment.content[place + length :])[: len(segment.content)]
    changed = next((at for at in range(place, len(content)) if content[at] != segment.content[at]), None)
    return (content, segment.record_at(changed)) if changed is not None else flip(segment, draw)


def delete(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    place = draw.randrange(len(segment.content))
    return segment.content[:place] + segment.content[place + draw.randint(1, 900) :], segment.record_at(place)


def insert(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    place = draw.randrange(len(segment.content))
    return segment.content[:place] + draw.randbytes(draw.randint(1, 300)) + segment.content[place:], segment.record_at(place)


def truncate(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    place = draw.randrange(len(segment.content))
    return segment.content[:place], segment.record_at(place)


def drop(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    gone = draw.randrange(1, len(segment.begins))
    kept = (segment.frame(number) for number in range(len(segment.begins)) if number != gone)
    return b"".join(kept), segment.first_seq + gone - 1


def swap(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    one, other = sorted(draw.sample(range(1, len(segment.begins)), 2))
    order = [*range(len(segment.begins))]
    order[one], order[other] = other, one
    return b"".join(map(segment.frame, order)), segment.first_seq + one - 1


def repeat(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    again = draw.randrange(1, len(segment.begins))
    order = sorted([*range(len(segment.begins)), again])
    return b"".join(map(segment.frame, order)), segment.first_seq + again


def relabel(segment: Segment, draw: random.Random) -> tuple[bytes, int]:
    """The first frame says something else about the segment, and is whole."""
    told = Beginning.read(segment.frame(0)[8:-32])
    other = draw.choice([replace(told, prev="e" * 64), replace(told, first_seq=told.first_seq + 1), replace(told, epoch=0)])
    return frame(other.record(), leaf_of(other.record())) + segment.content[segment.begins[1] :], segment.first_seq


DAMAGES: tuple[Damage, ...] = (flip, overwrite, delete, insert, truncate, drop, swap, repeat, relabel)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three segments, and a checkpoint over all of them."""
    home = tmp_path_factory.mktemp("ledger")
    storage = LedgerStorage(home, SystemClock(), largest=4096)
    for number in range(RECORDS - 1):
        entry = LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": f"B-{number}"})
        storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry))])
    storage.checkpoint()
    storage.close()
    return home


def segments_of(home: Path) -> list[Segment]:
    found, seq = [], 1
    for path in list_segments(home):
        content, records = path.read_bytes(), [*read_segment(path, closed=False)]
        begins = [0, len(content) - sum(len(record) + AROUND for record in records)]
        for record in records[:-1]:
            begins.append(begins[-1] + len(record) + AROUND)
        found.append(Segment(path, content, tuple(begins), seq))
        seq += len(records)
    return found


@pytest.mark.limit(3600)
def test_promise_every_change_of_a_byte_is_found_and_located(ledger: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(ledger / FOLDER, home / FOLDER)
    segments = segments_of(home)
    assert len(segments) == 3
    assert not verify(home / FOLDER).findings
    for case in range(CASES):
        draw = random.Random(case)
        segment, damage = draw.choice(segments), draw.choice(DAMAGES)
        content, touched = damage(segment, draw)
        if content == segment.content:
            continue
        segment.path.write_bytes(content)

        report = verify(home / FOLDER)

        segment.path.write_bytes(segment.content)
        said = f"case {case}: {damage.__name__} in {segment.path.name}: {[finding.said for finding in report.findings]}"
        assert report.findings, said
        assert report.first_bad_seq == min(touched, RECORDS + 1), said


def test_promise_a_beginning_is_no_record(ledger: Path) -> None:
    """A segment tells its first record and epoch; the tree is over records alone."""
    first, *_, last = segments_of(ledger)
    assert Beginning.read(first.frame(0)[8:-32]).first_seq == 1
    assert Beginning.read(last.frame(0)[8:-32]).first_seq == last.first_seq

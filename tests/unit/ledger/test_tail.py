"""The tail of the ledger: every record once and in order, never half of one, never past what was taken away."""

import json
from pathlib import Path

import pytest

from tests.unit.ledger.conftest import OpenStorage, records_of, wanted
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import LedgerBrokenError
from traceapp.ledger.frames import frame
from traceapp.ledger.records import canonical, leaf_of
from traceapp.ledger.segments import list_segments, segment_path
from traceapp.ledger.storage import LedgerStorage
from traceapp.ledger.tail import LedgerTail


def test_promise_an_empty_ledger_has_nothing_new(tmp_path: Path) -> None:
    tail = LedgerTail(tmp_path, 0)

    assert tail.read_new() == []
    assert tail.read_new() == [], "asked twice"


def test_promise_every_record_comes_once_and_in_order(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage, tail = open_storage(), LedgerTail(tmp_path, 0)
    given = tail.read_new()
    for number in range(5):
        storage.append([wanted(number), wanted(number + 100)])
        given += tail.read_new()

    assert [record for _, record in given] == records_of(tmp_path)
    assert [seq for seq, _ in given] == list(range(1, 12))
    assert tail.read_new() == []


@pytest.mark.parametrize("after", range(9))
def test_promise_it_begins_after_the_last_known_record(open_storage: OpenStorage, tmp_path: Path, after: int) -> None:
    for number in range(4):
        storage = open_storage()
        storage.append([wanted(number)])
        storage.close()

    assert [seq for seq, _ in LedgerTail(tmp_path, after).read_new()] == list(range(after + 1, 9))


def test_promise_it_follows_into_new_segments(tmp_path: Path) -> None:
    storage, tail = LedgerStorage(tmp_path, SystemClock(), largest=2_000), LedgerTail(tmp_path, 0)
    given = []
    for number in range(40):
        storage.append([wanted(number)])
        given += tail.read_new(at_most=3)
    storage.close()
    given += tail.read_new()

    assert len(list_segments(tmp_path)) > 5
    assert [seq for seq, _ in given] == list(range(1, 42))


def test_promise_no_more_than_was_asked_for_is_given_at_once(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage().append([wanted(number) for number in range(10)])
    tail = LedgerTail(tmp_path, 0)

    assert [len(tail.read_new(at_most=4)) for _ in range(4)] == [4, 4, 3, 0]


def test_promise_half_a_frame_is_waited_for(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    storage.append([wanted(1)])
    storage.close()
    tail = LedgerTail(tmp_path, 0)
    tail.read_new()
    record = canonical(json.loads(canonical(records_of(tmp_path)[-1])) | {"seq": 3})
    whole = frame(record, leaf_of(record))
    given = []
    with segment_path(tmp_path, 1).open("ab", buffering=0) as segment:
        for end in range(0, len(whole), 40):
            segment.write(whole[end : end + 40])
            given.append(len(tail.read_new()))

    assert given == [0] * (len(given) - 1) + [1]


def test_promise_an_end_that_a_crash_left_and_a_start_cut_off_is_passed(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    storage.append([wanted(1)])
    storage.close()
    tail = LedgerTail(tmp_path, 0)
    with segment_path(tmp_path, 1).open("ab") as segment:
        segment.write(bytes(700))
    before = tail.read_new()
    open_storage()

    assert len(before) == 2
    assert [record["act"] for _, record in tail.read_new()] == ["ledger:recover", "ledger:start"]


def test_promise_a_segment_that_is_just_being_begun_is_waited_for(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage().append([wanted(1)])
    segment_path(tmp_path, 3).touch()
    tail = LedgerTail(tmp_path, 0)

    assert len(tail.read_new()) == 2
    assert tail.read_new() == []


def test_promise_an_edit_is_no_record(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage().append([wanted(number) for number in range(5)])
    segment = segment_path(tmp_path, 1)
    segment.write_bytes(segment.read_bytes().replace(b'"B-3"', b'"B-9"'))
    tail = LedgerTail(tmp_path, 0)

    assert [seq for seq, _ in tail.read_new()] == [1, 2, 3, 4]
    with pytest.raises(LedgerBrokenError, match="record 5"):
        tail.read_new()


def test_promise_records_that_were_read_and_are_gone_are_missed(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage().append([wanted(number) for number in range(5)])
    tail = LedgerTail(tmp_path, 0)
    tail.read_new()
    segment = segment_path(tmp_path, 1)
    segment.write_bytes(segment.read_bytes()[:-300])

    with pytest.raises(LedgerBrokenError):
        tail.read_new()
    with pytest.raises(LedgerBrokenError, match="before record 6"):
        LedgerTail(tmp_path, 6).read_new()


def test_promise_a_segment_that_is_missing_between_two_is_missed(tmp_path: Path) -> None:
    storage = LedgerStorage(tmp_path, SystemClock(), largest=2_000)
    for number in range(30):
        storage.append([wanted(number)])
    storage.close()
    second = list_segments(tmp_path)[1]
    second.unlink()
    tail = LedgerTail(tmp_path, 0)

    assert [seq for seq, _ in tail.read_new()] == list(range(1, int(second.stem)))
    with pytest.raises(LedgerBrokenError, match=f"record {int(second.stem)} "):
        tail.read_new()


def test_promise_of_pruned_records_the_first_kept_one_follows(tmp_path: Path) -> None:
    storage = LedgerStorage(tmp_path, SystemClock(), largest=2_000)
    for number in range(30):
        storage.append([wanted(number)])
    storage.close()
    first, second, *_ = list_segments(tmp_path)
    first.unlink()

    assert LedgerTail(tmp_path, 0).read_new()[0][0] == int(second.stem)

"""What goes from the front of a ledger, what keeps it from going, and that all else stays what it was."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.clockwork import Clockwork
from tests.old_ledgers import BEGAN, LARGEST, agreed, make_old_ledger, planned, prune, wanted, years
from tests.recorded import documents, kept_records
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import LedgerBrokenError
from traceapp.ledger.index import LedgerIndex
from traceapp.ledger.pruned import PrunedRange, list_pruned, newest_pruned
from traceapp.ledger.pruning import plan_pruning, prune_segments
from traceapp.ledger.reading import find_record
from traceapp.ledger.records import FOLDER, leaf_of
from traceapp.ledger.segments import first_kept, first_of, list_segments
from traceapp.ledger.storage import TREE, LedgerStorage
from traceapp.ledger.tail import LedgerTail
from traceapp.ledger.verdict import verify
from traceapp.verifiers import verify_ledger


def test_promise_nothing_goes_before_its_date(tmp_path: Path) -> None:
    """The oldest record is a start, kept for fifteen years of 366 days; on the last of those days nothing goes."""
    make_old_ledger(tmp_path)

    early = planned(tmp_path, BEGAN + years(15))
    half = planned(tmp_path, BEGAN + years(15) + timedelta(days=60))

    assert (early.segments, early.range, early.blocked) == (0, None, (1, "ledger:start", "access and accounts"))
    assert 0 < half.segments < planned(tmp_path).segments


def test_promise_the_segment_of_the_newest_record_stays_however_old_it_is(tmp_path: Path) -> None:
    """What lies behind it was begun and is not yet durable: a crash may take it away, and then this one is the end."""
    clock = Clockwork()
    clock.moment = BEGAN
    storage = LedgerStorage(tmp_path, clock, largest=LARGEST)
    for number in range(20):
        storage.append([wanted(f"{number}")])
    storage.close()
    firsts = [first_of(path) for path in list_segments(tmp_path)]

    plans = [plan_pruning(tmp_path, BEGAN + years(30), head) for head in range(1, 22)]

    assert len(firsts) > 3
    assert [plan.segments for plan in plans] == [sum(first <= head for first in firsts) - 1 for head in range(1, 22)]


def test_promise_what_passed_its_date_since_changes_nothing_of_what_was_planned_up_to_a_record(tmp_path: Path) -> None:
    """Between request and act days go by, and more is due: the same records and the same digest, as they were agreed to."""
    make_old_ledger(tmp_path)
    early = planned(tmp_path, BEGAN + years(15) + timedelta(days=60))
    assert early.range is not None
    head = documents(tmp_path)[-1]["seq"]

    later = plan_pruning(tmp_path, BEGAN + years(30), head, early.range.last_seq)

    assert (later.segments, later.range, later.digest) == (early.segments, early.range, early.digest)
    assert plan_pruning(tmp_path, BEGAN + years(30), head).segments > early.segments
    assert plan_pruning(tmp_path, BEGAN + years(30), head, early.range.last_seq - 1).segments == early.segments - 1


@pytest.mark.parametrize(
    ("act", "outcomes", "stays"),
    [
        ("policy:accept", ["done"], True),
        ("policy:accept", ["done", "denied"], True),
        ("policy:accept", ["done", "done"], False),
        ("batch:trace", ["answered"], False),
    ],
)
def test_promise_what_a_start_asks_for_stays(act: str, outcomes: list[str], stays: bool, tmp_path: Path) -> None:
    """The newest that came to be; a refusal that came later takes its place in nothing."""
    clock = Clockwork()
    clock.moment = BEGAN
    storage = LedgerStorage(tmp_path, clock, largest=LARGEST)
    storage.append([wanted("it", act, outcomes[0])])
    for number in range(20):
        storage.append([wanted(f"{number}")])
    storage.append([wanted("it", act, outcome) for outcome in outcomes[1:]])
    head = storage.head.seq
    storage.close()

    blocked = plan_pruning(tmp_path, BEGAN + years(30), head).blocked

    assert (blocked is not None and blocked[0] == 2) == stays


def test_promise_the_newest_word_on_the_counter_stays(tmp_path: Path) -> None:
    clock = Clockwork()
    clock.moment = BEGAN
    storage = LedgerStorage(tmp_path, clock, largest=LARGEST)
    for number in range(12):
        storage.append([wanted(f"{number}", result={"counter": {"seq": number}} if number in {2, 7} else {})])
    head = storage.head.seq
    storage.close()

    assert plan_pruning(tmp_path, BEGAN + years(30), head).blocked == (9, "batch:trace", "product records")


def test_promise_what_is_kept_verifies_as_before(tmp_path: Path) -> None:
    key = make_old_ledger(tmp_path)
    before = kept_records(tmp_path)

    plan = prune(tmp_path)

    assert plan.range is not None
    last = plan.range.last_seq
    assert first_kept(tmp_path) == last + 1
    assert kept_records(tmp_path)[: len(before) - last] == before[last:]
    receipts = {seq: leaf_of(record).hex() for seq, record in enumerate(before, 1)}
    report = verify_ledger.verify(tmp_path / FOLDER, key=key, receipts=receipts)
    assert ([finding.said for finding in report.findings], report.pruned) == ([], last)
    assert verify(tmp_path).pruned == last


def test_promise_the_verifier_says_what_it_did_not_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_old_ledger(tmp_path)
    plan = prune(tmp_path)
    assert plan.range is not None

    assert verify_ledger.main([str(tmp_path / FOLDER)]) == 0
    assert f"records 1–{plan.range.last_seq} pruned: leaf hashes kept, content not checked" in capsys.readouterr().out
    assert verify_ledger.main([str(tmp_path / FOLDER), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pruned"] == plan.range.last_seq


def test_promise_proofs_of_all_records_stand_and_the_tree_is_made_anew_from_what_is_kept(tmp_path: Path) -> None:
    make_old_ledger(tmp_path)
    prune(tmp_path)
    (tmp_path / FOLDER / TREE).unlink()

    storage = LedgerStorage(tmp_path, SystemClock(), largest=LARGEST)
    proofs = [storage.prove(seq) for seq in (1, 2, storage.head.seq)]
    storage.append([wanted("after")])
    storage.close()

    assert all(proofs)
    assert not verify_ledger.verify(tmp_path / FOLDER).findings


def test_promise_a_second_pruning_joins_the_first(tmp_path: Path) -> None:
    make_old_ledger(tmp_path, old=60)
    first = prune(tmp_path, BEGAN + years(15) + timedelta(days=80))
    second = prune(tmp_path)

    newest = newest_pruned(tmp_path)
    assert first.range is not None
    assert second.range is not None
    assert newest is not None
    assert (newest[0].first_seq, newest[0].before) == (first.range.last_seq + 1, first.digest)
    assert len(list_pruned(tmp_path)) == 2
    # Their clock is the system's, so the first is said to be of the same day as the second: both long after the date.
    assert not verify_ledger.verify(tmp_path / FOLDER).findings


def test_promise_a_tail_amid_what_goes_is_followed_by_the_first_that_is_kept(tmp_path: Path) -> None:
    make_old_ledger(tmp_path)
    tail = LedgerTail(tmp_path, 0)
    given = tail.read_new(at_most=3)
    plan = prune(tmp_path)
    while some := tail.read_new():
        given += some

    assert plan.range is not None
    assert [seq for seq, _ in given] == [1, 2, 3, *range(plan.range.last_seq + 1, documents(tmp_path)[-1]["seq"] + 1)]


def test_promise_an_index_of_what_went_is_made_anew(tmp_path: Path) -> None:
    make_old_ledger(tmp_path)
    index = LedgerIndex(tmp_path)
    with index.alone():
        index.begin()
        index.add(LedgerTail(tmp_path, 0).read_placed(), lambda _: None)
        assert index.is_of_kept
        prune(tmp_path)

        assert not index.is_of_kept
        assert index.begin() == "records were pruned"
        assert index.is_of_kept


def test_promise_what_is_gone_is_not_there_and_what_is_kept_is(tmp_path: Path) -> None:
    make_old_ledger(tmp_path)
    plan = prune(tmp_path)
    assert plan.range is not None
    last = plan.range.last_seq

    assert find_record(tmp_path, last) is None
    assert json.loads(find_record(tmp_path, last + 1) or b"")["seq"] == last + 1


def test_promise_other_records_than_those_of_the_plan_do_not_go(tmp_path: Path) -> None:
    make_old_ledger(tmp_path)
    plan = planned(tmp_path)
    agreed(tmp_path, plan)
    before = kept_records(tmp_path)

    with pytest.raises(LedgerBrokenError):
        prune_segments(tmp_path, replace(plan, digest="0" * 64))

    assert kept_records(tmp_path) == before
    assert not list_pruned(tmp_path)


def test_what_a_file_says_of_itself_is_read_back() -> None:
    told = PrunedRange(1, 7, "0" * 64, "a" * 64, "2004-01-01T00:00:00.000000Z", "0" * 64, ((1, "key"), (4, "other")))

    assert PrunedRange.read(told.record) == told
    with pytest.raises(ValueError, match="no range"):
        PrunedRange.read(b"{}")

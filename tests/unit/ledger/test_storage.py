"""The file of the ledger: what is acknowledged is there once, a torn end is mended and said, nobody else writes."""

import hashlib
import os
import stat
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recorded import put_records
from tests.unit.ledger.conftest import OpenStorage, lines_of, records_of, wanted
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import HomeError, LedgerBrokenError
from traceapp.domain.recorded import LedgerReceipt
from traceapp.ledger.checkpoints import CHECKPOINTS, FRESH_KEY, Checkpoints
from traceapp.ledger.frames import frame
from traceapp.ledger.records import FOLDER, FORMAT, GENESIS, MAX_RECORD, canonical, leaf_of, record_hash
from traceapp.ledger.segments import Beginning, list_segments, segment_path, segments_folder
from traceapp.ledger.storage import TREE, LedgerStorage, Refusal, Wanted
from traceapp.ledger.verdict import verify


def test_promise_a_receipt_names_the_line_on_disk(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()

    receipts = storage.append([wanted(1), wanted(2)])

    lines = lines_of(tmp_path)
    assert receipts == [LedgerReceipt(2, leaf_of(lines[1]).hex()), LedgerReceipt(3, leaf_of(lines[2]).hex())]
    assert storage.head == receipts[-1]
    assert [record["request"] for record in records_of(tmp_path)[1:]] == [{"number": "B-1"}, {"number": "B-2"}]


def test_promise_every_record_carries_the_hash_of_the_one_before_over_restarts(open_storage: OpenStorage, tmp_path: Path) -> None:
    for start in range(3):
        storage = open_storage()
        storage.append([wanted(start), wanted(start + 10)])
        storage.close()

    lines, records = lines_of(tmp_path), records_of(tmp_path)
    assert [record["seq"] for record in records] == list(range(1, 10))
    assert [record["prev"] for record in records] == [GENESIS, *map(record_hash, lines[:-1])]
    assert [record["act"] for record in records[::3]] == ["ledger:start"] * 3
    assert len({record["result"]["boot_id"] for record in records[::3]}) == 3


def test_promise_the_ledger_is_its_owners_alone(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage()

    assert stat.S_IMODE((tmp_path / FOLDER).stat().st_mode) == 0o700
    assert stat.S_IMODE(segment_path(tmp_path, 1).stat().st_mode) == 0o600


RECORD = canonical({"act": "batch:trace", "seq": 4})
FRAME = frame(RECORD, leaf_of(RECORD))
TORN = {
    "half a frame": FRAME[:30],
    "a frame without its leaf": FRAME[:-32],
    "one byte": b"\x00",
    "zeros that the file system left": bytes(4096),
    "half a frame, then zeros": FRAME[:40] + bytes(1024),
    "sectors of zeros before the end of a frame": bytes(1024) + FRAME[-40:],
}


@pytest.mark.parametrize("tail", TORN.values(), ids=TORN)
def test_promise_a_torn_tail_is_mended_and_said_in_a_record(open_storage: OpenStorage, tmp_path: Path, tail: bytes) -> None:
    storage = open_storage()
    storage.append([wanted(1), wanted(2)])
    storage.close()
    segment = segment_path(tmp_path, 1)
    whole = segment.read_bytes()
    segment.write_bytes(whole + tail)

    head = open_storage().head

    assert segment.read_bytes().startswith(whole), "what was acknowledged is as it was"
    recovered, started = records_of(tmp_path)[3:]
    said = {name: recovered["result"][name] for name in ("bytes_dropped", "sha256", "last_good_seq")}
    assert said == {"bytes_dropped": len(tail), "sha256": hashlib.sha256(tail).hexdigest(), "last_good_seq": 3}
    assert (recovered["act"], started["act"]) == ("ledger:recover", "ledger:start")
    assert recovered["result"]["boot_id"] == started["result"]["boot_id"]
    (kept,) = (tmp_path / FOLDER).glob("torn-after-3-*")
    assert (kept.read_bytes(), stat.S_IMODE(kept.stat().st_mode)) == (tail, 0o600)
    assert verify(tmp_path, receipts=(head,)).ok


def test_promise_what_no_crash_leaves_is_not_mended(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    storage.append([wanted(1), wanted(2)])
    storage.close()
    lines = lines_of(tmp_path)
    segment = put_records(tmp_path, [lines[0], lines[1].replace(b"B-1", b"B-9"), lines[2]])
    edited = segment.read_bytes()

    with pytest.raises(LedgerBrokenError, match="after record 2"):
        open_storage()
    assert segment.read_bytes() == edited


def test_second_writer_is_refused_and_the_first_goes_on(open_storage: OpenStorage, tmp_path: Path) -> None:
    first = open_storage()

    with pytest.raises(HomeError, match=f"another writer .process {os.getpid()}"):
        open_storage()

    first.append([wanted(1)])
    first.close()
    open_storage()
    assert verify(tmp_path).records == 3


def test_promise_a_retry_makes_no_second_record(open_storage: OpenStorage, tmp_path: Path) -> None:
    """In the same group, in a later one, and after a restart of the writer."""
    one = wanted(1)
    storage = open_storage()

    (receipt, twin) = storage.append([one, one])
    (later,) = storage.append([one])
    storage.close()
    (restarted,) = open_storage().append([one])

    assert receipt == twin == later == restarted
    assert [record["append_id"] for record in records_of(tmp_path)].count(one.message_id) == 1


def test_promise_a_ledger_of_the_form_before_is_gone_on_from(open_storage: OpenStorage, tmp_path: Path) -> None:
    """Form 2 called the id of an append `request_id`: a retry that reaches over the change of version makes no second record."""
    one = wanted(1)
    told = {**one.entry, "v": 2, "seq": 1, "time": "2026-03-02T10:00:00.000000Z", "prev": GENESIS, "request_id": one.message_id}
    beginning = Beginning(1, GENESIS, 1).record()
    segments_folder(tmp_path).mkdir(parents=True)
    frames = [frame(record, leaf_of(record)) for record in (beginning, canonical(told))]
    segment_path(tmp_path, 1).write_bytes(b"".join(frames))

    receipts = open_storage().append([one, wanted(2)])

    assert [receipt.seq for receipt in receipts if isinstance(receipt, LedgerReceipt)] == [1, 3]
    assert [record["v"] for record in records_of(tmp_path)] == [2, FORMAT, FORMAT]
    assert verify(tmp_path).ok


def test_attacker_cannot_get_a_receipt_for_another_record_under_a_known_message_id(
    open_storage: OpenStorage, tmp_path: Path
) -> None:
    one = wanted(1)
    other = wanted(2, message_id=one.message_id)
    storage = open_storage()

    (first,) = storage.append([one])
    outcomes = storage.append([other])
    storage.close()
    outcomes += open_storage().append([other])

    assert isinstance(first, LedgerReceipt)
    assert outcomes == [Refusal("append_id was used for another record")] * 2
    assert {"number": "B-2"} not in [record["request"] for record in records_of(tmp_path)]


UNFIT = {
    "too long": {"reason": "x" * MAX_RECORD},
    "an integer that readers round": {"result": {"count": 2**53 + 1}},
    "a lone surrogate": {"reason": "\ud800"},
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_a_record_that_does_not_fit_is_refused_and_its_group_goes_on(
    open_storage: OpenStorage, tmp_path: Path, unfit: dict[str, object]
) -> None:
    """Clients of ours bring entries into form first; the writer trusts none."""
    bad = Wanted(uuid.uuid4().hex, {**wanted(2).entry, **unfit})

    before, refused, after = open_storage().append([wanted(1), bad, wanted(3)])

    assert isinstance(refused, Refusal)
    assert [getattr(one, "seq", None) for one in (before, after)] == [2, 3]
    assert verify(tmp_path).records == 3


def test_promise_a_tail_longer_than_what_is_read_back_still_joins(open_storage: OpenStorage, tmp_path: Path) -> None:
    """Ten megabytes."""
    storage = open_storage()
    for number in range(3):
        storage.append([wanted(number * 60 + part, result={"names": ["x" * 60_000]}) for part in range(60)])
    head = storage.head
    storage.close()

    storage = open_storage()
    (receipt,) = storage.append([wanted(1000)])

    assert (head.seq, receipt) == (181, storage.head)
    assert verify(tmp_path, receipts=(head, storage.head)).records == 183


def test_a_folder_that_cannot_be_made_is_said(open_storage: OpenStorage, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder")

    with pytest.raises(HomeError, match="cannot be written"):
        open_storage()


@pytest.mark.parametrize("place", [30, 200, 513])
def test_promise_a_zero_byte_amid_a_record_is_an_edit_and_cuts_nothing_off(
    place: int, open_storage: OpenStorage, tmp_path: Path
) -> None:
    storage = open_storage()
    storage.append([wanted(number) for number in range(20)])
    storage.close()
    path = segment_path(tmp_path, 1)
    content = bytearray(path.read_bytes())
    content[place] = 0
    path.write_bytes(content)

    with pytest.raises(LedgerBrokenError):
        open_storage()
    assert path.read_bytes() == content


BROKEN: dict[str, tuple[type, str]] = {
    "new key drawn": (LedgerStorage, "append"),
    "record written": (Checkpoints, "add"),
    "checkpoint by both": (Checkpoints, "_put_fresh_key_in_place"),
}
"""What is done, and what is not any more."""


@pytest.mark.parametrize("done", BROKEN)
def test_promise_a_rotation_that_breaks_off_is_ended_or_undone(
    open_storage: OpenStorage, tmp_path: Path, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is gone after that step; at the next start the ledger is whole, and signs under one key."""
    storage = open_storage()
    former = storage.verifier_key

    def gone(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(*BROKEN[done], gone)
        with pytest.raises(KeyboardInterrupt):
            storage.rotate_key()
    storage.close()

    again = open_storage()
    again.append([wanted(1)])
    again.checkpoint()

    assert (again.verifier_key == former) == (done == "new key drawn")
    assert not (tmp_path / FOLDER / FRESH_KEY).exists()
    assert verify(tmp_path, receipts=(again.head,)).ok


def test_proof_of_every_record_is_under_a_checkpoint_that_is_kept(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    storage.append([wanted(number) for number in range(9)])

    proofs = [storage.prove(seq) for seq in range(1, 11)]

    kept = (tmp_path / FOLDER / CHECKPOINTS).read_text("utf-8")
    for seq, proof in enumerate(proofs, 1):
        head, _, note = proof.partition("\n\n")
        assert head.splitlines()[:2] == ["c2sp.org/tlog-proof@v1", f"index {seq - 1}"]
        assert note in kept
    for seq in (0, 11):
        with pytest.raises(ValueError, match="there is no record"):
            storage.prove(seq)


def test_segment_that_a_crash_left_without_a_beginning_is_set_aside(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    storage.append([wanted(1)])
    storage.close()
    segment_path(tmp_path, 3).write_bytes(b"")

    again = open_storage()

    assert [record["act"] for record in records_of(tmp_path)[2:]] == ["ledger:recover", "ledger:start"]
    assert [path.name for path in list_segments(tmp_path)] == [segment_path(tmp_path, 1).name]
    assert verify(tmp_path, receipts=(again.head,)).ok


def test_promise_an_end_below_the_newest_checkpoint_is_no_torn_tail(open_storage: OpenStorage, tmp_path: Path) -> None:
    """Records that were signed for were durable: their loss is no crash."""
    storage = open_storage()
    storage.append([wanted(number) for number in range(5)])
    storage.checkpoint()
    storage.close()
    segment = segment_path(tmp_path, 1)
    segment.write_bytes(segment.read_bytes()[:-50])

    with pytest.raises(LedgerBrokenError, match="checkpoint over 6 records, and ends at record 5"):
        open_storage()


def damaged_tree(path: Path) -> None:
    """A bit of a node that is complete; every node after it is as it was."""
    content = bytearray(path.read_bytes())
    content[32 * 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [Path.unlink, damaged_tree], ids=["lost", "a bit flipped"])
def test_promise_nothing_is_signed_over_a_tree_that_is_not_the_records(damage: Callable[[Path], None], tmp_path: Path) -> None:
    """The start compares it with the newest checkpoint, and makes it anew."""
    storage = LedgerStorage(tmp_path, SystemClock(), largest=3000)
    for number in range(20):
        storage.append([wanted(number)])
    storage.checkpoint()
    storage.close()
    assert len(list_segments(tmp_path)) > 2

    damage(tmp_path / FOLDER / TREE)
    again = LedgerStorage(tmp_path, SystemClock(), largest=3000)
    again.append([wanted(100)])
    again.checkpoint()
    again.close()

    assert verify(tmp_path, receipts=(again.head,)).ok


def test_promise_whole_records_are_never_cut_off_as_torn(open_storage: OpenStorage, tmp_path: Path) -> None:
    """One of them was edited behind the newest checkpoint, and zeros stand at the end."""
    storage = open_storage()
    storage.append([wanted(number) for number in range(6)])
    storage.close()
    segment = segment_path(tmp_path, 1)
    content = segment.read_bytes().replace(b"B-1", b"B-7") + bytes(16)
    segment.write_bytes(content)

    with pytest.raises(LedgerBrokenError, match="after record 2"):
        open_storage()
    assert segment.read_bytes() == content


def test_promise_what_is_broken_is_left_as_it_is(open_storage: OpenStorage, tmp_path: Path) -> None:
    """The first sector of a segment is gone, with records behind it that were signed for."""
    storage = open_storage()
    storage.append([wanted(number) for number in range(6)])
    storage.checkpoint()
    storage.close()
    segment = segment_path(tmp_path, 1)
    content = bytes(512) + segment.read_bytes()[512:]
    segment.write_bytes(content)

    with pytest.raises(LedgerBrokenError):
        open_storage()
    assert segment.read_bytes() == content
    assert [path.name for path in (tmp_path / FOLDER).glob("torn*")] == []


def test_promise_nobody_signs_on_without_the_key_that_is_on_record(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    storage.close()
    (tmp_path / FOLDER / "signing.pem").unlink()

    with pytest.raises(LedgerBrokenError, match="which is not in its folder"):
        open_storage()


def test_promise_a_retry_across_segments_and_a_restart_makes_no_second_record(tmp_path: Path) -> None:
    one = wanted(1)
    storage = LedgerStorage(tmp_path, SystemClock(), largest=1500)
    (receipt,) = storage.append([one])
    while len(list_segments(tmp_path)) < 2:
        storage.append([wanted(2)])
    storage.close()

    again = LedgerStorage(tmp_path, SystemClock())
    found = again.append([one])
    again.close()

    assert found == [receipt]


def test_ledger_of_before_is_not_gone_on_with_in_silence(open_storage: OpenStorage, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "records.jsonl").write_bytes(b"{}\n")

    with pytest.raises(HomeError, match="of an earlier form"):
        open_storage()

"""Is it whole? Said of a whole ledger, of none, and of one that is being written to."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.unit.ledger.conftest import OpenStorage, lines_of, wanted
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import leaf_of
from traceapp.ledger.segments import segment_path
from traceapp.ledger.verdict import LedgerVerdict, verify

APPENDERS = 4
LOOKS = 25
RECORDS_A_LOOK = 4
"""Of each appender."""
PATIENCE = 120.0
"""Seconds; only a writer that is gone takes so long."""


def test_promise_a_whole_ledger_is_whole(open_storage: OpenStorage, tmp_path: Path) -> None:
    storage = open_storage()
    receipts = storage.append([wanted(number, reason="原因 \U0002070e") for number in range(40)])

    verdict = verify(tmp_path, receipts=[one for one in receipts if isinstance(one, LedgerReceipt)])

    assert verdict == LedgerVerdict(True, 41, None, "41 records, all as they were written.", storage.head.leaf)


def test_a_part_is_verified_up_to_a_record(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage().append([wanted(number) for number in range(9)])

    verdict = verify(tmp_path, upto=4)

    assert (verdict.ok, verdict.records, verdict.head_leaf) == (True, 4, leaf_of(lines_of(tmp_path)[3]).hex())


def test_a_record_that_must_be_there_and_is_not_is_named(open_storage: OpenStorage, tmp_path: Path) -> None:
    open_storage().append([wanted(1)])

    assert verify(tmp_path, upto=3).first_bad_seq == 3
    assert verify(tmp_path, receipts=(LedgerReceipt(3, "0" * 64),)).first_bad_seq == 3


def test_no_ledger_is_not_a_whole_one(tmp_path: Path) -> None:
    missing = verify(tmp_path)
    segment = segment_path(tmp_path, 1)
    segment.parent.mkdir(parents=True)
    segment.touch()
    empty = verify(tmp_path)

    assert [(one.ok, one.records, one.first_bad_seq) for one in (missing, empty)] == [(False, 0, 1)] * 2


def test_promise_a_ledger_that_is_being_written_to_can_be_verified(tmp_path: Path) -> None:
    """Up to the newest record that the writer answers for, as `audit verify` does: never a false alarm.

    The appenders write during each look, and no more than a few records each time: what is left to read does not grow with
    the load of the machine. Nor does a late answer count here; that one is a 503 is another test's.
    """
    writer = WriterProcess.start(tmp_path)
    client = LedgerClient(tmp_path, timeout=PATIENCE)
    turns = threading.Semaphore(0)
    asked = LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"})

    def append() -> None:
        for _ in range(LOOKS * RECORDS_A_LOOK):
            turns.acquire()
            client.append(asked)

    try:
        with ThreadPoolExecutor(APPENDERS) as pool:
            appenders = [pool.submit(append) for _ in range(APPENDERS)]
            looks = []
            try:
                for _ in range(LOOKS):
                    client.append(asked)
                    turns.release(APPENDERS * RECORDS_A_LOOK)
                    newest = client.get_head()
                    looks.append((newest, verify(tmp_path, receipts=(newest,), upto=newest.seq)))
            finally:
                turns.release(APPENDERS * LOOKS * RECORDS_A_LOOK)
            for appender in appenders:
                appender.result()
    finally:
        client.close()
        writer.stop()

    assert [(verdict.ok, verdict.records, verdict.head_leaf) for _, verdict in looks] == [
        (True, newest.seq, newest.leaf) for newest, _ in looks
    ]
    sequences = [newest.seq for newest, _ in looks]
    assert sequences == sorted(set(sequences)), "it grew meanwhile"

"""Every call of the ledger's writer that touches a file fails once, in turn: what is lost? Nothing that was acknowledged.

Each case is a writer of its own, in a process of its own, with segments and checkpoints so small that all of its work comes
by; three threads append meanwhile. Afterwards the ledger is opened anew, goes on, and the standalone verifier finds it whole.
"""

import json
import multiprocessing
import os
import random
import shutil
import signal
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

import pytest

from tests.effort import LONG
from tests.processes import is_running, wait_until
from tests.recorded import kept_records
from tests.strace import FAULTS, FILE_CALLS, Fault, calls_in, has_struck, traced
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import HomeError, LedgerUnavailableError
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.ledger import writer
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.records import FOLDER, append_id, plain_entry
from traceapp.ledger.segments import list_segments
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers import verify_ledger

THREADS: Final = 3
RECORDS: Final = 8
"""Of each thread, where nothing fails."""
LARGEST: Final = 3000
"""Bytes of a segment: a new one every five records or so."""
CHECKPOINT_EVERY: Final = 3
SAMPLE: Final = 24
"""Cases a scene every day; `scripts/test --long fault` makes all of them."""
ENDS: Final = {0, writer.EXIT_HOME, writer.EXIT_WRITE_FAILED, -signal.SIGKILL}
"""0: the call that failed was one that nothing hangs on, such as closing what was read to its end."""

DURABLE: Final = {"write", "pwrite64", "fdatasync", "fsync", "rename", "ftruncate"}
"""Whoever goes on after such a one failed tells what is not so."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.fault.test_fault_matrix", "traceapp.ledger.writer"])


def run_writer(home: Path, ready: Event, begin: Event) -> None:
    """The writer's own program, on small segments, once the watcher is there."""
    ready.set()
    begin.wait()
    LedgerStorage.__init__.__kwdefaults__["largest"] = LARGEST
    writer.CHECKPOINT_RECORDS = CHECKPOINT_EVERY  # type: ignore[misc]
    os._exit(writer.main(["--home", str(home)]))


def rotate_key(home: Path, ready: Event, begin: Event) -> None:
    """What `traceapp audit rotate-key` does, after whose failure the process ends as well."""
    ready.set()
    begin.wait()
    try:
        storage = LedgerStorage(home, SystemClock())
        storage.rotate_key()
        storage.close()
    except (OSError, HomeError):
        os._exit(writer.EXIT_WRITE_FAILED)
    os._exit(0)


Program = Callable[[Path, Event, Event], None]


@dataclass
class Case:
    """One process on one home, and what it acknowledged."""

    home: Path
    log: Path
    acknowledged: dict[str, LedgerReceipt] = field(default_factory=dict)

    def begin(self, program: Program) -> tuple[ForkServerProcess, int, Event]:
        """The process, its number, and what lets it go on."""
        ready, begin = _context.Event(), _context.Event()
        process = _context.Process(target=program, args=(self.home, ready, begin))
        process.start()
        ready.wait()
        assert process.pid is not None
        return process, process.pid, begin

    def append_until_it_ends(self, pid: int) -> None:
        """A few records each, or as many as the writer lives for; every record is tried once."""
        client, pause = LedgerClient(self.home), threading.Event()

        def append(thread: int) -> None:
            made, tried = 0, 0
            while made < RECORDS and is_running(pid):
                tried += 1
                name = f"B-{thread}-{tried}"
                try:
                    self.acknowledged[name] = client.append(entry(name))
                    made += 1
                except LedgerUnavailableError:
                    pause.wait(0.005)

        threads = [threading.Thread(target=append, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.close()

    def check(self, said: str) -> None:
        """The ledger opens anew and goes on; every acknowledged record is in its place, none is there twice."""
        storage = LedgerStorage(self.home, SystemClock())
        (after,) = storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry("after")))])
        storage.close()
        assert isinstance(after, LedgerReceipt)
        receipts = {receipt.seq: receipt.leaf for receipt in [*self.acknowledged.values(), after]}
        report = verify_ledger.verify(self.home / FOLDER, receipts=receipts)
        assert [finding.said for finding in report.findings] == [], said
        records = [json.loads(record) for record in kept_records(self.home)]
        for name, receipt in self.acknowledged.items():
            assert records[receipt.seq - 1]["request"] == {"number": name}, said
        assert set(Counter(append_id(record) for record in records).values()) == {1}, said


def entry(name: str) -> LedgerEntry:
    return LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, request={"number": name})


def first_start(home: Path) -> None:
    """Nothing is there yet."""


def start_after_a_crash(home: Path) -> None:
    """Several segments, the last record torn."""
    storage = LedgerStorage(home, SystemClock(), largest=LARGEST)
    for number in range(12):
        storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry(f"before-{number}")))])
    storage.close()
    newest = list_segments(home)[-1]
    newest.write_bytes(newest.read_bytes()[:-40])


def opening(case: Case, fault: Fault | None) -> int:
    """The fault is in place from the first call on."""
    process, pid, begin = case.begin(run_writer)
    with traced(pid, case.log, fault):
        begin.set()
        case.append_until_it_ends(pid)
        process.terminate()
        process.join()
    return int(process.exitcode or 0)


def working(case: Case, fault: Fault | None) -> int:
    """The fault is in place once the writer answers: its thread that commits is the one that meets it."""
    process, pid, begin = case.begin(run_writer)
    begin.set()
    client = LedgerClient(case.home)
    wait_until(lambda: answers(client))
    client.close()
    with traced(pid, case.log, fault):
        case.append_until_it_ends(pid)
        process.terminate()
        process.join()
    return int(process.exitcode or 0)


def rotating(case: Case, fault: Fault | None) -> int:
    process, pid, begin = case.begin(rotate_key)
    with traced(pid, case.log, fault):
        begin.set()
        process.join()
    return int(process.exitcode or 0)


def answers(client: LedgerClient) -> bool:
    try:
        client.get_head()
    except LedgerUnavailableError:
        return False
    return True


Scene = tuple[Callable[[Path], None], Callable[[Case, Fault | None], int]]
SCENES: Final[dict[str, Scene]] = {
    "first start": (first_start, opening),
    "start after a crash": (start_after_a_crash, opening),
    "at work": (first_start, working),
    "key rotation": (start_after_a_crash, rotating),
}


@pytest.mark.limit(3600)
@pytest.mark.parametrize(("prepare", "act"), SCENES.values(), ids=SCENES)
def test_promise_no_failing_call_loses_what_was_acknowledged(
    prepare: Callable[[Path], None], act: Callable[[Case, Fault | None], int], tmp_path: Path
) -> None:
    def case(number: int) -> Case:
        home = tmp_path / str(number)
        home.mkdir()
        prepare(home)
        return Case(home, tmp_path / f"{number}.log")

    whole = case(0)
    assert act(whole, None) == 0
    whole.check("nothing failed")
    calls = calls_in(whole.log)
    assert {"openat", "write", "fdatasync", "close"} <= calls.keys()
    faults = [Fault(call, number, kind) for call in FILE_CALLS for number in range(1, calls[call] + 1) for kind in FAULTS]
    chosen = faults if LONG else random.Random(20260302).sample(faults, SAMPLE)
    number = 0
    for wanted in chosen:
        fault, struck = wanted, False
        while not struck:
            number += 1
            tried = case(number)
            end = act(tried, fault)
            struck = has_struck(tried.log, fault)
            said = f"{fault}: ended with {end}"
            assert end in ENDS, said
            assert end != 0 or not struck or fault.call not in DURABLE, f"{said}, as if nothing had been"
            tried.check(said)
            shutil.rmtree(tried.home)
            # Groups form by chance, so that a run may need fewer calls than were counted: then an earlier one fails.
            assert struck or fault.number > 1, f"{said}, and was not called"
            fault = replace(fault, number=max(1, fault.number * 2 // 3))

"""Pruning meets a failing call, or is killed at it, at every step: of every record the segment or its leaf hash is there.

Whatever it was, the ledger opens anew and goes on, the act is ended or was never begun, and the verifier finds it whole.
"""

import multiprocessing
import os
import pickle
import random
import shutil
import signal
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

import pytest

from tests.effort import LONG
from tests.old_ledgers import LARGEST, agreed, make_old_ledger, planned, wanted
from tests.recorded import kept_records
from tests.strace import FAULTS, FILE_CALLS, Fault, calls_in, has_struck, traced
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import LedgerBrokenError
from traceapp.ledger.pruned import leaves_in, list_pruned
from traceapp.ledger.pruning import Plan, prune_segments
from traceapp.ledger.records import FOLDER, leaf_of
from traceapp.ledger.segments import first_kept, list_segments
from traceapp.ledger.storage import LedgerStorage
from traceapp.verifiers import verify_ledger

SAMPLE: Final = 16
"""Cases every day; `scripts/test --long fault` makes all of them."""
PLAN: Final = "plan"
FAILED: Final = 70

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.fault.test_pruning_killed"])


def run(home: Path, ready: Event, begin: Event) -> None:
    plan: Plan = pickle.loads((home / PLAN).read_bytes())  # noqa: S301 - of this test
    ready.set()
    begin.wait()
    try:
        prune_segments(home, plan)
    except (OSError, LedgerBrokenError):
        os._exit(FAILED)
    os._exit(0)


def prune(home: Path, log: Path, fault: Fault | None) -> int:
    ready, begin = _context.Event(), _context.Event()
    process = _context.Process(target=run, args=(home, ready, begin))
    process.start()
    ready.wait()
    assert process.pid is not None
    with traced(process.pid, log, fault):
        begin.set()
        process.join()
    return int(process.exitcode or 0)


def check(home: Path, before: list[bytes], said: str) -> None:
    """Nothing is lost of what stood there, and what was begun is ended."""
    in_place = bool(list_pruned(home))
    leaves = [leaf for path in list_pruned(home) for some in leaves_in(path) for leaf in some]
    begins = first_kept(home)
    assert leaves[: begins - 1] == [leaf_of(record) for record in before[: begins - 1]], said
    assert kept_records(home) == before[begins - 1 :], said
    assert not verify_ledger.verify(home / FOLDER).findings, said

    storage = LedgerStorage(home, SystemClock(), largest=LARGEST)
    storage.append([wanted("after")])
    storage.close()

    assert first_kept(home) == len(leaves) + 1, said
    assert not [*(home / FOLDER).glob("pruned/.*")], said
    if not in_place:
        prune_segments(home, pickle.loads((home / PLAN).read_bytes()))  # noqa: S301 - of this test
        assert first_kept(home) > 1, said
    assert not verify_ledger.verify(home / FOLDER).findings, said


@pytest.mark.limit(3600)
def test_promise_of_every_record_the_segment_or_its_leaf_hash_is_there(tmp_path: Path) -> None:
    first = tmp_path / "first"
    make_old_ledger(first)
    plan = planned(first)
    assert plan.segments > 2
    agreed(first, plan)
    (first / PLAN).write_bytes(pickle.dumps(plan))
    before = kept_records(first)

    def case(number: int) -> Path:
        return Path(shutil.copytree(first, tmp_path / str(number)))

    whole = case(0)
    assert prune(whole, tmp_path / "0.log", None) == 0
    check(whole, before, "nothing failed")
    calls = calls_in(tmp_path / "0.log")
    assert {"openat", "write", "fsync", "rename", "unlink"} <= calls.keys()
    faults = [Fault(call, number, kind) for call in FILE_CALLS for number in range(1, calls[call] + 1) for kind in FAULTS]
    kills = [fault for fault in faults if fault.kind == "SIGKILL" and fault.call in {"rename", "unlink", "fsync"}]
    chosen = faults if LONG else [*kills, *random.Random(20260302).sample(faults, SAMPLE - min(SAMPLE, len(kills) // 2))]
    for number, fault in enumerate(chosen, 1):
        home, log = case(number), tmp_path / f"{number}.log"
        end = prune(home, log, fault)
        said = f"{fault}: ended with {end}"
        assert has_struck(log, fault), said
        assert end in {0, FAILED, 1, -signal.SIGKILL}, said
        check(home, before, said)
        shutil.rmtree(home)
    assert list_segments(first)

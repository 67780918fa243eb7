"""Ask the standalone verifier about a ledger: as a process of its own, so that nothing of ours is between it and the files."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import LedgerReceipt, LedgerVerdict
from traceapp.ledger.records import FOLDER

VERIFIER: Final = Path(__file__).parents[1] / "verifiers" / "verify_ledger.py"
_WHOLE, _ALTERED = 0, 1
_LAST: Final = 19
"""The priority of a process that takes what all others leave."""
_LOOK: Final = 0.5


@dataclass(frozen=True, slots=True)
class Background:
    """Of a check that nobody waits for: it takes what time others leave, for so many seconds at most, and ends when told to."""

    most: float
    ended: Callable[[], bool]


def verify(
    home: Path,
    *,
    receipts: Sequence[LedgerReceipt] = (),
    anchors: Sequence[Path] = (),
    upto: int | None = None,
    background: Background | None = None,
) -> LedgerVerdict:
    """Every check over the ledger of this home.

    receipts  receipts that must be in the ledger.
    anchors   files with checkpoints that were kept elsewhere.
    upto      stop after this record (a writer may be adding more); it must be there. None reads to the end.
    raises    LedgerUnavailableError: the verifier itself failed, or took longer than it may.
    """
    wanted = [f"--receipt={receipt.seq}:{receipt.leaf}" for receipt in receipts if receipt.seq > 0]
    given = [*wanted, *(f"--anchor={path}" for path in anchors), *([f"--upto={upto}"] if upto is not None else [])]
    command = [sys.executable, "-I", str(VERIFIER), str(home / FOLDER), "--json", "--rolls", *given]
    done = _run(command, background)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise LedgerUnavailableError(f"The verifier of the ledger failed (exit code {done.returncode}).") from None
    if done.returncode not in {_WHOLE, _ALTERED}:
        return LedgerVerdict(False, 0, 1, f"The ledger cannot be read: {told.get('unreadable')}.", "")
    bad = told["first_bad_seq"]
    good = told["records"] if bad is None else bad - 1
    return LedgerVerdict(done.returncode == _WHOLE, good, bad, _reason(told), told["head_leaf"], told["pruned"])


def _run(command: Sequence[str], background: Background | None) -> subprocess.CompletedProcess[str]:
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        if background is not None:
            os.setpriority(os.PRIO_PROCESS, process.pid, _LAST)
        begun = time.monotonic()
        while True:
            try:
                said, complained = process.communicate(timeout=_LOOK if background is not None else None)
            except subprocess.TimeoutExpired:
                if background is None or (not background.ended() and time.monotonic() - begun < background.most):
                    continue
                process.kill()
                raise LedgerUnavailableError("The verifier of the ledger was ended before it was done.") from None
            except BaseException:
                process.kill()
                raise
            return subprocess.CompletedProcess(command, process.returncode, said, complained)


def _reason(told: dict[str, Any]) -> str:
    """The finding about the first bad record, or the first of all."""
    found = [one for check in told["checks"].values() for one in check]
    about = [one for one in found if one["seq"] is not None and one["seq"] == told["first_bad_seq"]]
    chosen = (about or found)[:1]
    return chosen[0]["said"] if chosen else f"{told['records']} records, all as they were written."

"""Ask the standalone verifier about a ledger: as a process of its own, so that nothing of ours is between it and the files."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import LedgerReceipt, LedgerVerdict
from traceapp.ledger.records import FOLDER

VERIFIER: Final = Path(__file__).parents[1] / "verifiers" / "verify_ledger.py"
_WHOLE, _ALTERED = 0, 1


def verify(
    home: Path, *, receipts: Sequence[LedgerReceipt] = (), anchors: Sequence[Path] = (), upto: int | None = None
) -> LedgerVerdict:
    """Every check over the ledger of this home.

    receipts  receipts that must be in the ledger.
    anchors   files with checkpoints that were kept elsewhere.
    upto      stop after this record (a writer may be adding more); it must be there. None reads to the end.
    raises    LedgerUnavailableError: the verifier itself failed.
    """
    wanted = [f"--receipt={receipt.seq}:{receipt.leaf}" for receipt in receipts if receipt.seq > 0]
    given = [*wanted, *(f"--anchor={path}" for path in anchors), *([f"--upto={upto}"] if upto is not None else [])]
    command = [sys.executable, "-I", str(VERIFIER), str(home / FOLDER), "--json", *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise LedgerUnavailableError(f"The verifier of the ledger failed (exit code {done.returncode}).") from None
    if done.returncode not in {_WHOLE, _ALTERED}:
        return LedgerVerdict(False, 0, 1, f"The ledger cannot be read: {told.get('unreadable')}.", "")
    bad = told["first_bad_seq"]
    good = told["records"] if bad is None else bad - 1
    return LedgerVerdict(done.returncode == _WHOLE, good, bad, _reason(told), told["head_leaf"], told["pruned"])


def _reason(told: dict[str, Any]) -> str:
    """The finding about the first bad record, or the first of all."""
    found = [one for check in told["checks"].values() for one in check]
    about = [one for one in found if one["seq"] is not None and one["seq"] == told["first_bad_seq"]]
    chosen = (about or found)[:1]
    return chosen[0]["said"] if chosen else f"{told['records']} records, all as they were written."

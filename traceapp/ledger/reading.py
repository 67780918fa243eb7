"""Records read from the file; the chain is checked by `verification.py`, not here."""

import json
import mmap
import os
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import LedgerUnavailableError

COUNTER: Final = b'"counter":'


def find_records(path: Path, act: str, newest: int) -> list[dict[str, Any]]:
    """The newest records of an act, the newest first; raises LedgerUnavailableError: the file cannot be read."""
    mark = f'"act":{json.dumps(act)}'.encode()
    found: deque[bytes] = deque(maxlen=newest)
    try:
        with path.open("rb") as file:
            found.extend(line for line in file if mark in line and line.endswith(b"\n"))
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
    records = [json.loads(line) for line in reversed(found)]
    return [record for record in records if record["act"] == act]


def last_stated_counter(path: Path) -> dict[str, Any] | None:
    """The newest statement on the counter of the store's records; None where there is none.

    A line that reads as nothing is passed over: the ledger's own check speaks of it.
    raises  LedgerUnavailableError: the file cannot be read.
    """
    found = None
    try:
        with path.open("rb") as file:
            for line in file:
                if COUNTER not in line:
                    continue
                with suppress(ValueError):
                    result = json.loads(line).get("result")
                    if isinstance(result, dict) and isinstance(result.get("counter"), dict):
                        found = result["counter"]
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
    return found


_LOOKED: dict[tuple[Path, str], tuple[int, dict[str, Any] | None]] = {}
"""By file and act: how far this process has looked already, and what it found."""


def find_done(path: Path, act: str) -> dict[str, Any] | None:
    """The newest record of an act that was done; None where there is none, or no ledger yet.

    Asked again, a process looks through what came since alone. raises LedgerUnavailableError: the file cannot be read.
    """
    looked, found = _LOOKED.get((path, act), (0, None))
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < looked:
                looked, found = 0, None
            if size > looked:
                with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as whole:
                    end = whole.rfind(b"\n") + 1
                    found = _last_done(whole, looked, end, act) or found
                _LOOKED[path, act] = (end, found)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
    return found


def _last_done(whole: mmap.mmap, begin: int, end: int, act: str) -> dict[str, Any] | None:
    mark = f'"act":{json.dumps(act)}'.encode()
    while (at := whole.rfind(mark, begin, end)) >= 0:
        first = whole.rfind(b"\n", 0, at) + 1
        with suppress(ValueError):
            record = json.loads(whole[first : whole.find(b"\n", at)])
            if record.get("act") == act and record.get("outcome") == "done":
                return dict(record)
        end = at
    return None

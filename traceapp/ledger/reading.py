"""Records read from the segments, for questions to the ledger; whether they are what was written is not asked here."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.ledger.frames import whole_frames
from traceapp.ledger.segments import list_segments, newest_records

_LOOKED: dict[tuple[Path, str], tuple[Path, int, dict[str, Any] | None]] = {}
"""By home and act: segment and place up to which this process has looked already, and what it found."""


def find_records(home: Path, act: str, newest: int) -> list[dict[str, Any]]:
    """The newest records of an act, the newest first; raises LedgerUnavailableError: a segment cannot be read."""
    try:
        return [*islice((record for record in newest_records(home) if record["act"] == act), newest)]
    except OSError as error:
        raise _unreadable(error) from None


def last_stated_counter(home: Path) -> dict[str, Any] | None:
    """The newest statement on the counter of the store's records; None where there is none; raises LedgerUnavailableError."""
    try:
        for record in newest_records(home):
            counter = record["result"].get("counter")
            if isinstance(counter, dict):
                return counter
    except OSError as error:
        raise _unreadable(error) from None
    return None


def find_done(home: Path, act: str) -> dict[str, Any] | None:
    """The newest record of an act that was done; None where there is none, or no ledger yet.

    Asked again, a process looks through what came since alone. raises LedgerUnavailableError: a segment cannot be read.
    """
    looked, place, found = _LOOKED.get((home, act), (Path(), 0, None))
    try:
        for path in list_segments(home):
            if path < looked:
                continue
            start = place if path == looked else 0
            with path.open("rb") as file:
                file.seek(start)
                frames = [(0, b""), *whole_frames(file.read())]
            for _, record in frames:
                found = _done(record, act) or found
            _LOOKED[home, act] = (path, start + frames[-1][0], found)
    except OSError as error:
        raise _unreadable(error) from None
    return found


def _done(record: bytes, act: str) -> dict[str, Any] | None:
    """The record, where it is of this act and it was done."""
    if not record.startswith(f'{{"act":{json.dumps(act)}'.encode()):
        return None
    told = json.loads(record)
    return dict(told) if told["outcome"] == "done" else None


def _unreadable(error: OSError) -> LedgerUnavailableError:
    return LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).")

"""Records read from the segments, for questions to the ledger; whether they are what was written is not asked here."""

import json
from itertools import islice
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.ledger.segments import first_of, list_segments, newest_records, read_segment

COUNTER: Final = b'"counter":'


def find_records(home: Path, act: str, newest: int) -> list[dict[str, Any]]:
    """The newest records of an act, the newest first.

    raises  LedgerUnavailableError: a segment cannot be read. LedgerBrokenError: something in one is no record.
    """
    beginning = f'{{"act":{json.dumps(act)}'.encode()
    try:
        found = islice((record for record in newest_records(home) if record.startswith(beginning)), newest)
        return [json.loads(record) for record in found]
    except OSError as error:
        raise _unreadable(error) from None


def find_record(home: Path, seq: int) -> bytes | None:
    """One record as it lies on disk, looked for in its segment; None where there is none.

    raises  LedgerUnavailableError; LedgerBrokenError: what lies in its place is no record.
    """
    try:
        segments = list_segments(home)
        path = next((path for path in reversed(segments) if first_of(path) <= seq), None)
        if path is None:
            return None
        return next(islice(read_segment(path, closed=path != segments[-1]), seq - first_of(path), None), None)
    except OSError as error:
        raise _unreadable(error) from None


def find_done(home: Path, act: str) -> dict[str, Any] | None:
    """The newest record of an act that was done, or found to have been; None of none; raises what `find_records` raises."""
    beginning = f'{{"act":{json.dumps(act)}'.encode()
    try:
        acts = (json.loads(record) for record in newest_records(home) if record.startswith(beginning))
        return next((told for told in acts if told["outcome"] in CAME_TO_BE), None)
    except OSError as error:
        raise _unreadable(error) from None


def last_stated_counter(home: Path) -> dict[str, Any] | None:
    """The newest statement on the counter of the store's records; None where there is none; raises what `find_records` raises."""
    try:
        results = (json.loads(record)["result"] for record in newest_records(home) if COUNTER in record)
        return next((told["counter"] for told in results if isinstance(told.get("counter"), dict)), None)
    except OSError as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError) -> LedgerUnavailableError:
    return LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).")

"""Records of one act, read from the file; the chain is checked by `verification.py`, not here."""

import json
from collections import deque
from pathlib import Path
from typing import Any

from traceapp.domain.errors import LedgerUnavailableError


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

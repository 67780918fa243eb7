"""Whether the clock of the host can be believed: a record that is written after it was set back says so itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time, stored_time

TOLERANCE: Final = timedelta(seconds=2)
"""So far a clock is put right without anybody noticing; the alert `clock-back` rings from there on as well."""
DOUBTED: Final = timedelta(hours=24)
"""So long records say that the clock was set back; a clock that was a year ahead must not be doubted for a year."""


@dataclass(frozen=True, slots=True)
class ClockStatus:
    """newest  the latest time of any record so far.   since  when the clock was behind that first; None where it is not."""

    newest: datetime
    since: datetime | None = None

    def at(self, now: datetime) -> "ClockStatus":
        """The status of a record that is written now."""
        if now >= self.newest:
            return ClockStatus(now)
        if now >= self.newest - TOLERANCE:
            return ClockStatus(self.newest)
        since = self.since if self.since is not None and now >= self.since else now
        return ClockStatus(self.newest, since) if now - since < DOUBTED else ClockStatus(now)

    @property
    def document(self) -> dict[str, Any]:
        """What a record says of it; nothing where all is well."""
        if self.since is None:
            return {}
        return {"clock": {"newest": stored_time(self.newest), "since": stored_time(self.since)}}


def status_in(record: bytes) -> ClockStatus:
    """The status with which a record was written; raises ValueError, KeyError, TypeError: it is none."""
    told: Mapping[str, Any] = json.loads(record)
    said = told.get("clock")
    if said is None:
        return ClockStatus(parse_stored_time(told["time"]))
    return ClockStatus(parse_stored_time(said["newest"]), parse_stored_time(said["since"]))

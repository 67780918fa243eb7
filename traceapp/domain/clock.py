"""Two clocks of every fact: event time (when it happened) and record time (when we knew). Aware UTC, always."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC, microseconds."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def stored_time(moment: datetime) -> str:
    """The one text form in store and ledger: `2026-03-02T10:00:00.000000Z`, whose order is the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def parse_stored_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def is_stored_time(text: object) -> bool:
    """Whether this is a time in the form of `stored_time`, and nothing else."""
    try:
        return isinstance(text, str) and stored_time(parse_stored_time(text)) == text
    except (ValueError, OverflowError):
        return False

"""An alert: something on record, or missing there, that somebody has to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

MOST_RECORDS: Final = 20
"""Numbers of records that an alert names at most; the newest of them."""


class AlertLevel(StrEnum):
    """How soon somebody has to look: `critical` now, day or night; `high` today; `medium` this week; `low` when there is time."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AlertState(StrEnum):
    """`open` until somebody has put his name to it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Alert:
    """uid  32 hex digits that follow from rule, group and the record that rang, so that the same thing never rings twice.

    at        when it happened, by the record (UTC); of something that is missing, when it was missed.
    group     what the rule counts by: the id of an account, an address, the name of a key; empty where it counts everything.
    username  whose account the group is; empty where it is none.
    records   numbers of the records that it rests on, the newest `MOST_RECORDS` of `count`; none where it rests on no record.
    """

    uid: str
    rule: str
    level: AlertLevel
    at: datetime
    group: str
    username: str
    records: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert and what became of it.

    recorded      number of its own record (`alert:raise`); None while the ledger does not answer.
    acknowledged_by, acknowledged_at  user name and moment; None while it is open.
    """

    alert: Alert
    recorded: int | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None

    @property
    def state(self) -> AlertState:
        return AlertState.OPEN if self.acknowledged_at is None else AlertState.ACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are wanted; None and an empty rule take all."""

    state: AlertState | None = None
    level: AlertLevel | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What no record tells, as it is found at a moment; what is not known is left out.

    measures  name of a measure → what it is of (a key, a disk; empty where there is one) → its value.
    """

    now: datetime
    measures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class AlertSink(Protocol):
    """Where alerts go besides the page; what leaves names ids and numbers of records, never a person's or a record's words."""

    @property
    def name(self) -> str:
        """`webhook` or `syslog`."""

    def send(self, alert: Alert, title: str, now: datetime) -> None:
        """Hand one over; raises AlertDeliveryError: it was not taken, try again later."""

"""Break-glass: wider rights for one person, for a reason, for an hour at the most, looked at by somebody else afterwards."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from traceapp.domain.rights import Grant, Role

LONGEST: Final = timedelta(minutes=60)
FACTOR_WITHIN: Final = timedelta(minutes=5)
"""How long ago the second factor may have been shown."""


class GrantState(StrEnum):
    """Of the review, not of the time: an access that ended is open until somebody reviewed it."""

    OPEN = "open"
    REVIEWED = "reviewed"


class Verdict(StrEnum):
    """What the reviewer found."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """As the store keeps it.

    tier          up to which values are opened, never beyond what the policy caps for the role.
    reason, note  sealed by the use case.
    state         open until somebody else reviewed it, long after it ended perhaps.
    version       how often it was written; a write names the one that it has read.
    """

    uid: str
    account_uid: str
    role: Role
    tier: str
    reason: bytes = field(repr=False)
    begun_at: datetime
    ends_at: datetime
    state: GrantState = GrantState.OPEN
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    verdict: Verdict | None = None
    note: bytes | None = field(default=None, repr=False)
    version: int = 0

    def given_to(self, account_uid: str, now: datetime) -> Grant | None:
        """What it gives this person at this moment: nothing to another, nothing once it ended or was reviewed."""
        if self.account_uid != account_uid or self.state is not GrantState.OPEN:
            return None
        ends_at = min(self.ends_at, self.begun_at + LONGEST)
        return Grant(self.uid, self.tier, ends_at) if self.begun_at <= now < ends_at else None

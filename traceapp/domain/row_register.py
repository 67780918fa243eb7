"""What the service wrote last of each row that decides rights, kept where the database does not reach.

A record MAC proves that the service wrote a row once; this register says which of all that it wrote is the one of today. So a
whole old row that is put back proves nothing, and one that is taken away is missed. `host/row_register.py` keeps it.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final


class RowFault(StrEnum):
    """How a row is not what the service wrote last."""

    CHANGED = "changed"
    PUT_BACK = "put back"
    GONE = "gone"


OUTSIDE: Final = {
    RowFault.CHANGED: "the {row} was changed outside the service",
    RowFault.PUT_BACK: "an older row of the {row} was put back outside the service",
    RowFault.GONE: "the {row} was taken away outside the service",
}
"""How a refusal says so on record."""


class Standing(Enum):
    """What the register says of a MAC that stands in the store."""

    NEWEST = "the one that counts"
    EITHER = "one of those that a write leaves open which is under way, or was broken off"
    UNKNOWN = "the row was never met"
    OLD = "another one counts"


class Ending(Enum):
    """How far the end of a session came."""

    UNDER_WAY = "it was about to be deleted, and may still stand: its writer is at it, failed, or died"
    SETTLED = "it is deleted; whatever stands was put back"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of which somebody shall see to something before its person goes on: a break-glass access without its review.

    person_id  whose it was, whatever account he used (`domain/accounts.Account.person_id`).
    """

    uid: str
    account_uid: str
    person_id: str

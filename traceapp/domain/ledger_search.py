"""A question to the audit trail, and what is found: who did what, to which thing, and which of its fields he saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

FACETS: Final = ("person", "role", "act", "outcome", "purpose", "completeness", "address", "through", "field")
"""What records are sorted by: each has few values, and many records a value."""
NAMES: Final = ("request_id", "approval", "command")
"""What few records share."""
LEFT: Final = ("file", "left")
"""Facet and value of records under which a file left."""
DENIED: Final = "denied"


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """All that is said must hold; None says nothing.

    person       name or uid of an account.
    number, uid  of a thing, as it is printed or ours; `uids` stands for them once they were looked up.
    uids         of things: one of them is what the record is about, or was shown in the answer.
    field        property that left in clear, as `name` or `Kind.name`; together with `uids`, of one of these things.
    since, until moments of the record, both inclusive.
    """

    person: str | None = None
    role: str | None = None
    act: str | None = None
    outcome: str | None = None
    purpose: str | None = None
    completeness: str | None = None
    address: str | None = None
    through: str | None = None
    field: str | None = None
    number: str | None = None
    uid: str | None = None
    uids: tuple[str, ...] | None = None
    request_id: str | None = None
    approval: str | None = None
    command: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShownThings:
    """Things that an answer showed alike: of all of them these fields left, and those were masked."""

    kind: str
    disclosed: tuple[str, ...]
    withheld: tuple[str, ...]
    uids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far the search index has come.

    first       the oldest record that is kept; those before it were pruned.
    indexed     the newest record that can be found.
    head        the newest record that there is.
    unread      disclosure rolls that could not be opened: what they name is found by what the record is about, no further.
    """

    first: int
    indexed: int
    head: int
    unread: int = 0

    @property
    def lag(self) -> int:
        """Records that are there and cannot be found yet."""
        return max(0, self.head - self.indexed)


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """One record, as its reader may see it.

    told    the record with masks in the place of what he may not see.
    masked  names of the parts that are masked.
    """

    seq: int
    leaf: str
    told: Mapping[str, Any]
    masked: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The record as it leaves: its leaf and the names of what is masked beside its parts."""
        return {**self.told, "leaf": self.leaf, "masked": list(self.masked)}

    @property
    def stated(self) -> set[str]:
        """Names of the parts that say something."""
        return {name for name, value in self.told.items() if value not in (None, [], {})}


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The newest first.

    before  where the next page begins; None where this is the last one.
    """

    records: tuple[FoundRecord, ...]
    before: int | None
    state: IndexState

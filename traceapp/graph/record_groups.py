"""Groups of events that were committed together: by them a moment of record time is made into a record sequence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from traceapp.domain.record_macs import RecordMacs
from traceapp.graph.connection import Row
from traceapp.graph.record_head import whole

LABEL: Final = "Command"


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """uid: of its command. Each group begins where the one before it ended."""

    uid: str
    first_seq: int
    record_seq: int
    record_time: str

    @classmethod
    def proven(cls, row: Row, macs: RecordMacs) -> "RecordGroup | None":
        """From a row of the statements of groups; None where it is not as the service wrote it."""
        if not macs.proves_row(LABEL, whole(row)):
            return None
        return cls(row["uid"], row["first_seq"], row["record_seq"], row["record_time"])

    def row(self, macs: RecordMacs) -> Row:
        """As it will stand in the store, with its MAC."""
        told: Row = {name: getattr(self, name) for name in ("uid", "first_seq", "record_seq", "record_time")}
        return told | {"mac": macs.row(LABEL, told)}


def last_known(found: list[Row], after: list[Row], head: int, macs: RecordMacs) -> int | None:
    """The record sequence that the group before a moment ended with, 0 where there is none; None where it is not proven.

    found  the last group up to the moment, or nothing.   after  the first one behind it, or nothing.
    head   proven; a group may have been added since it was read.
    """
    groups = [RecordGroup.proven(row, macs) for row in (*found, *after)]
    proven = [group for group in groups if group is not None]
    if len(proven) < len(groups):
        return None
    last = proven[0].record_seq if found else 0
    follows = proven[-1].first_seq == last + 1 if after else last >= head
    return last if follows else None


def gaps(groups: Iterable[RecordGroup], head: int) -> list[int]:
    """Record sequences up to a head before which groups do not join: something of them is missing or twice."""
    found, last = [], 0
    for group in sorted(groups, key=lambda one: one.first_seq):
        if group.first_seq > head:
            break
        if group.first_seq != last + 1:
            found.append(group.first_seq)
        last = group.record_seq
    return found if last >= head else [*found, head + 1]

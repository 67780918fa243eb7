"""The counter of records: how far it is, and the sums by which a deleted or rolled back record is missed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.record_macs import EVENTS, Made, RecordMacs
from traceapp.domain.sealing import Sealer
from traceapp.graph.connection import Row, Transaction

LABEL: Final = "Head"
MAC: Final = "mac"


@dataclass(frozen=True, slots=True)
class RecordHead:
    """One state of the counter.

    events   every event and declaration, with what it is and whether it is void, summed up.
    nodes    every node with its version.
    proven   whether the counter stood as it was written; where it did not, nothing more is recorded.
    """

    seq: int
    record_time: str
    events: Made
    nodes: Made
    proven: bool

    @classmethod
    def stored(cls, row: Row, macs: RecordMacs) -> "RecordHead":
        """From a row of `event.lock_head` or `head.get_sums`; at 0 nothing is there yet, which `read_head` checks."""
        if type(row["seq"]) is not int:
            return UNCOUNTED
        if row["seq"] == 0:
            return cls(0, "", Made(), Made(), True)
        proven = macs.proves_row(LABEL, {name: _bytes(value) for name, value in row.items()})
        events, nodes = (_made(row[f"{name}_count"], row[f"{name}_digest"]) for name in ("events", "nodes"))
        return cls(row["seq"], row["record_time"] or "", events, nodes, proven)

    def moved(self, seq: int, record_time: str, events: Made, nodes: Made) -> "RecordHead":
        """The counter after a group that added this."""
        return replace(self, seq=seq, record_time=record_time, events=self.events + events, nodes=self.nodes + nodes)

    @property
    def row(self) -> Row:
        """All properties but the MAC."""
        return {
            "seq": self.seq,
            "record_time": self.record_time,
            "events_count": self.events.count,
            "events_digest": f"{self.events.digest:032x}",
            "nodes_count": self.nodes.count,
            "nodes_digest": f"{self.nodes.digest:032x}",
        }


UNCOUNTED: Final = RecordHead(0, "", Made(), Made(), False)
"""The counter was taken away, stands there twice, or is no number."""


def read_head(read: Callable[[str], list[Row]], statement: str, macs: RecordMacs) -> RecordHead:
    """The counter by `event.lock_head` or `head.get_sums`; one that stands at 0 is proven by there being no event."""
    rows = read(statement)
    head = RecordHead.stored(rows[0], macs) if len(rows) == 1 else UNCOUNTED
    begun = head.proven and head.seq == 0 and bool(read("head.find_any_event"))
    return replace(head, proven=False) if begun else head


def lock_head(transaction: Transaction, sealer: Sealer) -> RecordHead:
    """The counter, held until the transaction ends."""
    return read_head(transaction.run, "event.lock_head", sealer.macs)


def advance_head(transaction: Transaction, sealer: Sealer, head: RecordHead) -> None:
    """head: moved from one that was proven."""
    transaction.run("event.advance_head", **head.row, mac=sealer.macs.row(LABEL, head.row))


def present(macs: RecordMacs, event: Mapping[str, Any]) -> Made:
    """What an event counts for in the sum of them."""
    return macs.present(EVENTS, event["uid"], event["record_seq"], event.get("voided_seq") or 0)


def whole(properties: Row) -> Row:
    """What stands on a record, every ciphertext as bytes, whatever the engine makes of it."""
    return {name: _bytes(value) for name, value in properties.items()}


def oldest_key_of(properties: Mapping[str, Any]) -> str | None:
    """Id of the oldest key among the ciphertexts of a record; None where nothing of it is sealed."""
    return oldest_of(key_named(value) for name, value in properties.items() if isinstance(value, bytes) and name != MAC)


def _bytes(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytearray) else value


def _made(count: Any, digest: Any) -> Made:
    """raises nothing: what is no sum is none, and its MAC does not hold."""
    try:
        return Made(int(count), int(digest, 16))
    except (TypeError, ValueError):
        return Made()

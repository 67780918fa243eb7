"""What an old key still seals, found by `oldest_key`, and its ciphertexts under a newer one."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from traceapp.domain.errors import SealBrokenError
from traceapp.domain.keys import key_named
from traceapp.domain.sealing import Sealer
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.record_head import MAC, lock_head, oldest_key_of, whole

LABELS: Final = (
    "Traceable",
    "Operator",
    "Inspection",
    "Disposal",
    "Event",
    "Account",
    "Grant",
    "Approval",
    "Recipient",
    "Delivery",
    "AccessReview",
)
"""Under which everything is found that holds a ciphertext."""
COUNTERS: Final = {
    "Account": "factor_version",
    "Grant": "version",
    "Approval": "version",
    "Recipient": "version",
    "Delivery": "version",
    "AccessReview": "version",
}
"""How often they were written, of records that are written without the counter of records."""
ACT: Final = "key:reencrypt"


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one chunk came to: records that were written, and uids of those with a ciphertext that does not belong there."""

    written: int
    broken: tuple[str, ...]


class SealedStore:
    """Every method raises StoreError and its kinds."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def count(self, key_id: str) -> int:
        """How many records name this key as the oldest of their ciphertexts."""
        return sum(self.count_of(label, key_id) for label in LABELS)

    def count_of(self, label: str, key_id: str) -> int:
        """The same under one label."""
        return int(self._graph.read(f"sealed.count_{label.lower()}", key=key_id)[0]["count"])

    def reseal(
        self, label: str, key_id: str, old: Collection[str], sealer: Sealer, passed: Collection[str], chunk: int
    ) -> Resealed:
        """Seal up to `chunk` records of a label anew, in one transaction: each wholly or not at all.

        The counter of records is held meanwhile, so that no import writes what was read here.
        key_id   the oldest key of these records.   old  all keys that shall seal nothing any more.
        passed   uids to leave alone.
        raises   KeyUnavailableError.
        """

        def work(transaction: Transaction) -> Resealed:
            lock_head(transaction, sealer)
            rows, broken = [], []
            found = transaction.run(f"sealed.find_{label.lower()}", key=key_id, passed=sorted(passed), row_limit=chunk)
            for record in found:
                try:
                    made = _resealed(record, old, sealer)
                    rows.append({"uid": record["uid"], "properties": made, **_read_as(label, record["properties"])})
                except SealBrokenError:
                    broken.append(record["uid"])
            if rows:
                transaction.run(f"sealed.put_{label.lower()}", rows=rows)
            return Resealed(len(rows), tuple(broken))

        return self._graph.write(work, command=draw_command(), act=ACT)


def _read_as(label: str, properties: Row) -> Row:
    """What has to be the same still when the record is written; all but these are written under the counter of records."""
    counter = COUNTERS.get(label)
    return {counter: properties.get(counter) or 0} if counter is not None else {}


def _resealed(record: Row, old: Collection[str], sealer: Sealer) -> Row:
    """Properties to write: what an old key sealed, and which is the oldest key now.

    The record MAC stays: of a ciphertext it binds the field version, or that there is one, and never the bytes.
    """
    stood = whole(record["properties"])
    made: Row = {
        name: sealer.reseal(record["kind"], record["uid"], name, value)
        for name, value in stood.items()
        if isinstance(value, bytes) and name != MAC and key_named(value) in old
    }
    made["oldest_key"] = oldest_key_of({**stood, **made})
    return made

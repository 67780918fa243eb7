"""Stored values sealed anew: what an old key still seals, found by `oldest_key`, and what the data dictionary wants in another
form than it has, found by looking at every node.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from traceapp.domain.errors import DictionaryError, SealBrokenError
from traceapp.domain.keys import key_named
from traceapp.domain.record_macs import LABEL_SETS
from traceapp.domain.sealing import Sealer
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.record_head import MAC, lock_head, oldest_key_of, whole

LABELS: Final = (
    "Traceable",
    "Operator",
    "Inspection",
    "Disposal",
    "Location",
    "Order",
    "Equipment",
    "Product",
    "Event",
    "Account",
    "Grant",
    "Approval",
    "Recipient",
    "Delivery",
    "AccessReview",
)
"""Under which everything is found that holds a ciphertext."""
NODE_LABELS: Final = LABELS[:8]
"""Those of the nodes of the model, whose values the data dictionary governs."""
COUNTERS: Final = {
    "Account": "factor_version",
    "Grant": "version",
    "Approval": "version",
    "Recipient": "version",
    "Delivery": "version",
    "AccessReview": "version",
}
"""How often they were written, of records that are written without the counter of records."""
ROTATION: Final = "key:reencrypt"
MIGRATION: Final = "dictionary:reseal"
PAGE: Final = 2_000


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

    def count_stated(self, names: Collection[str], most: int) -> tuple[dict[tuple[str, str], int], bool]:
        """(kind, name of a property) → how many nodes bear it, of the first `most` of each label; and whether there are more."""
        found: dict[tuple[str, str], int] = {}
        cut = False
        wanted = [f"{name}=" for name in sorted(names)]
        for label in NODE_LABELS:
            after, left = "", most
            statement = f"sealed.count_stated_{label.lower()}"
            while left > 0 and (rows := self._graph.read(statement, after=after, page=min(PAGE, left), names=wanted)):
                after, read = max(row["last"] for row in rows), sum(row["nodes"] for row in rows)
                left -= read
                for row in rows:
                    for name in row["names"]:
                        place = row["kind"], name.rstrip("=")
                        found[place] = found.get(place, 0) + row["nodes"]
                if read < PAGE:
                    break
            cut = cut or left <= 0
        return found, cut

    def reseal(
        self, label: str, key_id: str, old: Collection[str], sealer: Sealer, passed: Collection[str], chunk: int
    ) -> Resealed:
        """Seal up to `chunk` records of a label under the newest keys, in one transaction: each wholly or not at all.

        The counter of records is held meanwhile, so that no import writes what was read here.
        key_id   the oldest key of these records.   old  all keys that shall seal nothing any more.
        passed   uids to leave alone.
        raises   KeyUnavailableError; DictionaryChangedError: another dictionary is in force than this sealer goes by.
        """

        def find(transaction: Transaction) -> list[Row]:
            return transaction.run(f"sealed.find_{label.lower()}", key=key_id, passed=sorted(passed), row_limit=chunk)

        return self._rewrite(label, find, lambda record: _under_newest(record, old, sealer), sealer, ROTATION)

    def wait_for_writers(self, sealer: Sealer) -> None:
        """Returns when whatever was being written by a former dictionary is written; nothing by it comes after that.

        raises  DictionaryChangedError: this sealer's is a former one itself.
        """

        def work(transaction: Transaction) -> None:
            lock_head(transaction, sealer)
            sealer.check_in_force()

        self._graph.write(work, command=draw_command(), act=MIGRATION)

    def list_out_of_form(self, label: str, sealer: Sealer) -> Iterator[tuple[str, list[str]]]:
        """Every node of a label, page by page in the order of uids: the last uid of a page, and which uids of it hold a value in
        a form that an earlier dictionary gave it.
        """
        after = ""
        while rows := self._graph.read(f"verify.list_{label.lower()}", after=after, page=PAGE):
            after = rows[-1]["uid"]
            yield after, [row["uid"] for row in rows if not _is_in_form(row["properties"], sealer)]

    def bring_in_form(self, label: str, uids: Collection[str], sealer: Sealer) -> Resealed:
        """Bring the values of some nodes in the form of their tiers, as `reseal`; a node is the same version as before."""

        def find(transaction: Transaction) -> list[Row]:
            return transaction.run(f"event.find_whole_{label.lower()}", uids=sorted(uids))

        return self._rewrite(label, find, lambda record: _in_form(record, sealer), sealer, MIGRATION)

    def _rewrite(
        self,
        label: str,
        find: Callable[[Transaction], list[Row]],
        remake: Callable[[Row], Row],
        sealer: Sealer,
        act: str,
    ) -> Resealed:
        """remake  (record) → properties to write, none where there is nothing to do; raises SealBrokenError, DictionaryError."""

        def work(transaction: Transaction) -> Resealed:
            lock_head(transaction, sealer)
            sealer.check_in_force()
            rows, broken = [], []
            for record in find(transaction):
                try:
                    made = remake(record)
                except (SealBrokenError, DictionaryError):
                    broken.append(record["uid"])
                    continue
                if made:
                    rows.append({"uid": record["uid"], "properties": made, **_read_as(label, record["properties"])})
            if rows:
                transaction.run(f"sealed.put_{label.lower()}", rows=rows)
            return Resealed(len(rows), tuple(broken))

        return self._graph.write(work, command=draw_command(), act=act)


def _read_as(label: str, properties: Row) -> Row:
    """What has to be the same still when the record is written; all but these are written under the counter of records."""
    counter = COUNTERS.get(label)
    return {counter: properties.get(counter) or 0} if counter is not None else {}


def _under_newest(record: Row, old: Collection[str], sealer: Sealer) -> Row:
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


def _in_form(record: Row, sealer: Sealer) -> Row:
    """Properties to write, the record MAC among them; raises SealBrokenError, also where the node is not as it was written."""
    stood, uid = whole(record["properties"]), record["uid"]
    kind = str(stood.get("kind"))
    proven = sealer.macs.proven_acl(uid, kind, LABEL_SETS.get(kind, ()), stood.get(MAC)) is not None
    if not proven or type(stood.get("version")) is not int:
        raise SealBrokenError(f"{kind} {uid} is not as the service wrote it.")
    made: Row = sealer.in_form(kind, uid, stood, stood["version"])
    if not made:
        return {}
    after = stood | made
    mac = sealer.macs.renewed_node(uid, kind, stood, after)
    if mac is None:
        raise SealBrokenError(f"{kind} {uid} is not as the service wrote it.")
    return made | {"oldest_key": oldest_key_of(after), MAC: mac}


def _is_in_form(properties: Row, sealer: Sealer) -> bool:
    """One of a kind that nobody knows was made by hand: it is left for the sweep to name."""
    kind = str(properties.get("kind"))
    return kind not in LABEL_SETS or sealer.is_in_form(kind, properties)

"""Moves of sites and product lines: the moment from which one holds, and what still names an old place brought to the new one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import RowAlteredError, TraceappError
from traceapp.domain.kinds import NodeKind
from traceapp.domain.places import KeptMove, PlaceMap
from traceapp.domain.projection import Projection
from traceapp.domain.record_macs import NODES, Made
from traceapp.domain.scopes import AclEntry, acl_number
from traceapp.domain.sealing import Sealer
from traceapp.graph.acl_store import LABELS as NODE_LABELS
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.record_groups import RecordGroup
from traceapp.graph.record_head import LABEL as COUNTER
from traceapp.graph.record_head import RecordHead, advance_head, lock_head, whole
from traceapp.host.place_moves import PlaceMoves
from traceapp.host.row_register import RowRegister

EVENT: Final = "event"
LABELS: Final = (*NODE_LABELS, EVENT)
"""Under which everything is found that carries the number of a set of scopes."""
PAGE: Final = 2_000
ACT: Final = "place:rewrite"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Records that were written, and uids of those that are not as the service wrote them: nothing of them was touched."""

    written: int
    broken: tuple[str, ...]


class PlaceStore:
    """Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, register: RowRegister) -> None:
        self._graph = graph
        self._register = register
        self._moves = PlaceMoves(register.home)

    def begin(self, make: Callable[[PlaceMap], KeptMove], kept: Collection[AclEntry], sealer: Sealer) -> KeptMove:
        """Let a move hold from now on, for every process at once; what it is then.

        make  (moves in force) → the new one, made while the counter of records is held, so that nothing is recorded meanwhile.
              What it raises is raised here, and nothing was changed.
        kept  the sets that are known, beside those of the store.

        The set that each of them becomes is interned first, then the file of the move is written; nothing else of the store is.
        Once the file is there the move holds, whatever becomes of the transaction: `intern` does the rest.
        """
        written: list[KeptMove] = []

        def work(transaction: Transaction) -> KeptMove:
            lock_head(transaction, sealer)
            current = self._moves.current()
            made = make(current)
            places = current if made in current.kept else current.with_move(made)
            stored = (AclEntry.proven(row["number"], row["scopes"]) for row in transaction.run("acl.list_entries"))
            _intern(transaction, [places.entry(entry) for entry in (*kept, *stored) if entry is not None])
            self._moves.put(made)
            written[:] = [made]
            return made

        try:
            return self._graph.write(work, command=draw_command(), act="place:move")
        except TraceappError:
            if not written or written[-1] not in self._moves.current().kept:
                raise
            return written[-1]

    def intern(self, places: PlaceMap, kept: Collection[AclEntry]) -> None:
        """Keep what each of these sets became, where a crash in `begin` left that out."""
        known = {entry.number for entry in kept}
        new = [placed for placed in map(places.entry, kept) if acl_number(placed.scopes) not in known]
        if new:
            self._graph.write(lambda transaction: _intern(transaction, new), command=draw_command(), act=ACT)

    def finish(self, number: int, at: datetime) -> None:
        """Note that nothing names its old place any more."""
        self._moves.finish(number, at)

    def list_named(self, label: str, places: PlaceMap, kept: Iterable[AclEntry]) -> Iterator[list[str]]:
        """Uids of what still names an old place under a label, page by page in the order of uids; a page may have none.

        kept  the sets as they were interned.
        """
        moved = {entry.number for entry in kept if places.entry(entry) is not entry}
        after = ""
        while True:
            columns = self._graph.read(f"place.list_{label}", after=after, page=PAGE)[0]
            uids = columns["uid"]
            if not uids:
                return
            after = uids[-1]
            texts = [()] * len(uids)
            scopes, mentioned = columns.get("scopes", texts), columns.get("mentioned", texts)
            yield [
                uid
                for uid, acl, described, named in zip(uids, columns["acl"], scopes, mentioned, strict=True)
                if acl in moved or _names_old(places, described) or _names_old(places, named)
            ]
            if len(uids) < PAGE:
                return

    def rewrite(
        self, label: str, uids: Collection[str], kept: Iterable[AclEntry], sealer: Sealer, record_time: datetime
    ) -> Rewritten:
        """Bring some records to their new place, in one transaction: each wholly or not at all.

        A node is a new version of itself, written with a record sequence of its own group, so that what was known before is still
        told by its events; nothing sealed is touched. An event keeps what it said, and its number in the sum of events.
        raises  RowAlteredError: the counter of records is not what was written.
        """
        sets = {entry.number: entry for entry in kept}
        command = draw_command()
        reached: list[int] = []

        def work(transaction: Transaction) -> Rewritten:
            head = lock_head(transaction, sealer)
            if not head.proven or head.seq < self._register.get_reached(COUNTER):
                raise RowAlteredError("the counter of records was changed outside the service")
            places = self._moves.current()
            reached[:] = []
            if label == EVENT:
                return _rewrite_events(transaction, uids, sets, places, sealer)
            made = _Nodes(transaction, label, places, sealer, head).rewrite(uids, command, record_time)
            if made.written:
                reached.append(head.seq + 1)
            return made

        done = self._graph.write(work, command=command, act=ACT)
        if reached:
            self._register.put_reached(COUNTER, reached[-1])
        return done


@dataclass(slots=True)
class _Nodes:
    transaction: Transaction
    label: str
    places: PlaceMap
    sealer: Sealer
    head: RecordHead

    def rewrite(self, uids: Collection[str], command: str, record_time: datetime) -> Rewritten:
        macs, seq = self.sealer.macs, self.head.seq + 1
        rows: list[Row] = []
        broken: list[str] = []
        sets: list[AclEntry] = []
        added = Made()
        for found in self.transaction.run(f"event.find_whole_{self.label}", uids=sorted(uids)):
            stood, uid = whole(found["properties"]), found["uid"]
            placed = _placed(stood, self.places)
            if placed is None:
                broken.append(uid)
                continue
            kind, projection = placed
            made: Row = {
                "scopes": sorted(projection.scopes),
                "mentioned": sorted(projection.mentioned),
                "acl": projection.acl(kind),
                "projected_seq": seq,
                "version": stood["version"] + 1,
            }
            mac = macs.renewed_node(uid, kind.value, stood, stood | made)
            if mac is None:
                broken.append(uid)
                continue
            rows.append({"uid": uid, "properties": made | {"mac": mac}})
            sets.append(AclEntry(made["acl"], projection.acl_scopes(kind)))
            added += macs.present(NODES, uid, made["version"]) - macs.present(NODES, uid, stood["version"])
        if rows:
            _intern(self.transaction, sets)
            self.transaction.run(f"event.put_{self.label}", rows=rows)
            moment = max(stored_time(record_time), self.head.record_time)
            group = RecordGroup(command, seq, seq, moment)
            self.transaction.run("event.append_command", **group.row(macs), act=ACT)
            advance_head(self.transaction, self.sealer, self.head.moved(seq, moment, Made(), added))
        return Rewritten(len(rows), tuple(broken))


def _placed(stood: Mapping[str, Any], places: PlaceMap) -> tuple[NodeKind, Projection] | None:
    """Where a node belongs now; None of one that cannot be read."""
    try:
        kind, version = NodeKind(stood["kind"]), stood["version"]
        scopes, mentioned = (places.texts(stood.get(name) or ()) for name in ("scopes", "mentioned"))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return (kind, Projection(scopes=scopes, mentioned=mentioned)) if type(version) is int else None


def _rewrite_events(
    transaction: Transaction, uids: Collection[str], sets: Mapping[int, AclEntry], places: PlaceMap, sealer: Sealer
) -> Rewritten:
    rows: list[Row] = []
    broken: list[str] = []
    told: list[AclEntry] = []
    for found in transaction.run("event.find_whole_events", uids=sorted(uids)):
        stood = whole(found["properties"])
        entry = sets.get(stood.get("acl", -1))
        placed = places.entry(entry) if entry is not None else None
        number = acl_number(placed.scopes) if placed is not None else None
        mac = sealer.macs.renewed_event(stood, stood | {"acl": number}) if number is not None else None
        if placed is None or mac is None:
            broken.append(str(stood.get("uid")))
            continue
        rows.append({"uid": stood["uid"], "properties": {"acl": number, "mac": mac}})
        told.append(placed)
    if rows:
        _intern(transaction, told)
        transaction.run("event.put_events", rows=rows)
    return Rewritten(len(rows), tuple(broken))


def _intern(transaction: Transaction, told: Iterable[AclEntry]) -> None:
    """Keep these sets, each under its own number."""
    rows = {acl_number(entry.scopes): sorted(scope.text for scope in entry.scopes) for entry in told}
    if rows:
        transaction.run("event.append_acl_entries", rows=[{"number": number, "scopes": texts} for number, texts in rows.items()])


def _names_old(places: PlaceMap, texts: Any) -> bool:
    return isinstance(texts, list | tuple) and any(isinstance(text, str) and places.text(text) != text for text in texts)

"""What source systems sent: appended in groups, never edited; corrected by declaring void and sending anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from traceapp.domain.clock import is_stored_time, parse_stored_time
from traceapp.domain.events import CapturedEvent, CaptureOutcome
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import EventType, NodeKind
from traceapp.domain.record_checks import NAMELESS, RecordChecks
from traceapp.domain.sealing import Sealer
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.event_group import ACT, CarriedOut, NothingNewError, PreparedGroup, carry_out
from traceapp.graph.event_rows import LABELS, SHARED_LABEL, prepare_event
from traceapp.graph.node_rows import seal_ahead
from traceapp.graph.record_head import LABEL, whole
from traceapp.host.place_moves import PlaceMoves
from traceapp.host.row_register import RowRegister

REMEMBERED: Final = 100_000
CHUNK: Final = 10_000
PAYLOADS: Final = 500
"""Events whose payloads cross at once; one may name thousands of serials."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event as the store holds it.

    payload      sealed document (`domain/event_payload.py`), to be opened by `open_document("Event", uid, "payload", …)`;
                 None while only a declaration of the event is known.
    declaration  sealed words of the error declaration, under the name "declaration".
    """

    uid: str
    type: EventType
    event_time: datetime
    event_offset: str
    record_seq: int
    record_time: datetime
    source: str
    voided_seq: int | None
    voided_by: str | None
    acl: int
    file_digest: str
    position: str
    payload: bytes | None
    declaration: bytes | None


@dataclass(frozen=True, slots=True)
class SealedPayload:
    """Sealed document of one event with its stored time."""

    uid: str
    event_time: str
    payload: bytes


class _Uids(dict[Identity, str]):
    """The store's id of each identity, made once per group."""

    def __init__(self, sealer: Sealer) -> None:
        super().__init__()
        self._sealer = sealer

    def __missing__(self, identity: Identity) -> str:
        uid = self[identity] = self._sealer.uid(identity)
        return uid


class EventStore:
    """Events, the nodes they describe and the links they make.

    `prepare` needs no store and may run while another thread is in `commit`.

    register  remembers how far the counter of records had come.
    """

    def __init__(self, graph: Graph, register: RowRegister, checks: RecordChecks | None = None) -> None:
        self._graph = graph
        self._register = register
        self._moves = PlaceMoves(register.home)
        self._checks = checks or RecordChecks()
        self._remembered: dict[str, None] = {}

    def checked(self, checks: RecordChecks) -> "EventStore":
        """The same store for one question, whose checks these are."""
        return EventStore(self._graph, self._register, checks)

    def append(
        self, events: Sequence[CapturedEvent], sealer: Sealer, command: str, record_time: datetime
    ) -> list[CaptureOutcome]:
        """Store a group of events in one transaction: all of them or none.

        command      32 hex digits, for this group alone.
        record_time  aware; where the store has seen a later one, that is taken, so that record time never goes back.
        returns      one outcome per event, in order. A group of known events changes nothing.
        raises       DictionaryError: an unknown property; StatementError; StoreError and its kinds.
                     DictionaryChangedError: another dictionary is in force than the one that they were sealed by.
        """
        return self.commit(self.prepare(events, sealer), sealer, command, record_time)

    def prepare(self, events: Sequence[CapturedEvent], sealer: Sealer) -> PreparedGroup:
        """Ids, rows and ciphertexts of a group; raises DictionaryError, StatementError."""
        uids = _Uids(sealer)
        prepared = tuple(prepare_event(event, sealer, uids) for event in events)
        ahead = seal_ahead(prepared, sealer, self._remembered)
        self._remember(uids.values())
        return PreparedGroup(prepared, ahead)

    def commit(self, group: PreparedGroup, sealer: Sealer, command: str, record_time: datetime) -> list[CaptureOutcome]:
        """Write a prepared group; the same contract as `append`."""

        def work(transaction: Transaction) -> CarriedOut:
            reached = self._register.get_reached(LABEL)
            return carry_out(transaction, group, sealer, command, record_time, reached, self._moves.current)

        try:
            done = self._graph.write(work, command=command, act=ACT)
        except NothingNewError as nothing:
            return nothing.outcomes
        self._register.put_reached(LABEL, done.record_seq)
        return done.outcomes

    def get_event(self, uid: str) -> StoredEvent | None:
        """One event, void or not; None where there is none."""
        rows = self._graph.read("event.get_event", uid=uid)
        return next((event for event, _ in self._stored_events(rows, 0)), None)

    def find_describing_events(self, node_uid: str, head: int, kind: NodeKind | None = None) -> list[StoredEvent]:
        """Events recorded of a node that were known and live at a head, the latest first; of the others, too, it is checked
        that they are what they are called.

        kind  of the node; not needed for lots, transformations, containers, shipments and parties.
        """
        label = LABELS[kind] if kind is not None else SHARED_LABEL
        rows = self._graph.read(f"event.list_events_of_{label.lower()}", uid=node_uid)
        for row in rows:
            self._checks.recorded(str(row["properties"].get("uid", NAMELESS)), label, node_uid, row["act"], row["act_mac"])
        return [event for event, live in self._stored_events(rows, head) if live]

    def find_recorded(self, things: Sequence[str]) -> list[tuple[str, str]]:
        """(uid of a traceable thing, uid of an event that is recorded of it), whenever and void or not."""
        found: list[tuple[str, str]] = []
        for start in range(0, len(things), CHUNK):
            row = self._graph.read("event.list_recorded", uids=list(things[start : start + CHUNK]))[0]
            if len({len(column) for column in row.values()}) > 1:
                self._checks.unread(row["node"])
            for node, event, act, mac in zip(row["node"], row["event"], row["act"], row["mac"], strict=True):
                self._checks.recorded(event, SHARED_LABEL, node, act, mac)
                found.append((node, event))
        return found

    def find_linking(self, things: Sequence[str], head: int, kind: NodeKind) -> list[tuple[str, str]]:
        """(uid of a thing, uid of an event that made a link of it which was known and live at a head): it may say no more of the
        thing than where it was. things: of one label.
        """
        found: list[tuple[str, str]] = []
        for start in range(0, len(things), CHUNK):
            uids = list(things[start : start + CHUNK])
            for row in self._graph.read(f"event.expand_mentions_{LABELS[kind].lower()}", uids=uids, head=head):
                found += [(row["node"], event) for event in row["events"]]
        return found

    def find_known(self, uids: Sequence[str], head: int) -> Iterator[StoredEvent]:
        """Those of these events that were known and live at a head, a page at a time; all of them are checked."""
        for start in range(0, len(uids), PAYLOADS):
            rows = self._graph.read("event.find_whole_events", uids=list(uids[start : start + PAYLOADS]))
            yield from (event for event, live in self._stored_events(rows, head) if live)

    def find_statements(self, lots: Sequence[str], head: int) -> list[tuple[str, str]]:
        """(uid of a lot, uid of an event that states something of it) of events that were known and live at a head."""
        found: list[tuple[str, str]] = []
        for start in range(0, len(lots), CHUNK):
            row = self._graph.read("event.list_statements", uids=list(lots[start : start + CHUNK]), head=head)[0]
            if len(row["node"]) != len(row["event"]) or None in row["event"]:
                self._checks.unread(row["node"])
            found += zip(row["node"], row["event"], strict=True)
        return found

    def find_payloads(self, uids: Sequence[str]) -> Iterator[SealedPayload]:
        """Payloads of events, a page at a time; events of which only a declaration is known are left out."""
        for start in range(0, len(uids), PAYLOADS):
            for row in self._graph.read("event.find_whole_events", uids=list(uids[start : start + PAYLOADS])):
                event = whole(row["properties"])
                self._checks.event(event)
                if event.get("payload") is None:
                    continue
                if is_stored_time(event.get("event_time")):
                    yield SealedPayload(event["uid"], event["event_time"], event["payload"])
                else:
                    self._checks.broken(str(event.get("uid", NAMELESS)))

    def _stored_events(self, rows: Iterable[Row], head: int) -> Iterator[tuple[StoredEvent, bool]]:
        """Checked, each with whether it is live at the head; one that cannot be read was changed: it is left out, and told."""
        for row in rows:
            event = whole(row["properties"])
            self._checks.event(event)
            try:
                yield _stored_event(event), event["record_seq"] <= head < (event.get("voided_seq") or head + 1)
            except (KeyError, TypeError, ValueError):
                self._checks.broken(str(event.get("uid", NAMELESS)))

    def _remember(self, uids: Iterable[str]) -> None:
        """Nodes that exist for sure from now on; a wrong guess costs a sealing inside the transaction, nothing else."""
        self._remembered.update(dict.fromkeys(uids))
        while len(self._remembered) > REMEMBERED:
            del self._remembered[next(iter(self._remembered))]


def _stored_event(event: Row) -> StoredEvent:
    return StoredEvent(
        uid=event["uid"],
        type=EventType(event["type"]),
        event_time=parse_stored_time(event["event_time"]),
        event_offset=event["event_offset"],
        record_seq=event["record_seq"],
        record_time=parse_stored_time(event["record_time"]),
        source=event["source"],
        voided_seq=event.get("voided_seq"),
        voided_by=event.get("voided_by"),
        acl=event["acl"],
        file_digest=event["file_digest"],
        position=event["position"],
        payload=event.get("payload"),
        declaration=event.get("declaration"),
    )

"""Feeds and what became of their messages. A feed that is not what the service wrote last is none: it takes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import ConcurrentChangeError, InputError, RowAlteredError
from traceapp.domain.events import CaptureOutcome
from traceapp.domain.feeds import Feed, FeedReceipt, Gap, message_id, uid_of
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.row_register import RowFault
from traceapp.domain.sealing import Sealer
from traceapp.graph.commands import draw_command
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.event_group import NothingNewError, PreparedGroup, carry_out
from traceapp.graph.kept_rows import MAC, KeptRows
from traceapp.graph.record_head import LABEL as COUNTER
from traceapp.host.place_moves import PlaceMoves
from traceapp.host.row_register import RowRegister

LABEL: Final = "Feed"
MESSAGE: Final = "FeedMessage"
"""Under which the MAC of a message's row is made; the row itself is the command of its transaction."""
ACT: Final = "feed:send"
PAGE: Final = 500
_FIXED: Final = ("name", "created_at")
_COUNTS: Final = ("events", "appended", "known", "voided", "rejected")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One that is about to be taken.

    group     its events, sealed.
    rejected  how many of its rows or events were refused when it was read.
    """

    sequence: int
    digest: str
    group: PreparedGroup
    rejected: int


@dataclass(frozen=True, slots=True)
class Taken:
    """outcomes: of the events of its group, in order; None of a message that was taken before."""

    receipt: FeedReceipt
    feed: Feed
    outcomes: Sequence[CaptureOutcome] | None


@dataclass(frozen=True, slots=True)
class FeedList:
    """altered: uid of each feed whose row is not what the service wrote last, and what is wrong with it."""

    feeds: tuple[Feed, ...]
    altered: Mapping[str, RowFault]


class FeedStore:
    """Every method raises StoreError and its kinds, and HomeError."""

    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister) -> None:
        self._graph = graph
        self._macs = macs
        self._register = register
        self._moves = PlaceMoves(register.home)
        self._rows = KeptRows(graph, macs, register, LABEL, "feed.get_feed", _deciding)

    def append_feed(self, feed: Feed) -> None:
        """Register a feed; raises InputError: one had this name, ended or not."""
        row = _row(feed)

        def work(transaction: Transaction) -> bytes:
            if transaction.run("feed.get_feed", uid=feed.uid) or self._register.is_known(LABEL, feed.uid):
                raise InputError(f"name: {feed.name} is taken", (("name", "one that no feed ever had"),))
            mac = self._rows.note(feed.uid, row)
            transaction.run("feed.append_feed", **row, mac=mac)
            return mac

        self._rows.write(feed.uid, work, "feed:append")

    def get_feed(self, name: str) -> Feed | None:
        """The feed of this name, ended or not; None where there is none, or it is not what the service wrote last."""
        rows = self._graph.read("feed.get_feed", uid=uid_of(name))
        row = self._rows.believed(rows[0]) if rows else None
        return _feed(row) if row is not None else None

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the feed of this uid; None where nothing is, or there never was one."""
        return self._rows.fault(uid)

    def list_feeds(self) -> FeedList:
        """All of them, ended ones too, in the order of their names; of one that is not what was written last, how it is not."""
        found: dict[str, Feed | None] = dict.fromkeys(self._register.list_missed(LABEL))
        after = ""
        while rows := self._graph.read("feed.list_feeds", after=after, page=PAGE):
            for row in rows:
                believed = self._rows.believed(row)
                found[row["uid"]] = _feed(believed) if believed is not None else None
            after = rows[-1]["uid"]
        doubted = ((uid, self.fault(uid)) for uid, feed in sorted(found.items()) if feed is None)
        return FeedList(
            tuple(feed for _, feed in sorted(found.items()) if feed is not None),
            {uid: fault for uid, fault in doubted if fault is not None},
        )

    def put_feed(self, feed: Feed) -> None:
        """Keep another key of a feed, or its end; raises ConcurrentChangeError: it was written since it was read."""

        def work(transaction: Transaction) -> bytes | None:
            return self._put(transaction, feed)

        if not self._rows.write(feed.uid, work, "feed:put"):
            raise ConcurrentChangeError(f"the feed {feed.name} took a message, or was changed, at this moment")

    def find_message(self, feed: Feed, sequence: int) -> FeedReceipt | None:
        """What became of a message that was taken; None of any other. raises RowAlteredError."""
        rows = self._graph.read_newest("feed.get_message", message=message_id(feed.uid, sequence))
        return self._receipt(feed, sequence, rows[0]) if rows else None

    def take_message(self, name: str, key: bytes, message: NewMessage, sealer: Sealer, at: datetime) -> Taken:
        """Events, place of the feed and the message's receipt in one transaction: all of them or none.

        key     under which the message was proven; another one by now proves nothing.
        raises  ConcurrentChangeError: key or end of the feed changed meanwhile. FeedSequenceError: the sequence was used for
                other bytes, or cannot be used. RowAlteredError; what `EventStore.append` raises.
        """
        command = draw_command()
        taken: list[tuple[Taken, int | None]] = []

        def work(transaction: Transaction) -> bytes | None:
            taken.clear()
            found = transaction.run("feed.get_feed", uid=uid_of(name))
            if not found or not self._rows.stands(found[0]):
                raise RowAlteredError("the feed was changed outside the service")
            feed = _feed(found[0])
            if feed.public_key != key or feed.ended_at is not None:
                raise ConcurrentChangeError(f"the feed {feed.name} was changed at this moment")
            before = transaction.run("feed.get_message", message=message_id(feed.uid, message.sequence))
            if before:
                receipt = self._receipt(feed, message.sequence, before[0])
                if receipt.digest == message.digest:
                    taken.append((Taken(receipt, feed, None), None))
                    return None
            moved = feed.taking(message.sequence, at)
            outcomes, reached = self._carry_out(transaction, message.group, sealer, command, at)
            receipt = _made(moved, message, at, outcomes)
            row = _message_row(moved, receipt)
            transaction.run("feed.append_message", uid=command, **row, message_mac=self._macs.row(MESSAGE, row))
            taken.append((Taken(receipt, replace(moved, version=feed.version + 1), outcomes), reached))
            return self._put(transaction, moved)

        def settled() -> None:
            reached = taken[-1][1]
            if reached is not None:
                self._register.put_reached(COUNTER, reached)

        self._rows.write(uid_of(name), work, ACT, settled, command)
        return taken[-1][0]

    def _carry_out(
        self, transaction: Transaction, group: PreparedGroup, sealer: Sealer, command: str, at: datetime
    ) -> tuple[Sequence[CaptureOutcome], int | None]:
        """Outcomes of the events, and how far the counter came; None where it did not move."""
        if not group.events:
            return (), None
        try:
            reached = self._register.get_reached(COUNTER)
            done = carry_out(transaction, group, sealer, command, at, reached, self._moves.current)
        except NothingNewError as nothing:
            return nothing.outcomes, None
        return done.outcomes, done.record_seq

    def _put(self, transaction: Transaction, feed: Feed) -> bytes | None:
        stood = transaction.run("feed.get_feed", uid=feed.uid)
        if not stood or not self._rows.stands(stood[0]):
            raise RowAlteredError("the feed was changed outside the service")
        mac = self._rows.note(feed.uid, _row(replace(feed, version=feed.version + 1)))
        told = {name: value for name, value in _row(feed).items() if name not in _FIXED}
        return mac if transaction.run("feed.put_feed", **told, mac=mac) else None

    def _receipt(self, feed: Feed, sequence: int, row: Row) -> FeedReceipt:
        told = {name: value for name, value in row.items() if name != "message_mac"}
        mac = row["message_mac"]
        if not self._macs.proves_row(MESSAGE, told | {MAC: bytes(mac) if isinstance(mac, bytearray) else mac}):
            raise RowAlteredError("what became of the message was changed outside the service")
        counts = dict(zip(_COUNTS, map(int, row["counts"].split()), strict=True))
        return FeedReceipt(feed.name, sequence, row["digest"], parse_stored_time(row["taken_at"]), **counts)


def _made(feed: Feed, message: NewMessage, at: datetime, outcomes: Sequence[CaptureOutcome]) -> FeedReceipt:
    conflicts = outcomes.count(CaptureOutcome.CONFLICT)
    return FeedReceipt(
        feed=feed.name,
        sequence=message.sequence,
        digest=message.digest,
        taken_at=at,
        events=len(outcomes) + message.rejected,
        appended=outcomes.count(CaptureOutcome.APPENDED),
        known=outcomes.count(CaptureOutcome.KNOWN),
        voided=outcomes.count(CaptureOutcome.VOIDED),
        rejected=message.rejected + conflicts,
    )


def _message_row(feed: Feed, receipt: FeedReceipt) -> Row:
    return {
        "message": message_id(feed.uid, receipt.sequence),
        "digest": receipt.digest,
        "taken_at": stored_time(receipt.taken_at),
        "counts": " ".join(str(getattr(receipt, name)) for name in _COUNTS),
    }


def _deciding(row: Row) -> Row:
    """All of it."""
    return {name: value for name, value in row.items() if name != MAC}


def _row(feed: Feed) -> Row:
    return {
        "uid": feed.uid,
        "name": feed.name,
        "public_key": feed.public_key.hex(),
        "created_at": stored_time(feed.created_at),
        "next": feed.next,
        "gaps": [gap.text for gap in feed.gaps],
        "received_at": stored_time(feed.received_at) if feed.received_at else None,
        "ended_at": stored_time(feed.ended_at) if feed.ended_at else None,
        "version": feed.version,
    }


def _feed(row: Mapping[str, Any]) -> Feed:
    return Feed(
        name=row["name"],
        public_key=bytes.fromhex(row["public_key"]),
        created_at=parse_stored_time(row["created_at"]),
        next=row["next"],
        gaps=tuple(map(Gap.parse, row["gaps"])),
        received_at=parse_stored_time(row["received_at"]) if row["received_at"] else None,
        ended_at=parse_stored_time(row["ended_at"]) if row["ended_at"] else None,
        version=row["version"],
    )

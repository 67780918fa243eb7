"""Notices that are on their way: `HOME/notices.sqlite` (0600). Taken away, what waits then is told once more."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import HomeError
from traceapp.domain.notices import Notice, NoticeKind
from traceapp.host.sqlite_files import place_database

FILE: Final = "notices.sqlite"
_PATIENCE: Final = 10.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS told (notice TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    notice TEXT, sink TEXT, recipient TEXT, kind TEXT, approval TEXT, step INTEGER, until TEXT, tries INTEGER, due TEXT,
    PRIMARY KEY (notice, sink, recipient)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class NoticeDelivery:
    """A notice that a sink has not taken yet for a recipient; tries: how often it was offered."""

    notice: Notice
    sink: str
    recipient: str
    tries: int


class NoticeBook:
    """Every method raises HomeError: the file cannot be used."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def is_told(self, uid: str) -> bool:
        """Whether this notice was put once, delivered by now or not."""
        with self._open() as kept:
            return kept.execute("SELECT 1 FROM told WHERE notice = ?", (uid,)).fetchone() is not None

    def put(self, notice: Notice, recipients: Sequence[tuple[str, str]], now: datetime) -> None:
        """It is told from now on, to these (sink, recipient); once, whoever puts it."""
        at = stored_time(now)
        rows = [
            (notice.uid, sink, one, notice.kind.value, notice.approval, notice.step, stored_time(notice.until), 0, at)
            for sink, one in recipients
        ]
        with self._open() as kept:
            kept.execute("BEGIN IMMEDIATE")
            if kept.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", (notice.uid, at)).rowcount:
                kept.executemany("INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            kept.execute("COMMIT")

    def list_due(self, now: datetime) -> list[NoticeDelivery]:
        """What is to be handed over by now, the oldest first."""
        wanted = "SELECT kind, approval, step, until, sink, recipient, tries FROM deliveries WHERE due <= ? ORDER BY due"
        with self._open() as kept:
            rows = kept.execute(wanted, (stored_time(now),)).fetchall()
        return [
            NoticeDelivery(Notice(NoticeKind(kind), approval, step, parse_stored_time(until)), sink, recipient, tries)
            for kind, approval, step, until, sink, recipient, tries in rows
        ]

    def put_delivered(self, one: NoticeDelivery) -> None:
        """It was taken, or there is nobody any more to take it."""
        with self._open() as kept:
            kept.execute("DELETE FROM deliveries WHERE notice = ? AND sink = ? AND recipient = ?", _key(one))

    def put_refused(self, one: NoticeDelivery, again: datetime) -> None:
        """It was not taken; it is offered again then."""
        change = "UPDATE deliveries SET tries = tries + 1, due = ? WHERE notice = ? AND sink = ? AND recipient = ?"
        with self._open() as kept:
            kept.execute(change, (stored_time(again), *_key(one)))

    def forget(self, before: datetime) -> None:
        """What was told so long ago: its approval is over."""
        with self._open() as kept:
            kept.execute("DELETE FROM told WHERE at < ?", (stored_time(before),))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            place_database(self._path, _SCHEMA)
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as kept:
                kept.execute("PRAGMA synchronous=FULL")
                yield kept
        except (OSError, sqlite3.Error) as error:
            raise HomeError(f"{self._path} cannot be used ({type(error).__name__})") from None


def _key(one: NoticeDelivery) -> tuple[str, str, str]:
    return one.notice.uid, one.sink, one.recipient

"""The register of rows in the home: `HOME/rows.sqlite` (0600), shared by all workers and commands.

Whoever can write this file is the host's administrator, who has the keys anyway. Take it away, with the service stopped, and
every row is trusted once more as it stands: that is what a restored older store needs (`docs/verify.md`).
"""

import fcntl
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from traceapp.domain.clock import Clock, SystemClock, stored_time
from traceapp.domain.errors import HomeError, StoreConflictError
from traceapp.domain.row_register import Standing, Waiting
from traceapp.domain.sessions import LONGEST
from traceapp.host.private_files import OWN, create_private, sync_folder

FILE: Final = "rows.sqlite"
LOCK: Final = "rows.lock"
LATE: Final = timedelta(minutes=2)
"""How long after its writer died a COMMIT may still arrive; a write transaction is given up by then."""
_PATIENCE: Final = 30.0
_PAUSE: Final = 0.005
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS newest (label TEXT, uid TEXT, mac BLOB, PRIMARY KEY (label, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS under_way (label TEXT, uid TEXT, mac BLOB, noted_at TEXT, PRIMARY KEY (label, uid, mac)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting (label TEXT, uid TEXT, account TEXT, person TEXT, PRIMARY KEY (label, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended (key TEXT PRIMARY KEY, until TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ended_by_end ON ended (until);
"""


class RowRegister:
    """The contract stands in `domain/row_register.py`."""

    def __init__(self, home: Path, clock: Clock | None = None) -> None:
        self._home = home
        self._clock = clock or SystemClock()
        self._local = threading.local()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._lock_file() as lock:
            deadline = time.monotonic() + _PATIENCE
            while not _locked(lock):
                if time.monotonic() > deadline:
                    raise StoreConflictError("another row of accounts, tokens or accesses is being written for too long")
                time.sleep(_PAUSE)
            yield

    @contextmanager
    def quiet(self) -> Iterator[bool]:
        with self._lock_file() as lock:
            yield _locked(lock)

    def standing(self, label: str, uid: str, mac: bytes) -> Standing:
        with self._reading() as kept:
            newest = kept.execute("SELECT mac FROM newest WHERE label = ? AND uid = ?", (label, uid)).fetchone()
            if newest is None:
                return Standing.UNKNOWN
            noted = {row[0] for row in kept.execute("SELECT mac FROM under_way WHERE label = ? AND uid = ?", (label, uid))}
        if mac not in noted | {newest[0]}:
            return Standing.OLD
        return Standing.EITHER if noted else Standing.NEWEST

    def meet(self, label: str, uid: str, mac: bytes) -> None:
        with self._changing() as kept:
            kept.execute("INSERT OR IGNORE INTO newest VALUES (?, ?, ?)", (label, uid, mac))

    def note(self, label: str, uid: str, mac: bytes) -> None:
        with self._changing() as kept:
            kept.execute("INSERT OR IGNORE INTO newest VALUES (?, ?, NULL)", (label, uid))
            kept.execute("INSERT OR REPLACE INTO under_way VALUES (?, ?, ?, ?)", (label, uid, mac, self._now()))

    def settle(self, label: str, uid: str, mac: bytes) -> None:
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO newest VALUES (?, ?, ?)", (label, uid, mac))
            kept.execute("DELETE FROM under_way WHERE label = ? AND uid = ?", (label, uid))

    def settle_found(self, label: str, uid: str, mac: bytes | None) -> None:
        place = (label, uid)
        with self._changing() as kept:
            noted = kept.execute("DELETE FROM under_way WHERE label = ? AND uid = ? AND mac = ?", (*place, mac)).rowcount
            if noted:
                kept.execute("UPDATE newest SET mac = ? WHERE label = ? AND uid = ?", (mac, *place))
            late = stored_time(self._clock.now() - LATE)
            kept.execute("DELETE FROM under_way WHERE label = ? AND uid = ? AND noted_at < ?", (*place, late))
            if mac is None:
                _forget_unwritten(kept, label, uid)

    def is_known(self, label: str, uid: str) -> bool:
        with self._reading() as kept:
            found = kept.execute("SELECT 1 FROM newest WHERE label = ? AND uid = ? AND mac IS NOT NULL", (label, uid))
            return found.fetchone() is not None

    def is_missed(self, label: str, uid: str) -> bool:
        with self._reading() as kept:
            found = kept.execute("SELECT 1 FROM newest WHERE label = ? AND uid = ? AND mac <> x''", (label, uid))
            return found.fetchone() is not None

    def list_missed(self, label: str) -> tuple[str, ...]:
        with self._reading() as kept:
            rows = kept.execute("SELECT uid FROM newest WHERE label = ? AND mac <> x'' ORDER BY uid", (label,))
            return tuple(row[0] for row in rows)

    def wait(self, label: str, row: Waiting) -> None:
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)", (label, row.uid, row.account_uid, row.person_id))

    def close(self, label: str, uid: str) -> None:
        with self._changing() as kept:
            kept.execute("DELETE FROM waiting WHERE label = ? AND uid = ?", (label, uid))

    def void(self, label: str, uid: str) -> None:
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO newest VALUES (?, ?, x'')", (label, uid))
            kept.execute("DELETE FROM under_way WHERE label = ? AND uid = ?", (label, uid))
            kept.execute("DELETE FROM waiting WHERE label = ? AND uid = ?", (label, uid))

    def list_waiting(self, label: str) -> tuple[Waiting, ...]:
        with self._reading() as kept:
            rows = kept.execute("SELECT uid, account, person FROM waiting WHERE label = ? ORDER BY uid", (label,))
            return tuple(Waiting(*row) for row in rows)

    def end(self, *keys: str) -> None:
        until = stored_time(self._clock.now() + LONGEST)
        with self._changing() as kept:
            kept.execute("DELETE FROM ended WHERE until <= ?", (self._now(),))
            kept.executemany("INSERT OR REPLACE INTO ended VALUES (?, ?)", [(key, until) for key in keys])

    def has_ended(self, *keys: str) -> bool:
        places = ", ".join("?" * len(keys))
        with self._reading() as kept:
            return kept.execute(f"SELECT 1 FROM ended WHERE key IN ({places})", keys).fetchone() is not None  # noqa: S608

    def _now(self) -> str:
        return stored_time(self._clock.now())

    @contextmanager
    def _lock_file(self) -> Iterator[int]:
        """A lock ends with the process that holds it; opened anew each time, it holds between threads too."""
        try:
            lock = os.open(self._home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeError(f"{self._home / LOCK} cannot be written ({error.strerror})") from None
        try:
            yield lock
        finally:
            os.close(lock)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.Error as error:
            raise HomeError(f"{self._home / FILE} cannot be used ({type(error).__name__})") from None

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; durable at its end."""
        with self._reading() as kept:
            kept.execute("BEGIN IMMEDIATE")
            try:
                yield kept
            except BaseException:
                kept.execute("ROLLBACK")
                raise
            kept.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        """One for each thread of each process."""
        known: tuple[int, sqlite3.Connection] | None = getattr(self._local, "connection", None)
        if known is not None and known[0] == os.getpid():
            return known[1]
        path = self._home / FILE
        if not path.exists():
            _make(path)
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        self._local.connection = (os.getpid(), connection)
        return connection


def _make(path: Path) -> None:
    """An empty register, put in place whole: of several who begin at once, one switches no journal under another's hands.

    raises  HomeError: the home cannot be written.
    """
    fresh = path.with_name(f".{FILE}-{secrets.token_hex(8)}")
    try:
        create_private(fresh, b"", OWN)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.executescript(_SCHEMA)
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise HomeError(f"{path} cannot be written ({error.strerror})") from None


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_unwritten(kept: sqlite3.Connection, label: str, uid: str) -> None:
    """A row whose first write never came to be, with whatever waits for it."""
    place: tuple[Any, ...] = (label, uid)
    unwritten = "SELECT 1 FROM newest WHERE label = ? AND uid = ? AND mac IS NULL"
    if (
        kept.execute(unwritten, place).fetchone()
        and not kept.execute("SELECT 1 FROM under_way WHERE label = ? AND uid = ?", place).fetchone()
    ):
        kept.execute("DELETE FROM newest WHERE label = ? AND uid = ?", place)
        kept.execute("DELETE FROM waiting WHERE label = ? AND uid = ?", place)

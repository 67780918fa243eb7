"""The register of rows in the home: `HOME/rows.sqlite` (0600), shared by all workers and commands.

Whoever can write this file is the host's administrator, who has the keys anyway. Take it away, with the service stopped, and
every row is trusted once more as it stands: that is what a restored older store needs (`docs/verify.md`).
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from traceapp.domain.clock import Clock, SystemClock, stored_time
from traceapp.domain.errors import HomeError, StoreConflictError
from traceapp.domain.row_register import Ending, Standing, Waiting
from traceapp.domain.sessions import LONGEST
from traceapp.host.sqlite_files import place_database

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
CREATE TABLE IF NOT EXISTS scope_sets (number INTEGER PRIMARY KEY, scopes TEXT);
CREATE TABLE IF NOT EXISTS ending (key TEXT PRIMARY KEY, until TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ending_by_end ON ending (until);
CREATE TABLE IF NOT EXISTS shut (label TEXT, uid TEXT, PRIMARY KEY (label, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, reached INTEGER) WITHOUT ROWID;
"""
"""Run at every opening: a register of before lacks the table that came since."""


class RowRegister:
    """Every method raises HomeError: the register cannot be read or written.

    Who writes a row: `writing`, then `note` before the COMMIT, then `settle`. Killed between, both MACs stay allowed until
    `settle_found` is told what stands in the store. Who ends a session: `writing`, then `note_end`, then `end`.
    """

    def __init__(self, home: Path, clock: Clock | None = None) -> None:
        self._home = self.home = home
        self._clock = clock or SystemClock()
        self._local = threading.local()

    @property
    def exists(self) -> bool:
        """Whether this home has one; whatever is asked of it first begins one."""
        return (self._home / FILE).exists()

    def begin(self) -> None:
        """Begin one where there is none."""
        with self._reading():
            pass

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Held by whoever writes a row, one at a time on this home; raises StoreConflictError: not free within 30 s."""
        with self._lock_file() as lock:
            deadline = time.monotonic() + _PATIENCE
            while not _locked(lock):
                if time.monotonic() > deadline:
                    raise StoreConflictError("another row of accounts, tokens or accesses is being written for too long")
                time.sleep(_PAUSE)
            yield

    @contextmanager
    def quiet(self) -> Iterator[bool]:
        """The same where nobody writes at this moment; else False, and nothing is held."""
        with self._lock_file() as lock:
            yield _locked(lock)

    def standing(self, label: str, uid: str, mac: bytes) -> Standing:
        """What is known of this MAC of a row."""
        with self._reading() as kept:
            newest = kept.execute("SELECT mac FROM newest WHERE label = ? AND uid = ?", (label, uid)).fetchone()
            if newest is None:
                return Standing.UNKNOWN
            noted = {row[0] for row in kept.execute("SELECT mac FROM under_way WHERE label = ? AND uid = ?", (label, uid))}
        if mac not in noted | {newest[0]}:
            return Standing.OLD
        return Standing.EITHER if noted else Standing.NEWEST

    def trust(self, label: str, uid: str, mac: bytes) -> None:
        """Trust a row that was never met; one that is known stays as it is known."""
        with self._changing() as kept:
            kept.execute("INSERT OR IGNORE INTO newest VALUES (?, ?, ?)", (label, uid, mac))

    def note(self, label: str, uid: str, mac: bytes) -> None:
        """This MAC may stand in the store from now on, beside the one that stood; durable when it returns."""
        with self._changing() as kept:
            kept.execute("INSERT OR IGNORE INTO newest VALUES (?, ?, NULL)", (label, uid))
            kept.execute("INSERT OR REPLACE INTO under_way VALUES (?, ?, ?, ?)", (label, uid, mac, self._now()))

    def settle(self, label: str, uid: str, mac: bytes) -> None:
        """After COMMIT: only this one counts."""
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO newest VALUES (?, ?, ?)", (label, uid, mac))
            kept.execute("DELETE FROM under_way WHERE label = ? AND uid = ?", (label, uid))

    def settle_found(self, label: str, uid: str, mac: bytes | None) -> None:
        """What a crash left open, decided by what stands in the store (None: no row). Only while `quiet` or `writing`.

        A COMMIT may arrive for a while after its writer died: until then the older row leaves it open.
        """
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
        """Whether there is such a row, as far as the register knows."""
        with self._reading() as kept:
            found = kept.execute("SELECT 1 FROM newest WHERE label = ? AND uid = ? AND mac IS NOT NULL", (label, uid))
            return found.fetchone() is not None

    def is_missed(self, label: str, uid: str) -> bool:
        """Whether there is one that was written and has to be there."""
        with self._reading() as kept:
            found = kept.execute("SELECT 1 FROM newest WHERE label = ? AND uid = ? AND mac <> x''", (label, uid))
            return found.fetchone() is not None

    def list_missed(self, label: str) -> tuple[str, ...]:
        """Uids of all that were written and have to be there, sorted."""
        with self._reading() as kept:
            rows = kept.execute("SELECT uid FROM newest WHERE label = ? AND mac <> x'' ORDER BY uid", (label,))
            return tuple(row[0] for row in rows)

    def put_waiting(self, label: str, row: Waiting) -> None:
        """Note that somebody has to see to this row."""
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)", (label, row.uid, row.account_uid, row.person_id))

    def void_waiting(self, label: str, uid: str) -> None:
        """Somebody has."""
        with self._changing() as kept:
            kept.execute("DELETE FROM waiting WHERE label = ? AND uid = ?", (label, uid))

    def void(self, label: str, uid: str) -> None:
        """Whatever stands in the store, it never counts again; nothing waits, and nobody misses it."""
        with self._changing() as kept:
            kept.execute("INSERT OR REPLACE INTO newest VALUES (?, ?, x'')", (label, uid))
            kept.execute("DELETE FROM under_way WHERE label = ? AND uid = ?", (label, uid))
            kept.execute("DELETE FROM waiting WHERE label = ? AND uid = ?", (label, uid))

    def is_waiting(self, label: str, uid: str) -> bool:
        """Whether this row is one of `list_waiting`."""
        with self._reading() as kept:
            found = kept.execute("SELECT 1 FROM waiting WHERE label = ? AND uid = ?", (label, uid))
            return found.fetchone() is not None

    def list_waiting(self, label: str) -> tuple[Waiting, ...]:
        """All that wait, in the order of their uids."""
        with self._reading() as kept:
            rows = kept.execute("SELECT uid, account, person FROM waiting WHERE label = ? ORDER BY uid", (label,))
            return tuple(Waiting(*row) for row in rows)

    def shut(self, label: str, uid: str) -> None:
        """Whatever stands in the store, it opens nothing until `reopen`: for whoever has no key to write the row with."""
        with self._changing() as kept:
            kept.execute("INSERT OR IGNORE INTO shut VALUES (?, ?)", (label, uid))

    def is_shut(self, label: str, uid: str) -> bool:
        """Whether this row is shut."""
        with self._reading() as kept:
            return kept.execute("SELECT 1 FROM shut WHERE label = ? AND uid = ?", (label, uid)).fetchone() is not None

    def reopen(self, label: str, uid: str) -> None:
        """The row says by itself again what it opens. Only while `writing`, after its COMMIT."""
        with self._changing() as kept:
            kept.execute("DELETE FROM shut WHERE label = ? AND uid = ?", (label, uid))

    def note_end(self, *uids: str) -> None:
        """Before the COMMIT that deletes them: these sessions open nothing from now on, whatever becomes of it."""
        self._put_ends("ending", uids)

    def end(self, *keys: str) -> None:
        """After COMMIT: sessions, or secrets of some, are over for good; remembered for as long as a session can last."""
        self._put_ends("ended", keys)

    def ending(self, uid: str, secret: str) -> Ending | None:
        """Whether the session with this uid, or the secret that it is found by, is over."""
        with self._reading() as kept:
            if kept.execute("SELECT 1 FROM ended WHERE key IN (?, ?)", (uid, secret)).fetchone():
                return Ending.SETTLED
            noted = kept.execute("SELECT 1 FROM ending WHERE key = ?", (uid,)).fetchone()
            return Ending.UNDER_WAY if noted else None

    def count_scope_sets(self) -> int:
        """How many sets of scopes are remembered; none is ever forgotten."""
        with self._reading() as kept:
            return int(kept.execute("SELECT count(*) FROM scope_sets").fetchone()[0])

    def list_scope_sets(self) -> dict[int, str]:
        """Number of each set → the texts of its scopes, one a line."""
        with self._reading() as kept:
            return dict(kept.execute("SELECT number, scopes FROM scope_sets"))

    def put_scope_sets(self, sets: Mapping[int, str]) -> None:
        """Remember sets that are proven by their numbers, beside those that are known."""
        with self._changing() as kept:
            kept.executemany("INSERT OR IGNORE INTO scope_sets VALUES (?, ?)", list(sets.items()))

    def get_reached(self, counter: str) -> int:
        """How far a counter had come when it was last proven; 0 where it never was."""
        with self._reading() as kept:
            row = kept.execute("SELECT reached FROM counters WHERE name = ?", (counter,)).fetchone()
            return int(row[0]) if row is not None else 0

    def put_reached(self, counter: str, reached: int) -> None:
        """Remember that a counter was proven to be as far as this; it never goes back."""
        with self._changing() as kept:
            kept.execute(
                "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET reached = max(reached, excluded.reached)",
                (counter, reached),
            )

    def reach(self, counter: str, at_least: int) -> int:
        """Remember that a counter was this far once, and say how far it ever was."""
        self.put_reached(counter, at_least)
        return self.get_reached(counter)

    def count_up(self, counter: str, at_least: int, most: int) -> bool:
        """One more, where it was never as far as `most`, and is `at_least` so far; of many at once what there is room for."""
        self.put_reached(counter, at_least)
        with self._changing() as kept:
            taken = kept.execute("UPDATE counters SET reached = reached + 1 WHERE name = ? AND reached < ?", (counter, most))
            return bool(taken.rowcount)

    def count_down(self, counter: str) -> None:
        """What `count_up` took, and came to nothing."""
        with self._changing() as kept:
            kept.execute("UPDATE counters SET reached = reached - 1 WHERE name = ? AND reached > 0", (counter,))

    def _put_ends(self, table: str, keys: tuple[str, ...]) -> None:
        until = stored_time(self._clock.now() + LONGEST)
        with self._changing() as kept:
            kept.execute(f"DELETE FROM {table} WHERE until <= ?", (self._now(),))  # noqa: S608 - one of our two
            kept.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", [(key, until) for key in keys])  # noqa: S608

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
                kept.execute("COMMIT")
            except BaseException:
                self._drop(kept)
                raise

    def _drop(self, kept: sqlite3.Connection) -> None:
        """After a failure, that of a COMMIT too, nothing stays open; the next question of this thread opens a connection anew."""
        self._local.connection = None
        with suppress(sqlite3.Error):
            if kept.in_transaction:
                kept.execute("ROLLBACK")
        kept.close()

    def _connection(self) -> sqlite3.Connection:
        """One for each thread of each process."""
        known: tuple[int, sqlite3.Connection] | None = getattr(self._local, "connection", None)
        if known is not None and known[0] == os.getpid():
            return known[1]
        path = self._home / FILE
        try:
            place_database(path, _SCHEMA)
        except OSError as error:
            raise HomeError(f"{path} cannot be written ({error.strerror})") from None
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(_SCHEMA)
        self._local.connection = (os.getpid(), connection)
        return connection


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

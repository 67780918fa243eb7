"""Counts of tries, shared by all workers: a small SQLite file in the home. It may be lost; then counting begins anew."""

import math
import sqlite3
import threading
import time
from pathlib import Path
from typing import Final

from limits.storage import MovingWindowSupport, Storage

from traceapp.host.sqlite_files import place_database

FILE: Final = "limits.sqlite"
SCHEME: Final = "traceapp-limits"
_PATIENCE: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS tries (key TEXT NOT NULL, at REAL NOT NULL, until REAL NOT NULL);
CREATE INDEX IF NOT EXISTS tries_by_key ON tries (key, at);
CREATE INDEX IF NOT EXISTS tries_by_end ON tries (until);
"""


class SharedCounts(Storage, MovingWindowSupport):
    """A storage of `limits`: each try is a row, so that a window moves, and nobody gets twice as many at its edge."""

    STORAGE_SCHEME: Final = [SCHEME]  # type: ignore[misc]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._path = Path(uri.removeprefix(f"{SCHEME}://"))
        self._local = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether one more try fits into the window; it is counted if so."""
        now = time.time()
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM tries WHERE until <= ?", (now,))
            if self._count(connection, key, now - expiry) + amount > limit:
                return False
            connection.executemany("INSERT INTO tries VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest try of the window was, and how many there are."""
        now = time.time()
        with self._connection() as connection:
            row = connection.execute(
                "SELECT min(at), count(*) FROM tries WHERE key = ? AND at > ?", (key, now - expiry)
            ).fetchone()
        return (row[0] if row[0] is not None else now), row[1]

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        self.acquire_entry(key, 2**62, expiry, amount)
        return self.get(key)

    def get(self, key: str) -> int:
        with self._connection() as connection:
            return self._count(connection, key, 0.0)

    def get_expiry(self, key: str) -> float:
        with self._connection() as connection:
            row = connection.execute("SELECT max(until) FROM tries WHERE key = ?", (key,)).fetchone()
        return row[0] if row[0] is not None else time.time()

    def check(self) -> bool:
        self.get("")
        return True

    def reset(self) -> int:
        with self._connection() as connection:
            return connection.execute("DELETE FROM tries").rowcount

    def clear(self, key: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM tries WHERE key = ?", (key,))

    @staticmethod
    def _count(connection: sqlite3.Connection, key: str, since: float) -> int:
        now = time.time()
        found = connection.execute("SELECT count(*) FROM tries WHERE key = ? AND at > ? AND until > ?", (key, since, now))
        return int(found.fetchone()[0])

    def _connection(self) -> sqlite3.Connection:
        """One for each thread; it commits at the end of its block. A child of a fork opens its own."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            place_database(self._path, _SCHEMA)
            connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
            connection.execute("PRAGMA synchronous=OFF")
            self._local.connection = connection
        return connection


def seconds_until(moment: float) -> int:
    """For `Retry-After`: whole seconds, at least one."""
    return max(1, math.ceil(moment - time.time()))

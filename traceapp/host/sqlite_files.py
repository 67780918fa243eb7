"""SQLite files that several processes share: put in place whole, so that no two who begin at once switch its journal together."""

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from traceapp.host.private_files import OWN, create_private, sync_folder


def place_database(path: Path, schema: str) -> None:
    """An empty database (0600, WAL) with this schema, where there is none yet; another's that came first is left alone.

    raises  OSError, sqlite3.Error: the folder cannot be written.
    """
    if path.exists():
        return
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        create_private(fresh, b"", OWN)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.executescript(schema)
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)

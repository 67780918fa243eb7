"""Which files of a home belong into a backup, and why the others do not."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeAlias

from traceapp.confidential.key_store import FOLDER as RING
from traceapp.ledger.checkpoints import SIGNING_KEY as LEDGER_KEY
from traceapp.ledger.records import FOLDER as LEDGER

Progress: TypeAlias = Callable[[float], None]
"""Called with the share done, 0 to 1."""
HOME: Final = "home"
"""Folder of a bundle that holds the files of a home."""
KEYS: Final = RING
SIGNING_KEY: Final = f"{LEDGER}/{LEDGER_KEY}"
"""What opens a bundle: the ring of keys, and the key that the ledger signs under. Neither is in one."""
KEPT: Final = (
    "organisation.toml",
    "*.accepted",
    "governed/*/*",
    "places/*.json",
    "exports/*",
    "sources/*/*",
    "ledger/origin",
    "ledger/checkpoints",
    "ledger/segments/*.segment",
    "ledger/pruned/*.leaves",
    "ledger/torn-after-*",
    "ledger/rolls/*.side",
    "ledger/values/*.side",
    "ledger/anchors/*",
    "ledger/anchors/time-stamps/*",
)
ENGINE_LOCK: Final = "store/engine.lock"
WRITER_LOCK: Final = "ledger/lock"
"""Held by the engine and by the ledger's writer for as long as they live."""
DATABASES: Final = ("rows.sqlite", "alerts.sqlite", "notices.sqlite")
"""Read by way of SQLite, so that what stands in their journals is in the copy."""
LEFT_OUT: Final = {
    "keys/*": "keys are kept apart",
    "ledger/signing*.pem": "keys are kept apart",
    "tls/*": "keys are kept apart",
    "*password*": "a password is no part of a backup",
    "token": "a token is no part of a backup",
    "demo/*": "belongs to the demo",
    "demo.json": "belongs to the demo",
    "rejects/*": "in clear; importing the file again makes it again",
    "store/*": "the graph is in the bundle as records",
    "restore.unfinished": "of this moment",
    "neo4j/*": "the graph is in the bundle as records",
    "kept-in": "the store may be another one",
    "ledger/tree": "made from the records",
    "index.sqlite": "made from the records",
    "limits.sqlite": "of this moment",
    "server.json": "of this moment",
    "service.url": "of this moment",
    "metrics/*": "of this moment",
    "verify/*": "of this moment",
    "ledger/lock": "of this moment",
    "ledger/ledger.sock": "of this moment",
    "ledger/writer.log": "of this moment",
    "ledger/intents/*": "of this moment",
    "*.lock": "of this moment",
    "*.sqlite-wal": "in the copy of its database",
    "*.sqlite-shm": "in the copy of its database",
    ".*": "of this moment",
}
"""Pattern of a path, in which * also stands for folders → why it is in no backup."""


def kept_files(home: Path) -> Iterator[str]:
    """Paths of plain files inside the home that a backup holds, sorted; databases apart. raises OSError."""
    return (name for name in _files(home) if _fits(name, KEPT))


def kept_links(home: Path) -> Iterator[str]:
    """Links in the place of a file or folder that a backup holds, which follows none. raises OSError."""
    wanted = {"/".join(pattern.split("/")[: depth + 1]) for pattern in KEPT for depth in range(pattern.count("/") + 1)}
    return (name for name in _links(home) if _fits(name, tuple(wanted)))


def unknown_files(home: Path) -> Iterator[str]:
    """What a home holds and neither table knows, links too: in no backup. raises OSError.

    Bytes of a name that are no UTF-8 stand there as `\\xff`.
    """
    known = (*KEPT, *DATABASES, *LEFT_OUT)
    files = (name for name in _files(home) if not any(fnmatchcase(name, pattern) for pattern in known))
    links = (name for name in _links(home) if not any(fnmatchcase(told, one) for one in known for told in (name, f"{name}/")))
    return (os.fsencode(name).decode("utf-8", "backslashreplace") for name in sorted((*files, *links)))


def copy_database(path: Path) -> bytes:
    """A SQLite file as it stands, whole; raises sqlite3.Error."""
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as kept,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        kept.backup(copy)
        return copy.serialize()


def _files(home: Path) -> Iterator[str]:
    return iter(sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file() and not path.is_symlink()))


def _links(home: Path) -> Iterator[str]:
    return iter(sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_symlink()))


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    """The same number of folders in name and pattern: here * stands for no slash."""
    parts = name.split("/")
    for pattern in patterns:
        wanted = pattern.split("/")
        if len(wanted) == len(parts) and all(map(fnmatchcase, parts, wanted)):
            return not any(part.startswith(".") for part in parts)
    return False

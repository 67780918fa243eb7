"""The search index of the ledger: `HOME/index.sqlite` (0600), made from the segments and made anew from them at any time.

It proves nothing. What it names is read from the segments, and the ledger's verifier says whether those are whole.

A facet has few values and many records a value, so every value keeps bits: a row for each `BLOCK` of records, one bit a
record. A question is the AND of such rows, which takes the same time whatever it finds.
"""

import fcntl
import json
import os
import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import HomeError
from traceapp.domain.ledger_search import ShownThings
from traceapp.host.sqlite_files import place_database
from traceapp.ledger.index_terms import disclosed_fields, facets, field_values, names, things
from traceapp.ledger.records import record_hash
from traceapp.ledger.segments import first_kept, read_frame
from traceapp.ledger.tail import PlacedRecord

FILE: Final = "index.sqlite"
LOCK: Final = "index.lock"
FORM: Final = 2
"""Of the tables; a file of another form is made anew."""
BLOCK: Final = 8192
_SCHEMA: Final = """
CREATE TABLE state (form INTEGER, first INTEGER, indexed INTEGER, hash TEXT, unread INTEGER);
CREATE TABLE places (seq INTEGER PRIMARY KEY, segment INTEGER, place INTEGER, time INTEGER);
CREATE TABLE spans (block INTEGER PRIMARY KEY, earliest INTEGER, latest INTEGER);
CREATE TABLE facets (facet TEXT, value TEXT, block INTEGER, bits BLOB, PRIMARY KEY (facet, value, block)) WITHOUT ROWID;
CREATE TABLE names (name TEXT, value BLOB, seq INTEGER, PRIMARY KEY (name, value, seq)) WITHOUT ROWID;
CREATE TABLE shown (number INTEGER PRIMARY KEY, kind TEXT, disclosed TEXT, withheld TEXT, UNIQUE (kind, disclosed, withheld));
CREATE TABLE things (uid BLOB, seq INTEGER, shown INTEGER, PRIMARY KEY (uid, seq, shown)) WITHOUT ROWID;
"""

_HEX: Final = re.compile(r"[0-9a-f]{32}", re.ASCII).fullmatch

OpenRoll = Callable[[Mapping[str, Any]], tuple[ShownThings, ...] | None]
"""A record → what its disclosure roll names; None where it has none or it cannot be opened."""


class LedgerIndex:
    """Open for writing in one process at a time; `begin` first.

    Every method raises sqlite3.Error or OSError: the file cannot be used; `discard` it and begin anew.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / FILE
        self._kept: sqlite3.Connection | None = None
        self._shown: dict[tuple[str, tuple[str, ...], tuple[str, ...]], int] = {}

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else keeps the index of this home at this moment; then nobody does until the end of the block."""
        try:
            lock = os.open(self._home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeError(f"{self._home / LOCK} cannot be written ({error.strerror})") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        try:
            yield free
        finally:
            self.close()
            os.close(lock)

    def begin(self) -> str | None:
        """Open it, or begin one; why it has to be made from the first record on, None where it goes on."""
        reason = self._unfit() if self._path.exists() else "there was none"
        if reason is not None:
            self.discard()
            place_database(self._path, _SCHEMA)
            with self._connect() as fresh:
                fresh.execute("INSERT INTO state VALUES (?, ?, ?, ?, 0)", (FORM, first_kept(self._home), 0, ""))
        self._kept = self._connect()
        self._shown = {}
        return reason

    def discard(self) -> None:
        """Take the file away."""
        self.close()
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            (self._home / name).unlink(missing_ok=True)

    def close(self) -> None:
        if self._kept is not None:
            with suppress(sqlite3.Error):
                self._kept.close()
        self._kept = None

    @property
    def indexed(self) -> int:
        """The newest record that is in it; 0 for none."""
        return int(self._open.execute("SELECT indexed FROM state").fetchone()[0])

    @property
    def is_of_kept(self) -> bool:
        """Whether it begins where the ledger begins: after a pruning it does not, and is made anew."""
        return int(self._open.execute("SELECT first FROM state").fetchone()[0]) == first_kept(self._home)

    def add(self, records: Sequence[PlacedRecord], open_roll: OpenRoll) -> None:
        """The records that follow, in order; all of them or none."""
        if not records:
            return
        kept, unread = self._open, 0
        kept.execute("BEGIN IMMEDIATE")
        try:
            bits: dict[tuple[str, str, int], bytearray] = defaultdict(lambda: bytearray(BLOCK // 8))
            left: dict[tuple[tuple[tuple[str, tuple[str, ...]], ...], int], bytearray] = defaultdict(
                lambda: bytearray(BLOCK // 8)
            )
            found_names, found_things, places = [], [], []
            for record in records:
                block, bit = divmod(record.seq, BLOCK)
                place, mask = bit >> 3, 1 << (bit & 7)
                for facet, value in facets(record.told):
                    bits[facet, value, block][place] |= mask
                if disclosed := disclosed_fields(record.told):
                    left[disclosed, block][place] |= mask
                roll = open_roll(record.told) if record.told.get("roll") else None
                unread += roll is None and bool(record.told.get("roll"))
                for shown in things(record.told, roll):
                    number = self._number(shown)
                    found_things += [(key_of(uid), record.seq, number) for uid in shown.uids]
                found_names += [(name, key_of(value), record.seq) for name, value in names(record.told)]
                places.append((record.seq, record.segment, record.place, _microseconds(record.told["time"])))
            for (disclosed, block), some in left.items():
                for value in field_values(disclosed):
                    known = bits["field", value, block]
                    known[:] = _both(known, some)
            self._put_bits(bits)
            kept.executemany("INSERT OR IGNORE INTO names VALUES (?, ?, ?)", sorted(found_names))
            kept.executemany("INSERT OR IGNORE INTO things VALUES (?, ?, ?)", sorted(found_things))
            kept.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", places)
            self._put_spans(places)
            last = records[-1]
            kept.execute(
                "UPDATE state SET indexed = ?, hash = ?, unread = unread + ?", (last.seq, record_hash(last.content), unread)
            )
            kept.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                kept.execute("ROLLBACK")
            raise

    def _number(self, shown: ShownThings) -> int:
        """Of the row that says what these things showed."""
        alike = (shown.kind, shown.disclosed, shown.withheld)
        if alike not in self._shown:
            row = (shown.kind, json.dumps(sorted(shown.disclosed)), json.dumps(sorted(shown.withheld)))
            self._open.execute("INSERT OR IGNORE INTO shown (kind, disclosed, withheld) VALUES (?, ?, ?)", row)
            found = self._open.execute("SELECT number FROM shown WHERE kind = ? AND disclosed = ? AND withheld = ?", row)
            self._shown[alike] = int(found.fetchone()[0])
        return self._shown[alike]

    def _put_bits(self, bits: Mapping[tuple[str, str, int], bytearray]) -> None:
        rows = []
        for key, fresh in sorted(bits.items()):
            found = self._open.execute("SELECT bits FROM facets WHERE facet = ? AND value = ? AND block = ?", key).fetchone()
            known = fresh if found is None else _both(zlib.decompress(found[0]), fresh)
            rows.append((*key, zlib.compress(known, 1)))
        self._open.executemany("INSERT OR REPLACE INTO facets VALUES (?, ?, ?, ?)", rows)

    def _put_spans(self, places: Sequence[tuple[int, int, int, int]]) -> None:
        times: dict[int, list[int]] = defaultdict(list)
        for seq, _, _, time in places:
            times[seq // BLOCK].append(time)
        self._open.executemany(
            "INSERT INTO spans VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET "
            "earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)",
            [(block, min(some), max(some)) for block, some in times.items()],
        )

    def _unfit(self) -> str | None:
        """Why the file that lies there cannot be gone on with."""
        try:
            with closing(self._connect()) as kept:
                if kept.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                    return "it was damaged"
                form, first, indexed, digest, _ = kept.execute("SELECT * FROM state").fetchone()
                if form != FORM:
                    return "it was of another form"
                if first != first_kept(self._home):
                    return "records were pruned"
                if not indexed:
                    return None
                segment, place = kept.execute("SELECT segment, place FROM places WHERE seq = ?", (indexed,)).fetchone()
        except (sqlite3.Error, TypeError, ValueError):
            return "it was damaged"
        record = read_frame(self._home, segment, place)
        return None if record is not None and record_hash(record) == digest else "it was of another ledger"

    @property
    def _open(self) -> sqlite3.Connection:
        assert self._kept is not None  # noqa: S101 - begun before
        return self._kept

    def _connect(self) -> sqlite3.Connection:
        """NORMAL: after a power cut the file is whole and may lack the newest records, which are read again."""
        made = sqlite3.connect(self._path, timeout=30.0, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA synchronous=NORMAL")
        made.execute("PRAGMA cache_size=-65536")
        return made


def key_of(text: str) -> bytes:
    """16 bytes of an id of 32 hexadecimal digits, any other text as it stands."""
    return bytes.fromhex(text) if _HEX(text) else text.encode()


def _both(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(BLOCK // 8, "little")


def _microseconds(text: str) -> int:
    return round(parse_stored_time(text).timestamp() * 1_000_000)

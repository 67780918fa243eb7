"""The ledger's file: one writer by lock, groups made durable together, a torn end mended and said."""

import fcntl
import hashlib
import json
import os
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from traceapp import __version__
from traceapp.domain.clock import Clock, stored_time
from traceapp.domain.errors import HomeError, LedgerBrokenError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.host.private_files import sync_folder
from traceapp.ledger.records import (
    FOLDER,
    FORMAT,
    GENESIS,
    MAX_RECORD,
    RECORDS,
    canonical,
    leaf_hash,
    plain_entry,
    record_hash,
)

LOCK: Final = "lock"
SECTOR: Final = 512
_WINDOW: Final = 8 * 1024 * 1024
_REMEMBERED: Final = 20_000
_make_durable = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record that somebody asked for; `request_id` makes a retry harmless."""

    request_id: str
    entry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record was not made; nothing was written for it."""

    reason: str


class LedgerStorage:
    """Open for writing in one process at a time.

    Whoever gets an OSError out of `append` must end the process without acknowledging: after a failed write or
    fdatasync nobody knows what is on the disk, and a second try would be told that all is well.
    """

    def __init__(self, home: Path, clock: Clock) -> None:
        """raises  HomeError: no writable folder, or another writer has it.   LedgerBrokenError: see `_recover`."""
        self._clock = clock
        self._boot = uuid.uuid4().hex
        self._receipts: OrderedDict[str, tuple[LedgerReceipt, bytes]] = OrderedDict()
        self._prev = GENESIS
        self._head = LedgerReceipt(0, "")
        folder = home / FOLDER
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeError(f"The ledger folder {folder} cannot be written: {error.strerror}.") from None
        self._file = -1
        try:
            self._take_lock(folder)
            self._file = os.open(folder / RECORDS, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            sync_folder(folder)
            sync_folder(folder.parent)
            dropped = self._recover(folder)
        except BaseException:
            self.close()
            raise
        opening = [self._own(Act.LEDGER_START, {"boot_id": self._boot, "version": __version__})]
        if dropped is not None:
            opening.insert(0, self._own(Act.LEDGER_RECOVER, {"boot_id": self._boot, **dropped}))
        self.append(opening)

    @property
    def head(self) -> LedgerReceipt:
        """The newest durable record."""
        return self._head

    def append(self, group: Sequence[Wanted]) -> list[LedgerReceipt | Refusal]:
        """Write a group, wait until it is durable, return one receipt or refusal each, in order.

        raises  OSError: write or fdatasync failed; see the class.
        """
        lines: list[bytes] = []
        outcomes: list[LedgerReceipt | Refusal] = []
        seq, prev, head = self._head.seq, self._prev, self._head
        for wanted in group:
            fingerprint = _fingerprint(wanted.entry)
            known = self._receipts.get(wanted.request_id)
            if known is not None:
                outcomes.append(known[0] if known[1] == fingerprint else Refusal("request_id was used for another record"))
                continue
            record = wanted.entry | {
                "v": FORMAT,
                "seq": seq + 1,
                "time": stored_time(self._clock.now()),
                "prev": prev,
                "request_id": wanted.request_id,
            }
            try:
                line = canonical(record)
            except ValueError:
                outcomes.append(Refusal("the entry has no canonical form"))
                continue
            if len(line) > MAX_RECORD:
                outcomes.append(Refusal(f"the record has {len(line)} bytes, more than {MAX_RECORD}"))
                continue
            seq, prev = seq + 1, record_hash(line)
            head = LedgerReceipt(seq, leaf_hash(line))
            lines.append(line)
            outcomes.append(head)
            # Remembered before it is durable: a failure below ends the process, so nobody is told too early.
            self._remember(wanted.request_id, head, fingerprint)
        if lines:
            self._write(b"\n".join(lines) + b"\n")
            _make_durable(self._file)
        self._prev, self._head = prev, head
        return outcomes

    def close(self) -> None:
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1

    def _take_lock(self, folder: Path) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise HomeError(f"The ledger in {folder} is in use by another writer (process {holder}).") from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(self._file, view) :]

    def _recover(self, folder: Path) -> dict[str, Any] | None:
        """Read the end of the file back, cut a torn tail off, remember recent receipts.

        returns  what was dropped, None where nothing was.
        raises   LedgerBrokenError: the end is not a chain of whole records and is not torn by a crash either.
        """
        # After a failed fdatasync the cache may hold what the disk does not: read what is really there.
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        size = os.fstat(self._file).st_size
        start = max(0, size - _WINDOW)
        content = _read_all(self._file, start, size)
        if start:
            first = content.find(b"\n") + 1
            start, content = start + first, content[first:]
        position = 0
        previous: bytes | None = None
        while (end := content.find(b"\n", position)) >= 0:
            line = content[position:end]
            if not self._take_back(line, previous, whole_file=start == 0):
                break
            previous, position = line, end + 1
        tail = content[position:]
        if not tail:
            return None
        if not _is_torn(tail, start + position):
            raise LedgerBrokenError(f"The ledger is broken after record {self._head.seq}; it is not opened for writing.")
        kept = folder / f"torn-after-{self._head.seq}-{self._boot[:8]}"
        kept.write_bytes(tail)
        kept.chmod(0o600)
        os.ftruncate(self._file, start + position)
        os.fsync(self._file)
        return {"bytes_dropped": len(tail), "sha256": hashlib.sha256(tail).hexdigest(), "last_good_seq": self._head.seq}

    def _take_back(self, line: bytes, previous: bytes | None, *, whole_file: bool) -> bool:
        """Whether the line follows; if so it becomes the head."""
        try:
            record = json.loads(line)
            seq, prev, request_id = int(record["seq"]), record["prev"], str(record["request_id"])
            entry = {name: value for name, value in record.items() if name not in {"v", "seq", "time", "prev", "request_id"}}
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        if previous is not None and (seq != self._head.seq + 1 or prev != record_hash(previous)):
            return False
        if previous is None and whole_file and (seq != 1 or prev != GENESIS):
            return False
        self._prev, self._head = record_hash(line), LedgerReceipt(seq, leaf_hash(line))
        self._remember(request_id, self._head, _fingerprint(entry))
        return True

    def _remember(self, request_id: str, receipt: LedgerReceipt, fingerprint: bytes) -> None:
        self._receipts[request_id] = (receipt, fingerprint)
        if len(self._receipts) > _REMEMBERED:
            self._receipts.popitem(last=False)

    def _own(self, act: Act, result: dict[str, Any]) -> Wanted:
        """A record of the writer about itself."""
        entry = LedgerEntry(act=act.value, outcome="done", actor={"username": "ledger", "through": "service"}, result=result)
        return Wanted(uuid.uuid4().hex, plain_entry(entry))


def _is_torn(tail: bytes, offset: int) -> bool:
    """Whether a crash can have left this end of the file, which begins at `offset`.

    It leaves one line that was not finished, or whole sectors that were never written and read as zeros. A zero byte
    amid a line is somebody's edit.
    """
    written = tail.rstrip(b"\x00")
    if b"\n" not in written:
        return True
    first = -offset % SECTOR
    return any(not any(tail[place : place + SECTOR]) for place in range(first, len(written), SECTOR))


def _fingerprint(entry: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).digest()


def _read_all(descriptor: int, start: int, end: int) -> bytes:
    parts = []
    while start < end and (part := os.pread(descriptor, end - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)

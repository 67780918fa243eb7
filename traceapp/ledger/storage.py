"""The ledger's files: one writer by lock, groups made durable together, a torn end mended and said."""

import fcntl
import hashlib
import json
import os
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from traceapp import __version__
from traceapp.domain.clock import Clock, stored_time
from traceapp.domain.errors import HomeError, LedgerBrokenError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.host.private_files import create_private, sync_folder
from traceapp.ledger.checkpoints import Checkpoint, Checkpoints
from traceapp.ledger.frames import frame, frame_at, is_torn, leaf_of, whole_frames
from traceapp.ledger.records import FOLDER, FORMAT, GENESIS, MAX_RECORD, canonical, leaf_hash, plain_entry, record_hash
from traceapp.ledger.segments import LARGEST, Beginning, list_segments, read_segment, segment_path, segments_folder
from traceapp.ledger.signed_notes import proof_text
from traceapp.ledger.tree import TreeFile

ITSELF: Final = MappingProxyType({"username": "ledger", "through": "service"})
LOCK: Final = "lock"
TREE: Final = "tree"
_REMEMBERED: Final = 20_000
_LONGEST_BEGINNING: Final = 1024
_OWN_FIELDS: Final = frozenset({"v", "seq", "time", "prev", "request_id"})
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

    Whoever gets an OSError out of `append` or `checkpoint` must end the process without acknowledging: after a failed
    write or fdatasync nobody knows what is on the disk, and a second try would be told that all is well.
    """

    def __init__(self, home: Path, clock: Clock, *, largest: int = LARGEST) -> None:
        """largest  bytes of a segment before the next one is begun.
        raises   HomeError: no writable folder, or another writer has it.   LedgerBrokenError: see `_recover`.
        """
        self._home, self._clock, self._largest = home, clock, largest
        self._boot = uuid.uuid4().hex
        self._receipts: OrderedDict[str, tuple[LedgerReceipt, bytes]] = OrderedDict()
        self._prev = GENESIS
        self._head = LedgerReceipt(0, "")
        self._key_on_record = ""
        self._lock = self._file = self._nodes = -1
        self._checkpoints: Checkpoints | None = None
        folder = home / FOLDER
        try:
            for one in (folder, segments_folder(home)):
                one.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeError(f"The ledger folder {folder} cannot be written: {error.strerror}.") from None
        try:
            self._epoch = self._take_lock(folder)
            self._checkpoints = Checkpoints(folder)
            self._nodes = os.open(folder / TREE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._tree = TreeFile(self._nodes)
            for one in (folder, folder.parent):
                sync_folder(one)
            dropped = self._recover(folder)
        except BaseException:
            self.close()
            raise
        self._end_rotation()
        opening = [self._own(Act.LEDGER_START, {"boot_id": self._boot, "version": __version__, "key": self.verifier_key})]
        if dropped is not None:
            opening.insert(0, self._own(Act.LEDGER_RECOVER, {"boot_id": self._boot, **dropped}))
        self.append(opening)
        self.checkpoint()

    @property
    def head(self) -> LedgerReceipt:
        """The newest durable record."""
        return self._head

    @property
    def verifier_key(self) -> str:
        """What checkpoints are checked with from now on."""
        return self._signed.signer.verifier_key

    @property
    def checkpointed(self) -> int:
        """How many records the newest checkpoint is over."""
        return self._signed.newest.size if self._signed.newest is not None else 0

    def append(self, group: Sequence[Wanted]) -> list[LedgerReceipt | Refusal]:
        """Write a group, wait until it is durable, return one receipt or refusal each, in order.

        raises  OSError: write or fdatasync failed; see the class.
        """
        records: list[bytes] = []
        outcomes: list[LedgerReceipt | Refusal] = []
        seq, prev, head = self._head.seq, self._prev, self._head
        for wanted in group:
            fingerprint = _fingerprint(wanted.entry)
            known = self._receipts.get(wanted.request_id)
            if known is not None:
                outcomes.append(known[0] if known[1] == fingerprint else Refusal("request_id was used for another record"))
                continue
            told = wanted.entry | {
                "v": FORMAT,
                "seq": seq + 1,
                "time": stored_time(self._clock.now()),
                "prev": prev,
                "request_id": wanted.request_id,
            }
            try:
                record = canonical(told)
            except ValueError:
                outcomes.append(Refusal("the entry has no canonical form"))
                continue
            if len(record) > MAX_RECORD:
                outcomes.append(Refusal(f"the record has {len(record)} bytes, more than {MAX_RECORD}"))
                continue
            seq, prev = seq + 1, record_hash(record)
            head = LedgerReceipt(seq, leaf_hash(record))
            records.append(record)
            outcomes.append(head)
            # Remembered before it is durable: a failure below ends the process, so nobody is told too early.
            self._remember(wanted.request_id, head, fingerprint)
        if records:
            if os.fstat(self._file).st_size >= self._largest:
                self._begin_segment()
            self._write(b"".join(map(frame, records)))
            _make_durable(self._file)
            self._tree.append(self._head.seq, [leaf_of(record) for record in records])
        self._prev, self._head = prev, head
        return outcomes

    def checkpoint(self) -> Checkpoint:
        """Sign the tree as it is, unless its newest checkpoint says so already; raises OSError."""
        newest = self._signed.newest
        if newest is not None and newest.size == self._head.seq:
            return newest
        return self._signed.add(self._head.seq, self._tree.root(self._head.seq))

    def prove(self, seq: int) -> str:
        """The proof that record `seq` is in the tree of the newest checkpoint, or of one that is made for it.

        raises  ValueError: there is no such record. OSError: see the class.
        """
        if not 1 <= seq <= self._head.seq:
            raise ValueError(f"there is no record {seq}")
        signed = self._signed.newest
        if signed is None or signed.size < seq:
            signed = self.checkpoint()
        return proof_text(seq - 1, self._tree.inclusion_proof(seq - 1, signed.size), signed.note)

    def rotate_key(self, actor: Mapping[str, Any] = ITSELF) -> str:
        """Sign under a new key from now on: the record that tells it is the last that the old one signs; the verifier key.

        actor   who wanted it.
        raises  OSError: see the class; what is begun is ended at the next start.
        """
        fresh = self._signed.draw_key()
        self.append([self._own(Act.LEDGER_KEY, {"key": fresh.verifier_key}, actor)])
        self._signed.change_key(fresh, self._head.seq, self._tree.root(self._head.seq))
        return fresh.verifier_key

    def close(self) -> None:
        if self._checkpoints is not None:
            self._checkpoints.close()
        for descriptor in (self._file, self._nodes, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._nodes = self._lock = -1

    @property
    def _signed(self) -> Checkpoints:
        assert self._checkpoints is not None  # noqa: S101 - open from the start to the end
        return self._checkpoints

    def _take_lock(self, folder: Path) -> int:
        """The epoch of this opening: one more than the last one, whoever had it."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 40, 0).decode("ascii", "replace").partition(" ")[0].strip() or "unknown"
            raise HomeError(f"The ledger in {folder} is in use by another writer (process {holder}).") from None
        _, _, epoch = os.pread(self._lock, 40, 0).decode("ascii", "replace").partition(" ")
        mine = int(epoch) + 1 if epoch.strip().isdigit() else 1
        mine = max([mine, *(beginning.epoch + 1 for beginning in _beginnings(self._home))])
        os.pwrite(self._lock, f"{os.getpid()} {mine}\n".ljust(40).encode(), 0)
        os.fsync(self._lock)
        return mine

    def _begin_segment(self) -> None:
        """Close the newest segment and begin the next one; raises OSError."""
        if self._file >= 0:
            os.fsync(self._nodes)
            os.close(self._file)
            self._file = -1
        path = segment_path(self._home, self._head.seq + 1)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._write(frame(Beginning(self._head.seq + 1, self._prev, self._epoch).record()))
        _make_durable(self._file)
        sync_folder(path.parent)

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(self._file, view) :]

    def _recover(self, folder: Path) -> dict[str, Any] | None:
        """Read the newest segment back, cut a torn tail off, remember recent receipts, bring the tree up to it.

        returns  what was dropped, None where nothing was.
        raises   LedgerBrokenError: the end is not a chain of whole records and is not torn by a crash either, or what a
                 checkpoint was signed over is gone.
        """
        segments = self._begun_segments(folder)
        if not segments:
            if self.checkpointed:
                raise LedgerBrokenError(f"The ledger has a checkpoint over {self.checkpointed} records, and none of them.")
            self._begin_segment()
            return None
        self._file = os.open(segments[-1], os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        # After a failed fdatasync the cache may hold what the disk does not: read what is really there.
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        content = _read_all(self._file)
        beginning, position, records = self._take_back(segments[-1], content)
        tail = content[position:]
        if tail and not is_torn(tail, position):
            raise LedgerBrokenError(f"The ledger is broken after record {self._head.seq}; it is not opened for writing.")
        if self._head.seq < self.checkpointed:
            raise LedgerBrokenError(
                f"The ledger has a checkpoint over {self.checkpointed} records, and ends at record {self._head.seq}."
            )
        self._bring_tree_up(beginning.first_seq - 1, records)
        if not tail:
            return None
        kept = folder / f"torn-after-{self._head.seq}-{self._boot[:8]}"
        create_private(kept, tail, 0o600)
        os.ftruncate(self._file, position)
        os.fsync(self._file)
        return {"bytes_dropped": len(tail), "sha256": hashlib.sha256(tail).hexdigest(), "last_good_seq": self._head.seq}

    def _begun_segments(self, folder: Path) -> list[Path]:
        """All segments; a newest one whose first frame a crash left unfinished is set aside: no record was in it."""
        segments = list_segments(self._home)
        if segments and _beginning_in(segments[-1]) is None:
            content = segments[-1].read_bytes()
            if content and not is_torn(content, 0):
                raise LedgerBrokenError(f"The ledger's segment {segments[-1].name} does not begin as one.")
            segments[-1].replace(folder / f"torn-segment-{self._boot[:8]}")
            sync_folder(segments.pop().parent)
        return segments

    def _take_back(self, path: Path, content: bytes) -> tuple[Beginning, int, list[bytes]]:
        """What the newest segment holds: its beginning, the place where its last whole record ends, its records."""
        frames = whole_frames(content)
        beginning, position = _beginning_in(path), 0
        if beginning is None or path.name != segment_path(self._home, beginning.first_seq).name:
            raise LedgerBrokenError(f"The ledger's segment {path.name} does not begin as it is named.")
        self._prev, self._head = beginning.prev, LedgerReceipt(beginning.first_seq - 1, "")
        records: list[bytes] = []
        for end, record in frames:
            if position:
                if not self._follows(record):
                    break
                self._prev, self._head = record_hash(record), LedgerReceipt(self._head.seq + 1, leaf_hash(record))
                records.append(record)
            position = end
        for record in records[-_REMEMBERED:]:
            told = json.loads(record)
            entry = {name: value for name, value in told.items() if name not in _OWN_FIELDS}
            self._remember(told["request_id"], LedgerReceipt(told["seq"], leaf_hash(record)), _fingerprint(entry))
        if records and (newest := json.loads(records[-1]))["act"] == Act.LEDGER_KEY.value:
            self._key_on_record = newest["result"]["key"]
        return beginning, position, records

    def _follows(self, record: bytes) -> bool:
        """Whether this is the record after the head."""
        try:
            told = json.loads(record)
            return bool(told["seq"] == self._head.seq + 1 and told["prev"] == self._prev and told["request_id"])
        except (ValueError, KeyError, TypeError):
            return False

    def _bring_tree_up(self, before: int, records: Sequence[bytes]) -> None:
        """The tree as the segments say it: anew from the newest one, or from all where the file does not reach so far."""
        if self._tree.leaves_at_most < before:
            self._tree.cut(0)
            start = 0
            for path in list_segments(self._home)[:-1]:
                leaves = [leaf_of(record) for record in read_segment(path)]
                self._tree.append(start, leaves)
                start += len(leaves)
            if start != before:
                raise LedgerBrokenError(f"The ledger has lost records before record {before + 1}.")
        self._tree.append(before, [leaf_of(record) for record in records])
        self._tree.cut(before + len(records))

    def _end_rotation(self) -> None:
        """Of a change of keys that a crash broke off: end it where the new key is on record, else forget the new key."""
        fresh = self._signed.fresh_key()
        if fresh is None:
            return
        if self._key_on_record != fresh.verifier_key:
            self._signed.forget_fresh_key()
        else:
            self._signed.change_key(fresh, self._head.seq, self._tree.root(self._head.seq))

    def _remember(self, request_id: str, receipt: LedgerReceipt, fingerprint: bytes) -> None:
        self._receipts[request_id] = (receipt, fingerprint)
        if len(self._receipts) > _REMEMBERED:
            self._receipts.popitem(last=False)

    def _own(self, act: Act, result: dict[str, Any], actor: Mapping[str, Any] = ITSELF) -> Wanted:
        """A record of the writer about itself."""
        entry = LedgerEntry(act=act.value, outcome="done", actor=actor, result=result)
        return Wanted(uuid.uuid4().hex, plain_entry(entry))


def _beginning_in(path: Path) -> Beginning | None:
    """None where the segment does not begin as one does; raises OSError."""
    with path.open("rb") as file:
        record = frame_at(file.read(_LONGEST_BEGINNING), 0)
    try:
        return Beginning.read(record or b"")
    except ValueError:
        return None


def _beginnings(home: Path) -> list[Beginning]:
    """Those of the two newest segments, as far as they can be read."""
    return [found for path in list_segments(home)[-2:] if (found := _beginning_in(path)) is not None]


def _fingerprint(entry: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).digest()


def _read_all(descriptor: int) -> bytes:
    parts, place = [], 0
    while part := os.pread(descriptor, LARGEST, place):
        parts.append(part)
        place += len(part)
    return b"".join(parts)

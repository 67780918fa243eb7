"""The ledger's files: one writer by lock, groups made durable together, a torn end mended and said."""

import fcntl
import os
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from traceapp import __version__
from traceapp.domain.clock import Clock, stored_time
from traceapp.domain.errors import HomeError, HomeInUseError, LedgerBrokenError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.host.disk_space import DiskSpace, space_of
from traceapp.host.private_files import sync_folder, write_whole
from traceapp.ledger.checkpoints import Checkpoint, Checkpoints
from traceapp.ledger.clock_status import ClockStatus, status_in
from traceapp.ledger.frames import frame
from traceapp.ledger.pruned import alone
from traceapp.ledger.pruning import end_pruning_alone
from traceapp.ledger.receipts import REMEMBERED, RecentReceipts, fingerprint
from traceapp.ledger.records import FOLDER, FORMAT, MAX_RECORD, canonical, leaf_of, plain_entry, record_hash
from traceapp.ledger.recovery import Recovered, bring_tree_up, check_signed, mend, read_back
from traceapp.ledger.reserve import RESERVE, Reserve
from traceapp.ledger.segments import LARGEST, Beginning, list_segments, newest_epoch, read_segment, segment_path, segments_folder
from traceapp.ledger.signed_notes import proof_text
from traceapp.ledger.tree import TreeFile

ITSELF: Final = MappingProxyType({"username": "ledger", "through": "service"})
LOCK: Final = "lock"
TREE: Final = "tree"
FORMER: Final = "records.jsonl"
"""The file of a ledger from before there were segments."""
_make_durable = getattr(os, "fdatasync", os.fsync)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record that somebody asked for; `message_id` makes a retry harmless."""

    message_id: str
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

    def __init__(self, home: Path, clock: Clock, *, largest: int = LARGEST, reserve: int = RESERVE) -> None:
        """largest  bytes of a segment before the next one is begun; on a full disk the newest one is gone on with.
        reserve  bytes that are set aside for records.
        raises   HomeInUseError: another writer has it. HomeError: no writable folder, or a ledger of before lies there.
                 LedgerBrokenError: what lies there is not what was written; nothing is changed then.
        """
        self._home, self._clock, self._largest = home, clock, largest
        self._boot = uuid.uuid4().hex
        self._checkpoint_at = clock.now()
        self._time = ClockStatus(self._checkpoint_at)
        self._receipts = RecentReceipts()
        self._reserve = Reserve(reserve)
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
            self._open(folder)
        except BaseException:
            self.close()
            raise

    def _open(self, folder: Path) -> None:
        if (folder / FORMER).exists():
            raise HomeError(f"{folder / FORMER} is a ledger of an earlier form, which this version does not go on with.")
        self._checkpoints = Checkpoints(folder)
        self._nodes = os.open(folder / TREE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._tree = TreeFile(self._nodes)
        with alone(self._home):
            with suppress(LedgerBrokenError):  # leaf hashes that were changed: the verifier says so, and nothing more goes
                end_pruning_alone(self._home)
            found, newest = read_back(self._home), self._signed.newest
            check_signed(found, newest)
            bring_tree_up(self._tree, self._home, found, newest)
            self._head, self._prev = found.head, found.prev
            newest_records = self._newest_records(found)
            self._receipts.take_back(newest_records)
            if newest_records:
                self._time = status_in(newest_records[-1])
        self._check_key(found.key)
        dropped = mend(found, folder, self._boot)
        for one in (folder, folder.parent):
            sync_folder(one)
        if found.segment is None:
            self._begin_segment()
        else:
            self._file = os.open(found.segment, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        self._reserve.keep_beside(self._nodes, self._signed.descriptor)
        self._end_rotation(found.key)
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

    @property
    def checkpoint_at(self) -> datetime:
        """When that was signed, or looked at and found to be over everything."""
        return self._checkpoint_at

    @property
    def reserve(self) -> Reserve:
        """What is set aside for a full disk."""
        return self._reserve

    @property
    def space(self) -> DiskSpace:
        """Of the disk that the ledger lies on; raises OSError."""
        return space_of(self._home / FOLDER)

    def append(self, group: Sequence[Wanted]) -> list[LedgerReceipt | Refusal]:
        """Write a group, wait until it is durable, return one receipt or refusal each, in order.

        raises  OSError: write or fdatasync failed; see the class.
        """
        frames: list[bytes] = []
        leaves: list[bytes] = []
        outcomes: list[LedgerReceipt | Refusal] = []
        seq, prev, head = self._head.seq, self._prev, self._head
        for wanted in group:
            asked = fingerprint(wanted.entry)
            known = self._receipts.known(wanted.message_id)
            if known is not None:
                outcomes.append(known[0] if known[1] == asked else Refusal("append_id was used for another record"))
                continue
            now = self._clock.now()
            self._time = self._time.at(now)
            told = wanted.entry | {
                **self._time.document,
                "v": FORMAT,
                "seq": seq + 1,
                "time": stored_time(now),
                "prev": prev,
                "append_id": wanted.message_id,
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
            leaves.append(leaf_of(record))
            frames.append(frame(record, leaves[-1]))
            head = LedgerReceipt(seq, leaves[-1].hex())
            outcomes.append(head)
            # Remembered before it is durable: a failure below ends the process, so nobody is told too early.
            self._receipts.remember(wanted.message_id, head, asked)
        if frames:
            status = os.fstat(self._file)
            if status.st_size >= self._largest and self._has_room():
                self._begin_segment()
                status = os.fstat(self._file)
            self._reserve.keep_for_records(self._file, status)
            write_whole(self._file, b"".join(frames))
            _make_durable(self._file)
            self._tree.put(self._head.seq, leaves)
        self._prev, self._head = prev, head
        return outcomes

    def checkpoint(self) -> Checkpoint:
        """Sign the tree as it is, unless its newest checkpoint says so already; raises OSError."""
        newest = self._signed.newest
        if newest is not None and newest.size == self._head.seq:
            self._checkpoint_at = self._clock.now()
            return newest
        self._reserve.keep_beside(self._nodes, self._signed.descriptor)
        self._checkpoint_at = self._clock.now()
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

    def prove_growth(self, before: int) -> tuple[Checkpoint, list[bytes]]:
        """A checkpoint over everything, and the proof that its tree begins with the first `before` records.

        raises  ValueError: there are not so many. OSError: see the class.
        """
        if not 0 <= before <= self._head.seq:
            raise ValueError(f"there are no {before} records")
        signed = self.checkpoint()
        return signed, self._tree.consistency_proof(before, signed.size)

    def rotate_key(self, actor: Mapping[str, Any] = ITSELF) -> str:
        """Sign under a new key from now on: the record that tells it is the last that the old one signs; the verifier key.

        actor   who wanted it.
        raises  OSError: see the class; what is begun is ended at the next start.
        """
        fresh = self._signed.begin_rotation()
        self.append([self._own(Act.LEDGER_KEY, {"key": fresh.verifier_key}, actor)])
        self._signed.end_rotation(fresh, self._head.seq, self._tree.root(self._head.seq))
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
            raise HomeInUseError(f"The ledger in {folder} is in use by another writer (process {holder}).") from None
        _, _, epoch = os.pread(self._lock, 40, 0).decode("ascii", "replace").partition(" ")
        mine = int(epoch) + 1 if epoch.strip().isdigit() else 1
        mine = max(mine, newest_epoch(self._home) + 1)
        os.pwrite(self._lock, f"{os.getpid()} {mine}\n".ljust(40).encode(), 0)
        os.fsync(self._lock)
        return mine

    def _begin_segment(self) -> None:
        """Close the newest segment and begin the next one; raises OSError."""
        if self._file >= 0:
            self._tree.sync()
            os.ftruncate(self._file, os.fstat(self._file).st_size)  # gives back what was set aside beyond its end
            os.close(self._file)
            self._file = -1
        path = segment_path(self._home, self._head.seq + 1)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        beginning = Beginning(self._head.seq + 1, self._prev, self._epoch).record()
        write_whole(self._file, frame(beginning, leaf_of(beginning)))
        _make_durable(self._file)
        sync_folder(path.parent)

    def _has_room(self) -> bool:
        """Whether a new segment would find its reserve."""
        return self.space.free >= self._reserve.wanted

    def _newest_records(self, found: Recovered) -> Sequence[bytes]:
        """As many as receipts are remembered of, of the two newest segments."""
        wanted = REMEMBERED - len(found.records)
        before = [path for path in list_segments(self._home) if found.segment is not None and path < found.segment][-1:]
        older = [*chain.from_iterable(read_segment(path, closed=True) for path in before)] if wanted > 0 else []
        return [*older, *found.records][-REMEMBERED:]

    def _check_key(self, told: str | None) -> None:
        """raises LedgerBrokenError: the ledger says that it signs under a key that is not here."""
        fresh = self._signed.fresh_key()
        if told not in {None, self.verifier_key, fresh.verifier_key if fresh is not None else None}:
            raise LedgerBrokenError(f"The ledger signs under the key {told}, which is not in its folder.")

    def _end_rotation(self, told: str | None) -> None:
        """A rotation that a crash broke off is ended where the new key is on record, and else undone."""
        fresh = self._signed.fresh_key()
        if fresh is not None and fresh.verifier_key == told:
            self._signed.end_rotation(fresh, self._head.seq, self._tree.root(self._head.seq))
        elif fresh is not None:
            self._signed.undo_rotation()

    def _own(self, act: Act, result: dict[str, Any], actor: Mapping[str, Any] = ITSELF) -> Wanted:
        """A record of the writer about itself."""
        entry = LedgerEntry(act=act.value, outcome="done", actor=actor, result=result)
        return Wanted(uuid.uuid4().hex, plain_entry(entry))

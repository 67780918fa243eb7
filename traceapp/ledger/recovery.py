"""What a start finds of the ledger: it is read first, judged, and only then mended."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import LedgerBrokenError
from traceapp.domain.recorded import LedgerReceipt
from traceapp.host.private_files import create_private, sync_folder
from traceapp.ledger.checkpoints import Checkpoint
from traceapp.ledger.frames import first_whole_frame, is_torn, whole_frames
from traceapp.ledger.pruned import leaves_in, list_pruned
from traceapp.ledger.records import GENESIS, TELLS_KEY, append_id, leaf_of, record_hash
from traceapp.ledger.segments import beginning_of, first_kept, list_segments, read_segment
from traceapp.ledger.tree import TreeFile

_TELLING: Final = tuple(f'{{"act":"{act}"'.encode() for act in TELLS_KEY)
"""How those records begin."""


@dataclass(frozen=True, slots=True)
class Torn:
    """What a crash left at the end: bytes of this file from `place` on that are no whole frame."""

    path: Path
    place: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Recovered:
    """The end of the ledger.

    segment    the newest one that was begun; None where there is none.
    first_seq  its first record.
    records    those that are whole, in order.
    prev       what the next record names.
    """

    segment: Path | None
    first_seq: int
    records: Sequence[bytes]
    prev: str
    torn: Torn | None

    @property
    def head(self) -> LedgerReceipt:
        leaf = leaf_of(self.records[-1]).hex() if self.records else ""
        return LedgerReceipt(self.first_seq + len(self.records) - 1, leaf)

    @property
    def key(self) -> str | None:
        """The verifier key that the newest record of the segment about it names."""
        told = next((record for record in reversed(self.records) if record.startswith(_TELLING)), None)
        return str(json.loads(told)["result"]["key"]) if told is not None else None


def read_back(home: Path) -> Recovered:
    """Read the end of the ledger; nothing is changed.

    raises  LedgerBrokenError: it is not a chain of whole records, and not torn by a crash either.
    """
    segments, torn = list_segments(home), None
    if segments and (unbegun := _unbegun(segments[-1])) is not None:
        torn = Torn(segments.pop(), 0, unbegun)
    if not segments:
        return Recovered(None, 1, (), GENESIS, torn)
    content = _read_from_disk(segments[-1])
    frames = whole_frames(content)
    place, first = next(frames, (0, b""))
    beginning = beginning_of(segments[-1], first)
    prev, records = beginning.prev, list[bytes]()
    for end, record in frames:
        if not _follows(record, beginning.first_seq + len(records), prev):
            break
        prev, place = record_hash(record), end
        records.append(record)
    if content[place:]:
        if torn is not None or not is_torn(content[place:], place):
            last = beginning.first_seq + len(records) - 1
            raise LedgerBrokenError(f"The ledger is broken after record {last}; it is not opened for writing.")
        torn = Torn(segments[-1], place, content[place:])
    return Recovered(segments[-1], beginning.first_seq, records, prev, torn)


def check_signed(found: Recovered, newest: Checkpoint | None) -> None:
    """raises LedgerBrokenError: records that were signed for, and so were durable, are not there."""
    if newest is not None and newest.size > found.head.seq:
        raise LedgerBrokenError(f"The ledger has a checkpoint over {newest.size} records, and ends at record {found.head.seq}.")


def bring_tree_up(tree: TreeFile, home: Path, found: Recovered, newest: Checkpoint | None) -> None:
    """Make the tree what the records say, and the newest checkpoint.

    raises  LedgerBrokenError: the records are not those that were signed for.
    """
    before = found.first_seq - 1
    if tree.leaves_at_most < before:
        _plant_anew(tree, home, before)
    tree.put(before, [leaf_of(record) for record in found.records])
    if newest is not None and tree.root(newest.size) != newest.root:
        _plant_anew(tree, home, before)
        tree.put(before, [leaf_of(record) for record in found.records])
        if tree.root(newest.size) != newest.root:
            raise LedgerBrokenError(f"The records are not those that the checkpoint over {newest.size} was signed for.")
    tree.sync()


def mend(found: Recovered, folder: Path, boot: str) -> dict[str, Any] | None:
    """Cut off what a crash left unfinished, and keep it beside; what a record says of it, None where nothing was."""
    torn = found.torn
    if torn is None:
        return None
    create_private(folder / f"torn-after-{found.head.seq}-{boot[:8]}", torn.content, 0o600)
    sync_folder(folder)
    if torn.path == found.segment:
        with torn.path.open("r+b") as file:
            file.truncate(torn.place)
            os.fsync(file.fileno())
    else:
        torn.path.unlink()
        sync_folder(torn.path.parent)
    digest = hashlib.sha256(torn.content).hexdigest()
    return {"bytes_dropped": len(torn.content), "sha256": digest, "last_good_seq": found.head.seq}


def _unbegun(path: Path) -> bytes | None:
    """The content of a segment whose first frame a crash left unfinished, and so has no record; None where it was begun."""
    content = path.read_bytes()
    if next(whole_frames(content), None) is not None:
        return None
    if content and (first_whole_frame(content) is not None or not is_torn(content, 0)):
        raise LedgerBrokenError(f"The ledger's segment {path.name} does not begin as one; it is not opened for writing.")
    return content


def _follows(record: bytes, seq: int, prev: str) -> bool:
    try:
        told = json.loads(record)
        return bool(told["seq"] == seq and told["prev"] == prev and append_id(told))
    except (ValueError, KeyError, TypeError):
        return False


def _plant_anew(tree: TreeFile, home: Path, before: int) -> None:
    """From what is kept of pruned records and from all segments but the newest, which end at record `before`."""
    start, kept = 0, first_kept(home) - 1
    for path in list_pruned(home):
        if start < kept:
            for some in leaves_in(path):
                tree.put(start, some)
                start += len(some)
    start = min(start, kept)  # a crash may have left segments whose leaf hashes are kept already
    for path in list_segments(home):
        if start < before:
            leaves = [leaf_of(record) for record in read_segment(path, closed=True)]
            tree.put(start, leaves)
            start += len(leaves)
    if start != before:
        raise LedgerBrokenError(f"The ledger has lost records before record {before + 1}.")


def _read_from_disk(path: Path) -> bytes:
    """After a failed fdatasync the cache may hold what the disk does not: read what is really there."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return file.read()

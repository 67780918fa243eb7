"""Checkpoints appended to a file on a second file system, durable there before the next one is made."""

import os
from pathlib import Path
from typing import Final

from traceapp.domain.clock import Clock
from traceapp.domain.errors import AnchorError, InputError
from traceapp.domain.ledger_health import Growth
from traceapp.host.private_files import sync_folder, write_whole
from traceapp.ledger.anchors.port import Anchored, Grow
from traceapp.ledger.signed_notes import TAIL, SignedNote, newest_note, notes_in
from traceapp.ledger.tree import has_grown


class SecondCopy:
    """`FOLDER/ledger-<id>.checkpoints`: what the verifier takes as `--anchor`."""

    name: Final = "copy"

    def __init__(self, folder: Path, origin: str, clock: Clock, every: float) -> None:
        """origin  the name that the ledger signs under."""
        self._path = folder / f"ledger-{origin.rpartition('/')[2]}.checkpoints"
        self._origin, self._clock, self.every = origin, clock, every

    def put(self, grow: Grow) -> Anchored | None:
        fresh = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            last = self._last(descriptor)
            growth = self._growth(grow, last)
            now = notes_in(growth.note)[0]
            if last is not None and not has_grown(last.size, last.root, now.size, now.root, growth.path):
                raise AnchorError(
                    f"The copy {self._path} holds another history: its checkpoint over {last.size} records has root "
                    f"{last.root.hex()}, and the ledger does not grow from it."
                )
            if last is None or now.size > last.size:
                write_whole(descriptor, growth.note.encode())
                os.fsync(descriptor)
                if fresh:
                    sync_folder(self._path.parent)
            return Anchored(now.size, self._clock.now())
        finally:
            os.close(descriptor)

    def _growth(self, grow: Grow, last: SignedNote | None) -> Growth:
        try:
            return grow(last.size if last is not None else 0)
        except InputError:
            size = last.size if last is not None else 0
            raise AnchorError(
                f"The copy {self._path} is over {size} records, more than there are: this ledger was cut off."
            ) from None

    def _last(self, descriptor: int) -> SignedNote | None:
        """The newest that lies there; what a crash left unfinished behind it is cut off."""
        size = os.fstat(descriptor).st_size
        last, end = newest_note(descriptor)
        if last is None and size >= TAIL:
            raise AnchorError(f"The copy {self._path} does not end with a checkpoint; it is left as it is.")
        if last is not None and last.origin != self._origin:
            raise AnchorError(f"The copy {self._path} is that of {last.origin}.")
        if end != size:
            os.ftruncate(descriptor, end)
        return last


def shares_disk(folder: Path, home: Path) -> bool:
    """Whether both lie on one file system, so that what takes the one takes the other; raises OSError."""
    return folder.stat().st_dev == home.stat().st_dev

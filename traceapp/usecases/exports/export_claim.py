"""`HOME/exports/<approval>`: of many that take one file at once one does, and once it has left whole nobody does."""

import fcntl
import os
from pathlib import Path
from typing import Final

from traceapp.domain.errors import HomeError

FOLDER: Final = "exports"
TAKEN: Final = b"taken"


class Claim:
    """Held while the file is made and sent; who dies with it gives it back, since the lock goes with the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def of(cls, home: Path, approval: str) -> "Claim | None":
        """None where another holds it, or the file was taken; raises HomeError."""
        folder = home / FOLDER
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(folder / approval, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                free = os.pread(descriptor, len(TAKEN), 0) != TAKEN
            except BlockingIOError:
                free = False
        except OSError as error:
            raise HomeError(f"the file cannot be written ({error.strerror})") from None
        if free:
            return cls(descriptor)
        os.close(descriptor)
        return None

    def end(self, taken: bool) -> None:
        """Once; taken: the file left whole, and never does again."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        try:
            if taken:
                os.pwrite(descriptor, TAKEN, 0)
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def was_taken(home: Path, approval: str) -> bool:
    """Whether the file of this approval left whole."""
    try:
        return (home / FOLDER / approval).read_bytes() == TAKEN
    except FileNotFoundError:
        return False

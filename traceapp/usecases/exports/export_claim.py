"""`HOME/exports/<approval>`: of many that take one file at once one does. Whether it was taken, the ledger says (`taken.py`)."""

import fcntl
import os
from pathlib import Path
from typing import Final

from traceapp.domain.errors import HomeError

FOLDER: Final = "exports"


class Claim:
    """Held while the file is made and sent; who dies with it gives it back, since the lock goes with the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def of(cls, home: Path, approval: str) -> "Claim | None":
        """None where another holds it; raises HomeError."""
        folder = home / FOLDER
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(folder / approval, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
        except OSError as error:
            raise HomeError(f"the file cannot be written ({error.strerror})") from None
        return cls(descriptor)

    def end(self) -> None:
        """Give it back, once."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

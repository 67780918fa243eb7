"""Acts and approvals that are being carried out: each holds a lock as long as its process lives and works on it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.ledger.records import FOLDER

INTENTS: Final = "intents"
_COMMAND: Final = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")


@contextmanager
def held_intent(home: Path, command: str, *, waits: bool = True) -> Iterator[bool]:
    """Hold the intent of this command, or the approval of this uid, from before it is on record until its outcome is.

    The kernel lets a lock go with its process: an intent without an outcome and without a lock is nobody's any more.
    waits   for another that holds it; else False is what comes, at once, and nothing is held.
    raises  LedgerUnavailableError: the folder cannot be written, and nothing may be begun.
    """
    path = home / FOLDER / INTENTS / command
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _locked(path, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    except OSError as error:
        raise LedgerUnavailableError(f"The folder of intents cannot be written ({type(error).__name__}).") from None
    try:
        yield True
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(file)


def _locked(path: Path, how: int) -> int:
    """Whoever waited for one that was taken away meanwhile locks the one that is there now: nobody finds the other."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, how)
        except BlockingIOError:
            os.close(file)
            raise
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(file).st_ino:
                return file
        os.close(file)


def is_held(home: Path, command: str) -> bool:
    """Whether somebody still works on it; what a dead process left of it is taken away."""
    path = home / FOLDER / INTENTS / command
    if not _COMMAND.fullmatch(command) or not path.exists():
        return False
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False

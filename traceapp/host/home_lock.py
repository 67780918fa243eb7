"""A lock of the home: what is read and then written there is read and written by one at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from traceapp.domain.errors import HomeError

PATIENCE: Final = 40.0
_PAUSE: Final = 0.1


@contextmanager
def alone(home: Path, name: str) -> Iterator[None]:
    """Held by one at a time on this home, whether thread or process; whoever dies with it gives it back. `HOME/<name>.lock`.

    raises  HomeError: it cannot be taken.
    """
    lock = _opened(home / f"{name}.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def only_run(home: Path, name: str, work: str) -> Iterator[None]:
    """The same where nobody waits: who comes second is told that the work is being done.

    work    what is done under it, for whoever is told.
    raises  HomeError: it is held, or cannot be taken.
    """
    path = home / f"{name}.lock"
    lock = _opened(path)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError(f"{path} is held: {work} already") from None
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HomeError(f"{path} cannot be written ({error.strerror})") from None


def wait_until_free(path: Path) -> None:
    """Until nobody holds this lock any more: a process whose parent was killed ends by itself. Harmless where there is none.

    raises  HomeError: it is held for longer than 40 s. OSError.
    """
    if not path.exists():
        return
    deadline = time.monotonic() + PATIENCE
    with path.open("rb") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise HomeError(f"another process still works in {path.parent}") from None
                time.sleep(_PAUSE)
            else:
                return

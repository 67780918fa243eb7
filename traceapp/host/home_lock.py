"""A lock of the home: what is read and then written there is read and written by one at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from traceapp.domain.errors import HomeError


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

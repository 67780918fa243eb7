"""Files that hold a secret: read only where nobody else can, written whole or not at all."""

import os
import stat
from pathlib import Path
from typing import Final

from traceapp.domain.errors import SettingsError

OTHERS: Final = 0o007 | 0o020
"""Whoever is neither owner nor in the group may do nothing; the group may read, as a mounted secret often wants it."""
LARGEST: Final = 1024 * 1024
OWN: Final = 0o600
"""The mode of what its owner may write by hand as well."""


def read_secret(path: Path, setting: str) -> bytes:
    """The bytes of a secret's file, at most 1 MiB.

    setting  whose file it is, for the message: `NEO4J_PASSWORD_FILE`.
    raises   SettingsError: missing, unreadable, no plain file, or open to others than its owner and group.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise SettingsError(f"{setting}: the file {path} cannot be read ({error.strerror})") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SettingsError(f"{setting}: {path} is no plain file")
        check_mode(path, status, setting)
        return os.read(descriptor, LARGEST)
    finally:
        os.close(descriptor)


def check_private(path: Path, setting: str) -> None:
    """The same look at a file that another program reads; raises SettingsError."""
    try:
        status = path.stat()
    except OSError as error:
        raise SettingsError(f"{setting}: the file {path} cannot be read ({error.strerror})") from None
    check_mode(path, status, setting)


def check_mode(path: Path, status: os.stat_result, setting: str) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if mode & OTHERS:
        raise SettingsError(f"{setting}: the file {path} is open to others (mode {mode:04o}); wanted 0400 (chmod 400 {path})")
    if status.st_uid not in {os.geteuid(), 0}:
        raise SettingsError(f"{setting}: the file {path} belongs to user {status.st_uid}, not to the service")


def write_private(path: Path, content: bytes, mode: int = 0o400) -> None:
    """Put a file in place that its owner alone may read, over an older one; raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    create_private(fresh, content, mode)
    fresh.replace(path)


def create_private(path: Path, content: bytes, mode: int = 0o400) -> None:
    """A new file, its content durable; raises OSError, also where it is there already."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_whole(descriptor: int, content: bytes) -> None:
    """All of it, in as many writes as that takes; raises OSError."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder holds; raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

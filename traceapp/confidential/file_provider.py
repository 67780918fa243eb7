"""The key-encryption key in a file that its owner alone may read: whoever has the disk has it too."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from traceapp.domain.errors import KeyUnavailableError
from traceapp.host.private_files import create_private

KEY_ENCRYPTION_KEY: Final = "key-encryption-key"


class FileKeyProvider:
    """Key-encryption keys as files of one folder: 64 hex digits, 0400."""

    name: Final = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"FileKeyProvider({str(self._folder)!r})"

    def create(self) -> str:
        kek = "1" if not self._path("1").exists() else secrets.token_hex(4)
        try:
            create_private(self._path(kek), secrets.token_hex(32).encode() + b"\n")
        except OSError as error:
            raise KeyUnavailableError(f"The key file {self._path(kek)} cannot be written: {error.strerror}.") from None
        return kek

    def wrap(self, kek: str, key: bytes) -> bytes:
        return aes_key_wrap(self._read(kek), key)

    def unwrap(self, kek: str, alias: str, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._read(kek), wrapped)
        except (InvalidUnwrap, ValueError):
            raise KeyUnavailableError(
                f"The key {alias} does not open under {self._path(kek)}: another key, or a damaged ring."
            ) from None

    def discard(self, kek: str) -> None:
        try:
            self._path(kek).unlink(missing_ok=True)
        except OSError as error:
            raise KeyUnavailableError(f"The key file {self._path(kek)} cannot be removed: {error.strerror}.") from None

    def _path(self, kek: str) -> Path:
        return self._folder / (KEY_ENCRYPTION_KEY if kek == "1" else f"{KEY_ENCRYPTION_KEY}.{kek}")

    def _read(self, kek: str) -> bytes:
        text = read_private(self._path(kek)).strip()
        try:
            key = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            key = b""
        if len(key) != 32:
            raise KeyUnavailableError(f"{self._path(kek)} does not hold a key of 64 hex digits.") from None
        return key


def read_private(path: Path) -> bytes:
    """The bytes of a file that nobody but its owner may read.

    raises  KeyUnavailableError: missing, unreadable, or open to group or world.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyUnavailableError(f"The key file {path} cannot be read: {error.strerror}.") from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        mode = stat.S_IMODE(status.st_mode)
        if mode & 0o077:
            raise KeyUnavailableError(f"The key file {path} is open to others (mode {mode:04o}): wanted 0400.")
        if status.st_uid != os.geteuid():
            raise KeyUnavailableError(f"The key file {path} belongs to user {status.st_uid}, not to the service.")
        return file.read()

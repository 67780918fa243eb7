"""The first source is kept: the raw bytes of every file or message, encrypted, found by their digest.

A file: magic · 32 B salt · 32 B name tag · chunks of 1 MiB, each AES-256-GCM under a key of this file alone, bound
to its place and to whether it is the last. The file's name is an HMAC of the digest, so that this folder alone does
not let somebody test whether a document that he has is kept here. A dump of the store does: `Event.file_digest` is the
plain SHA-256.
"""

import hashlib
import hmac
import os
import secrets
import struct
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from traceapp.confidential.envelope import length_prefixed
from traceapp.domain.errors import DocumentError, HomeError, SealBrokenError
from traceapp.host.private_files import sync_folder

FOLDER: Final = "sources"
CHUNK: Final = 1024 * 1024
_MAGIC: Final = b"TASRC\x00\x00\x01"
_SALT: Final = 32
_TAG: Final = 16
_COUNTER: Final = struct.Struct(">IQ")


class SourceArchive:
    """Raw sources of one home, under the key of purpose `sources`."""

    def __init__(self, home: Path, key: bytes) -> None:
        self._folder = home / FOLDER
        self._key = key

    def __repr__(self) -> str:
        return f"SourceArchive({str(self._folder)!r})"

    def keep(self, path: Path) -> str:
        """Keep a copy of a file; the same bytes again change nothing. Memory stays flat however long the file is.

        returns  SHA-256 (hex) of the raw bytes.
        raises   DocumentError: the file cannot be read.   HomeError: the archive cannot be written.
        """
        try:
            source = path.open("rb")
        except OSError as error:
            raise DocumentError(f"{path.name} cannot be read: {error.strerror}.") from None
        with source:
            return self.keep_stream(source, path.name)

    def keep_stream(self, source: BinaryIO, name: str) -> str:
        """The same for an open stream; `name` only serves a sentence about an error."""
        staging: Path | None = None
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            staging = self._folder / f".staging-{secrets.token_hex(8)}"
            digest = self._write(staging, source, name)
            kept = self._place(digest)
            if kept.exists():
                return digest
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            staging.rename(kept)
            sync_folder(kept.parent)
            sync_folder(self._folder)
        except OSError as error:
            raise HomeError(f"The archive of sources {self._folder} cannot be written: {error.strerror}.") from None
        finally:
            if staging is not None:
                staging.unlink(missing_ok=True)
        return digest

    def open(self, digest: str) -> Generator[bytes, None, None]:
        """The raw bytes again, chunk by chunk; each chunk is verified before it is handed out.

        raises  DocumentError: no source has this digest.
                SealBrokenError: the file was changed, cut, or put in the place of another.
        """
        try:
            file = self._place(digest).open("rb")
        except OSError:
            raise DocumentError(f"No source with the digest {digest[:64]} is kept here.") from None
        return self._read(file, digest)

    def _place(self, digest: str) -> Path:
        name = hmac.digest(self._key, length_prefixed("name", digest), "sha256").hex()
        return self._folder / name[:2] / name[2:]

    def _write(self, staging: Path, source: BinaryIO, name: str) -> str:
        salt = secrets.token_bytes(_SALT)
        cipher = self._cipher(salt)
        digest = hashlib.sha256()
        descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + salt + bytes(32))
            chunk, counter = _read_chunk(source, name), 0
            while True:
                following = _read_chunk(source, name) if len(chunk) == CHUNK else b""
                digest.update(chunk)
                file.write(cipher.encrypt(_nonce(counter), chunk, _bound(salt, counter, final=not following)))
                if not following:
                    break
                chunk, counter = following, counter + 1
            # The tag ties this file to its digest, so that a swapped file is refused before its first byte leaves.
            file.seek(len(_MAGIC) + _SALT)
            file.write(self._name_tag(salt, digest.hexdigest()))
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest()

    def _read(self, file: BinaryIO, digest: str) -> Generator[bytes, None, None]:
        with file:
            head = file.read(len(_MAGIC) + _SALT + 32)
            salt = head[len(_MAGIC) : len(_MAGIC) + _SALT]
            if not head.startswith(_MAGIC) or not hmac.compare_digest(head[-32:], self._name_tag(salt, digest)):
                raise _broken(digest)
            cipher = self._cipher(salt)
            seen = hashlib.sha256()
            sealed, counter = file.read(CHUNK + _TAG), 0
            while True:
                following = file.read(CHUNK + _TAG)
                try:
                    chunk = cipher.decrypt(_nonce(counter), sealed, _bound(salt, counter, final=not following))
                except (InvalidTag, ValueError):
                    raise _broken(digest) from None
                seen.update(chunk)
                if not following and seen.hexdigest() != digest:
                    raise _broken(digest)
                yield chunk
                if not following:
                    return
                sealed, counter = following, counter + 1

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(HKDFExpand(SHA256(), 32, length_prefixed("source", salt)).derive(self._key))

    def _name_tag(self, salt: bytes, digest: str) -> bytes:
        return hmac.digest(self._key, length_prefixed("tag", salt, digest), "sha256")


def _read_chunk(source: BinaryIO, name: str) -> bytes:
    """A whole chunk, shorter at the end only; a pipe may give less at a time than it was asked for."""
    parts = bytearray()
    try:
        while len(parts) < CHUNK and (part := source.read(CHUNK - len(parts))):
            parts += part
    except OSError as error:
        raise DocumentError(f"{name} cannot be read: {error.strerror}.") from None
    return bytes(parts)


def _nonce(counter: int) -> bytes:
    return _COUNTER.pack(0, counter)


def _bound(salt: bytes, counter: int, *, final: bool) -> bytes:
    return length_prefixed("source chunk", salt, counter, "final" if final else "more")


def _broken(digest: str) -> SealBrokenError:
    return SealBrokenError(f"The kept source {digest} is not what was kept.")

"""Checkpoints of one ledger: its key, and the file of signed notes that nothing is ever taken out of.

HOME/ledger/origin         the name that the ledger signs under, drawn once
HOME/ledger/signing.pem    its Ed25519 key, the writer's alone; signing.new.pem while it is rotated
HOME/ledger/checkpoints    one signed note after the other
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from traceapp.domain.errors import HomeError, LedgerBrokenError, SettingsError
from traceapp.host.private_files import read_secret, sync_folder, write_private, write_whole
from traceapp.ledger.signed_notes import TAIL, NoteSigner, checkpoint_text, newest_note, signed

ORIGIN: Final = "origin"
SIGNING_KEY: Final = "signing.pem"
FRESH_KEY: Final = "signing.new.pem"
CHECKPOINTS: Final = "checkpoints"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A note that was signed: the tree over the first `size` records has this root."""

    size: int
    root: bytes
    note: str


class Checkpoints:
    """Open for adding in the writer alone."""

    def __init__(self, folder: Path) -> None:
        """Draw a key and an origin where there are none.

        raises  HomeError: they cannot be made or read. LedgerBrokenError: the newest checkpoint is none of this ledger.
        """
        self._folder = folder
        self._file = -1
        try:
            self.signer = _signer(folder)
            self._path = folder / CHECKPOINTS
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise HomeError(f"The key of the ledger in {folder} cannot be used: {error.strerror}.") from None
        try:
            self.newest = self._mend()
        except BaseException:
            self.close()
            raise

    def add(self, size: int, root: bytes, former: Sequence[NoteSigner] = ()) -> Checkpoint:
        """Sign that the tree of `size` leaves has this root, durable when this returns; raises OSError."""
        note = signed(checkpoint_text(self.signer.name, size, root), self.signer, *former)
        write_whole(self._file, note.encode())
        os.fsync(self._file)
        self.newest = Checkpoint(size, root, note)
        return self.newest

    @property
    def descriptor(self) -> int:
        """Of the file that they are added to."""
        return self._file

    def begin_rotation(self) -> NoteSigner:
        """The key after this one, kept beside it; raises OSError."""
        key = Ed25519PrivateKey.generate()
        write_private(self._folder / FRESH_KEY, _pem(key))
        sync_folder(self._folder)
        return NoteSigner(self.signer.name, key)

    def fresh_key(self) -> NoteSigner | None:
        """The key of a rotation that was begun and not ended; raises HomeError."""
        path = self._folder / FRESH_KEY
        return NoteSigner(self.signer.name, _read_key(path)) if path.exists() else None

    def undo_rotation(self) -> None:
        (self._folder / FRESH_KEY).unlink()

    def end_rotation(self, fresh: NoteSigner, size: int, root: bytes) -> None:
        """Sign once by both, then by the new one alone: the old one is gone; raises OSError."""
        former, self.signer = self.signer, fresh
        self.add(size, root, [former])
        self._put_fresh_key_in_place()

    def _put_fresh_key_in_place(self) -> None:
        (self._folder / FRESH_KEY).replace(self._folder / SIGNING_KEY)
        sync_folder(self._folder)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _mend(self) -> Checkpoint | None:
        """The newest note; what a crash left unfinished behind it is cut off: nobody was told of it."""
        size = os.fstat(self._file).st_size
        newest, end = newest_note(self._file)
        if newest is None and size >= TAIL:
            raise LedgerBrokenError(f"The newest checkpoint in {self._path} is no signed note.")
        if newest is not None and newest.origin != self.signer.name:
            raise LedgerBrokenError(f"The checkpoints in {self._path} are those of {newest.origin}.")
        if end != size:  # else it would give back what is set aside beyond the end
            os.ftruncate(self._file, end)
        return Checkpoint(newest.size, newest.root, newest.note) if newest is not None else None


def _signer(folder: Path) -> NoteSigner:
    origin, key = folder / ORIGIN, folder / SIGNING_KEY
    if not origin.exists():
        write_private(origin, f"traceapp/ledger/{secrets.token_hex(16)}\n".encode())
    if not key.exists():
        write_private(key, _pem(Ed25519PrivateKey.generate()))
    return NoteSigner(origin.read_text("utf-8").strip(), _read_key(key))


def read_signer(origin: str, path: Path) -> NoteSigner:
    """Who signs under this name with the key in this file; raises HomeError: it holds none, or is open to others."""
    return NoteSigner(origin, _read_key(path))


def _read_key(path: Path) -> Ed25519PrivateKey:
    try:
        loaded = load_pem_private_key(read_secret(path, "The key of the ledger"), None)
    except SettingsError as error:
        raise HomeError(f"{error}.") from None
    except ValueError:
        loaded = None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise HomeError(f"{path} is no Ed25519 key.")
    return loaded


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

"""Keys: one key-encryption key in a file, and the keys that it wraps.

HOME/keys/key-encryption-key  64 hex digits, 0400: never leaves the host, wraps everything below
HOME/keys/keyring.json        every other key, wrapped (AES key wrap, RFC 3394), with its state, 0400

A stolen disk that holds both speaks; that is the price of the `file` provider and is said at start-up.
"""

import fcntl
import json
import os
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from traceapp.domain.errors import HomeError, KeyUnavailableError

FOLDER: Final = "keys"
KEY_ENCRYPTION_KEY: Final = "key-encryption-key"
KEYRING: Final = "keyring.json"
SEALED_TIERS: Final = ("T2", "T3")


class KeyPurpose(StrEnum):
    """Keys that are not data keys. No two purposes ever share a key."""

    IDENTITY = "identity"  # uid = HMAC of an identity; never rotates, or the same lot would get a second node
    BLIND_INDEX = "blind-index"
    CONTENT_DIGEST = "content-digest"
    EXPORT = "export"
    MAC = "mac"  # has epochs, see `KeyRing.mac_key`
    SESSIONS = "sessions"
    SOURCES = "sources"
    STUBS = "stubs"


PURPOSES: Final[Mapping[str, KeyPurpose]] = {purpose.value: purpose for purpose in KeyPurpose}


class KeyState(StrEnum):
    """`active` seals and opens, `decrypt-only` opens, `retired` does nothing."""

    ACTIVE = "active"
    DECRYPT_ONLY = "decrypt-only"
    RETIRED = "retired"


def key_number(key_id: str) -> int:
    """The four-byte form of a data key's id: `T2.1` is 0x02000001 (tier, then epoch)."""
    tier, _, epoch = key_id.partition(".")
    return int(tier.removeprefix("T")) << 24 | int(epoch)


def key_id_of(number: int) -> str:
    """The reverse of `key_number`."""
    return f"T{number >> 24}.{number & 0xFFFFFF}"


def epoch_of(key_id: str) -> int:
    return int(key_id.partition(".")[2])


def purpose_of(name: str) -> KeyPurpose | None:
    """The purpose of a key of the ring by its name there (`sessions`, `mac.1`); None for a data key."""
    return PURPOSES.get(name.partition(".")[0])


def _purpose_name(purpose: KeyPurpose) -> str:
    """The name of the first key of a purpose in the ring."""
    return f"{purpose.value}.1" if purpose is KeyPurpose.MAC else purpose.value


@dataclass(frozen=True, slots=True)
class DataKey:
    """One data key of a (tier, epoch)."""

    key_id: str
    state: KeyState
    _secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.key_id}, {self.state.value})"

    @property
    def secret(self) -> bytes:
        return self._secret


class KeyRing:
    """The unwrapped keys of one process. It shows ids, never bytes."""

    __slots__ = ("_active", "_data", "_macs", "_purposes", "owner")

    def __init__(
        self, data: Mapping[str, DataKey], purposes: Mapping[KeyPurpose, bytes], macs: Mapping[int, bytes], owner: str
    ) -> None:
        """owner  whose keys these are: a name drawn with them, to which every ciphertext is bound.
        macs   keys of purpose `mac` by epoch.
        """
        self.owner = owner
        self._macs = dict(macs)
        self._data = dict(data)
        self._purposes = dict(purposes)
        self._active: dict[str, DataKey] = {}
        for key in sorted(self._data.values(), key=lambda key: epoch_of(key.key_id)):
            if key.state is KeyState.ACTIVE:
                self._active[key.key_id.partition(".")[0]] = key

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(sorted(self._data))})"

    def __reduce__(self) -> str:
        raise TypeError("a key ring is not copied into files or other processes")

    def sealing_key(self, tier: str) -> DataKey:
        """The newest active data key of a tier (`T2`, `T3`); raises KeyUnavailableError."""
        key = self._active.get(tier)
        if key is None:
            raise KeyUnavailableError(f"No active data key for tier {tier}.")
        return key

    def opening_key(self, key_id: str) -> DataKey:
        """The data key that a ciphertext names; raises KeyUnavailableError where it is unknown or retired."""
        key = self._data.get(key_id)
        if key is None or key.state is KeyState.RETIRED:
            raise KeyUnavailableError(f"The data key {key_id} is not available.")
        return key

    def purpose_key(self, purpose: KeyPurpose) -> bytes:
        """32 bytes, of purpose `mac` those of the newest epoch; raises KeyUnavailableError."""
        key = self.mac_key(self.mac_epoch) if purpose is KeyPurpose.MAC else self._purposes.get(purpose)
        if key is None:
            raise KeyUnavailableError(f"No key for {purpose.value}.")
        return key

    @property
    def mac_epoch(self) -> int:
        """The epoch whose key new record MACs are made with; 0 where there is none."""
        return max(self._macs, default=0)

    def mac_key(self, epoch: int) -> bytes:
        """32 bytes: the key that the record MACs of an epoch were made with; raises KeyUnavailableError."""
        key = self._macs.get(epoch)
        if key is None:
            raise KeyUnavailableError(f"No key for the record MACs of epoch {epoch}.")
        return key


class FileKeyProvider:
    """Wraps and unwraps under the key-encryption key in a file that its owner alone may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"FileKeyProvider({str(self._folder)!r})"

    def wrap(self, key: bytes) -> bytes:
        return aes_key_wrap(self._read(), key)

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """raises KeyUnavailableError: the wrong key-encryption key, or a damaged ring."""
        try:
            return aes_key_unwrap(self._read(), wrapped)
        except (InvalidUnwrap, ValueError):
            raise KeyUnavailableError(
                f"The key {key_id} does not open under {self._folder / KEY_ENCRYPTION_KEY}: another key, or a damaged ring."
            ) from None

    def _read(self) -> bytes:
        text = read_private(self._folder / KEY_ENCRYPTION_KEY).strip()
        try:
            key = bytes.fromhex(text.decode("ascii"))
        except ValueError:
            key = b""
        if len(key) != 32:
            raise KeyUnavailableError(f"{self._folder / KEY_ENCRYPTION_KEY} does not hold a key of 64 hex digits.") from None
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


def create_keys(home: Path) -> bool:
    """Make HOME/keys with a fresh key-encryption key and ring. Whole or not at all, and never over existing keys.

    returns  True where keys were made, False where they were there before.
    raises   HomeError: the folder cannot be written.
    """
    folder = home / FOLDER
    if folder.exists():
        return False
    staging = home / f".{FOLDER}-{secrets.token_hex(8)}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=0o700)
        _write_private(staging / KEY_ENCRYPTION_KEY, secrets.token_hex(32).encode() + b"\n")
        provider = FileKeyProvider(staging)
        ring = {f"{tier}.1": _fresh(provider) for tier in SEALED_TIERS} | {
            _purpose_name(purpose): _fresh(provider) for purpose in KeyPurpose
        }
        document = {"format": 1, "owner": secrets.token_hex(16), "keys": ring}
        _write_private(staging / KEYRING, json.dumps(document, indent=1).encode() + b"\n")
        _sync_folder(staging)
        try:
            staging.rename(folder)
        except OSError:
            # Another process finished first: its keys count, ours were never used.
            if not folder.exists():
                raise
            return False
        _sync_folder(home)
    except OSError as error:
        raise HomeError(f"Keys cannot be made in {home}: {error.strerror}.") from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return True


def complete_keys(home: Path) -> tuple[str, ...]:
    """Draw the keys of purposes that the ring of HOME/keys does not know yet: it was written by an older version.

    returns  their names in the ring; none where nothing was missing.
    raises   KeyUnavailableError: the ring cannot be read.   HomeError: it cannot be written.
    """
    folder = home / FOLDER
    ring = folder / KEYRING
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise KeyUnavailableError(f"The key folder {folder} cannot be read: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        document, entries = _read_ring(ring)
        known = {purpose_of(name) for name, _, _ in entries}
        provider = FileKeyProvider(folder)
        fresh = {_purpose_name(purpose): _fresh(provider) for purpose in KeyPurpose if purpose not in known}
        if fresh:
            document["keys"] |= fresh
            staging = folder / f".{KEYRING}-{secrets.token_hex(8)}"
            _write_private(staging, json.dumps(document, indent=1).encode() + b"\n")
            staging.rename(ring)
            _sync_folder(folder)
    except OSError as error:
        raise HomeError(f"The key ring {ring} cannot be written: {error.strerror}.") from None
    finally:
        os.close(lock)
    return tuple(sorted(fresh))


def load_keys(home: Path) -> KeyRing:
    """Unwrap the ring of HOME/keys.

    raises  KeyUnavailableError: missing, damaged, readable by others, or wrapped under another key.
    """
    folder = home / FOLDER
    try:
        folder_mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError as error:
        raise KeyUnavailableError(f"The key folder {folder} cannot be read: {error.strerror}.") from None
    if folder_mode & 0o077:
        raise KeyUnavailableError(f"The key folder {folder} is open to others (mode {folder_mode:04o}): wanted 0700.")
    provider = FileKeyProvider(folder)
    data: dict[str, DataKey] = {}
    purposes: dict[KeyPurpose, bytes] = {}
    macs: dict[int, bytes] = {}
    document, entries = _read_ring(folder / KEYRING)
    for name, state, wrapped in entries:
        purpose = purpose_of(name)
        if purpose is KeyPurpose.MAC:
            macs[epoch_of(name)] = provider.unwrap(name, wrapped)
        elif purpose is not None:
            purposes[purpose] = provider.unwrap(name, wrapped)
        elif state is not KeyState.RETIRED:
            data[name] = DataKey(name, state, provider.unwrap(name, wrapped))
    return KeyRing(data, purposes, macs, str(document["owner"]))


def _read_ring(path: Path) -> tuple[dict[str, Any], list[tuple[str, KeyState, bytes]]]:
    """The document, and (name, state, wrapped key) of each key; raises KeyUnavailableError."""
    try:
        document = json.loads(read_private(path))
        entries = [
            (str(name), KeyState(entry["state"]), bytes.fromhex(entry["wrapped"])) for name, entry in document["keys"].items()
        ]
        known = document["format"] == 1 and bool(document["owner"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyUnavailableError(f"{path} is not a key ring.") from None
    if not known:
        raise KeyUnavailableError(f"{path} was written by a newer traceapp.")
    return document, entries


def _fresh(provider: FileKeyProvider) -> dict[str, str]:
    return {"state": KeyState.ACTIVE.value, "wrapped": provider.wrap(secrets.token_bytes(32)).hex()}


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""HOME/keys/keyring.json: every key but the key-encryption key, wrapped, with its state. 0400, replaced whole or not at all."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from traceapp.confidential.file_provider import read_private
from traceapp.domain.errors import HomeError, KeyUnavailableError
from traceapp.domain.keys import KeyRecord, KeyState, RingRecord
from traceapp.host.private_files import create_private, sync_folder

KEYRING: Final = "keyring.json"
FORMAT: Final = 2
REMEMBERED: Final = 64
"""Acts; one that was cut off is settled seconds after its process has ended, or at the next start."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """One key of the ring.

    wrapped   under the key-encryption key; empty where the key was destroyed.
    recovery  the same key sealed to the recovery key; empty where there is none.
    """

    record: KeyRecord
    wrapped: bytes
    recovery: bytes = b""

    def moved(self, state: KeyState, moment: str) -> "WrappedKey":
        return replace(self, record=replace(self.record, state=state, changed_at=moment))


@dataclass(frozen=True, slots=True)
class Ring:
    """The document.

    owner     32 hex digits drawn with the first keys, to which every ciphertext is bound.
    kek       id of the key-encryption key in `provider` under which everything is wrapped.
    recovery  public half of the recovery key, 32 bytes; empty where none was made.
    acts      ids of the newest `REMEMBERED` acts on record that changed it, the oldest first.
    """

    owner: str
    provider: str
    kek: str
    recovery: bytes
    keys: Mapping[str, WrappedKey]
    acts: tuple[str, ...] = ()

    @property
    def record(self) -> RingRecord:
        return RingRecord(self.provider, self.kek, bool(self.recovery), tuple(key.record for key in self.keys.values()))

    def borne_by(self, command: str | None) -> "Ring":
        """The same, changed by this act; None where it is a part of none that is settled by the ring."""
        return self if command is None else replace(self, acts=(*self.acts, command)[-REMEMBERED:])

    def with_keys(self, changed: Mapping[str, WrappedKey]) -> "Ring":
        return replace(self, keys={**self.keys, **changed})


def read_ring(folder: Path) -> Ring:
    """raises  KeyUnavailableError: missing, damaged, readable by others, or of a newer traceapp."""
    path = folder / KEYRING
    try:
        document = json.loads(read_private(path))
        form = document["format"]
        known = form in {1, FORMAT}
        ring = _ring(document if form != 1 else _from_first_form(document)) if known else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyUnavailableError(f"{path} is not a key ring.") from None
    if ring is None:
        raise KeyUnavailableError(f"{path} was written by a newer traceapp.")
    return ring


def write_ring(folder: Path, ring: Ring) -> None:
    """Durable when it returns; raises OSError, and then the former ring is the one that counts."""
    document = {
        "format": FORMAT,
        "owner": ring.owner,
        "provider": ring.provider,
        "kek": ring.kek,
        "recovery": ring.recovery.hex(),
        "acts": list(ring.acts),
        "keys": {alias: _document(key) for alias, key in ring.keys.items()},
    }
    staging = folder / f".{KEYRING}-{secrets.token_hex(8)}"
    try:
        create_private(staging, json.dumps(document, indent=1).encode() + b"\n")
        staging.rename(folder / KEYRING)
    finally:
        staging.unlink(missing_ok=True)
    sync_folder(folder)


@contextmanager
def changing_ring(folder: Path) -> Iterator[None]:
    """One process at a time; raises KeyUnavailableError, and HomeError where the ring cannot be written."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise KeyUnavailableError(f"The key folder {folder} cannot be read: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    except OSError as error:
        raise HomeError(f"The key ring of {folder} cannot be written: {error.strerror}.") from None
    finally:
        os.close(lock)


def _document(key: WrappedKey) -> dict[str, str]:
    record = key.record
    said = {
        "state": record.state.value,
        "wrapped": key.wrapped.hex(),
        "recovery": key.recovery.hex(),
        "created_at": record.created_at,
        "created_by": record.created_by,
        "changed_at": record.changed_at,
        "group": record.group or "",
    }
    return {name: text for name, text in said.items() if text}


def _ring(document: Mapping[str, Any]) -> Ring:
    keys = {str(alias): _wrapped_key(str(alias), said) for alias, said in document["keys"].items()}
    owner, provider, kek = (_text(document[name]) for name in ("owner", "provider", "kek"))
    acts = tuple(map(str, document.get("acts", ())))
    return Ring(owner, provider, kek, bytes.fromhex(document["recovery"]), keys, acts)


def _wrapped_key(alias: str, said: Mapping[str, Any]) -> WrappedKey:
    record = KeyRecord(
        alias, KeyState(said["state"]), said["created_at"], said["created_by"], said["changed_at"], said.get("group") or None
    )
    return WrappedKey(record, bytes.fromhex(said.get("wrapped", "")), bytes.fromhex(said.get("recovery", "")))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("wanted some text")
    return value


def _from_first_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """The ring of the first version, which knew files only and no dates."""
    unknown = {"created_at": "unknown", "created_by": "unknown", "changed_at": "unknown"}
    keys = {alias: {**unknown, **said} for alias, said in document["keys"].items()}
    return {"owner": document["owner"], "provider": "file", "kek": "1", "recovery": "", "keys": keys}

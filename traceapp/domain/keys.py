"""What is known of a key without the key, and the port of whoever wraps keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

_GROUP: Final = 0x80
_NUMBER: Final = slice(1, 5)
"""Where a ciphertext names its key."""


def key_number(key_id: str) -> int:
    """The four-byte form of a data key's id: `T2.1` is 0x02000001 (tier, then epoch), `S3.1` 0x83000001."""
    tier, _, epoch = key_id.partition(".")
    return (int(tier[1:]) | (_GROUP if tier[0] == "S" else 0)) << 24 | int(epoch)


def key_id_of(number: int) -> str:
    """The reverse of `key_number`."""
    tier = number >> 24
    return f"{'S' if tier & _GROUP else 'T'}{tier & ~_GROUP}.{number & 0xFFFFFF}"


def epoch_of(key_id: str) -> int:
    return int(key_id.partition(".")[2])


def tier_of(key_id: str) -> str:
    """The tier of what a data key seals: `T3` for `T3.2` and `S3.4`."""
    return "T" + key_id[1:].partition(".")[0]


def age_of(key_id: str) -> tuple[bool, int, str]:
    """How a rotation orders key ids, the oldest first; keys of shred groups, which it leaves alone, last."""
    return key_id.startswith("S"), epoch_of(key_id), key_id


def key_named(ciphertext: bytes) -> str:
    """The id of the key that a ciphertext names."""
    return key_id_of(int.from_bytes(ciphertext[_NUMBER]))


def oldest_of(key_ids: Iterable[str | None]) -> str | None:
    """The oldest of some key ids, as a rotation orders them; None where there is none."""
    return min({key_id for key_id in key_ids if key_id is not None}, key=age_of, default=None)


class KeyState(StrEnum):
    """`active` seals and opens, `decrypt-only` opens, `retired` is kept and does nothing, `destroyed` is gone for good."""

    ACTIVE = "active"
    DECRYPT_ONLY = "decrypt-only"
    RETIRED = "retired"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key of the ring, as `traceapp keys status` tells it.

    alias       `T2.1` a data key of a tier and epoch · `S3.4` one of a shred group · `sessions`, `mac.1` … of a purpose.
    group       the shred group that it belongs to; None of all others.
    created_at, changed_at  stored times, UTC; changed_at is that of the last change of its state.
    """

    alias: str
    state: KeyState
    created_at: str
    created_by: str
    changed_at: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class RingRecord:
    """The ring as a whole.

    provider  `file` or `pkcs11`: who holds the key-encryption key `kek`.
    recovery  whether two officers can open it without the provider.
    """

    provider: str
    kek: str
    recovery: bool
    keys: tuple[KeyRecord, ...]


class KeyProvider(Protocol):
    """Holds key-encryption keys, which never leave it, and wraps other keys under them (AES key wrap, RFC 3394)."""

    @property
    def name(self) -> str:
        """`file` or `pkcs11`."""

    def create(self) -> str:
        """Make a key-encryption key; returns its id. raises KeyUnavailableError."""

    def wrap(self, kek: str, key: bytes) -> bytes:
        """Eight bytes more than the key. raises KeyUnavailableError."""

    def unwrap(self, kek: str, alias: str, wrapped: bytes) -> bytes:
        """raises  KeyUnavailableError: the provider does not answer, has no such key, or the wrapped key is another's."""

    def discard(self, kek: str) -> None:
        """Destroy a key-encryption key; one that is not there is no error. raises KeyUnavailableError."""

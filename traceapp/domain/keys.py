"""What is known of a key without the key, and the port of whoever wraps keys."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


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

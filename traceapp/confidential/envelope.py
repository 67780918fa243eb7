"""One property, sealed so that it opens in its own place only (AES-256-GCM, a key per node).

Stored bytes: 1 B format · 4 B key id · 4 B field version · 12 B nonce · ciphertext with 16 B tag.
The plaintext is its length (4 B), itself and zeros up to 16, 32, 64 … 4096 bytes, above that a multiple of
4096, so that the length of a name tells no name.
"""

import os
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from traceapp.confidential.keys import KeyPurpose, KeyRing
from traceapp.domain.errors import KeyUnavailableError, SealBrokenError
from traceapp.domain.keys import key_id_of, key_number, tier_of

SCHEME: Final = 1
_HEADER: Final = struct.Struct(">BII12s")
_LENGTH: Final = struct.Struct(">I")
_TAG: Final = 16
_PAGE: Final = 4096


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext belongs: every field is bound into it, so that none can be swapped.

    uid   ours, never the database's.   type  of the dictionary, so that a text is not read as a number.
    """

    label: str
    uid: str
    property: str
    type: str
    tier: str


class Keys(Protocol):
    """A `KeyRing`, or the `LiveKeys` of a process that lives on."""

    @property
    def owner(self) -> str: ...

    def present(self) -> KeyRing:
        """The keys of this moment; raises KeyUnavailableError."""

    def purpose_key(self, purpose: KeyPurpose) -> bytes:
        """32 bytes; raises KeyUnavailableError."""

    @property
    def mac_epoch(self) -> int: ...

    def mac_key(self, epoch: int) -> bytes:
        """32 bytes; raises KeyUnavailableError."""


def length_prefixed(*parts: str | bytes | int) -> bytes:
    """Parts joined so that no two different lists give the same bytes."""
    joined = bytearray()
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        joined += _LENGTH.pack(len(raw)) + raw
    return bytes(joined)


def padded(content: bytes) -> bytes:
    """Length, content, zeros: 16, 32, 64 … 4096 bytes, then multiples of 4096."""
    wanted = _LENGTH.size + len(content)
    size = max(16, 1 << (wanted - 1).bit_length()) if wanted <= _PAGE else -(-wanted // _PAGE) * _PAGE
    return _LENGTH.pack(len(content)) + content + bytes(size - wanted)


def unpadded(content: bytes) -> bytes:
    (length,) = _LENGTH.unpack_from(content)
    return content[_LENGTH.size : _LENGTH.size + length]


class Envelope:
    """Seals and opens under the keys of a ring, for one organisation."""

    def __init__(self, keys: Keys, organisation: str) -> None:
        self._keys = keys
        self._organisation = organisation
        # A node's properties are sealed and opened together; its derived key is wanted several times in a row. The ring is
        # part of the question, so that nothing opens with what was derived from a key that is gone.
        self._cipher = lru_cache(maxsize=8192)(self._derive)
        self._ring: KeyRing | None = None

    def __repr__(self) -> str:
        return f"Envelope({self._organisation!r})"

    def seal(self, place: Place, content: bytes, *, version: int = 1, group: str | None = None) -> bytes:
        """Ciphertext of `content` bound to `place` and to the field version (its write counter, from 1).

        group   shred group whose key seals it; of tier T3 only.
        raises  KeyUnavailableError: the keys are not to be had now, or the group has none.
        """
        ring = self._present()
        key_id = ring.sealing_key(place.tier, group).key_id
        nonce = os.urandom(12)
        bound = self._bound(place, key_id, version)
        sealed = self._cipher(ring, key_id, place.label, place.uid).encrypt(nonce, padded(content), bound)
        return _HEADER.pack(SCHEME, key_number(key_id), version, nonce) + sealed

    def open(self, place: Place, stored: bytes) -> bytes:
        """The content, if the ciphertext belongs here.

        raises  SealBrokenError: moved, cut or changed; names the place, never a value.
                KeyUnavailableError: its key is retired, unknown or not to be had now.   KeyDestroyedError.
        """
        if len(stored) < _HEADER.size + _TAG:
            raise self._broken(place)
        scheme, number, version, nonce = _HEADER.unpack_from(stored)
        key_id = key_id_of(number)
        if scheme != SCHEME or tier_of(key_id) != place.tier:
            raise self._broken(place)
        try:
            cipher = self._cipher(self._present(), key_id, place.label, place.uid)
            return unpadded(cipher.decrypt(nonce, stored[_HEADER.size :], self._bound(place, key_id, version)))
        except InvalidTag:
            raise self._broken(place) from None

    def reseal(self, place: Place, stored: bytes) -> bytes:
        """The same content under the newest key, with the same field version; raises what `open` and `seal` raise."""
        return self.seal(place, self.open(place, stored), version=_HEADER.unpack_from(stored)[2])

    def _present(self) -> KeyRing:
        ring = self._keys.present()
        if ring is not self._ring:
            self._cipher.cache_clear()
            self._ring = ring
        return ring

    def _derive(self, ring: KeyRing, key_id: str, label: str, uid: str) -> AESGCM:
        info = length_prefixed(b"traceapp node key", SCHEME, self._organisation, label, uid)
        return AESGCM(HKDFExpand(SHA256(), 32, info).derive(ring.opening_key(key_id).secret))

    def _bound(self, place: Place, key_id: str, version: int) -> bytes:
        return length_prefixed(
            SCHEME, self._organisation, place.label, place.uid, place.property, place.type, place.tier, key_id, version
        )

    @staticmethod
    def _broken(place: Place) -> SealBrokenError:
        return SealBrokenError(f"The sealed {place.property} of {place.label} {place.uid} does not belong where it was found.")


def key_of(stored: bytes) -> str:
    """The id of the key that a ciphertext names; raises KeyUnavailableError where it is no ciphertext."""
    if len(stored) < _HEADER.size + _TAG:
        raise KeyUnavailableError("What was stored is not a ciphertext.")
    return key_id_of(_HEADER.unpack_from(stored)[1])


def sealed_tier(stored: bytes) -> str | None:
    """The tier whose keys a ciphertext names; None where it is no ciphertext."""
    if len(stored) < _HEADER.size + _TAG:
        return None
    return tier_of(key_id_of(_HEADER.unpack_from(stored)[1]))


def field_version(stored: bytes) -> int:
    """The write counter that a ciphertext names; raises KeyUnavailableError where it is no ciphertext."""
    if len(stored) < _HEADER.size + _TAG:
        raise KeyUnavailableError("What was stored is not a ciphertext.")
    return int(_HEADER.unpack_from(stored)[2])

"""One property, sealed so that it opens in its own place only (AES-256-GCM, a key per node).

Stored bytes: 1 B format · 4 B key id · 4 B field version · 12 B nonce · ciphertext with 16 B tag.
The plaintext is its length (4 B), itself and zeros up to 16, 32, 64 … 4096 bytes, above that a multiple of
4096, so that the length of a name tells no name.
"""

import os
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from traceapp.confidential.keys import KeyRing, key_id_of, key_number
from traceapp.domain.errors import KeyUnavailableError, SealBrokenError

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

    def __init__(self, keys: KeyRing, organisation: str) -> None:
        self._keys = keys
        self._organisation = organisation
        # A node's properties are sealed and opened together; its derived key is wanted several times in a row.
        self._cipher = lru_cache(maxsize=8192)(self._derive)

    def __repr__(self) -> str:
        return f"Envelope({self._organisation!r})"

    def seal(self, place: Place, content: bytes, *, version: int = 1) -> bytes:
        """Ciphertext of `content` bound to `place` and to the field version (its write counter, from 1)."""
        key_id = self._keys.sealing_key(place.tier).key_id
        nonce = os.urandom(12)
        sealed = self._cipher(key_id, place.label, place.uid).encrypt(nonce, padded(content), self._bound(place, key_id, version))
        return _HEADER.pack(SCHEME, key_number(key_id), version, nonce) + sealed

    def open(self, place: Place, stored: bytes) -> bytes:
        """The content, if the ciphertext belongs here.

        raises  SealBrokenError: moved, cut or changed; names the place, never a value.
                KeyUnavailableError: its key is retired or unknown.
        """
        if len(stored) < _HEADER.size + _TAG:
            raise self._broken(place)
        scheme, number, version, nonce = _HEADER.unpack_from(stored)
        key_id = key_id_of(number)
        if scheme != SCHEME or not key_id.startswith(f"{place.tier}."):
            raise self._broken(place)
        try:
            cipher = self._cipher(key_id, place.label, place.uid)
            return unpadded(cipher.decrypt(nonce, stored[_HEADER.size :], self._bound(place, key_id, version)))
        except InvalidTag:
            raise self._broken(place) from None

    def _derive(self, key_id: str, label: str, uid: str) -> AESGCM:
        info = length_prefixed(b"traceapp node key", SCHEME, self._organisation, label, uid)
        return AESGCM(HKDFExpand(SHA256(), 32, info).derive(self._keys.opening_key(key_id).secret))

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

"""What stands beside the ledger, sealed: a record holds its digest alone, and each ciphertext is bound to that digest."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from traceapp.confidential.envelope import length_prefixed
from traceapp.domain.errors import SealBrokenError

SCHEME: Final = 1
_NONCE: Final = 12


class SideSeal:
    """AES-256-GCM under a key of its own, derived from that of purpose `ledger-side`; one for each kind of side file."""

    def __init__(self, key: bytes, kind: str) -> None:
        """kind  "rolls" or "values": what was sealed as one never opens as the other."""
        self._kind = kind
        self._cipher = AESGCM(HKDFExpand(SHA256(), 32, length_prefixed("ledger side", SCHEME, kind)).derive(key))

    def __repr__(self) -> str:
        return f"SideSeal({self._kind!r})"

    def seal(self, digest: str, content: bytes) -> bytes:
        """digest  what the record names it by, hex."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, self._bound(digest))

    def open(self, digest: str, sealed: bytes) -> bytes:
        """raises SealBrokenError: changed, cut, or put in the place of another."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(digest))
        except (InvalidTag, ValueError):
            raise SealBrokenError(f"What stands beside the ledger under {digest[:16]}… is not what was kept.") from None

    def _bound(self, digest: str) -> bytes:
        return length_prefixed(SCHEME, self._kind, digest)

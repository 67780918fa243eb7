"""The key that electronic signatures are sealed with (Ed25519): one of the ring, so that it is wrapped as the others are."""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SHOWN: Final = 16
"""Hex digits of the public key's SHA-256 by which people compare it."""


class SignatureKey:
    """Seals and proves; whoever only proves needs nothing but `public_pem`."""

    def __init__(self, secret: bytes) -> None:
        """secret  32 bytes, the key of purpose `signatures`."""
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self._public = self._private.public_key()

    def __repr__(self) -> str:
        return f"SignatureKey({self.fingerprint})"

    def seal(self, document: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(document)

    def proves(self, document: bytes, seal: bytes) -> bool:
        """Whether this seal was made over this document, by this key."""
        try:
            self._public.verify(seal, document)
        except InvalidSignature:
            return False
        return True

    @property
    def public_pem(self) -> str:
        """As openssl reads it (SubjectPublicKeyInfo)."""
        return self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self._public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:SHOWN]

"""A file in the format age v1, opened by what its specification (C2SP/C2SP age.md) says, without a line of ours."""

import hashlib
import hmac
from base64 import b64decode

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024 + 16


def open_age(content: bytes, identity: X25519PrivateKey) -> bytes:
    """raises  InvalidTag: not for this identity, or changed; AssertionError: not the format."""
    version, stanza, body, end, payload = content.split(b"\n", 4)
    assert version == b"age-encryption.org/v1"
    arrow, kind, share = stanza.split(b" ")
    assert (arrow, kind) == (b"->", b"X25519")
    assert len(body) < 64
    ephemeral = _decoded(share)
    salt = ephemeral + identity.public_key().public_bytes_raw()
    secret = identity.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    wrap = HKDF(SHA256(), 32, salt, b"age-encryption.org/v1/X25519").derive(secret)
    file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), _decoded(body), None)
    mark, mac = end.split(b" ")
    header = b"\n".join([version, stanza, body, mark])
    assert hmac.compare_digest(hmac.digest(_key(file_key, b"", b"header"), header, hashlib.sha256), _decoded(mac))
    nonce, sealed = payload[:16], payload[16:]
    cipher, found = ChaCha20Poly1305(_key(file_key, nonce, b"payload")), []
    chunks = [sealed[start : start + CHUNK] for start in range(0, len(sealed), CHUNK)]
    for number, chunk in enumerate(chunks):
        last = b"\x01" if number == len(chunks) - 1 else b"\x00"
        found.append(cipher.decrypt(number.to_bytes(11, "big") + last, chunk, None))
    return b"".join(found)


def _key(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def _decoded(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)

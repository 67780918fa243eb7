"""A file sealed to the X25519 key of its recipient, in the format age v1 (C2SP/C2SP age.md): `age -d -i KEY FILE` opens it.

Nothing of the file in clear is written anywhere; whoever calls holds it in memory.
"""

import hashlib
import hmac
import os
from base64 import b64encode
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from traceapp.domain.errors import InputError
from traceapp.formats.bech32 import bech32_decode

PREFIX: Final = "age"
CHUNK: Final = 64 * 1024
_VERSION: Final = b"age-encryption.org/v1"
_X25519: Final = b"age-encryption.org/v1/X25519"
_FILE_KEY, _NONCE, _PUBLIC = 16, 16, 32
_WANTED: Final = "an X25519 key as age writes it: age1 and 58 letters"


def parse_recipient_key(text: str) -> X25519PublicKey:
    """The public key of an age recipient.

    raises  InputError: not one, or one of few points, whose secret everybody knows.
    """
    wrong = InputError.wanted("key", _WANTED)
    try:
        prefix, content = bech32_decode(text)
    except ValueError:
        raise wrong from None
    if prefix != PREFIX or len(content) != _PUBLIC or text != text.lower():
        raise wrong
    key = X25519PublicKey.from_public_bytes(content)
    try:
        X25519PrivateKey.generate().exchange(key)
    except ValueError:
        raise wrong from None
    return key


def seal_file(content: bytes | memoryview, recipient: str, file: BinaryIO) -> None:
    """Write the content, sealed, from where the file stands; raises InputError: no key; OSError."""
    file_key, nonce = os.urandom(_FILE_KEY), os.urandom(_NONCE)
    file.write(_header(file_key, parse_recipient_key(recipient)) + nonce)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    view = memoryview(content)
    last = max(0, (len(view) - 1) // CHUNK)
    for number in range(last + 1):
        place = number.to_bytes(11, "big") + (b"\x01" if number == last else b"\x00")
        file.write(cipher.encrypt(place, bytes(view[number * CHUNK : (number + 1) * CHUNK]), None))


def _header(file_key: bytes, recipient: X25519PublicKey) -> bytes:
    """The file key for one recipient alone, under a share that is used once."""
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    salt = share + recipient.public_bytes_raw()
    body = ChaCha20Poly1305(_derived(ephemeral.exchange(recipient), salt, _X25519)).encrypt(bytes(12), file_key, None)
    told = b"\n".join([_VERSION, b"-> X25519 " + _base64(share), _base64(body), b"---"])
    mac = hmac.digest(_derived(file_key, b"", b"header"), told, hashlib.sha256)
    return told + b" " + _base64(mac) + b"\n"


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _base64(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")

"""The signature of a feed's message, as Standard Webhooks 1.0 has it with an asymmetric key (`v1a`, Ed25519).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: what is signed is
`{webhook-id}.{webhook-timestamp}.{body}`, and `webhook-signature` holds one or more of `v1a,<base64>`, parted by blanks, so that
a source which takes a new key signs with both for a while.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from traceapp.domain.errors import FeedSignatureError, InputError
from traceapp.domain.feeds import KEY_PREFIX, SignedMessage

TOLERANCE: Final = timedelta(minutes=5)
SCHEME: Final = "v1a,"
KEY_LENGTH: Final = 32
MOST_SIGNATURES: Final = 8
_SIGN_BIT: Final = 0x7F
_SMALL_ORDER: Final = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Points under which one signature fits many messages: whoever gives such a key has none."""


def parse_public_key(text: str) -> bytes:
    """`whpk_` and base64, or PEM as openssl writes it; raises InputError: no Ed25519 public key."""
    try:
        key = _parsed(text.strip())
    except (ValueError, TypeError):
        key = b""
    if len(key) != KEY_LENGTH or key[:-1] + bytes([key[-1] & _SIGN_BIT]) in _SMALL_ORDER:
        raise InputError.wanted("key", "an Ed25519 public key: whpk_ and base64 of its 32 bytes, or PEM (openssl pkey -pubout)")
    return key


def check_signature(message: SignedMessage, key: bytes, now: datetime) -> datetime:
    """When it was sent, once it is proven to be from who holds the key; raises FeedSignatureError."""
    public = Ed25519PublicKey.from_public_bytes(key)
    if not any(_fits(public, said, message.signed) for said in message.signature.split()[:MOST_SIGNATURES]):
        raise FeedSignatureError("The message is not signed with the key of this feed.")
    try:
        sent_at = datetime.fromtimestamp(_seconds(message.timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise FeedSignatureError("The webhook-timestamp of the message is no time in seconds since 1970.") from None
    if abs(now - sent_at) > TOLERANCE:
        raise FeedSignatureError(
            "The message was signed more than five minutes from now: its source signs it anew to send it again."
        )
    return sent_at


def _fits(public: Ed25519PublicKey, said: str, signed: bytes) -> bool:
    if not said.startswith(SCHEME):
        return False
    try:
        public.verify(base64.b64decode(said.removeprefix(SCHEME), validate=True), signed)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("not a number of seconds")
    return int(text[:20])


def _parsed(text: str) -> bytes:
    if text.startswith(KEY_PREFIX):
        return base64.b64decode(text.removeprefix(KEY_PREFIX), validate=True)
    key = load_pem_public_key(text.encode())
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else b""

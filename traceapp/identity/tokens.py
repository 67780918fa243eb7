"""Bearer tokens: `tat_<id>_<secret>_<checksum>`. The prefix lets scanners find a leaked one; only a hash is stored.

The checksum refuses a mistyped or cut token before the store is asked; it is no secret and proves nothing.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from traceapp.domain.errors import NotSignedInError

PREFIX: Final = "tat"
_FORM: Final = re.compile(r"tat_([0-9a-f]{16})_([0-9a-f]{64})_([0-9a-f]{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A new token: `text` is shown once, `token_id` and `secret_hash` are stored."""

    token_id: str
    secret_hash: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """What a caller sent, taken apart."""

    token_id: str
    secret_hash: str = field(repr=False)

    def fits(self, stored_hash: str) -> bool:
        """Compared in constant time."""
        return hmac.compare_digest(self.secret_hash.encode(), stored_hash.encode())


def mint_token() -> MintedToken:
    """A token with 256 random bits."""
    token_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    return MintedToken(token_id, _hash(secret), f"{PREFIX}_{token_id}_{secret}_{_checksum(token_id, secret)}")


def parse_token(text: str) -> PresentedToken:
    """Take a token apart.

    raises  NotSignedInError: not of the form, or the checksum is wrong. The text is not repeated in it.
    """
    match = _FORM.fullmatch(text)
    if match is None or _checksum(match[1], match[2]) != match[3]:
        raise NotSignedInError("The token is not one of ours: it is cut off or mistyped.")
    return PresentedToken(match[1], _hash(match[2]))


def _hash(secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def _checksum(token_id: str, secret: str) -> str:
    return hashlib.sha256(f"{PREFIX}_{token_id}_{secret}".encode()).hexdigest()[:8]

"""What a session's cookie holds: 256 random bits, of which the store keeps the SHA-256."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

_FORM: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SessionSecret:
    """text goes into the cookie and is kept nowhere else."""

    text: str = field(repr=False)
    hash: str = field(repr=False)


def mint_session_secret() -> SessionSecret:
    text = secrets.token_hex(32)
    return SessionSecret(text, hash_of(text))


def mint_session_uid() -> str:
    """16 hex digits, for lists and for the ledger."""
    return secrets.token_hex(8)


def read_session_secret(text: object) -> str | None:
    """The hash of what a cookie holds; None where it is not of the form, so that the store is not asked."""
    return hash_of(text) if isinstance(text, str) and _FORM.fullmatch(text) else None


def hash_of(text: str) -> str:
    return hashlib.sha256(bytes.fromhex(text)).hexdigest()

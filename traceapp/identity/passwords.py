"""Passwords: Argon2id (64 MiB, three passes), few at a time, and the same work for a name that nobody has."""

import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from traceapp.domain.errors import InputError, SignInError

SHORTEST: Final = 12
LONGEST: Final = 256
_AT_ONCE: Final = 2
_PATIENCE: Final = 10.0
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_gate = threading.BoundedSemaphore(_AT_ONCE)

# A hash of random text that nobody knows: an unknown name costs what a known one costs.
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$7ZLCTGpeGxDYlX7qSSy20g$9fEHJMGTvIjjRZnIlGm8+L5b9xFX7r+BSzjSUOJQbZo"


def hash_password(password: str) -> str:
    """The stored form.

    raises  InputError: shorter than 12 or longer than 256 characters; the password is not repeated in it.
    """
    text = _normalised(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise InputError(f"password: wanted {SHORTEST} to {LONGEST} characters, found {len(text)}")
    with _Turn():
        return _hasher.hash(text)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; None, for a name that nobody has, takes as long and is False.

    raises  SignInError: too many sign-ins at once, nothing was tried.
    """
    text = _normalised(password)
    if len(text) > LONGEST:
        stored, text = None, ""
    with _Turn():
        try:
            return _hasher.verify(stored if stored is not None else _NOBODY, text) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


class _Turn:
    """One hash needs 64 MiB: a flood of sign-ins waits, then is turned away, and memory stays bounded."""

    def __enter__(self) -> None:
        if not _gate.acquire(timeout=_PATIENCE):
            raise SignInError("Too many people are signing in at this moment.")

    def __exit__(self, *_: object) -> None:
        _gate.release()


def _normalised(password: str) -> str:
    """One password, whatever the keyboard: composed and full-width forms fold; lone surrogates cannot be hashed."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()

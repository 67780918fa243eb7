"""Codes of six digits that change every half minute (TOTP, RFC 6238), and recovery codes for who lost the device."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

import pyotp

ISSUER: Final = "traceapp"
STEP_SECONDS: Final = 30
DRIFT: Final = 1
"""Steps that a clock may be early or late."""
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"


def mint_totp_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32(32)


def totp_address(secret: str, username: str) -> str:
    """What an authenticator reads: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def in_groups(secret: str) -> str:
    """For typing: four by four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def step_of_code(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The step whose code this is; None where it is of none, or of one that is not later than `after`.

    A clock may be one step off. All are compared, whichever fits.
    """
    digits = "".join(code.split())
    here = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        right = hmac.compare_digest(totp.at(step * STEP_SECONDS).encode(), digits.encode("utf-8", "replace"))
        if right and step > after:
            found = step
    return found


def mint_recovery_codes() -> tuple[str, ...]:
    """Ten codes `abcd-efgh-jkmn` of about 59 bits; shown once, stored as hashes."""
    return tuple("-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES))


def hash_recovery_code(code: str) -> str:
    """However it was typed."""
    letters = "".join(character for character in code.casefold() if character.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()

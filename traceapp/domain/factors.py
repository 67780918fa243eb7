"""What proves a person beside the password; sealed as one document in the account."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time, stored_time

FRESH: Final = timedelta(minutes=15)
"""How long a second factor that was shown counts for what asks for a fresh one."""


def is_fresh(factor_at: datetime | None, now: datetime) -> bool:
    """Whether a factor that was shown then (aware; None: never) still counts as fresh."""
    return factor_at is not None and now - factor_at <= FRESH


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential of WebAuthn: credential_id and public_key in base64url, as the browser gave them."""

    credential_id: str
    public_key: str = field(repr=False)
    sign_count: int
    label: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks: the host that a passkey is made for, and the address that the browser says it is at."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Factors:
    """totp       secret of the codes, base32; None where none was confirmed.
    totp_at       when that secret was confirmed; None of one that is older than this is kept.
    step          the last step of half a minute whose code was taken; it and those before it count no more.
    pending       a secret that was shown and is not confirmed yet.
    recovery      SHA-256 (hex) of the recovery codes that are left.
    version       how often the account's factors were written, these included: an older document is not these.
    """

    totp: str | None = field(default=None, repr=False)
    step: int = 0
    pending: str | None = field(default=None, repr=False)
    recovery: frozenset[str] = field(default=frozenset(), repr=False)
    passkeys: tuple[Passkey, ...] = ()
    version: int = 0
    totp_at: datetime | None = None

    @property
    def any(self) -> bool:
        """Whether a second factor is asked for at the sign-in."""
        return self.totp is not None or bool(self.passkeys)

    def stood(self, at: datetime) -> bool:
        """Whether one of them was set up before this moment."""
        codes = self.totp is not None and (self.totp_at is None or self.totp_at < at)
        return codes or any(key.created_at < at for key in self.passkeys)

    def to_document(self) -> bytes:
        told = {
            "totp": self.totp,
            "totp_at": stored_time(self.totp_at) if self.totp_at is not None else None,
            "step": self.step,
            "pending": self.pending,
            "recovery": sorted(self.recovery),
            "version": self.version,
            "passkeys": [
                {
                    "credential_id": key.credential_id,
                    "public_key": key.public_key,
                    "sign_count": key.sign_count,
                    "label": key.label,
                    "created_at": stored_time(key.created_at),
                }
                for key in self.passkeys
            ],
        }
        return json.dumps(told, sort_keys=True).encode()


def read_factors(document: bytes | None) -> Factors:
    """The reverse of `Factors.to_document`; none at all where there is no document; of version 0 where it names none."""
    if document is None:
        return Factors()
    told: dict[str, Any] = json.loads(document)
    keys = (Passkey(**{**key, "created_at": parse_stored_time(key["created_at"])}) for key in told["passkeys"])
    recovery, version = frozenset(told["recovery"]), told.get("version", 0)
    totp_at = parse_stored_time(told["totp_at"]) if told.get("totp_at") else None
    return Factors(told["totp"], told["step"], told["pending"], recovery, tuple(keys), version, totp_at)

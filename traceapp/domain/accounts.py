"""Who may sign in, as the store keeps it: accounts of persons and bearer tokens of programs."""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from traceapp.domain.errors import InputError
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Session

LONGEST_NAME: Final = 64
LONGEST_LINE: Final = 120


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account.

    uid            32 hex digits; stays when the username changes.
    username       unique; what the ledger calls the person.
    password_hash  Argon2id in its text form.
    printed_name   the person's name, sealed by the use case: the store never sees it plain.
    sites, lines   what the person may see; `*` stands for all.
    session_epoch  how often the person's sessions were ended; a session of an earlier epoch is nobody's.
    """

    uid: str
    username: str
    password_hash: str = field(repr=False)
    printed_name: bytes = field(repr=False)
    role: Role
    sites: frozenset[str]
    lines: frozenset[str]
    created_at: datetime
    disabled: bool = False
    session_epoch: int = 0

    @property
    def binding(self) -> str:
        """What a session is bound to: SHA-256 (hex) of password, role, view and epoch. One of them changes, and it is over."""
        parts = (
            self.uid,
            self.password_hash,
            self.role.value,
            *sorted(self.sites),
            "",
            *sorted(self.lines),
            str(self.session_epoch),
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def actor(self, session: Session) -> Actor:
        """This person, asking through a session of his."""
        return Actor(
            self.uid,
            self.username,
            self.role,
            self.sites,
            self.lines,
            "session",
            session.address,
            session=session.uid,
            purpose=session.purpose,
            factor_at=session.factor_at,
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token: the program that carries it acts with this role until `expires_at`.

    uid          the public part of the token's text.
    token_hash   SHA-256 (hex) of its secret part; the secret itself is kept nowhere.
    account_uid  the account that made it.
    label        what it is for; T0, printed in lists and in the ledger.
    """

    uid: str
    token_hash: str = field(repr=False)
    account_uid: str
    role: Role
    sites: frozenset[str]
    lines: frozenset[str]
    label: str
    created_at: datetime
    expires_at: datetime
    revoked: bool = False

    def is_valid(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires_at

    def actor(self, *, address: str = "") -> Actor:
        """The program that carries this token, under the token's own name."""
        return Actor(self.uid, f"token:{self.label}", self.role, self.sites, self.lines, "token", address)


def normal_username(text: str) -> str:
    """A username as it is kept and looked up: NFKC, small letters.

    raises  InputError: not 1 to 64 letters, digits or . _ - @ + characters; the text is not repeated.
    """
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not 1 <= len(name) <= LONGEST_NAME or not all(character.isalnum() or character in "._-@+" for character in name):
        wanted = f"1 to {LONGEST_NAME} letters, digits or . _ - @ +"
        raise InputError(f"username: wanted {wanted}", (("username", wanted),))
    return name


def check_printed_name(text: str) -> str:
    """A person's name as it is printed in records, without blanks at the ends; raises InputError."""
    return _one_line("printed_name", text)


def check_label(text: str) -> str:
    """What a token is for, in one line; raises InputError."""
    return _one_line("label", text)


def _one_line(field_name: str, text: str) -> str:
    line = text.strip()
    if not 1 <= len(line) <= LONGEST_LINE or not line.isprintable():
        wanted = f"1 to {LONGEST_LINE} printable characters"
        raise InputError(f"{field_name}: wanted {wanted}", ((field_name, wanted),))
    return line

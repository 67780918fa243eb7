"""Who may sign in, as the store keeps it: accounts of persons and bearer tokens of programs."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Actor, Grant, Role
from traceapp.domain.scopes import ANY
from traceapp.domain.sessions import Session

LONGEST_NAME: Final = 64
LONGEST_LINE: Final = 120
SERVICE_OWNER: Final = "os:"
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of the Unicode Character Database: drawn as nothing."""


class AccountState(StrEnum):
    """Whether a person comes in by it: `suspended` for a while, `left` for good."""

    OPEN = "open"
    SUSPENDED = "suspended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account.

    uid            32 hex digits; stays when the username changes.
    username       unique; what the ledger calls the person.
    password_hash  Argon2id in its text form.
    printed_name   the person's name, sealed by the use case: the store never sees it plain.
    sites, lines   what the person may see; `*` stands for all.
    person         id of the person whose account it is, where another account of his names the same; None: he has this one.
    granted_at     when somebody last changed what it may do or how one comes in by it; None where nobody did since it was made.
    provisional    the password was given by somebody else: until its owner has changed it himself, it opens nothing but that.
    former_persons ids of persons that it named before; as long as the account is new to its rights it is theirs as well.
    left_at        when the person left; from then on it is closed for good, and names what he signed.
    lots           uids that were approved for the person one by one, besides; they count where the role has the scope `case`.
    session_epoch  how often the person's sessions were ended; a session of an earlier epoch is nobody's.
    factors        second factors (`domain/factors.py`), sealed; None for none.
    factor_version how often they were written; a write names the one that it has read.
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
    factors: bytes | None = field(default=None, repr=False)
    factor_version: int = 0
    lots: frozenset[str] = frozenset()
    person: str | None = None
    granted_at: datetime | None = None
    left_at: datetime | None = None
    provisional: bool = False
    former_persons: frozenset[str] = frozenset()

    @property
    def state(self) -> AccountState:
        if self.left_at is not None:
            return AccountState.LEFT
        return AccountState.SUSPENDED if self.disabled else AccountState.OPEN

    @property
    def rights_since(self) -> datetime:
        """Since when it is as it is."""
        return self.granted_at or self.created_at

    @property
    def person_id(self) -> str:
        """Who it is, whichever of his accounts he uses: what four eyes compare."""
        return self.person or self.uid

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
            "",
            *sorted(self.lots),
            str(self.session_epoch),
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def actor(self, session: Session, grant: Grant | None = None) -> Actor:
        """This person, asking through a session of his; `grant` is a break-glass access that lasts."""
        return replace(
            self.as_actor(),
            address=session.address,
            session=session.uid,
            purpose=session.purpose,
            factor_at=session.factor_at,
            grant=grant,
            factors=session.factors,
            provisional=self.provisional,
        )

    def as_actor(self, through: str = "session") -> Actor:
        """Whoever has this account, by what it says alone: from nowhere, for no purpose of his own, without a second factor."""
        return Actor(self.uid, self.username, self.role, self.sites, self.lines, through, lots=self.lots, name=self.printed_name)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token: what the program that carries it may do until `expires_at`, and never more than its owner may then.

    uid          the public part of the token's text.
    token_hash   SHA-256 (hex) of its secret part; the secret itself is kept nowhere.
    account_uid  whose it is: an account, or `os:NAME` for a service token that somebody with the service's files made.
    role, sites, lines, lots   as its owner had them when it was made.
    label        what it is for; T0, printed in lists and in the ledger.
    only         permissions that it was made for; None for all of the role.
    networks     where it may come from, as CIDR; empty for anywhere.
    used_at      last use, coarse.
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
    only: frozenset[Permission] | None = None
    purpose: Purpose | None = None
    networks: tuple[str, ...] = ()
    used_at: datetime | None = None
    lots: frozenset[str] = frozenset()

    @property
    def is_of_service(self) -> bool:
        """Whether it belongs to no account: whoever has the service's files answers for it."""
        return self.account_uid.startswith(SERVICE_OWNER)

    def is_valid(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires_at

    def may_come_from(self, address: str) -> bool:
        """Whether this address is on its list; an address that is none is on no list."""
        if not self.networks:
            return True
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        return any((mapped or found) in ipaddress.ip_network(network) for network in self.networks)

    def is_above(self, owner: Account) -> bool:
        """Whether its owner may no longer do what it says: his account is closed, or his role is another one."""
        return owner.disabled or owner.role is not self.role

    def actor(self, *, address: str = "", owner: Account | None = None) -> Actor:
        """The program that carries this token, under the token's own name: what token and owner both see.

        owner  as he is now; None for a service token.
        """
        sites = self.sites if owner is None else both(self.sites, owner.sites)
        lines = self.lines if owner is None else both(self.lines, owner.lines)
        return Actor(
            self.uid,
            f"token:{self.label}",
            self.role,
            sites,
            lines,
            "token",
            address,
            purpose=self.purpose,
            only=self.only,
            lots=self.lots if owner is None else self.lots & owner.lots,
            factors=("token",),
            owner=self.account_uid,
            owner_name=owner.username if owner is not None else None,
            name=owner.printed_name if owner is not None else b"",
        )


def both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What two views share; `*` stands for all."""
    if ANY in one:
        return other
    return one if ANY in other else one & other


def check_networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks in one form, `192.0.2.0/24`; raises InputError."""
    found = []
    for text in texts:
        try:
            found.append(str(ipaddress.ip_network(text.strip())))
        except ValueError:
            raise InputError.wanted("address", "an address or a network such as 192.0.2.0/24 or 2001:db8::/32") from None
    return tuple(sorted(set(found)))


def normal_username(text: str) -> str:
    """A username as it is kept and looked up: NFKC, small letters.

    raises  InputError: not 1 to 64 letters, digits or . _ - @ + characters; the text is not repeated.
    """
    name = fold_username(text)
    if not 1 <= len(name) <= LONGEST_NAME or not all(character.isalnum() or character in "._-@+" for character in name):
        raise InputError.wanted("username", f"1 to {LONGEST_NAME} letters, digits or . _ - @ +")
    return name


def check_person(text: str) -> str:
    """The id of a person, in the form of a username; raises InputError."""
    try:
        return normal_username(text)
    except InputError:
        raise InputError.wanted("person", f"1 to {LONGEST_NAME} letters, digits or . _ - @ +") from None


def fold_username(text: str) -> str:
    """One spelling for what is meant to be one name, well-formed or not."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def fold_printed_name(text: str) -> str:
    """One spelling for what is one name in print: NFKC, small letters, single blanks, nothing that no reader sees.

    Composed and decomposed letters, full width and half width, and any run of blanks are the same (UAX #15, NFKC_Casefold).
    """
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))  # one that stands between keeps letters apart
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def check_printed_name(text: str) -> str:
    """A person's name as it is printed in records, without blanks at the ends; raises InputError."""
    return _one_line("printed_name", text)


def check_label(text: str) -> str:
    """What a token is for, in one line; raises InputError."""
    return _one_line("label", text)


def _one_line(field_name: str, text: str) -> str:
    line = text.strip()
    if not 1 <= len(line) <= LONGEST_LINE or not line.isprintable():
        raise InputError.wanted(field_name, f"1 to {LONGEST_LINE} printable characters")
    return line

"""Whom something may be delivered to outside: a person of an organisation, in a country, and the key that files are sealed to."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

COUNTRY: Final = re.compile(r"[A-Z]{2}")
"""ISO 3166-1 alpha-2; whether there is such a country is left to whoever agrees."""


class RecipientKind(StrEnum):
    """Who it is."""

    PERSON = "person"
    INTERFACE = "interface"


@dataclass(frozen=True, slots=True)
class Recipient:
    """uid         that of the approval by which it was registered.
    person       who opens what is sealed: a name, or what an interface is called.
    country      where it goes, by its two letters.
    public_key   `age1…`; empty where it has none: then no T3 value goes there.
    ended_at     from then on nothing goes there.
    """

    uid: str
    kind: RecipientKind
    organisation: str
    person: str
    country: str
    public_key: str
    added_at: datetime
    ended_at: datetime | None = None

    @property
    def text(self) -> str:
        """As whoever agrees reads it."""
        return f"{self.person}, {self.organisation} ({self.country})"

"""Where a node belongs: an interned set of site × product line, and the number that statements compare."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

ANY = "*"
NOWHERE = "?"
"""The site of what no record places: within the view of those alone who see every site."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One site and one product line; `*` stands for what belongs to the organisation as a whole, `?` for no known site."""

    site: str
    line: str

    @property
    def text(self) -> str:
        return f"{self.site}|{self.line}"

    @classmethod
    def parse(cls, text: str) -> "Scope":
        site, _, line = text.partition("|")
        return cls(site, line)


UNPLACED = Scope(NOWHERE, ANY)
SHARED = Scope(ANY, ANY)
"""Parties and products: seen by whoever may see a link that leads there."""


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One interned set; `number` is what nodes carry in `acl`."""

    number: int
    scopes: frozenset[Scope]

    @classmethod
    def proven(cls, number: Any, texts: Any) -> "AclEntry | None":
        """The set of these texts; None where the number is no digest of it, or a text is none of one scope."""
        if not isinstance(texts, list) or not all(isinstance(text, str) and is_one_scope(text) for text in texts):
            return None
        scopes = frozenset(map(Scope.parse, texts))
        return cls(number, scopes) if acl_number(scopes) == number else None

    @property
    def sites(self) -> tuple[str, ...]:
        return sites_of(self.scopes)


def is_one_scope(text: str) -> bool:
    """Two that are joined by a line break have the digest of the two, and are another scope than either."""
    return "\n" not in text


def sites_of(scopes: Iterable[Scope]) -> tuple[str, ...]:
    """Sites that have a name, sorted."""
    return tuple(sorted({scope.site for scope in scopes if scope.site not in {ANY, NOWHERE}}))


def acl_number(scopes: Collection[Scope]) -> int:
    """The number of a set of scopes, the same in every store and whatever the order of import.

    The first 53 bits of SHA-256 over the sorted texts: small enough for every JSON reader, and 10^6
    different sets meet by chance once in ten thousand stores; the `:AclEntry` keeps the set itself, so
    that a meeting is found and refused when it is written.
    """
    canonical = "\n".join(sorted(scope.text for scope in scopes))
    return int.from_bytes(hashlib.sha256(canonical.encode()).digest()[:8]) >> 11

"""One canonical identity per thing, whatever form it was written in.

GS1 keys are kept as the canonical Digital Link (`https://id.gs1.org/01/…/10/…`), shown without the host as
`epc`; everything else as `urn:traceapp:<thing>:<owner>:<…>:<number>`, each part percent-encoded. Two texts are
the same thing exactly when they are equal.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

from traceapp.domain.errors import IdentifierError

GS1_HOST = "https://id.gs1.org/"
URN = "urn:traceapp:"
UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """The canonical identity of one thing; the store's `uid` is an HMAC of `text`."""

    text: str

    @property
    def is_gs1(self) -> bool:
        return self.text.startswith(GS1_HOST)

    @property
    def is_unnamed(self) -> bool:
        """Nobody numbered the thing: the text makes its uid, and is written down nowhere in clear."""
        return self.text.startswith(f"{URN}{UNNAMED}:")

    @property
    def epc(self) -> str | None:
        """The path of the Digital Link (`01/09521001000014/10/A1`), or None where the thing has no GS1 key."""
        return self.text.removeprefix(GS1_HOST) if self.is_gs1 else None

    @property
    def parts(self) -> tuple[str, ...]:
        """Decoded parts: for GS1 (ai, key, ai, key …), else (thing, owner, …, number)."""
        return _parts(self.text)

    @property
    def number(self) -> str:
        """What is printed: lot, serial, SSCC digits, code."""
        return self.parts[-1]

    @property
    def product(self) -> str | None:
        """GTIN-14 or product code of a lot or unit, else None."""
        parts = self.parts
        if self.is_gs1:
            return parts[1] if parts[0] == "01" else None
        return parts[2] if parts[0] in {"lot", "unit"} else None

    @property
    def owner(self) -> str | None:
        """Who issued a number that is not a GS1 key: a site or a supplier code."""
        return None if self.is_gs1 else self.parts[1]


@lru_cache(maxsize=1_024)
def _parts(text: str) -> tuple[str, ...]:
    if text.startswith(GS1_HOST):
        return tuple(unquote(part) for part in text.removeprefix(GS1_HOST).split("/"))
    return tuple(unquote(part) for part in text.removeprefix(URN).split(":"))


def gs1_identity(*parts: str) -> Identity:
    """`gs1_identity("01", gtin14, "10", lot)`; keys are validated by `formats/gs1.py`, not here."""
    return Identity(GS1_HOST + "/".join(quote(part, safe="") for part in parts))


def local_identity(thing: str, *parts: str) -> Identity:
    """`local_identity("lot", "LYON", "TUBE-30", "A1")`, also unit, party, shipment, order, equipment …

    raises  IdentifierError: an empty part.
    """
    if not all(part.strip() for part in parts):
        raise IdentifierError(f"{thing}: wanted owner, code and number without blanks, found {len(parts)} parts, one empty")
    return Identity(URN + ":".join(quote(part.strip(), safe="") for part in (thing, *parts)))


def unnamed_identity(thing: str, *parts: str) -> Identity:
    """Of a thing that is known only by something confidential, such as the supplier's lot that came out of it."""
    return local_identity(UNNAMED, thing, *parts)


def number_key(number: str) -> str:
    """The form under which a number is looked up: NFKC, upper case, no blanks at the ends.

    Full-width digits from a Chinese keyboard fold to plain ones; letter O and digit 0 stay different.
    """
    capital = unicodedata.normalize("NFKC", number).upper()  # takes some accented letters apart again
    return unicodedata.normalize("NFKC", capital).strip()

"""GS1 keys in every written form → one canonical identity (GS1 General Specifications, EPC Tag Data Standard 2.0).

A key is a table row: its application identifier, how its EPC URN is put together, and what kind of thing it names.
A wrong check digit in a Digital Link is kept as sent: the event happened, and refusing it would lose the record.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from biip.checksums import gs1_standard_check_digit

from traceapp.domain.errors import IdentifierError
from traceapp.domain.identifiers import Identity, gs1_identity
from traceapp.domain.kinds import NodeKind
from traceapp.formats.digital_link import decode_part, read_link

URN: Final = re.compile(r"urn:epc:(?P<form>id|class|idpat):(?P<scheme>[a-z]+):(?P<body>.+)", re.IGNORECASE | re.DOTALL)
BARE_LINK: Final = re.compile(r"[0-9]{2,4}/")
DIGITS: Final = re.compile(r"[0-9]+")
COMPANY_PREFIX: Final = re.compile(r"[0-9]{6,12}")
PATTERN: Final = "*"
LONGEST: Final = 500
OTHER_SCHEMES: Final = frozenset({"gid", "usdod", "adi", "bic", "imovn"})
"""EPC schemes that are no GS1 keys."""


@dataclass(frozen=True, slots=True)
class Key:
    """A GS1 identity and what it names.

    kind    None where the key names no node of the graph model (a document, a service relation, a consignment).
    lot     True for a lot: Batch or Material, which depends on its issuer.
    of_lot  the lot of a unit, where the identifier names both.
    """

    identity: Identity
    kind: NodeKind | None
    lot: bool = False
    of_lot: Identity | None = None


def check_digit(body: str) -> str:
    """The mod-10 digit that follows `body` (GS1 General Specifications, 7.9)."""
    return str(gs1_standard_check_digit(body))


@lru_cache(maxsize=1_024)
def parse_key(text: str) -> Key:
    """An EPC URN, a class or pattern URN, or a Digital Link of any domain.

    raises  IdentifierError: none of these, or one that breaks its own form; it says what was wanted and found.
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise IdentifierError(f"identifier {said[:40]!r}…: wanted at most {LONGEST} characters, found {len(said)}")
    if said.lower().startswith("urn:epc:"):
        return _from_urn(said)
    if said.lower().startswith(("http://", "https://")) or BARE_LINK.match(said):
        return _key(read_link(said), said)
    raise IdentifierError(f"identifier {text!r}: wanted an EPC URN or a GS1 Digital Link")


def parse_identity(text: str) -> Identity:
    """The canonical identity of any written form of a GS1 key; raises IdentifierError."""
    return parse_key(text).identity


def gtin14(digits: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14; raises IdentifierError."""
    if not DIGITS.fullmatch(digits) or len(digits) not in {8, 12, 13, 14}:
        raise IdentifierError(f"Gtin {digits!r}: wanted 8, 12, 13 or 14 digits, found {len(digits)} characters")
    return digits.zfill(14)


def is_gtin(text: str) -> bool:
    """14 digits with the right check digit: a product code that is a GTIN and nothing else."""
    return len(text) == 14 and bool(DIGITS.fullmatch(text)) and check_digit(text[:-1]) == text[-1]


def is_other_scheme(text: str) -> bool:
    """Whether this is an EPC URN of a scheme that is no GS1 key: a good identifier, with no other written form."""
    found = URN.fullmatch(text.strip())
    return found is not None and found["scheme"].lower() in OTHER_SCHEMES


Parts = list[str]


@dataclass(frozen=True, slots=True)
class Scheme:
    """How an EPC URN of one scheme is put together.

    parts   of an instance; a pattern has one part less.
    digits  of company prefix and reference together, check digit left out; None where the reference is free text.
    build   parts → AI, key, AI, key …
    """

    parts: int
    digits: int | None
    build: Callable[[Parts], Parts]


def _with_check_digit(body: str) -> str:
    return body + check_digit(body)


def _gtin(parts: Parts) -> str:
    """Indicator first, then company prefix, item reference, check digit."""
    return _with_check_digit(parts[1][:1] + parts[0] + parts[1][1:])


def _item(serial_ai: str) -> Callable[[Parts], Parts]:
    return lambda parts: ["01", _gtin(parts), *([serial_ai, parts[2]] if len(parts) > 2 else [])]


def _whole(ai: str, lead: str = "") -> Callable[[Parts], Parts]:
    """A key whose serial follows within the same AI."""
    return lambda parts: [ai, lead + _with_check_digit(parts[0] + parts[1]) + (parts[2] if len(parts) > 2 else "")]


def _place(parts: Parts) -> Parts:
    return ["414", _with_check_digit(parts[0] + parts[1]), *(["254", parts[2]] if len(parts) > 2 else [])]


def _component(parts: Parts) -> Parts:
    return ["8010", parts[0] + parts[1], *(["8011", parts[2]] if len(parts) > 2 else [])]


def _piece(parts: Parts) -> Parts:
    return ["8006", _gtin(parts) + "".join(parts[2:4]), *(["21", parts[4]] if len(parts) > 4 else [])]


SCHEMES: Final[Mapping[str, Scheme]] = {
    "sgtin": Scheme(3, 13, _item("21")),
    "lgtin": Scheme(3, 13, _item("10")),
    "upui": Scheme(3, 13, _item("235")),
    "sscc": Scheme(2, 17, lambda parts: ["00", _gtin(parts)]),
    "sgln": Scheme(3, 12, _place),
    "pgln": Scheme(2, 12, lambda parts: ["417", _with_check_digit(parts[0] + parts[1])]),
    "grai": Scheme(3, 12, _whole("8003", "0")),
    "giai": Scheme(2, None, lambda parts: ["8004", parts[0] + parts[1]]),
    "gdti": Scheme(3, 12, _whole("253")),
    "sgcn": Scheme(3, 12, _whole("255")),
    "gsrn": Scheme(2, 17, _whole("8018")),
    "gsrnp": Scheme(2, 17, _whole("8017")),
    "gsin": Scheme(2, 16, _whole("402")),
    "ginc": Scheme(2, None, lambda parts: ["401", parts[0] + parts[1]]),
    "cpi": Scheme(3, None, _component),
    "itip": Scheme(5, 13, _piece),
}
WHOLE_KEY: Final[Mapping[str, int]] = {"8003": 14, "253": 13, "255": 13}
"""Keys whose serial follows within the same AI: without more digits than these they name a class."""
CLASS_WITHOUT: Final = frozenset({"01", "8006", "8010"})
VARIANT: Final = "22"
"""Consumer product variant: says more about the product, and makes no other lot or unit of it."""
NO_EXTENSION: Final = ("254", "0")
"""How a GLN says that it names the place as a whole (EPC Tag Data Standard 2.0, SGLN)."""
SERIALS: Final = ("21", "235", "8011")
KINDS: Final[Mapping[str, NodeKind]] = {
    "00": NodeKind.CONTAINER,
    "8003": NodeKind.CONTAINER,
    "8004": NodeKind.UNIT,
    "414": NodeKind.PARTY,
    "417": NodeKind.PARTY,
    "402": NodeKind.SHIPMENT,
}


def _from_urn(text: str) -> Key:
    found = URN.fullmatch(text)
    if found is None or found["scheme"].lower() not in SCHEMES:
        raise IdentifierError(f"identifier {text!r}: wanted urn:epc:id:SCHEME:… of a GS1 key, found another")
    name, is_pattern = found["scheme"].lower(), found["form"].lower() == "idpat"
    scheme = SCHEMES[name]
    parts = found["body"].split(".", scheme.parts - 1)
    if is_pattern:
        while parts and parts[-1] == PATTERN:
            parts.pop()
    least = scheme.parts - 1 if is_pattern or name == "sgln" else scheme.parts
    if len(parts) < max(least, 2) or PATTERN in parts:
        raise IdentifierError(f"identifier {text!r}: wanted {scheme.parts} parts of {name}, found {len(parts)}")
    no_reference = scheme.digits == len(parts[0]) and not parts[1]  # a prefix of twelve digits leaves it no room
    parts = ["" if place == 1 and no_reference else decode_part(part, text) for place, part in enumerate(parts)]
    if not COMPANY_PREFIX.fullmatch(parts[0]):
        raise IdentifierError(f"identifier {text!r}: wanted a company prefix of 6 to 12 digits, found {parts[0]!r}")
    body = parts[0] + parts[1]
    if scheme.digits is not None and not (DIGITS.fullmatch(body) and len(body) == scheme.digits):
        raise IdentifierError(
            f"identifier {text!r}: wanted {scheme.digits} digits of company prefix and reference, found {len(body)} characters"
        )
    return _key(scheme.build(parts), text)


def _key(parts: Parts, text: str) -> Key:
    ai, key = parts[0], parts[1]
    if ai == "01":
        key = gtin14(key)
    pairs = [pair for pair in zip(parts[2::2], parts[3::2], strict=True) if pair[0] != VARIANT and pair != NO_EXTENSION]
    said = dict(pairs)
    serial = next((qualifier for qualifier in SERIALS if qualifier in said), None)
    if serial is not None:
        of_lot = gs1_identity(ai, key, "10", said["10"]) if "10" in said else None
        return Key(gs1_identity(ai, key, serial, said[serial]), NodeKind.UNIT, of_lot=of_lot)
    if "10" in said:
        return Key(gs1_identity(ai, key, "10", said["10"]), None, lot=True)
    identity = gs1_identity(ai, key, *(part for pair in said.items() for part in pair))
    if ai in CLASS_WITHOUT or len(key) <= WHOLE_KEY.get(ai, 0):
        return Key(identity, NodeKind.PRODUCT)
    return Key(identity, KINDS.get(ai))

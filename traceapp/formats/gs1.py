"""GS1 keys in every written form → one canonical identity (GS1 General Specifications, EPC Tag Data Standard 2.0).

A key is a table row: its application identifier, how its EPC URN is put together, and what kind of thing it names.
A wrong check digit in a Digital Link is kept as sent: the event happened, and refusing it would lose the record.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from traceapp.domain.errors import IdentifierError
from traceapp.domain.identifiers import Identity, gs1_identity
from traceapp.domain.kinds import NodeKind

URN: Final = re.compile(r"urn:epc:(?P<form>id|class|idpat):(?P<scheme>[a-z]+):(?P<body>.+)", re.IGNORECASE)
DIGITS: Final = re.compile(r"\d+")
PATTERN: Final = "*"


@dataclass(frozen=True, slots=True)
class Key:
    """A GS1 identity and what it names.

    kind  None where the key names no node of the graph model (a document, a service relation, a consignment).
    lot   True for a lot: Batch or Material, which depends on its issuer.
    """

    identity: Identity
    kind: NodeKind | None
    lot: bool = False

    @property
    def class_level(self) -> bool:
        """A product, a type of asset: it names no single thing, and a walk never passes through it."""
        return self.kind is NodeKind.PRODUCT


def check_digit(body: str) -> str:
    """The mod-10 digit that follows `body` (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def parse_key(text: str) -> Key:
    """An EPC URN, a class or pattern URN, or a Digital Link of any domain.

    raises  IdentifierError: none of these, or one that breaks its own form; it says what was wanted and found.
    """
    said = text.strip()
    if said.lower().startswith("urn:epc:"):
        return _from_urn(said)
    if said.lower().startswith(("http://", "https://")):
        return _from_path(urlsplit(said).path, said)
    if re.match(r"\d{2,4}/", said):
        return _from_path("/" + said, said)
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


Parts = list[str]


def _gtin(prefix: str, reference: str) -> str:
    """Indicator or leading zero first, then company prefix, item reference, check digit."""
    body = reference[:1] + prefix + reference[1:]
    return body + check_digit(body)


def _thirteen(prefix: str, reference: str) -> str:
    body = prefix + reference
    return body + check_digit(body)


def _sscc(parts: Parts) -> Parts:
    body = parts[1][:1] + parts[0] + parts[1][1:]
    return ["00", body + check_digit(body)]


def _sgln(parts: Parts) -> Parts:
    place = ["414", _thirteen(parts[0], parts[1])]
    return place if parts[2:] in ([], ["0"]) else [*place, "254", parts[2]]


def _gsrn(ai: str) -> Callable[[Parts], Parts]:
    return lambda parts: [ai, _thirteen(parts[0], parts[1])]


def _cpi(parts: Parts) -> Parts:
    return ["8010", parts[0] + parts[1], *(["8011", parts[2]] if len(parts) > 2 else [])]


def _itip(parts: Parts) -> Parts:
    return ["8006", _gtin(parts[0], parts[1]) + parts[2] + parts[3], *(["21", parts[4]] if len(parts) > 4 else [])]


SCHEMES: Final[Mapping[str, tuple[int, Callable[[Parts], Parts]]]] = {
    # scheme: (parts of an instance, how they become AI, key, AI, key …); a pattern has one part less
    "sgtin": (3, lambda p: ["01", _gtin(p[0], p[1]), *(["21", p[2]] if len(p) > 2 else [])]),
    "lgtin": (3, lambda p: ["01", _gtin(p[0], p[1]), *(["10", p[2]] if len(p) > 2 else [])]),
    "upui": (3, lambda p: ["01", _gtin(p[0], p[1]), *(["235", p[2]] if len(p) > 2 else [])]),
    "sscc": (2, _sscc),
    "sgln": (3, _sgln),
    "pgln": (2, lambda p: ["417", _thirteen(p[0], p[1])]),
    "grai": (3, lambda p: ["8003", "0" + _thirteen(p[0], p[1]) + (p[2] if len(p) > 2 else "")]),
    "giai": (2, lambda p: ["8004", p[0] + p[1]]),
    "gdti": (3, lambda p: ["253", _thirteen(p[0], p[1]) + (p[2] if len(p) > 2 else "")]),
    "sgcn": (3, lambda p: ["255", _thirteen(p[0], p[1]) + (p[2] if len(p) > 2 else "")]),
    "gsrn": (2, _gsrn("8018")),
    "gsrnp": (2, _gsrn("8017")),
    "gsin": (2, lambda p: ["402", _thirteen(p[0], p[1])]),
    "ginc": (2, lambda p: ["401", p[0] + p[1]]),
    "cpi": (3, _cpi),
    "itip": (5, _itip),
}
WHOLE_KEY: Final[Mapping[str, int]] = {"8003": 14, "253": 13, "255": 13}
"""Keys whose serial follows within the same AI: without more digits than these they name a class."""
QUALIFIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "01": ("22", "10", "21", "235"),
    "414": ("254",),
    "8006": ("22", "10", "21"),
    "8010": ("8011",),
}
CLASS_WITHOUT: Final = frozenset({"01", "8006", "8010"})
KINDS: Final[Mapping[str, NodeKind]] = {
    "00": NodeKind.CONTAINER,
    "8003": NodeKind.CONTAINER,
    "8004": NodeKind.UNIT,
    "414": NodeKind.PARTY,
    "417": NodeKind.PARTY,
    "402": NodeKind.SHIPMENT,
    "21": NodeKind.UNIT,
    "235": NodeKind.UNIT,
    "8011": NodeKind.UNIT,
}


def _from_urn(text: str) -> Key:
    found = URN.fullmatch(text)
    if found is None or found["scheme"].lower() not in SCHEMES:
        raise IdentifierError(f"identifier {text!r}: wanted urn:epc:id:SCHEME:…, found an unknown scheme")
    scheme = found["scheme"].lower()
    wanted, build = SCHEMES[scheme]
    parts = [unquote(part) for part in found["body"].split(".", wanted - 1)]
    if found["form"].lower() == "idpat":
        while parts and parts[-1] == PATTERN:
            parts.pop()
    least = wanted - 1 if found["form"].lower() == "idpat" or scheme == "sgln" else wanted
    if len(parts) < least or not all(parts) or PATTERN in parts or not DIGITS.fullmatch(parts[0]):
        raise IdentifierError(f"identifier {text!r}: wanted {wanted} parts of {scheme}, found {len(parts)}")
    return _key(build(parts), text)


def _from_path(path: str, text: str) -> Key:
    """The application identifiers in the path of a Digital Link; whatever comes before them is another domain's own."""
    steps = [unquote(step) for step in path.split("/") if step]
    for start, step in enumerate(steps[:-1]):
        if step in KINDS or step in QUALIFIERS or step in WHOLE_KEY or step in {"401", "8017", "8018"}:
            return _key(_with_qualifiers(steps[start:]), text)
    raise IdentifierError(f"identifier {text!r}: wanted a GS1 Digital Link, found no application identifier in its path")


def _with_qualifiers(steps: Parts) -> Parts:
    ai, key = steps[0], steps[1]
    parts = [ai, gtin14(key) if ai == "01" else key]
    said = dict(zip(steps[2::2], steps[3::2], strict=False))
    for qualifier in QUALIFIERS.get(ai, ()):
        if qualifier in said:
            parts += [qualifier, said[qualifier]]
    return parts


def _key(parts: Parts, text: str) -> Key:
    if not all(part.strip() for part in parts):
        raise IdentifierError(f"identifier {text!r}: wanted a value after each application identifier, found none")
    ai, key = parts[0], parts[1]
    if ai == "01" and "21" in parts[2::2] and "10" in parts[2::2]:
        lot = parts.index("10", 2)
        parts = parts[:lot] + parts[lot + 2 :]  # a serial names the unit; its lot is a property, not another unit
    qualifier = parts[-2] if len(parts) > 2 else None
    identity = gs1_identity(*parts)
    if qualifier == "10":
        return Key(identity, None, lot=True)
    if ai in WHOLE_KEY and len(key) <= WHOLE_KEY[ai]:
        return Key(identity, NodeKind.PRODUCT)
    if ai in CLASS_WITHOUT and qualifier in {None, "22"}:
        return Key(identity, NodeKind.PRODUCT)
    return Key(identity, KINDS.get(qualifier or ai) or KINDS.get(ai))

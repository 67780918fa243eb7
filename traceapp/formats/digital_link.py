"""GS1 Digital Links (GS1 Digital Link: URI syntax 1.4) → application identifiers and their values.

Only the path names the thing: the domain is whoever serves the link, the query string says more about the thing.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final
from urllib.parse import unquote, urlsplit

from traceapp.domain.errors import IdentifierError

CANONICAL_HOST: Final = "id.gs1.org"
ANY_TEXT: Final = r".+"
PRIMARY: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    # key: (its form, the form in words)
    "00": (re.compile(r"[0-9]{18}"), "18 digits"),
    "01": (re.compile(r"[0-9]{8}|[0-9]{12,14}"), "8, 12, 13 or 14 digits"),
    "253": (re.compile(r"[0-9]{13}.*", re.DOTALL), "13 digits and a serial"),
    "255": (re.compile(r"[0-9]{13,25}"), "13 to 25 digits"),
    "401": (re.compile(ANY_TEXT), "a number"),
    "402": (re.compile(r"[0-9]{17}"), "17 digits"),
    "414": (re.compile(r"[0-9]{13}"), "13 digits"),
    "417": (re.compile(r"[0-9]{13}"), "13 digits"),
    "8003": (re.compile(r"[0-9]{14}.*", re.DOTALL), "14 digits and a serial"),
    "8004": (re.compile(ANY_TEXT), "a number"),
    "8006": (re.compile(r"[0-9]{18}"), "18 digits"),
    "8010": (re.compile(ANY_TEXT), "a number"),
    "8013": (re.compile(ANY_TEXT), "a number"),
    "8017": (re.compile(r"[0-9]{18}"), "18 digits"),
    "8018": (re.compile(r"[0-9]{18}"), "18 digits"),
}
QUALIFIERS: Final[Mapping[str, frozenset[str]]] = {
    "01": frozenset({"22", "10", "21", "235"}),
    "414": frozenset({"254"}),
    "417": frozenset({"7040"}),
    "8006": frozenset({"22", "10", "21"}),
    "8010": frozenset({"8011"}),
    "8017": frozenset({"8019"}),
    "8018": frozenset({"8019"}),
}
"""What may follow a key in the path, in any order."""


def read_link(text: str) -> list[str]:
    """`["01", "09521001000014", "10", "A1"]` of a link, or of a bare path such as `01/09521001000014/10/A1`.

    raises  IdentifierError: no link, or no whole key at the end of its path; it says what was wanted.
    """
    steps = _steps(text)
    near_miss = ""
    for start, (ai, value) in enumerate(pairwise(steps)):
        if ai not in PRIMARY:
            continue
        form, words = PRIMARY[ai]
        tail = steps[start + 2 :]
        if not form.fullmatch(value):
            near_miss = near_miss or f"wanted {words} after /{ai}/, found {value!r}"
        elif len(tail) % 2 or not QUALIFIERS.get(ai, frozenset()).issuperset(tail[::2]):
            near_miss = near_miss or f"wanted nothing after the key but its qualifiers, found {'/'.join(tail)!r}"
        elif len(set(tail[::2])) < len(tail[::2]):
            near_miss = near_miss or "wanted each qualifier once"
        else:
            return steps[start:]
    raise IdentifierError(f"identifier {text!r}: {near_miss or 'wanted a GS1 Digital Link, found no GS1 key in its path'}")


def is_canonical_host(text: str) -> bool:
    """Whether a link claims to be a GS1 key, so that a malformed one is an error and no link of somebody else's."""
    try:
        return urlsplit(text).hostname == CANONICAL_HOST
    except ValueError:
        return False


def decode_part(part: str, text: str) -> str:
    """A percent-encoded part of an identifier, without blanks at its ends.

    raises  IdentifierError: bytes that are no UTF-8, nothing, or a character that cannot be printed.
    """
    try:
        value = unquote(part, errors="strict").strip()
        value.encode()
    except UnicodeError:
        raise IdentifierError(f"identifier {text!r}: wanted UTF-8 behind its percent signs") from None
    if not value:
        raise IdentifierError(f"identifier {text!r}: wanted a value in each of its parts, found none")
    if not value.isprintable():
        raise IdentifierError(f"identifier {text!r}: wanted printable characters only")
    return value


def _steps(text: str) -> list[str]:
    path = text
    if text.lower().startswith(("http://", "https://")):
        try:
            path = urlsplit(text).path
        except ValueError:
            raise IdentifierError(f"identifier {text!r}: wanted a GS1 Digital Link, found a malformed address") from None
    return [decode_part(step, text) for step in path.strip("/").split("/")] if path.strip("/") else []

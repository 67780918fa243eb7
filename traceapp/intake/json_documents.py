"""JSON as strangers send it: every number exact or at least kept, no member lost, nothing that JSON does not have."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from traceapp.domain.errors import DocumentError

LONGEST_INTEGER: Final = 18
"""Digits that 64 bits hold for sure. Python turns no text of more than some thousand digits into an int."""


@dataclass(frozen=True, slots=True, repr=False)
class NumberBeyondReach:
    """A number whose exponent no arithmetic takes. It is neither a text nor a number of an event, only kept as written."""

    text: str

    def __repr__(self) -> str:
        return self.text


class DoubledObject(dict[str, Any]):
    """An object that says a member twice: which of the two its sender meant, nobody knows."""

    reason: str


def exact_number(text: str) -> int | Decimal | NumberBeyondReach:
    if len(text) <= LONGEST_INTEGER and text.lstrip("-").isdigit():
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return NumberBeyondReach(text)


def read_json(text: str, number: Callable[[str], Any] = exact_number) -> Any:
    """number  makes something of a number as it is written.

    raises  DocumentError: not well-formed JSON (cut off, most often), or nested too deep.
    """
    try:
        return json.loads(text, parse_float=number, parse_int=number, parse_constant=_refuse, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise DocumentError(f"not well-formed JSON: {error.msg}, line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise DocumentError("not usable JSON: nested too deep") from None


def what_is_doubled(value: Any) -> str | None:
    """A sentence about the first object within, or the value itself, that says a member twice; None where there is none."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, DoubledObject):
            return found.reason
        if isinstance(found, dict | list):
            waiting += found.values() if isinstance(found, dict) else found
    return None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) == len(members):
        return found
    doubled = DoubledObject(found)
    name = Counter(name for name, _ in members).most_common(1)[0][0]
    doubled.reason = f"{name}: wanted each member of an object once, found it twice"
    return doubled


def _refuse(word: str) -> NoReturn:
    raise DocumentError(f"not well-formed JSON: {word} is no JSON")

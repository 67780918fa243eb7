"""The text of a governed document, in TOML: read so that whatever it says can be kept, compared, shown and recorded."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from pydantic import ValidationError

LARGEST_TEXT: Final = 1024 * 1024
"""Bytes."""
LARGEST_NUMBER: Final = 2**53 - 1
"""Beyond it neither the ledger nor a reader of JSON keeps a number as it is."""
DEEPEST: Final = 20
MOST_TOLD: Final = 20
"""Places that are wrong, of which a refusal tells."""


def read_document_text(content: bytes) -> dict[str, Any]:
    """What it says, as mappings, lists, texts, numbers and truths.

    raises  ValueError: too large, no UTF-8, no TOML, a number that is none or too large, a time, or nested too deeply; its
            words are safe to show.
    """
    if len(content) > LARGEST_TEXT:
        raise ValueError(f"wanted {LARGEST_TEXT} bytes at most, found {len(content)}")
    try:
        said = tomllib.loads(content.decode())
    except RecursionError:
        raise ValueError(_DEEP) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise
    except ValueError:  # Python turns no number of thousands of digits into one
        raise ValueError(_LARGE) from None
    for depth, value in _values(said):
        if depth > DEEPEST:
            raise ValueError(_DEEP)
        if isinstance(value, date | datetime | time):
            raise ValueError(f"wanted texts, numbers, true and false, found the time {value}")
        if isinstance(value, int | float) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:  # nan is within nothing
            raise ValueError(_LARGE)
    return said


def wrong_places(error: ValidationError) -> str:
    """What is wrong, place by place, the first of many."""
    wrong = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_input=False)]
    more = f"; and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
    return "; ".join(wrong[:MOST_TOLD]) + more


_DEEP: Final = f"wanted tables and lists nested {DEEPEST} deep at most"
_LARGE: Final = f"wanted numbers from -{LARGEST_NUMBER} to {LARGEST_NUMBER}, and neither nan nor inf"


def _values(said: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """(depth, value) of everything, whatever the depth."""
    left: list[tuple[int, Any]] = [(0, said)]
    while left:
        depth, value = left.pop()
        yield depth, value
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        left += [(depth + 1, part) for part in parts]

"""`fields=`: what a caller wants of each thing; a name that nobody knows is refused by name."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.state import STATE_NAMES
from traceapp.domain.trace import NODE_MEMBERS


def trace_fields() -> frozenset[str]:
    """What a trace tells of a thing or party beside its place in the answer, and every property of the dictionary in force."""
    return NODE_MEMBERS | (running_dictionary().names - {"identity"})


def batch_fields() -> frozenset[str]:
    """What a batch page tells: members of the answer, states, and every property of the dictionary in force."""
    return trace_fields() | STATE_NAMES


ALL: Final = "All that the answer tells by itself, where it is absent."


def check_fields(names: Iterable[str], known: frozenset[str]) -> None:
    """raises  ValueError: a name that is not known; it says which are."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"no such field: {', '.join(map(printable, unknown[:5]))}; known are {', '.join(sorted(known))}")


def _check_list(known: Callable[[], frozenset[str]], text: str) -> str:
    check_fields(text.split(","), known())
    return text


def _say_pattern(known: Callable[[], frozenset[str]], schema: dict[str, Any]) -> None:
    one = "|".join(sorted(known()))
    schema["pattern"] = f"^({one})(,({one}))*$"


def _say_names(schema: dict[str, Any]) -> None:
    schema["enum"] = sorted(trace_fields())


TraceField = Annotated[str, Field(json_schema_extra=_say_names)]
TraceFields = Annotated[
    str,
    AfterValidator(partial(_check_list, trace_fields)),
    Field(
        max_length=4000,
        description=f"What is wanted of each thing: {', '.join(sorted(NODE_MEMBERS))}, or properties of the data dictionary, "
        f"which come under `properties`; parted by commas. {ALL}",
        json_schema_extra=partial(_say_pattern, trace_fields),
    ),
]
BatchFields = Annotated[
    str,
    AfterValidator(partial(_check_list, batch_fields)),
    Field(
        max_length=4000,
        description=f"What is wanted: members of the answer, states, properties of the data dictionary, parted by commas. {ALL}",
        json_schema_extra=partial(_say_pattern, batch_fields),
    ),
]


def wanted_fields(names: str | None) -> frozenset[str] | None:
    """The names in a list parted by commas; None where none was sent."""
    return frozenset(names.split(",")) if names is not None else None


def printable(text: str) -> str:
    """Printable and short, since the caller chose it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)[:100]

"""Values as the data dictionary wants them: of the type of their entry, and in one form."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from traceapp.dictionary.entries import PropertyEntry, PropertyType
from traceapp.domain.errors import DictionaryError
from traceapp.domain.events import PropertyValue

LONGEST_TEXT: Final = 4000


def normal_value(kind: str, name: str, entry: PropertyEntry, value: Any) -> PropertyValue:
    """The value in its one form; raises DictionaryError: of another type, or none of the closed list; it is not shown."""
    match entry.type, value:
        case PropertyType.TEXT, str():
            text = value.strip()
            if not text or len(text) > LONGEST_TEXT or (entry.values is not None and text not in entry.values):
                raise DictionaryError(f"{kind} {name}: wanted {_wanted(entry)}, found another text of {len(text)} characters.")
            return text
        case PropertyType.BOOLEAN, bool():
            return value
        case PropertyType.INTEGER, int() if not isinstance(value, bool):
            return value
        case PropertyType.DECIMAL, Decimal() if value.is_finite():
            return value
        case PropertyType.TIME, datetime() if value.tzinfo is not None:
            return value
        case PropertyType.DATE, str():
            try:
                return date.fromisoformat(value.strip()).isoformat()
            except ValueError:
                pass
    raise DictionaryError(f"{kind} {name}: wanted {_wanted(entry)}, found {type(value).__name__}.")


def _wanted(entry: PropertyEntry) -> str:
    if entry.values is not None:
        return "one of " + ", ".join(entry.values)
    if entry.type is PropertyType.TEXT:
        return f"1 to {LONGEST_TEXT} characters"
    return "an integer" if entry.type is PropertyType.INTEGER else f"a {entry.type.value}"

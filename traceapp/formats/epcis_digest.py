"""What an EPCIS event says, as one digest: two writings of one event have the same."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

from traceapp.domain.errors import IdentifierError, InputError
from traceapp.formats.epcis_rules import parse_time
from traceapp.formats.gs1 import parse_key

NOT_CONTENT: Final = frozenset({"errorDeclaration", "recordTime", "eventID", "@context"})
VOCABULARY: Final = re.compile(
    r"(?:https?://(?:ref|ns)\.gs1\.org/cbv/|cbv:)(?:(?:BizStep|Disp|SDT|BTT)-)?|urn:epcglobal:cbv:(?:bizstep|disp|sdt|btt):"
)
TERMS: Final = frozenset({"bizStep", "disposition", "type"})


def bare(term: str | None) -> str | None:
    """A CBV term without its namespace: `https://ref.gs1.org/cbv/BizStep-shipping`, `cbv:shipping` and `shipping` are one."""
    return VOCABULARY.sub("", term, count=1) if term is not None and VOCABULARY.match(term) else term


def content_digest(event: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what the event says, without errorDeclaration, recordTime and eventID.

    Identifiers in their canonical form, times as UTC, numbers by value, CBV terms without namespace, lists as sets; a field
    that says nothing is left out.
    """
    said = {name: _normal(name, value) for name, value in event.items() if name not in NOT_CONTENT and _says(value)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _says(value: Any) -> bool:
    return value is not None and value not in ([], {})


def _normal(name: str, value: Any) -> Any:
    match value:
        case dict():
            return {inner: _normal(inner, found) for inner, found in value.items() if _says(found)}
        case [only]:
            return [_normal(name, only)]
        case list():
            return sorted((_normal(name, found) for found in value), key=lambda found: json.dumps(found, sort_keys=True))
        case bool():
            return value
        case int() | float() | Decimal():
            return _by_value(Decimal(str(value)))
        case str() if name in TERMS:
            return bare(value)
        case str() if name.lower().endswith("time"):
            try:
                return parse_time(name, value).astimezone(UTC).isoformat()
            except InputError:
                return value
        case str():
            try:
                return parse_key(value).identity.text
            except IdentifierError:
                return value
    return str(value)


def _by_value(number: Decimal) -> str:
    """Equal numbers, one text; exact however long, and short however large."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        return str(number)
    text = "".join(map(str, digits)).lstrip("0")
    bare_text = text.rstrip("0")
    return f"{'-' if sign else ''}{bare_text}E{exponent + len(text) - len(bare_text)}" if bare_text else "0"

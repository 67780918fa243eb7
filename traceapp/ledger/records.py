"""The form of a ledger record: canonical JSON (RFC 8785), chained by the hash of the one before."""

import hashlib
import json
import re
from collections.abc import Mapping, Set
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import rfc8785

from traceapp.domain.clock import stored_time
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerEntry

FORMAT: Final = 3
"""2 named the id of an append `request_id`; such records are read, and gone on from, as they stand."""
GENESIS: Final = "0" * 64
TELLS_KEY: Final = (Act.LEDGER_START.value, Act.LEDGER_KEY.value)
"""The acts of the records that say which key signs from there on."""
FOLDER: Final = "ledger"
ENTRY_FIELDS: Final = frozenset(field.name for field in fields(LedgerEntry))
LEFT_OUT: Final = frozenset({"request_id", "object", "roll", "values", "command", "approval"})
"""Fields that a record has only where they say something."""
MAX_RECORD: Final = 64 * 1024
_MAX_ENTRY: Final = MAX_RECORD - 1024
_EXACT_INTEGER: Final = 2**53 - 1
_sorted_json: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=True, sort_keys=True, separators=(",", ":"))
_ODD_NUMBER: Final = re.compile(r'(?:":|[,\[])-?(?:[0-9]{16,}|[0-9]+[.eE]|NaN|Infinity)').search
"""What the two may write otherwise; also found in some texts, of which the slow way makes the same."""
_BULKY: Final = ("result", "request", "disclosed", "withheld", "values")


def plain_entry(entry: LedgerEntry) -> dict[str, Any]:
    """The entry as JSON that every reader reads alike.

    Lone surrogates become their escape (`\\ud800`), integers beyond 2^53 and decimals become text, times the stored
    form, sets sorted lists. An entry too long for one record keeps the hash of its longest parts in their place.
    raises  TypeError: a float or a type that no record holds; that is a defect of the caller.
    """
    plain = {name: plain_json(getattr(entry, name)) for name in sorted(ENTRY_FIELDS)}
    for name in LEFT_OUT:
        if plain[name] is None:
            del plain[name]
    if len(canonical(plain)) <= _MAX_ENTRY:
        return plain
    for name in sorted(plain.keys() & set(_BULKY), key=lambda name: -len(rfc8785.dumps(plain[name]))):
        if len(canonical(plain)) <= _MAX_ENTRY:
            break
        whole = rfc8785.dumps(plain[name])
        plain[name] = {"sha256": hashlib.sha256(whole).hexdigest(), "bytes": len(whole)}
    return plain


def append_id(record: Mapping[str, Any]) -> str:
    """The id under which a worker asked for this record, whichever form it has; raises KeyError: it has none."""
    return str(record["append_id"] if "append_id" in record else record["request_id"])


def canonical(record: Mapping[str, Any]) -> bytes:
    """RFC 8785 bytes; raises ValueError: a number that has no canonical form.

    Of plain ASCII without a fraction or a long number, sorted JSON is that already, and ten times sooner.
    """
    plain = dict(record)
    text = _sorted_json.encode(plain)
    return text.encode() if text.isascii() and not _ODD_NUMBER(text) else rfc8785.dumps(plain)


def record_hash(record: bytes) -> str:
    """What the next record carries as `prev`."""
    return hashlib.sha256(record).hexdigest()


def leaf_of(record: bytes) -> bytes:
    """SHA-256 of a zero byte and the record (RFC 6962, 2.1); a receipt names it in hex."""
    return hashlib.sha256(b"\x00" + record).digest()


def plain_json(value: Any) -> Any:
    """The form in which a value stands in a record; raises TypeError: a record holds no such thing."""
    match value:
        case None | bool():
            return value
        case str():
            return str(value).encode("utf-8", "backslashreplace").decode()
        case int():
            return int(value) if abs(value) <= _EXACT_INTEGER else str(value)
        case Decimal():
            return str(value)
        case datetime():
            return stored_time(value)
        case Mapping():
            return {str(plain_json(str(key))): plain_json(item) for key, item in value.items()}
        case Set():
            return sorted((plain_json(item) for item in value), key=rfc8785.dumps)
        case list() | tuple():
            return [plain_json(item) for item in value]
        case _:
            raise TypeError(f"a ledger record holds no {type(value).__name__}")

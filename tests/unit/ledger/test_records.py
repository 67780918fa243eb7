"""The form of a record: every reader gets the same bytes from the same entry, whatever stands in it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785

from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.records import ENTRY_FIELDS, LEFT_OUT, MAX_RECORD, canonical, leaf_of, plain_entry, record_hash

LARGEST = 2**53 - 1
BEIJING = timezone(timedelta(hours=8))

PLAIN: dict[str, tuple[Any, Any]] = {
    "lone surrogate": ("B-\ud800", "B-\\ud800"),
    "lone surrogates, the wrong way round": ("\udc00\ud800", "\\udc00\\ud800"),
    "4-byte character": ("批\U0002070e", "批\U0002070e"),
    "control characters": ("a\x00\n\u2028", "a\x00\n\u2028"),
    "largest exact integer": (LARGEST, LARGEST),
    "integer beyond it": (LARGEST + 1, "9007199254740992"),
    "negative integer beyond it": (-LARGEST - 1, "-9007199254740992"),
    "truth is no number": (True, True),
    "nothing": (None, None),
    "decimal": (Decimal("1.50"), "1.50"),
    "decimal with an exponent": (Decimal("1E+3"), "1E+3"),
    "time in UTC": (datetime(2026, 3, 2, 10, tzinfo=UTC), "2026-03-02T10:00:00.000000Z"),
    "time with an offset": (datetime(2026, 3, 2, 18, 0, 0, 5, tzinfo=BEIJING), "2026-03-02T10:00:00.000005Z"),
    "set of text": ({"b", "a", "é"}, ["a", "b", "é"]),
    "set of numbers": (frozenset({10, 9}), [10, 9]),
    "word of ours": (Permission.BATCH_TRACE, "batch:trace"),
    "pair": ((1, "x"), [1, "x"]),
    "mapping with a number as name": ({7: {"x"}}, {"7": ["x"]}),
    "mapping with a lone surrogate as name": ({"\ud800": 1}, {"\\ud800": 1}),
}


def entry(**said: Any) -> LedgerEntry:
    return LedgerEntry(act="batch:trace", outcome="answered", actor={"username": "rc"}, **said)


@pytest.mark.parametrize(("value", "kept"), PLAIN.values(), ids=PLAIN)
def test_promise_every_value_is_kept_in_a_form_that_all_readers_read_alike(value: Any, kept: Any) -> None:
    plain = plain_entry(entry(request={"value": value}))

    assert plain["request"] == {"value": kept}
    assert type(plain["request"]["value"]) is type(kept)
    assert json.loads(canonical(plain).decode()) == plain


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", object()], ids=["float", "nan", "bytes", "object"])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=f"holds no {type(value).__name__}"):
        plain_entry(entry(result={"value": value}))


def test_an_entry_has_its_fields_and_no_other() -> None:
    said: dict[str, Any] = {"roll": {"sha256": "00", "things": 1}, "values": [{"field": "role", "old": None, "new": "00"}]}
    said |= {"request_id": "7f" * 16, "object": [{"kind": "Batch", "uid": "7f"}], "command": "7f" * 16, "approval": "7f"}

    assert set(plain_entry(entry())) == ENTRY_FIELDS - LEFT_OUT
    assert set(plain_entry(entry(**said))) == ENTRY_FIELDS


def test_promise_canonical_bytes_do_not_depend_on_the_order_of_names() -> None:
    """RFC 8785: names by UTF-16 unit (so the surrogate pair comes before U+E000), no blanks, no escapes but the needed ones."""
    told = {"\ue000": 1, "\U00010000": 2, "b": [1, None, True], "a": 'é"\n'}

    line = canonical(told)

    assert line == '{"a":"é\\"\\n","b":[1,null,true],"\U00010000":2,"\ue000":1}'.encode()
    assert canonical(dict(reversed(told.items()))) == line


def test_hashes_are_those_of_their_standards() -> None:
    assert record_hash(b"{}") == hashlib.sha256(b"{}").hexdigest()
    assert leaf_of(b"{}").hex() == hashlib.sha256(b"\x00{}").hexdigest(), "RFC 6962 2.1"


LONG = {
    "one long part": ({"result": 80_000}, {"result"}),
    "two long parts": ({"result": 50_000, "request": 60_000}, {"request"}),
    "three long parts": ({"result": 70_000, "request": 80_000, "disclosed": 90_000}, {"result", "request", "disclosed"}),
    "a part that just fits": ({"result": 60_000}, set()),
}


@pytest.mark.parametrize(("sizes", "hashed"), LONG.values(), ids=LONG)
def test_promise_an_entry_too_long_for_a_record_keeps_the_hashes_of_its_longest_parts(
    sizes: dict[str, int], hashed: set[str]
) -> None:
    parts = {name: {"names": ["é" * (size // 2)]} for name, size in sizes.items()}

    plain = plain_entry(entry(**parts))

    assert len(canonical(plain)) < MAX_RECORD
    for name, part in parts.items():
        whole = rfc8785.dumps(part)  # type: ignore[arg-type]
        short = {"sha256": hashlib.sha256(whole).hexdigest(), "bytes": len(whole)}
        assert plain[name] == (short if name in hashed else part)

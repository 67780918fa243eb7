"""The quick way to canonical bytes gives what RFC 8785 says, or is not taken."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.effort import examples
from traceapp.ledger.records import canonical

TEXTS = st.text(max_size=8) | st.text('\x00\x1f\x7f"\\/,:[{é\ud7ff\U0001f600019.eE-NaN', max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("part", range(examples(1, 20)))
def test_promise_records_are_canonical(part: int) -> None:
    @seed(part)
    @settings(max_examples=examples(500, 5_000), deadline=None, database=None)
    @given(st.dictionaries(TEXTS, VALUES, max_size=5))
    def is_canonical(record: dict[str, Any]) -> None:
        assert canonical(record) == rfc8785.dumps(record)

    is_canonical()


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), [1, 10**40], {"a": float("-inf")}])
def test_promise_what_has_no_canonical_form_has_none(value: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical({"result": value})

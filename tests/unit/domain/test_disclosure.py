"""What stands where a value does not."""

import orjson
import pytest

from traceapp.domain.disclosure import Masked, Unavailable, last_characters, told


def test_promise_a_mask_says_that_it_is_one_and_of_which_tier() -> None:
    assert Masked("T2").document == {"masked": True, "tier": "T2"}
    assert Masked("T2", "0417").document == {"masked": True, "tier": "T2", "shown": "0417"}
    assert Unavailable("T3").document == {"unavailable": True, "tier": "T3"}


def test_the_json_writer_asks_us_how_a_mask_is_written() -> None:
    written = orjson.dumps([Masked("T2"), Unavailable("T2")], default=lambda one: one.document)

    assert written == b'[{"masked":true,"tier":"T2"},{"unavailable":true,"tier":"T2"}]'


def test_a_mask_and_a_gap_are_no_text_and_not_alike() -> None:
    assert [told(one) for one in ("text", None, Masked("T2", "0417"), Unavailable("T2"))] == ["text", None, None, None]
    assert Masked("T2") == Masked("T2")
    assert len({Masked("T2"), Masked("T2"), Masked("T3"), Masked("T2", "0417")}) == 3
    assert Masked("T2") != Unavailable("T2")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("CERT-26-0417", "0417"), ("12345678", "5678"), ("1234567", None), ("", None), (None, None), (12345678, None)],
)
def test_promise_a_partial_mask_lets_nothing_through_of_a_short_text(value: object, shown: str | None) -> None:
    assert last_characters(value) == shown

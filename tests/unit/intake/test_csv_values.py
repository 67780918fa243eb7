"""What a cell may say, and what it may not."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from traceapp.domain.errors import InputError
from traceapp.intake.csv_values import (
    clean_cell,
    offset_text,
    parse_choice,
    parse_moment,
    parse_number,
    parse_quantity,
    parse_zone,
)

EAST_8 = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-03-02T10:00:00Z", EAST_8, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T10:00:00.25+08:00", UTC, datetime(2026, 3, 2, 2, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-03-02 10:00", EAST_8, datetime(2026, 3, 2, 2, tzinfo=UTC)),
        ("2026/3/2 9:05", UTC, datetime(2026, 3, 2, 9, 5, tzinfo=UTC)),
        ("2026-03-02", ZoneInfo("Asia/Shanghai"), datetime(2026, 3, 1, 16, tzinfo=UTC)),
        ("2026-07-02 10:00", ZoneInfo("Europe/Paris"), datetime(2026, 7, 2, 8, tzinfo=UTC)),
        ("２０２６－０３－０２", UTC, datetime(2026, 3, 2, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_the_offset_they_give_else_in_the_zone_of_the_row(text: str, zone: tzinfo, moment: datetime) -> None:
    assert parse_moment("time", text, zone) == moment


@pytest.mark.parametrize(
    "text", ["02/03/2026", "2026-02-30", "2026-03-02T25:00", "2026-03/02", "yesterday", "2026-03-02T10:00:00+2", "20260302"]
)
def test_a_time_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="time: wanted a time"):
        parse_moment("time", text)


def test_a_time_that_the_zone_skipped_is_refused() -> None:
    with pytest.raises(InputError, match="skipped when the clocks went forward"):
        parse_moment("time", "2026-03-29 02:30", ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("zone", "text"), [(EAST_8, "+08:00"), (timezone(-timedelta(hours=3, minutes=30)), "-03:30"), (UTC, "+00:00")]
)
def test_an_offset_is_written_as_epcis_writes_it(zone: tzinfo, text: str) -> None:
    assert offset_text(datetime(2026, 3, 2, tzinfo=zone)) == text


@pytest.mark.parametrize("text", ["Mars/Olympus", "+15:00", "+8", "../etc/passwd", "+08:75"])
def test_a_zone_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="time_zone: wanted a time zone"):
        parse_zone("time_zone", text)


@pytest.mark.parametrize(
    ("text", "quantity"), [("12.50", "12.50"), ("0", "0"), ("１２．５", "12.5"), ("999999999999999999", "9" * 18)]
)
def test_quantities_keep_their_digits(text: str, quantity: str) -> None:
    assert str(parse_quantity("quantity", text)) == quantity
    assert isinstance(parse_quantity("quantity", text), Decimal)


@pytest.mark.parametrize("text", ["-1", "1,000", "1e3", "NaN", "Infinity", ".5", "5.", "five", "1 000", "٣"])
def test_a_quantity_that_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="quantity: wanted a quantity"):
        parse_quantity("quantity", text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-18.50", "-18.50"),
        ("−40", "-40"),
        ("+37.0", "37.0"),
        ("25", "25"),
        ("-123456789012345678.123456789012", "-123456789012345678.123456789012"),
    ],
)
def test_a_measured_value_keeps_its_sign_and_its_digits(text: str, number: str) -> None:
    assert str(parse_number("dose", text)) == number


@pytest.mark.parametrize("text", ["--5", "+-5", "-+5", "-", "+", "5-", "- 5"])
def test_a_value_with_two_signs_or_no_digits_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="dose: wanted a quantity"):
        parse_number("dose", text)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[2J", "half \ud800"])
def test_a_control_character_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="number: wanted text"):
        clean_cell("number", text)


def test_choices_are_read_in_both_languages() -> None:
    choices = {"passed": "合格", "failed": "不合格"}

    assert [parse_choice("result", text, choices) for text in ("PASSED", "合格", "不合格")] == ["passed", "passed", "failed"]


def test_a_wrong_choice_is_told_the_whole_list() -> None:
    with pytest.raises(InputError, match="result: wanted one of passed, failed, found 'maybe'"):
        parse_choice("result", "maybe", {"passed": "合格", "failed": "不合格"})

"""What a cell of a plain form may say: times, quantities, choices. A cell that says something else is refused in words."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from traceapp.domain.errors import InputError

MOMENT: Final = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,6})\d*)?)?"
    r" ?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
OFFSET: Final = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})", re.ASCII)
NUMBER: Final = re.compile(r"\d{1,18}(\.\d{1,12})?", re.ASCII)
FURTHEST_OFFSET: Final = timedelta(hours=14)
UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_cell(column: str, cell: str) -> str:
    """The text without blanks at its ends.

    raises  InputError: a control character, or half of a surrogate pair: no source system prints one.
    """
    text = cell.strip()
    if UNPRINTABLE.search(text):
        raise InputError(f"{column}: wanted text, found a control character in it")
    return text


def parse_quantity(column: str, text: str) -> Decimal:
    """An exact decimal with a point, without thousands separators; full-width digits are read as digits.

    raises  InputError: anything else, a sign and an exponent included.
    """
    plain = unicodedata.normalize("NFKC", text)
    if not NUMBER.fullmatch(plain):
        raise InputError(f"{column}: wanted a quantity such as 12.5 (no sign, no thousands separator), found {text!r}")
    return Decimal(plain)


def parse_number(column: str, text: str) -> Decimal:
    """As a quantity, with a sign where it has one: a temperature, a deviation."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    number = parse_quantity(column, plain[1:] if plain.startswith(("+", "-")) else plain)
    return number.copy_negate() if plain.startswith("-") else number


def parse_moment(column: str, text: str, zone: tzinfo = UTC) -> datetime:
    """A date with or without time and offset; what has no offset is read in `zone`, a bare date as its first minute.

    returns  aware, in the offset that was written or that `zone` had then.
    raises   InputError: another form, a day that no calendar has, a local time that the zone skipped.
    """
    found = MOMENT.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        raise InputError(f"{column}: wanted a time such as 2026-03-02T10:00:00Z, 2026-03-02 10:00 or 2026-03-02, found {text!r}")
    fraction = (found["fraction"] or "").ljust(6, "0")
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    try:
        bare = datetime(year, month, day, hour, minute, second, int(fraction))
    except ValueError:
        raise InputError(f"{column}: wanted a time that the calendar has, found {text!r}") from None
    if found["offset"]:
        return bare.replace(tzinfo=parse_zone(column, found["offset"]))
    local = bare.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != bare:
        raise InputError(f"{column}: wanted a time that {zone} had, found {text!r}, skipped when the clocks went forward")
    offset = local.utcoffset() or timedelta()
    return bare.replace(tzinfo=timezone(offset) if offset else UTC)


def parse_zone(column: str, text: str) -> tzinfo:
    """`Z`, an offset such as `+08:00`, or a name of the IANA list such as `Asia/Shanghai`.

    raises  InputError: neither.
    """
    if text.upper() in {"Z", "UTC"}:
        return UTC
    found = OFFSET.fullmatch(text)
    if found:
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        if offset <= FURTHEST_OFFSET and int(found["minutes"]) < 60:
            return timezone(-offset if found["sign"] == "-" else offset)
    else:
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise InputError(f"{column}: wanted a time zone such as +08:00 or Asia/Shanghai, found {text!r}")


def offset_text(moment: datetime) -> str:
    """`+08:00`: the offset that belongs to an aware time."""
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    hours, minutes = divmod(abs(minutes), 60), minutes
    return f"{'-' if minutes < 0 else '+'}{hours[0]:02}:{hours[1]:02}"


def parse_choice(column: str, text: str, choices: Mapping[str, str]) -> str:
    """One of a closed list, in English or in Chinese; the English word is returned.

    raises  InputError: names the whole list.
    """
    wanted = unicodedata.normalize("NFKC", text).casefold()
    for word, chinese in choices.items():
        if wanted in {word, chinese}:
            return word
    raise InputError(f"{column}: wanted one of {', '.join(choices)}, found {text!r}")

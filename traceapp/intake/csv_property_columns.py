"""Columns that are properties of the data dictionary: a new entry there is a new column here, in both languages."""

from collections.abc import Collection
from decimal import Decimal
from functools import cache
from typing import Final

from traceapp.dictionary.properties import Dictionary, PropertyEntry, read_dictionary
from traceapp.domain.errors import InputError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.intake.csv_columns import Column
from traceapp.intake.csv_rows import Row
from traceapp.intake.csv_values import parse_choice, parse_moment, parse_quantity

TRUTH: Final = {"yes": "是", "no": "否"}


@cache
def dictionary() -> Dictionary:
    return read_dictionary()


def property_columns(*kinds: NodeKind, leave_out: Collection[str] = ()) -> tuple[Column, ...]:
    """One column per property of these kinds, each name once, in the order of the dictionary.

    leave_out  what other columns of the form, or other forms, say.
    """
    found: dict[str, Column] = {}
    for kind in kinds:
        for name, entry in dictionary().entries(kind).items():
            if name not in leave_out:
                found.setdefault(name, Column(name, entry.zh, _means(entry), _means_zh(entry)))
    return tuple(found.values())


def properties_of(row: Row, kind: NodeKind, leave_out: Collection[str] = ()) -> dict[str, PropertyValue]:
    """What the row says of a thing of this kind, by the types of the dictionary.

    raises  InputError: a value of another type, or a column filled that this kind does not have.
    """
    return {
        name: _value(row, name, entry)
        for name, entry in dictionary().entries(kind).items()
        if name not in leave_out and row.text(name) is not None
    }


def refuse_others(row: Row, kind: NodeKind, columns: tuple[Column, ...]) -> None:
    """raises  InputError: a column is filled that things of this kind do not have; nothing said is lost silently."""
    for column in columns:
        if row.text(column.name) is not None and not dictionary().knows(kind, column.name):
            raise InputError(f"{column.name}: a {kind} has no such property, found {row.text(column.name)!r}")


def _value(row: Row, name: str, entry: PropertyEntry) -> PropertyValue:
    text = row.wanted(name)
    match str(entry.type):
        case "boolean":
            return parse_choice(name, text, TRUTH) == "yes"
        case "integer":
            number = parse_quantity(name, text)
            if number != number.to_integral_value():
                raise InputError(f"{name}: wanted a whole number, found {text!r}")
            return int(number)
        case "decimal":
            return Decimal(parse_quantity(name, text))
        case "time":
            moment = row.moment(name)
            assert moment is not None  # noqa: S101  the cell is filled
            return moment
        case "date":
            return parse_moment(name, text).date().isoformat()
        case _:
            return text


def _means(entry: PropertyEntry) -> str:
    return f"{entry.en}, in {entry.unit}" if entry.unit else entry.en


def _means_zh(entry: PropertyEntry) -> str:
    return f"{entry.zh}（{entry.unit}）" if entry.unit else entry.zh

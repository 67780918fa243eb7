"""Columns that are properties of the data dictionary: a new entry there is a new column here, in both languages."""

from collections.abc import Collection
from typing import Final, assert_never

from traceapp.dictionary.entries import PropertyEntry, PropertyType
from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.errors import InputError
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.intake.csv_columns import Column
from traceapp.intake.csv_rows import Row, moment_of
from traceapp.intake.csv_values import parse_choice, parse_moment, parse_number

TRUTH: Final = {"yes": "是", "no": "否"}


def property_columns(*kinds: NodeKind, leave_out: Collection[str] = ()) -> tuple[Column, ...]:
    """One column per property of these kinds, each name once, in the order of the dictionary.

    leave_out  what other columns of the form, or other forms, say.
    """
    found: dict[str, Column] = {}
    for kind in kinds:
        for name, entry in running_dictionary().entries(kind).items():
            if name not in leave_out:
                found.setdefault(name, _column(name, entry))
    return tuple(found.values())


def properties_of(row: Row, kind: NodeKind, leave_out: Collection[str] = ()) -> dict[str, PropertyValue]:
    """What the row says of a thing of this kind, by the types of the dictionary.

    raises  InputError: a value of another type.
    """
    return {
        name: _value(row, name, entry)
        for name, entry in running_dictionary().entries(kind).items()
        if name not in leave_out and row.text(name) is not None
    }


def refuse_others(row: Row, kind: NodeKind, columns: tuple[Column, ...]) -> None:
    """raises  InputError: a column is filled that things of this kind do not have; nothing said is lost silently."""
    for column in columns:
        if row.text(column.name) is not None and not running_dictionary().knows(kind, column.name):
            raise InputError(f"{column.name}: a {kind} has no such property, found {row.text(column.name)!r}")


def _column(name: str, entry: PropertyEntry) -> Column:
    unit, unit_zh = (f", in {entry.unit}", f"（{entry.unit}）") if entry.unit else ("", "")
    choices = TRUTH if entry.type is PropertyType.BOOLEAN else entry.values or {}
    return Column(name, entry.zh, entry.en + unit, entry.zh + unit_zh, choices=choices)


def _value(row: Row, name: str, entry: PropertyEntry) -> PropertyValue:
    text = row.wanted(name)
    match entry.type:
        case PropertyType.BOOLEAN:
            return parse_choice(name, text, TRUTH) == "yes"
        case PropertyType.INTEGER:
            number = parse_number(name, text)
            if number != number.to_integral_value():
                raise InputError(f"{name}: wanted a whole number, found {text!r}")
            return int(number)
        case PropertyType.DECIMAL:
            return parse_number(name, text)
        case PropertyType.TIME:
            return moment_of(row.values, name)
        case PropertyType.DATE:
            return parse_moment(name, text).date().isoformat()
        case PropertyType.TEXT:
            return parse_choice(name, text, entry.values) if entry.values else text
    assert_never(entry.type)

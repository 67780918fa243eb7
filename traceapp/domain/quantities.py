"""Sums of stated quantities, exact however long they are: Python's own context rounds after 28 digits."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Final

_EXACT: Final = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])
"""Room for a million million quantities of 18 digits and 30 decimals; what would not fit is an error, never a rounded sum."""


def add(one: Decimal, other: Decimal) -> Decimal:
    return _EXACT.add(one, other)


def subtract(one: Decimal, other: Decimal) -> Decimal:
    return _EXACT.subtract(one, other)


def exact_sum(quantities: Iterable[Decimal]) -> Decimal:
    """0 of none."""
    total = Decimal(0)
    for quantity in quantities:
        total = add(total, quantity)
    return total


def is_quantity(text: object) -> bool:
    """Whether this is a quantity as links state it."""
    try:
        return isinstance(text, str) and Decimal(text).is_finite()
    except InvalidOperation:
        return False

"""Tables by the page: the server cuts, the sums and counts are those of all rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")

PAGE: Final = 100
SHORT_PAGE: Final = 25
"""Rows of a table that stands above others."""


@dataclass(frozen=True, slots=True)
class Cut(Generic[Row]):
    """One page of a table.

    name    parameter of the address that says which page; it is the anchor of the table too.
    number  counted from 1; a page beyond the last is the last.
    total   rows on all pages.
    """

    name: str
    rows: Sequence[Row]
    number: int
    pages: int
    total: int
    size: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def cut(name: str, rows: Sequence[Row], number: int, size: int = PAGE) -> Cut[Row]:
    """Page `number` of all rows."""
    pages = max(1, -(-len(rows) // size))
    number = max(1, min(number, pages))
    return Cut(name, rows[(number - 1) * size : number * size], number, pages, len(rows), size)


def address_with(anchor: str = "", **changed: str | int | None) -> str:
    """The present address with some parameters changed; None takes one away."""
    said: dict[str, Any] = {name: value for name, value in request.args.items() if value.strip()}
    kept = {name: value for name, value in (said | changed).items() if value is not None}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept) + (f"#{anchor}" if anchor else "")

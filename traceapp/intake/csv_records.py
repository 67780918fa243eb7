"""The rows of a file: which of its lines are one row, and its cells as they stand there."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from traceapp.domain.errors import DocumentError

DELIMITERS: Final = (",", ";", "\t")
LONGEST_CELL: Final = 1 << 17
MOST_LINES: Final = 100
"""Of one row, whose cells may hold line breaks inside quotes. What runs on for longer is a quote that nobody closed."""
OPEN_QUOTE: Final = "a quote is not closed: the cell that begins with it would run into the lines behind this one"


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it stands in the file. broken says why its cells could not be told apart."""

    number: int
    cells: list[str]
    text: str
    broken: str = ""

    @property
    def position(self) -> str:
        return f"row {self.number}"


class Records:
    """The rows of a file, numbered as a spreadsheet does (the header is row 1), each with its own text.

    A row over several lines has as many cells as the header; where it has not, a quote in its first line is not closed.
    That line is then a broken row by itself, and the lines behind it are read anew.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        behind = iter(lines)
        first = next(behind, "")
        self._lines = _Lines(behind, first)
        self._number = 0
        self._width: int | None = None
        self._reader = csv.reader(self._lines, delimiter=_delimiter(first), strict=True)
        csv.field_size_limit(LONGEST_CELL)

    def header(self) -> list[str]:
        record = next(self, None)
        if record is None or record.broken or not any(cell.strip() for cell in record.cells):
            raise DocumentError("wanted a first line with the names of the columns, found none")
        return record.cells

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        self._lines.kept.clear()
        self._number += 1
        cells: list[str] = []
        broken = ""
        try:
            cells = next(self._reader)
        except csv.Error as error:
            broken, cells = f"the row cannot be split into cells: {error}", ["?"]
        if self._width is None:
            self._width = len(cells)
        if self._is_open(cells, broken):
            self._lines.give_back()
            broken, cells = OPEN_QUOTE, ["?"]
        return Record(self._number, cells, "".join(self._lines.kept).rstrip("\r\n"), broken)

    def _is_open(self, cells: list[str], broken: str) -> bool:
        if len(self._lines.kept) == 1:
            return bool(broken) and self._lines.ended
        return bool(broken) or len(cells) != self._width


class _Lines:
    """Line by line for the reader of cells; those of the row in hand are kept, and all but its first can be given back."""

    def __init__(self, behind: Iterator[str], first: str) -> None:
        self._behind = behind
        self._again = deque([first] if first else [])
        self.kept: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """raises  csv.Error: the row has lines enough."""
        if len(self.kept) == MOST_LINES:
            raise csv.Error(f"more than {MOST_LINES} lines")
        line = self._again.popleft() if self._again else next(self._behind, None)
        self.ended = line is None
        if line is None:
            raise StopIteration
        self.kept.append(line)
        return line

    def give_back(self) -> None:
        self._again.extendleft(reversed(self.kept[1:]))
        del self.kept[1:]


def _delimiter(first: str) -> str:
    return max(DELIMITERS, key=first.count)

"""Tables as a file. Nothing in it is a formula to a spreadsheet, whoever typed it, and nothing in it is rounded."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Final

import orjson
import xlsxwriter

from traceapp.domain.clock import stored_time
from traceapp.domain.disclosure import Masked, Unavailable, Unproven
from traceapp.domain.errors import InputError
from traceapp.domain.exports import Cell, Document, TableForm
from traceapp.formats.csv_cells import harmless

MOST_ROWS: Final = 1_048_576
"""Rows of a sheet (Excel specifications and limits), its head included."""
LONGEST_CELL: Final = 32_767
"""Characters of a cell (the same source)."""
DIGITS: Final = 15
"""Significant digits that a spreadsheet keeps of a number (the same source); one with more stands there as text."""
WIDEST: Final = 60
"""Characters that a column is made wide for."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def write_document(document: Document, form: TableForm, file: BinaryIO) -> None:
    """raises  InputError: more than the form holds; OSError."""
    WRITERS[form](document, file)


def _write_csv(document: Document, file: BinaryIO) -> None:
    """The head first, then one table below the other; an empty line before each. UTF-8 with a mark, as spreadsheets want it."""
    file.write(_BYTE_ORDER_MARK)
    lines: list[list[str]] = [[document.title], *([fact.word, _words(document, fact.said)] for fact in document.facts)]
    for chunk in _csv_lines(lines):
        file.write(chunk)
    for table in document.tables:
        for chunk in _csv_lines([[], [table.title], list(table.columns.values())]):
            file.write(chunk)
        for chunk in _csv_lines([_words(document, cell) for cell in row] for row in table.rows):
            file.write(chunk)


def _csv_lines(lines: Iterable[Iterable[str]]) -> Iterator[bytes]:
    for line in lines:
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerow([harmless(cell) for cell in line])
        yield text.getvalue().encode()


def _write_xlsx(document: Document, file: BinaryIO) -> None:
    """The head is the first sheet, each table one of its own."""
    if any(len(table.rows) >= MOST_ROWS for table in document.tables):
        raise _too_much(f"fewer than {MOST_ROWS:,} rows a sheet")
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_future_functions": False,
    }
    copy = document.copy
    mark = f"{copy.uid} {copy.holder}"
    with xlsxwriter.Workbook(file, options) as book:
        made_at = copy.made_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": document.title, "created": made_at, "comments": mark})
        head, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
        first = book.add_worksheet(document.title[:31].translate(_NO_SHEET_NAME))
        first.set_footer(_footer(mark))
        first.set_column(0, 0, 28)
        first.set_column(1, 1, 100)
        first.write_string(0, 0, document.title, head)
        for number, fact in enumerate(document.facts, 1):
            first.write_string(number, 0, fact.word, head)
            _write_cell(document, first, number, 1, fact.said, wrapped)
        for table in document.tables:
            sheet = book.add_worksheet(table.title[:31].translate(_NO_SHEET_NAME))
            sheet.set_footer(_footer(mark))
            sheet.freeze_panes(1, 0)
            widths = [len(word) for word in table.columns.values()]
            for column, word in enumerate(table.columns.values()):
                sheet.write_string(0, column, word, head)
            for number, row in enumerate(table.rows, 1):
                for column, cell in enumerate(row):
                    _write_cell(document, sheet, number, column, cell, None)
                    widths[column] = max(widths[column], min(len(_words(document, cell)), WIDEST))
            for column, width in enumerate(widths):
                sheet.set_column(column, column, min(width + 2, WIDEST))


def _footer(mark: str) -> str:
    """On every printed page; `&` begins a code there."""
    return "&L" + mark.replace("&", "&&")


_NO_SHEET_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def _write_cell(document: Document, sheet: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    """A number as one where a spreadsheet keeps all its digits; all else as text, which is never taken for a formula."""
    if isinstance(cell, int) or (isinstance(cell, Decimal) and _fits(cell)):
        sheet.write_number(row, column, float(cell) if isinstance(cell, Decimal) else cell, form)
    elif (words := _words(document, cell)) != "":
        if len(words) > LONGEST_CELL:
            raise _too_much(f"at most {LONGEST_CELL:,} characters a cell")
        sheet.write_string(row, column, words, form)


def _too_much(held: str) -> InputError:
    wanted = f"csv or json: a workbook holds {held}"
    return InputError.wanted("form", wanted)


def _fits(number: Decimal) -> bool:
    return number.is_finite() and len(number.as_tuple().digits) <= DIGITS and Decimal(repr(float(number))) == number


def _words(document: Document, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return cell
        case datetime():
            return stored_time(cell)
        case Decimal():
            return _digits(cell)
        case int():
            return str(cell)
        case Mapping() | list():
            return _json(cell).decode()
        case _:
            return document.masks[cell]


def _digits(number: Decimal) -> str:
    """All of them; only of what is absurdly large or small as a power of ten."""
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) < DIGITS * 3 else str(number)


def _write_json(document: Document, file: BinaryIO) -> None:
    """By codes, not by words: the same in every language. A row is a line, so that of many few are in memory at a time."""
    file.write(b'{"head": ' + _json({fact.name: fact.said for fact in document.facts}) + b',\n"tables": {')
    for place, table in enumerate(document.tables):
        file.write((b",\n" if place else b"\n") + _json(table.name) + b": [")
        for number, row in enumerate(table.rows):
            file.write((b",\n" if number else b"\n") + _json(dict(zip(table.columns, row, strict=True))))
        file.write(b"]")
    file.write(b"}}\n")


def _json(value: object) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return _digits(value)
        case datetime():
            return stored_time(value)
        case Masked() | Unavailable() | Unproven():
            return value.document
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"a table holds no {type(value).__name__}")


WRITERS: Final[Mapping[TableForm, Callable[[Document, BinaryIO], None]]] = {
    TableForm.CSV: _write_csv,
    TableForm.XLSX: _write_xlsx,
    TableForm.JSON: _write_json,
}

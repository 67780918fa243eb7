"""Tables as files, for whatever stands in a cell."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from traceapp.documents.tables import write_document
from traceapp.domain.disclosure import Masked
from traceapp.domain.exports import Copy, Document, Table, TableForm
from traceapp.formats.csv_cells import as_it_was

MADE_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
DANGEROUS = st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://example.org", "'=1", "0012"])
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6)
CELLS = st.one_of(TEXT, DANGEROUS, NUMBERS, st.none(), st.just(Masked("T2")))


def written(rows: list[list[object]], form: TableForm) -> bytes:
    columns = {"a": "A", "b": "B"}
    table = Table("rows", "Rows", columns, rows)  # type: ignore[arg-type]
    file = io.BytesIO()
    write_document(Document("Title", Copy("0" * 32, "rc", MADE_AT), (), [table], {Masked("T2"): "Masked (T2)"}), form, file)
    return file.getvalue()


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8))
def test_promise_no_cell_of_a_workbook_is_a_formula_or_loses_a_digit(rows: list[list[object]]) -> None:
    content = written(rows, TableForm.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/"))
    assert b"<f>" not in sheets
    assert b"<hyperlink" not in sheets

    sheet = openpyxl.load_workbook(io.BytesIO(content))["Rows"]
    for number, row in enumerate(rows, 2):
        for column, cell in enumerate(row, 1):
            found = sheet.cell(number, column)
            assert found.data_type != "f"
            match cell:
                case Decimal():
                    assert Decimal(str(found.value)) == cell
                case Masked():
                    assert found.value == "Masked (T2)"
                case _:
                    assert (found.value or "") == (cell or "")


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8))
def test_promise_csv_and_json_give_every_cell_back(rows: list[list[object]]) -> None:
    lines = list(csv.reader(io.StringIO(written(rows, TableForm.CSV).decode("utf-8-sig"), newline="")))[4:]
    told = json.loads(written(rows, TableForm.JSON))["tables"]["rows"]

    assert len(lines) == len(told) == len(rows)
    for row, line, document in zip(rows, lines, told, strict=True):
        for cell, plain, kept in zip(row, line, document.values(), strict=True):
            match cell:
                case Decimal():
                    assert Decimal(as_it_was(plain)) == Decimal(kept) == cell
                case Masked():
                    assert (plain, kept) == ("Masked (T2)", {"masked": True, "tier": "T2"})
                case None:
                    assert (plain, kept) == ("", None)
                case _:
                    assert (as_it_was(plain), kept) == (cell, cell)

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceapp.formats.csv_cells import as_it_was, harmless

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1")


@pytest.mark.parametrize("cell", FORMULAS)
def test_attacker_who_writes_a_formula_into_a_cell_gets_text(cell: str) -> None:
    """A spreadsheet that opens what we wrote runs nothing."""
    assert harmless(cell) == f"'{cell}"


@given(st.text() | st.sampled_from(FORMULAS).map(lambda cell: f"'{cell}"))
def test_promise_a_cell_is_read_back_as_it_was(cell: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([harmless(cell), ""])
    (read,) = csv.reader(io.StringIO(text.getvalue(), newline=""))

    assert as_it_was(read[0]) == cell


def test_what_is_no_formula_is_written_as_it_is() -> None:
    assert [harmless(cell) for cell in ("", "A-1", "5=5", "批次")] == ["", "A-1", "5=5", "批次"]

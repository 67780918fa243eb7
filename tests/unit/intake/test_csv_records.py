"""Which lines of a file are one row: a quote that is not closed costs its own line and no other."""

import io
import itertools
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.unit.intake.conftest import Read
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.intake.csv_records import LONGEST_CELL, MOST_LINES, Record, Records
from traceapp.intake.files import read_place

HEADER = "owner,product,number,location,quantity,unit,time\n"
OPEN = "a quote is not closed"


def good(number: int) -> str:
    return f"LYON,TUBE-30,T{number},WH-1,5,MTR,2026-01-01\n"


def records(text: str) -> list[Record]:
    return list(Records(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "stray",
    [
        'LYON,"TUBE-30,T,WH-1,5,MTR,2026-01-01\n',
        'LYON,TUBE-30,T,WH-1,5,MTR,"2026-01-01\n',
        '"LYON,TUBE-30,T,WH-1,5,MTR,2026-01-01\n',
    ],
    ids=["in the middle", "last cell", "first cell"],
)
@pytest.mark.parametrize("behind", ["", 'LYON,TUBE-30,"T,1",WH-1,5,MTR,2026-01-01\n'], ids=["no other quote", "a quoted row"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_promise_a_stray_quote_costs_its_own_line_alone(stray: str, behind: str, end: str, read: Read) -> None:
    rows = [good(number) for number in range(300)]
    text = "".join([HEADER, *rows[:100], stray, *rows[100:], behind]).replace("\n", end)

    found = read(text)

    (refused,) = [row for row in found if isinstance(row, RejectedRow)]
    assert (refused.position, refused.original) == ("row 102", stray.rstrip("\n"))
    assert refused.reason.startswith(OPEN)
    assert len([row for row in found if isinstance(row, CapturedEvent)]) == 300 + bool(behind)
    last = found[-1]
    assert isinstance(last, CapturedEvent)
    assert last.place.position == f"row {302 + bool(behind)}"


def test_a_stray_quote_in_a_long_file_loses_no_other_row(read: Read) -> None:
    rows = "".join(map(good, range(9_000)))

    refused, *taken = read(HEADER + 'LYON,"TUBE-30,T,WH-1,5,MTR,2026-01-01\n' + rows)

    assert isinstance(refused, RejectedRow)
    assert len([row for row in taken if isinstance(row, CapturedEvent)]) == len(taken) == 9_000


def test_a_quote_on_the_last_line_is_not_closed_either(read: Read) -> None:
    first, second = read(HEADER + good(1) + 'LYON,TUBE-30,"T2,WH-1,5,M')

    assert isinstance(first, CapturedEvent)
    assert isinstance(second, RejectedRow)
    assert second.reason.startswith(OPEN)


def test_every_line_of_a_run_of_stray_quotes_is_a_reject_of_its_own(read: Read) -> None:
    stray = 'LYON,"TUBE-30,T,WH-1,5,MTR,2026-01-01\n'

    found = read(HEADER + stray * 3 + good(1))

    assert [row.position if isinstance(row, RejectedRow) else row.place.position for row in found] == [
        "row 2",
        "row 3",
        "row 4",
        "row 5",
    ]


def test_cells_over_several_lines_stay_one_row() -> None:
    text = 'a,b\n1,"two\nlines"\n\n3,"\r\n\n""four"""\n5,6\n'

    assert [(record.number, record.cells) for record in records(text)] == [
        (1, ["a", "b"]),
        (2, ["1", "two\nlines"]),
        (3, []),
        (4, ["3", '\r\n\n"four"']),
        (5, ["5", "6"]),
    ]


def test_a_cell_has_so_many_lines_and_no_more() -> None:
    fits, breaks = ('a,b\n1,"' + "x\n" * lines + '"\n2,3\n' for lines in (MOST_LINES - 1, MOST_LINES))

    assert [record.broken for record in records(fits)] == ["", "", ""]
    assert records(breaks)[1].broken.startswith(OPEN)


def test_a_row_of_too_many_cells_over_two_lines_is_read_anew() -> None:
    _, first, second, third = records('a,b\n1,"2\n3",4\n5,6\n')

    assert first.broken.startswith(OPEN)
    assert (first.text, second.text, second.cells, third.number) == ('1,"2', '3",4', ['3"', "4"], 4)


def test_a_source_opens_at_the_rows_that_came_in(read: Read) -> None:
    text = HEADER + "".join(good(number) + ('X,"\n' if number % 7 == 0 else "") for number in range(200))
    found = read(text)

    for row in found:
        position, wanted = (
            (row.position, row.original)
            if isinstance(row, RejectedRow)
            else (row.place.position, ",".join(map(str, row.original.values())))
        )
        assert read_place(lambda: iter([text.encode()]), position) == wanted


@pytest.mark.limit(120)
def test_stray_quotes_cost_neither_memory_nor_hours() -> None:
    def lines() -> Iterator[str]:
        yield "a,b\n"
        yield from itertools.repeat('","\n', 20_000)
        yield from itertools.repeat('1,"' + "x" * 50 + "\n", 20_000)

    tracemalloc.start()
    count = sum(1 for _ in Records(lines()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count > 20_000
    assert peak < 8 * LONGEST_CELL

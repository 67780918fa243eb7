"""What a row is known by: the same file twice, equal rows, row ids, corrections."""

import tracemalloc
from pathlib import Path

from tests.unit.intake.conftest import Read, ReadGood
from traceapp.domain.events import RejectedRow
from traceapp.domain.organisation import Organisation
from traceapp.intake.csv_forms import read_csv

HEADER = "owner,product,number,location,quantity,unit,time\n"
ROW = "LYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01\n"
NUMBERED = "row_id,corrects,owner,product,number,location,quantity,unit,time\n"


def test_the_same_file_twice_gives_the_same_keys(read_good: ReadGood) -> None:
    first, second = (read_good(HEADER + ROW + ROW.replace("T1", "T2")) for _ in range(2))

    assert [event.key for event in first] == [event.key for event in second]


def test_a_key_names_source_form_content_and_occurrence(read_good: ReadGood) -> None:
    one, two = read_good(HEADER + ROW + ROW)

    assert one.key == f"ERP/stock/{one.content_digest}/1"
    assert two.key == f"ERP/stock/{one.content_digest}/2"


def test_blanks_and_empty_columns_are_no_content(read_good: ReadGood) -> None:
    (plain,) = read_good(HEADER + ROW)
    (spaced,) = read_good(HEADER.replace("\n", ",site\n") + " LYON ,TUBE-30,T1 ,WH-1,5,MTR,2026-01-01,\n")

    assert spaced.key == plain.key


def test_another_form_with_the_same_cells_has_another_digest(read_good: ReadGood) -> None:
    (disposal,) = read_good("owner,product,number,method,quantity,unit,time\n" + ROW)
    (stock,) = read_good(HEADER + ROW)

    assert disposal.content_digest != stock.content_digest


def test_a_row_id_is_the_key_whatever_the_content(read_good: ReadGood) -> None:
    one, two = read_good(NUMBERED + "7,,LYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01\n7,,LYON,TUBE-30,T1,WH-1,6,MTR,2026-01-01\n")

    assert one.key == two.key == "ERP/stock/row/7"
    assert one.content_digest != two.content_digest


def test_a_correction_is_a_live_event_that_voids_the_row_it_names(read_good: ReadGood) -> None:
    (event,) = read_good(NUMBERED + "8,7,LYON,TUBE-30,T1,WH-1,6,MTR,2026-01-01\n")

    assert (event.key, event.voids) == ("ERP/stock/row/8", "ERP/stock/row/7")
    assert event.links


def test_a_row_that_corrects_itself_repeats_the_row_it_declares_void(read_good: ReadGood) -> None:
    said, declared = read_good(NUMBERED + "7,,LYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01\n7,7,LYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01\n")

    assert (declared.key, declared.voids) == (said.key, said.key)
    assert declared.content_digest == said.content_digest


def test_a_correction_without_an_id_of_its_own_is_refused(read: Read) -> None:
    (row,) = read(NUMBERED + ",7,LYON,TUBE-30,T1,WH-1,6,MTR,2026-01-01\n")

    assert isinstance(row, RejectedRow)
    assert row.reason == "row_id: wanted a value, since a row that corrects another has an id of its own"


def test_promise_memory_does_not_grow_with_the_rows(tmp_path: Path, organisation: Organisation) -> None:
    path = tmp_path / "many.csv"
    path.write_text(HEADER + "".join(ROW.replace("T1", f"T{number}") for number in range(20_000)), encoding="utf-8")

    with path.open(encoding="utf-8", newline="") as lines:
        tracemalloc.start()
        read = sum(1 for _ in read_csv(lines, "0" * 64, "ERP", organisation))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert read == 20_000
    assert peak < 3_000_000

"""Which form a file is of, and what is said where it is of none."""

import pytest

from tests.unit.intake.conftest import Read, ReadGood
from traceapp.domain.errors import DocumentError
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.kinds import EventType
from traceapp.intake.csv_columns import COMMON, fold
from traceapp.intake.csv_forms import forms

STOCK = "owner,product,number,location,quantity,unit,time\nLYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01\n"


def test_no_two_columns_of_a_form_share_a_header() -> None:
    for form in forms():
        headers = [fold(header) for column in form.columns for header in set(column.headers)]
        assert sorted(headers) == sorted(set(headers)), form.name


def test_every_form_has_the_common_columns_and_a_time() -> None:
    for form in forms():
        assert {"time", *(column.name for column in COMMON)} <= form.by_name.keys()


def test_the_form_is_found_by_its_columns_in_any_order(read_good: ReadGood) -> None:
    (event,) = read_good("time,unit,quantity,location,number,product,owner\n2026-01-01,MTR,5,WH-1,T1,TUBE-30,LYON\n")

    assert event.type is EventType.STOCK


def test_both_languages_give_one_event(read_good: ReadGood) -> None:
    (english,) = read_good(STOCK)
    (chinese,) = read_good("编号签发方,产品编码,批号,库位,数量,单位,盘点时间\nLYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01\n")

    assert (chinese.key, chinese.nodes, chinese.links) == (english.key, english.nodes, english.links)
    assert chinese.original["库位"] == "WH-1"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_are_read_too(read_good: ReadGood, delimiter: str) -> None:
    assert read_good(STOCK.replace(",", delimiter))[0].key == read_good(STOCK)[0].key


def test_a_mark_at_the_beginning_and_lines_of_windows_are_read_too(read_good: ReadGood) -> None:
    assert read_good("\ufeff" + STOCK.replace("\n", "\r\n"))[0].key == read_good(STOCK)[0].key


def test_a_file_may_hold_several_forms(read_good: ReadGood) -> None:
    rows = "form,owner,product,number,location,quantity,unit,time,stage\n"
    rows += "stock,LYON,TUBE-30,T1,WH-1,5,MTR,2026-01-01,\n放行,LYON,TUBE-30,T1,,,,2026-01-01,market\n"

    assert [event.type for event in read_good(rows)] == [EventType.STOCK, EventType.RELEASE]


def test_a_row_of_a_mixed_file_that_fills_a_column_of_another_form_is_refused(read: Read) -> None:
    (row,) = read(
        "form,owner,product,number,location,quantity,unit,time,stage\nstock,LYON,TUBE-30,T1,W,5,MTR,2026-01-01,market\n"
    )

    assert row == RejectedRow(
        "row 2",
        "stage: the form stock has no such column, found 'market' in it",
        "stock,LYON,TUBE-30,T1,W,5,MTR,2026-01-01,market",
    )


def test_a_row_that_names_no_form_is_refused(read: Read) -> None:
    (row,) = read("form,owner,product,number,time\nstok,LYON,TUBE-30,T1,2026-01-01\n")

    assert isinstance(row, RejectedRow)
    assert row.reason.startswith("form: wanted one of receipt, consumption, process-step")
    assert row.reason.endswith("found 'stok'")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "wanted a first line with the names of the columns"),
        ("\n1,2\n", "wanted a first line with the names of the columns"),
        (
            "supplier,product,number,colour,quantity,time\n",
            "the columns fit no form; nearest is 'receipt'; missing unit; unknown 'colour'",
        ),
        ("supplier,product,number,quantity,unit,time,time\n", "wanted each column once, found time twice"),
        ("form,owner,flavour\n", "no form has the column 'flavour'"),
        ("PK\x03\x04", "the columns fit no form"),
    ],
)
def test_wrong_columns_refuse_the_whole_file_and_are_named(read: Read, header: str, said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read(header)
    assert said in str(refused.value)


def test_a_bad_row_is_refused_with_its_place_and_text_and_the_others_come_in(read: Read) -> None:
    rows = STOCK + "LYON,TUBE-30,T2,WH-1,many,MTR,2026-01-01\n\nLYON,TUBE-30,T3,WH-1,5\nLYON,TUBE-30,T4,WH-1,5,MTR,2026-01-01\n"

    first, second, third, fourth = read(rows)

    assert isinstance(first, CapturedEvent)
    assert isinstance(fourth, CapturedEvent)
    assert second == RejectedRow(
        "row 3",
        "quantity: wanted a quantity such as 12.5 (no sign, no thousands separator), found 'many'",
        "LYON,TUBE-30,T2,WH-1,many,MTR,2026-01-01",
    )
    assert third == RejectedRow("row 5", "wanted 7 cells as in the first line, found 5", "LYON,TUBE-30,T3,WH-1,5")
    assert fourth.place.position == "row 6"


def test_a_file_cut_inside_quotes_loses_nothing_before_the_cut(read: Read) -> None:
    good, cut = read(STOCK + 'LYON,TUBE-30,"T2,WH-1,5,M')

    assert isinstance(good, CapturedEvent)
    assert isinstance(cut, RejectedRow)
    assert (cut.position, cut.original) == ("row 3", 'LYON,TUBE-30,"T2,WH-1,5,M')


def test_a_cell_over_two_lines_is_one_row(read_good: ReadGood) -> None:
    (event,) = read_good('party,time,name\nH-1,2026-01-01,"Demo\nHospital"\n')

    assert event.original["name"] == "Demo\nHospital"

"""The row or event at a place of a kept file is the one that came in under that place, letter by letter."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from traceapp.domain.errors import DocumentError
from traceapp.domain.events import CapturedEvent
from traceapp.domain.organisation import Organisation
from traceapp.intake.files import read_file, read_place

HEADER = "supplier,product,supplier_lot,quantity,unit,time"
ODD = {
    "line separator": "A\u2028B",
    "next line": "A\u0085B",
    "vertical tab": "A\x0bB",
    "form feed": "A\x0cB",
    "file separator": "A\x1cB",
    "quoted line end": '"A\r\nB"',
    "beyond 16 bits": "\U0001f9ea",
}


def pieces(content: bytes, size: int) -> Callable[[], Iterator[bytes]]:
    return lambda: (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("size", [1, 2, 7, 4096])
def test_every_row_opens_at_its_own_place(encoding: str, size: int, tmp_path: Path, organisation: Organisation) -> None:
    rows = [f"S-POLY,PVC-R7,{lot},1.50,KGM,2026-03-01" for lot in ODD.values()]
    path = tmp_path / "receipts.csv"
    path.write_bytes("\r\n".join([HEADER, *rows, "S-POLY,PVC-R7,LAST,1.50,KGM,2026-03-01"]).encode(encoding))

    places = [row.place.position for row in read_file(path, "ERP", organisation) if isinstance(row, CapturedEvent)]

    opened = [read_place(pieces(path.read_bytes(), size), place) for place in places]
    assert opened[-1] == "S-POLY,PVC-R7,LAST,1.50,KGM,2026-03-01"
    assert set(opened[:-1]) <= set(rows)
    assert len(opened) >= len(rows) - 4, "what a number may not hold is refused, the others come in"


def test_numbers_of_an_event_are_shown_as_they_were_written() -> None:
    written = '{"a": 1.10, "b": 12345678901234567890.123456789, "c": 2E3, "d": "1.10", "e": [0.1]}'
    document = f'[{written}, {{"f": -0.50}}]'.encode()

    assert read_place(pieces(document, 5), "event 1") == (
        '{\n  "a": 1.10,\n  "b": 12345678901234567890.123456789,\n  "c": 2E3,\n  "d": "1.10",\n  "e": [\n    0.1\n  ]\n}'
    )
    assert json.loads(read_place(pieces(document, 5), "event 2")) == {"f": -0.5}


def test_a_place_that_is_not_there_is_said() -> None:
    with pytest.raises(DocumentError, match="no row 9"):
        read_place(pieces(HEADER.encode(), 4096), "row 9")

"""The organisation of the plain forms' tests, and a reader of literal text."""

import io
from collections.abc import Callable

import pytest

from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.organisation import Organisation
from traceapp.intake.csv_forms import read_csv

Read = Callable[[str], list[CapturedEvent | RejectedRow]]
ReadGood = Callable[[str], list[CapturedEvent]]


@pytest.fixture
def organisation() -> Organisation:
    return Organisation(
        "Test Medical",
        owners=frozenset({"LYON", "SUZHOU"}),
        company_prefixes=frozenset({"952100100"}),
        sites={"LYON": "Lyon", "SUZHOU": "苏州"},
        locations={"PLANT-2": "SUZHOU"},
        product_lines={"TUBE-30": "INF", "09521001000017": "INF", "09521001000116": "ORT"},
    )


@pytest.fixture
def read(organisation: Organisation) -> Read:
    def read(text: str) -> list[CapturedEvent | RejectedRow]:
        return list(read_csv(io.StringIO(text, newline=""), "f" * 64, "ERP", organisation))

    return read


@pytest.fixture
def read_good(read: Read) -> ReadGood:
    def read_good(text: str) -> list[CapturedEvent]:
        found = read(text)
        assert not [row for row in found if isinstance(row, RejectedRow)]
        return [row for row in found if isinstance(row, CapturedEvent)]

    return read_good

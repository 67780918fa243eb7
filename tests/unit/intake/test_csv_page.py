"""docs/csv.md says what the forms are, and its samples come in."""

import io
from pathlib import Path

import pytest

from tests.unit.intake.conftest import Read
from tests.unit.intake.csv_page import BEGIN, END, PAGE, SAMPLES, render, split_page
from traceapp.domain.events import CapturedEvent
from traceapp.domain.organisation import Organisation
from traceapp.intake.csv_forms import forms, read_csv


def test_the_page_is_what_the_forms_say() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert BEGIN in text
    assert END in text
    assert split_page(text)[1] == f"\n{render()}\n"


def test_every_form_has_a_sample() -> None:
    assert {form.name for form in forms()} <= {path.stem for path in SAMPLES.glob("*.csv")}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.stem)
def test_every_row_of_a_sample_comes_in(path: Path, organisation: Organisation) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        events = list(read_csv(lines, "0" * 64, "DOCS", organisation))

    assert events
    assert all(isinstance(event, CapturedEvent) for event in events), events
    form = path.stem.removesuffix("-zh")
    assert form == "mixed" or {event.key.split("/")[1] for event in events if isinstance(event, CapturedEvent)} == {form}


def test_samples_are_not_read_by_luck(read: Read) -> None:
    """The same sample with a broken quantity is refused."""
    text = (SAMPLES / "stock.csv").read_text(encoding="utf-8").replace(",60,", ",sixty,")

    assert not isinstance(read(io.StringIO(text).read())[0], CapturedEvent)

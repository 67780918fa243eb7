"""Plain CSV forms: which there are, which one a file or a row is of, and one event for every good row.

A row's key is `<source>/<form>/row/<row_id>`, or, where the sender numbers no rows,
`<source>/<form>/<content digest>/<occurrence>`: the same file twice changes nothing, and two equal rows of one file
are two events.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TextIO

from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.errors import DictionaryError, DocumentError, InputError
from traceapp.domain.events import CapturedEvent, RejectedRow, SourcePlace
from traceapp.domain.organisation import Organisation
from traceapp.intake.csv_batch_record_form import batch_record_form
from traceapp.intake.csv_columns import Column, Form, fold
from traceapp.intake.csv_distribution_forms import DISPOSAL, ORDER, RETURN, SHIPMENT, STOCK, USE
from traceapp.intake.csv_master_forms import equipment_form, operator_form, party_form, product_form
from traceapp.intake.csv_material_forms import CONSUMPTION, RECEIPT
from traceapp.intake.csv_quality_forms import HOLD, INSPECTION, PROCESS_STEP, RELEASE
from traceapp.intake.csv_records import Record, Records
from traceapp.intake.csv_rows import Row, moment_of
from traceapp.intake.csv_values import clean_cell, offset_text
from traceapp.intake.occurrences import Occurrences

FORM_COLUMN: Final = "form"
NOT_CONTENT: Final = frozenset({"row_id", FORM_COLUMN})


def forms() -> tuple[Form, ...]:
    """All of them; the columns of some are properties of the data dictionary in force."""
    return _forms(running_dictionary().digest)


@lru_cache(maxsize=2)
def _forms(_dictionary: str) -> tuple[Form, ...]:
    return (
        RECEIPT,
        CONSUMPTION,
        PROCESS_STEP,
        INSPECTION,
        RELEASE,
        HOLD,
        batch_record_form(),
        STOCK,
        ORDER,
        SHIPMENT,
        RETURN,
        USE,
        DISPOSAL,
        party_form(),
        product_form(),
        equipment_form(),
        operator_form(),
    )


def read_csv(lines: TextIO, file_digest: str, source: str, organisation: Organisation) -> Iterator[CapturedEvent | RejectedRow]:
    """One event or one refusal per row, in the order of the file; memory does not grow with the rows read.

    lines    decoded text, opened with newline=""; comma, semicolon or tab between cells, as the header has them.
    raises   DocumentError: no header, a column that no form has, or a required column that is missing.
    """
    records = Records(lines)
    header = records.header()
    layout = _layout(header)
    occurrences = Occurrences()
    for record in records:
        if not any(cell.strip() for cell in record.cells):
            continue
        try:
            if record.broken:
                raise InputError(record.broken)
            yield layout.event(record, file_digest, source, organisation, occurrences)
        except (InputError, DictionaryError) as error:
            yield RejectedRow(record.position, str(error), record.text)


@dataclass(frozen=True, slots=True)
class Layout:
    """A form, and which of its columns stands where in this file (None where the cell belongs to another form)."""

    form: Form
    columns: Mapping[str, Column]
    places: tuple[str | None, ...]
    header: tuple[str, ...]

    def event(
        self, record: Record, file_digest: str, source: str, organisation: Organisation, occurrences: Occurrences
    ) -> CapturedEvent:
        """raises  InputError: the row, or a cell of it, is not as the form wants it."""
        values = self.values(record)
        row_id, corrects = values.get("row_id"), values.get("corrects")
        if corrects is not None and row_id is None:
            raise InputError("row_id: wanted a value, since a row that corrects another has an id of its own")
        digest = _digest(self.form, values)
        time = moment_of(values, "time")
        told = self.form.read(Row(values, self.columns, organisation, digest, time))
        rows = f"{source}/{self.form.name}/row/"
        return CapturedEvent(
            key=f"{rows}{row_id}" if row_id else f"{source}/{self.form.name}/{digest}/{occurrences.next(digest)}",
            type=self.form.type,
            event_time=time,
            event_offset=offset_text(time),
            source=source,
            content_digest=digest,
            nodes=told.nodes,
            links=tuple(told.links),
            original=dict(zip(self.header, record.cells, strict=True)),
            place=SourcePlace(file_digest, record.position),
            voids=f"{rows}{corrects}" if corrects else None,
            receipt_number=told.receipt_number,
        )

    def values(self, record: Record) -> dict[str, str]:
        """Filled cells by canonical column name."""
        if len(record.cells) != len(self.places):
            raise InputError(f"wanted {len(self.places)} cells as in the first line, found {len(record.cells)}")
        values: dict[str, str] = {}
        for place, header, cell in zip(self.places, self.header, record.cells, strict=True):
            text = clean_cell(place or header, cell)
            if not text:
                continue
            if place is None:
                raise InputError(f"{header}: the form {self.form.name} has no such column, found {text!r} in it")
            values[place] = text
        missing = self.form.missing(values)
        if missing:
            raise InputError(f"{missing[0]}: wanted a value, found nothing")
        return values


@dataclass(frozen=True, slots=True)
class MixedLayout:
    """A file whose column `form` says for each row what it is."""

    place: int
    layouts: Mapping[str, Layout]

    def event(
        self, record: Record, file_digest: str, source: str, organisation: Organisation, occurrences: Occurrences
    ) -> CapturedEvent:
        """raises  InputError: as Layout, or the row names no form."""
        name = fold(record.cells[self.place]) if self.place < len(record.cells) else ""
        if name not in self.layouts:
            wanted = ", ".join(form.name for form in forms())
            raise InputError(f"{FORM_COLUMN}: wanted one of {wanted}, found {name!r}")
        return self.layouts[name].event(record, file_digest, source, organisation, occurrences)


def _layout(header: list[str]) -> Layout | MixedLayout:
    folded = [fold(cell) for cell in header]
    for place, cell in enumerate(folded):
        if cell in {FORM_COLUMN, fold("表格")}:
            return _mixed(header, folded, place)
    known = [form for form in forms() if set(folded) <= form.by_header.keys()]
    fitting = [form for form in known if not form.missing(form.by_header[cell] for cell in folded)]
    if len(fitting) == 1:
        return _of_form(fitting[0], header)
    if fitting:
        names = " or ".join(form.name for form in fitting)
        raise DocumentError(f"these columns may be of the form {names}: add a column `form` that says which")
    raise DocumentError(_what_is_wrong(folded, header))


def _mixed(header: list[str], folded: list[str], place: int) -> MixedLayout:
    unknown = [name for name, cell in zip(header, folded, strict=True) if not any(cell in form.by_header for form in forms())]
    if unknown:
        raise DocumentError(f"no form has the column {', '.join(map(repr, unknown))}")
    layouts = {fold(name): _of_form(form, header) for form in forms() for name in (form.name, form.zh)}
    return MixedLayout(place, layouts)


def _of_form(form: Form, header: list[str]) -> Layout:
    by_header = form.by_header
    places = tuple(by_header.get(fold(cell)) for cell in header)
    filled = [place for place in places if place is not None]
    twice = sorted({place for place in filled if filled.count(place) > 1})
    if twice:
        raise DocumentError(f"wanted each column once, found {', '.join(twice)} twice")
    return Layout(form, form.by_name, places, tuple(cell.strip().lstrip("\ufeff") for cell in header))


def _what_is_wrong(folded: list[str], header: list[str]) -> str:
    """The form that the header comes nearest to, what it lacks and what it does not know."""

    def distance(form: Form) -> tuple[int, int]:
        by_header = form.by_header
        present = {by_header[cell] for cell in folded if cell in by_header}
        return len(form.missing(present)) + sum(cell not in by_header for cell in folded), -len(present)

    nearest = min(forms(), key=distance)
    by_header = nearest.by_header
    unknown = [name for name, cell in zip(header, folded, strict=True) if cell not in by_header]
    missing = nearest.missing(by_header[cell] for cell in folded if cell in by_header)
    said = [f"the columns fit no form; nearest is {nearest.name!r}"]
    if missing:
        said.append(f"missing {', '.join(missing)}")
    if unknown:
        said.append(f"unknown {', '.join(map(repr, unknown))}")
    return "; ".join(said)


def _digest(form: Form, values: Mapping[str, str]) -> str:
    """SHA-256 of what the row says, whatever its order of columns and the language of its header.

    The row's own id is no content; neither is `corrects` where a row declares itself void, so that the declaration
    is known for the repetition that it is.
    """
    left_out = NOT_CONTENT | ({"corrects"} if values.get("corrects") == values.get("row_id") else set())
    said = sorted((name, value) for name, value in values.items() if name not in left_out)
    return hashlib.sha256(repr((form.name, said)).encode()).hexdigest()

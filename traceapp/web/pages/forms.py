"""What a page asks for in its address: the inputs of the API in the forms that a person types."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Final

from flask_babel import gettext
from pydantic import BeforeValidator, Field

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import InputError
from traceapp.domain.exports import TableForm
from traceapp.web.field_names import BatchFields
from traceapp.web.inputs import BatchInput, BatchSearchInput, Moment, NarrowingInput, Printed, SearchExportInput, TraceSearchInput
from traceapp.web.pages.wording import N_

_TYPED: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]+(\d{1,2}:\d{2})(?::(\d{2}(?:\.\d{1,6})?))?)?(?: ?(?:UTC|Z))?", re.ASCII)
_MOMENT_WANTED: Final = N_("Wanted a moment in UTC such as 2026-05-19 08:02, or a day such as 2026-05-19.")
WANTED: Final[Mapping[str, str]] = {
    "number": N_("Wanted 1 to 200 printable characters, as printed on the label."),
    "uid": N_("Wanted our own id of 32 hexadecimal digits."),
    "epc": N_("Wanted a GS1 key: Digital Link or EPC URN."),
    "as_of": _MOMENT_WANTED,
    "at": _MOMENT_WANTED,
    "event_time_from": _MOMENT_WANTED,
    "event_time_to": _MOMENT_WANTED,
    "direction": N_("Wanted forward, backward or both."),
    "kind": N_("Wanted a kind of thing, such as Batch or Material."),
    "product": N_("Wanted a GTIN or a product code."),
    "site": N_("Wanted the code of a site."),
    "since": _MOMENT_WANTED,
    "until": _MOMENT_WANTED,
    "field": N_("Wanted the name of a property, such as name or Party.name."),
    "question": N_("Wanted a narrower question: the policy lets one person take out fewer rows than this answer has."),
    "reason": N_("Wanted a reason of 10 to 1000 characters."),
    "request_id": N_("Wanted our own id of 32 hexadecimal digits."),
}
"""Field → what it takes, in the words of the page."""


def _typed(value: object, rest_of_day: str) -> object:
    found = _TYPED.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    day, minute, second = found.groups()
    return f"{day}T{minute.rjust(5, '0')}:{second or '00'}Z" if minute else f"{day}T{rest_of_day}Z"


def _from(value: object) -> object:
    """A bare day begins at midnight."""
    return _typed(value, "00:00:00")


def _to(value: object) -> object:
    """A bare day counts to its end."""
    return _typed(value, "23:59:59.999999")


From = Annotated[Moment, BeforeValidator(_from)]
To = Annotated[Moment, BeforeValidator(_to)]
PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]


class SearchPageInput(NarrowingInput):
    """The scan field, and what narrows an answer that fits more than once."""

    number: Printed
    fields: BatchFields | None = None


class SearchExportPageInput(SearchExportInput):
    """What the scan field found, as a file; why, where others have to agree to it."""

    reason: str = ""


class BatchPageInput(BatchSearchInput):
    """The batch page."""

    as_of: To | None = None


class BatchUidPageInput(BatchInput):
    """The batch page by uid, which stands in the path."""

    as_of: To | None = None


class TracePageInput(TraceSearchInput):
    """The trace page: the question, and which part of its tables is wanted.

    group  the card whose nodes the table of lots lists.
    """

    as_of: To | None = None
    at: To | None = None
    event_time_from: From | None = None
    event_time_to: To | None = None
    lots: PageNumber = 1
    parties: PageNumber = 1
    links: PageNumber = 1
    group: Annotated[str | None, Field(pattern=r"^[0-9]{1,3}\.[0-9]{1,3}$")] = None


class TraceExportPageInput(TracePageInput):
    """The answer of the trace page as a file."""

    form: TableForm = TableForm.CSV


class TraceRequestPageInput(TraceExportPageInput):
    """A file that others have to agree to, and why it is wanted."""

    reason: str = ""


def field_errors(error: InputError) -> dict[str, str]:
    """Field → what was wanted, in the language of the page; `""` holds what belongs to no field of the form."""
    said = {}
    for field, detail in error.fields or (("", str(error)),):
        known = field if field in WANTED else ""
        said[known] = gettext(WANTED[field]) if known else gettext("The question cannot be understood.") + f" ({field}: {detail})"
    return said


def typed_moment(moment: datetime | None) -> str:
    """As a person types it, and exactly, so that the same question can be asked again."""
    if moment is None:
        return ""
    text = stored_time(moment).replace("T", " ").removesuffix("Z")
    return text.removesuffix(".000000").removesuffix(":00") if moment.time() != time(0) else text[:16]

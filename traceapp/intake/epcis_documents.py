"""EPCIS 2.0 JSON and JSON-LD documents: capture documents, query documents, single events, lists of events."""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from traceapp.domain.errors import DictionaryError, DocumentError, InputError
from traceapp.domain.events import CapturedEvent, RejectedRow, SourcePlace
from traceapp.domain.kinds import EventType
from traceapp.domain.organisation import Organisation
from traceapp.formats.epcis import EventReader, event_offset, event_time
from traceapp.formats.epcis_digest import content_digest
from traceapp.formats.epcis_rules import TYPES, check_event
from traceapp.intake.json_documents import DoubledObject, NumberBeyondReach, read_json, what_is_doubled

DOCUMENTS: Final = ("EPCISDocument", "EPCISQueryDocument")
LONGEST_ORIGINAL: Final = 20_000
EXACT_IN_A_FLOAT: Final = 2**53


def read_epcis(text: str, file_digest: str, source: str, organisation: Organisation) -> Iterator[CapturedEvent | RejectedRow]:
    """One event or one refusal per event of the document, in its order.

    raises  DocumentError: not well-formed JSON (cut off, most often), or no EPCIS document.
    """
    for number, event in enumerate(_events(read_json(text)), start=1):
        place = SourcePlace(file_digest, f"event {number}")
        try:
            if doubled := what_is_doubled(event):
                raise InputError(doubled)
            check_event(event)
            yield _captured(event, place, source, organisation)
        except (InputError, DictionaryError) as error:
            yield RejectedRow(place.position, str(error), json.dumps(event, ensure_ascii=False, default=str)[:LONGEST_ORIGINAL])


def epcis_event_at(text: str, number: int) -> str:
    """One event of a document as JSON for a reader, its numbers as they were written; counts from 1.

    raises  DocumentError: no such event.
    """
    mark = secrets.token_hex(16)
    events = _events(read_json(text, lambda written: mark + written))
    if not 1 <= number <= len(events):
        raise DocumentError(f"the document has no event {number}")
    marked = json.dumps(events[number - 1], ensure_ascii=False, indent=2)
    return re.sub(f'"{mark}([^"]*)"', r"\1", marked)


def _captured(event: Mapping[str, Any], place: SourcePlace, source: str, organisation: Organisation) -> CapturedEvent:
    digest = content_digest(event)
    said = event.get("eventID")
    key = said if isinstance(said, str) and said else f"epcis:{digest}"
    declared = "errorDeclaration" in event
    told = EventReader(event, key, organisation).read()
    return CapturedEvent(
        key=key,
        type=EventType(event["type"]),
        event_time=event_time(event),
        event_offset=event_offset(event),
        source=source,
        content_digest=digest,
        nodes=told.nodes,
        links=tuple(told.links),
        original=_plain(event),
        place=place,
        voids=key if declared and said else None,
        voids_digest=digest if declared and not said else None,
    )


def _events(document: Any) -> list[Any]:
    """raises  DocumentError: no EPCIS document."""
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        raise DocumentError("wanted an EPCIS document, found JSON of another kind")
    if document.get("type") in TYPES:
        return [document]
    if document.get("type") not in DOCUMENTS:
        raise DocumentError(f"wanted type {' or '.join(DOCUMENTS)}, found {document.get('type')!r}")
    if "@context" not in document:
        raise DocumentError("@context is missing")
    body = _member(document, "epcisBody")
    if document["type"] == "EPCISQueryDocument":
        body = _member(_member(body, "queryResults"), "resultsBody")
    event, events = _member(body, "event"), _member(body, "eventList")
    if isinstance(event, dict):
        return [event]
    if not isinstance(events, list):
        raise DocumentError("wanted a list of events in epcisBody.eventList, found none")
    return events


def _member(part: Any, name: str) -> Any:
    """What a part of the document around its events says under a name; None where it says nothing.

    raises  DocumentError: the part says a member twice, and all the events of one of them would be lost.
    """
    if isinstance(part, DoubledObject):
        raise DocumentError(part.reason)
    return part.get(name) if isinstance(part, dict) else None


def _plain(value: Any) -> Any:
    """The sender's own words in what JSON can hold; a number that a float would change becomes its text."""
    match value:
        case dict():
            return {name: _plain(found) for name, found in value.items()}
        case list():
            return [_plain(found) for found in value]
        case Decimal():
            if -EXACT_IN_A_FLOAT < value < EXACT_IN_A_FLOAT and value == value.to_integral_value():
                return int(value)
            return float(value) if Decimal(repr(float(value))) == value else str(value)
        case NumberBeyondReach():
            return value.text
    return value

"""What strangers' JSON may hold: huge numbers, declarations that are none, members said twice. One bad event is one reject."""

import json
from typing import Any, Final

import pytest

from traceapp.domain.errors import DocumentError
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.organisation import Organisation
from traceapp.intake.epcis_documents import epcis_event_at, read_epcis

LOT: Final = "https://id.gs1.org/01/09521001000017/10/F1"
GOOD: Final = {
    "type": "ObjectEvent",
    "eventTime": "2026-03-01T08:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "action": "OBSERVE",
    "epcList": ["https://id.gs1.org/01/09521001000017/21/S1"],
}
HUGE: Final = ("1e999999999", "-1e999999999", "1e-999999999", "1e99999999999999999999", "9" * 5000)


def document(*events: str) -> str:
    return f'{{"@context": [], "type": "EPCISDocument", "epcisBody": {{"eventList": [{",".join(events)}]}}}}'


def event(**more: Any) -> str:
    return json.dumps({**GOOD, **more})


def with_member(text: str) -> str:
    """A good event with one more member, as its text stands in the file."""
    return f"{json.dumps(GOOD)[:-1]}, {text}}}"


def read(text: str, organisation: Organisation) -> list[CapturedEvent | RejectedRow]:
    return list(read_epcis(text, "f" * 64, "ERP", organisation))


@pytest.mark.parametrize("number", HUGE, ids=lambda number: number[:12])
def test_a_huge_number_in_an_extension_field_is_kept_as_text(number: str, organisation: Organisation) -> None:
    (found,) = read(document(with_member(f'"example:reading": {number}')), organisation)

    assert isinstance(found, CapturedEvent)
    kept = found.original["example:reading"]
    assert isinstance(kept, str)
    assert kept.replace("E+", "E").casefold() == number.casefold()


@pytest.mark.parametrize("number", [*HUGE, "0e999999999", "1e18"], ids=lambda number: number[:12])
def test_a_huge_quantity_is_a_refused_event_and_the_others_come_in(number: str, organisation: Organisation) -> None:
    row = f'"quantityList": [{{"epcClass": "{LOT}", "quantity": {number}, "uom": "EA"}}]'

    refused, good = read(document(with_member(row), event()), organisation)

    assert isinstance(good, CapturedEvent)
    assert isinstance(refused, RejectedRow)
    assert refused.position == "event 1"
    assert refused.reason.startswith("quantity")
    assert len(refused.reason) < 200


@pytest.mark.parametrize("field", ["eventTime", "eventID", "bizStep", "action", "type", "epcList", "ilmd", "readPoint"])
@pytest.mark.parametrize("number", HUGE, ids=lambda number: number[:12])
def test_a_huge_number_where_text_is_wanted_is_a_refused_event(number: str, field: str, organisation: Organisation) -> None:
    members = [f'"{name}": {number if name == field else json.dumps(value)}' for name, value in {**GOOD, field: None}.items()]

    refused, good = read(document(f"{{{', '.join(members)}}}", event()), organisation)

    assert isinstance(refused, RejectedRow)
    assert field in refused.reason
    assert isinstance(good, CapturedEvent)


def test_numbers_that_json_and_a_float_can_hold_stay_numbers(organisation: Organisation) -> None:
    (found,) = read(document(with_member('"a:b": [26.2, 3, 3.0, -0.5, 2e3, 12345678901234567890.123456789]')), organisation)

    assert isinstance(found, CapturedEvent)
    assert found.original["a:b"] == [26.2, 3, 3, -0.5, 2000, "12345678901234567890.123456789"]


def test_an_event_with_huge_numbers_opens_as_it_was_written() -> None:
    text = f'{{"type": "ObjectEvent", "a:b": 1e999999999, "c:d": {"7" * 5000}, "e": 12}}'

    assert "".join(epcis_event_at(text, 1).split()) == text.replace(" ", "")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_is_refused_as_no_json(word: str, organisation: Organisation) -> None:
    with pytest.raises(DocumentError, match=f"not well-formed JSON: {word} is no JSON"):
        read(document(event(), with_member(f'"a:b": {word}')), organisation)


@pytest.mark.parametrize("said", ["null", '"yes"', "true", "0", "[]"])
def test_a_declaration_that_is_no_object_voids_nothing(said: str, organisation: Organisation) -> None:
    refused, good = read(document(with_member(f'"eventID": "urn:x:1", "errorDeclaration": {said}'), event()), organisation)

    assert isinstance(refused, RejectedRow)
    assert refused.reason.startswith("errorDeclaration: wanted an object, found ")
    assert isinstance(good, CapturedEvent)
    assert (good.voids, good.voids_digest) == (None, None)


def test_a_declaration_voids_the_event_that_it_repeats(organisation: Organisation) -> None:
    (found,) = read(
        document(event(eventID="urn:x:1", errorDeclaration={"declarationTime": "2026-03-02T08:00:00Z"})), organisation
    )

    assert isinstance(found, CapturedEvent)
    assert found.voids == "urn:x:1"


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ('"epcList": ["urn:x:2"]', "epcList"),
        ('"a:b": {"c": [{"d": 1, "e": 2, "d": 1}]}', "d"),
        ('"epcList": null', "epcList"),
    ],
)
def test_a_member_said_twice_refuses_its_event_and_is_named(members: str, name: str, organisation: Organisation) -> None:
    good, refused, last = read(document(event(), with_member(members), event(eventID="urn:x:3")), organisation)

    assert isinstance(good, CapturedEvent)
    assert isinstance(last, CapturedEvent)
    assert isinstance(refused, RejectedRow)
    assert (refused.position, refused.reason) == ("event 2", f"{name}: wanted each member of an object once, found it twice")


@pytest.mark.parametrize(
    "text",
    [
        document(event())[:-1] + ', "epcisBody": {"eventList": []}}',
        document(event())[:-2] + ', "eventList": []}}',
        '{"@context": [], "type": "EPCISQueryDocument", "epcisBody": {"queryResults": {"resultsBody": '
        f'{{"eventList": [{event()}], "eventList": []}}}}}}}}',
    ],
    ids=["epcisBody", "eventList", "resultsBody"],
)
def test_a_list_of_events_said_twice_refuses_the_document(text: str, organisation: Organisation) -> None:
    with pytest.raises(DocumentError, match=r"(epcisBody|eventList): wanted each member of an object once, found it twice"):
        read(text, organisation)


@pytest.mark.parametrize("results", ['"x"', "[]", "null", "7"])
def test_a_query_document_without_results_is_refused(results: str, organisation: Organisation) -> None:
    with pytest.raises(DocumentError, match="found none"):
        read(f'{{"@context": [], "type": "EPCISQueryDocument", "epcisBody": {{"queryResults": {results}}}}}', organisation)

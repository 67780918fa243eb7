"""A partner's EPCIS document, event by event: what comes in, what is refused and where, and what is kept word for word."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.formats.epcis_events import BATCH, CASE, KEY, OURS, UNIT_1, event, goods, link_of, links_of
from traceapp.domain.errors import DocumentError
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.domain.kinds import EventType, LinkType
from traceapp.intake.epcis_documents import epcis_event_at, read_epcis

FILE = "f" * 64
CONTEXT = ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"]
GOOD, BAD = event("ObjectEvent", epcList=links_of(UNIT_1)), event("ObjectEvent", action="OBSERV")


def document(*events: Any, **fields: Any) -> dict[str, Any]:
    return {"@context": CONTEXT, "type": "EPCISDocument", "epcisBody": {"eventList": list(events)}, **fields}


def read(said: Any) -> list[CapturedEvent | RejectedRow]:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return list(read_epcis(text, FILE, "PARTNER", OURS))


def read_one(said: Any) -> CapturedEvent:
    (found,) = read(said)
    assert isinstance(found, CapturedEvent), found
    return found


FORMS = {
    "a capture document": document(GOOD),
    "a single event in the body": {**document(), "epcisBody": {"event": GOOD}},
    "a query document": {
        "@context": CONTEXT,
        "type": "EPCISQueryDocument",
        "epcisBody": {"queryResults": {"resultsBody": {"eventList": [GOOD]}}},
    },
    "an event alone": GOOD,
    "a list of events": [GOOD],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_document_brings_its_event_in(form: str) -> None:
    found = read_one(FORMS[form])

    assert (found.key, found.type, found.source) == (KEY, EventType.OBJECT, "PARTNER")
    assert (found.place.file_digest, found.place.position) == (FILE, "event 1")
    assert (found.event_time.isoformat(), found.event_offset) == ("2026-03-02T10:00:00+01:00", "+01:00")


UNUSABLE = {
    "cut in half": (json.dumps(document(GOOD))[:-40], "not well-formed JSON: "),
    "empty": ("", "not well-formed JSON: Expecting value, line 1, column 1"),
    "a text": ('"event"', "wanted an EPCIS document, found JSON of another kind"),
    "a number": ("7", "wanted an EPCIS document, found JSON of another kind"),
    "of another type": ({"type": "Invoice"}, "wanted type EPCISDocument or EPCISQueryDocument, found 'Invoice'"),
    "without context": ({**document(GOOD), "@context": ...}, "@context is missing"),
    "without body": ({**document(), "epcisBody": ...}, "wanted a list of events in epcisBody.eventList, found none"),
    "without list": ({**document(), "epcisBody": {}}, "wanted a list of events in epcisBody.eventList, found none"),
    "a list that is none": ({**document(), "epcisBody": {"eventList": {}}}, "wanted a list of events"),
    "nested without end": ("[" * 100_000, "not usable JSON: nested too deep"),
    "a number that is none": (json.dumps(document(event("ObjectEvent", n=float("nan")))), "NaN is no JSON"),
    "a number without end": (json.dumps(document(event("ObjectEvent", n=float("-inf")))), "-Infinity is no JSON"),
}


@pytest.mark.parametrize("form", UNUSABLE)
def test_an_unusable_document_is_refused_as_a_whole(form: str) -> None:
    said, reason = UNUSABLE[form]
    if isinstance(said, dict):
        said = {name: value for name, value in said.items() if value is not ...}

    with pytest.raises(DocumentError) as refused:
        read(said)

    assert reason in str(refused.value)
    assert len(str(refused.value)) < 200


def test_a_bad_event_is_refused_at_its_place_and_the_good_ones_come_in() -> None:
    broken_key = event("ObjectEvent", eventID="urn:uuid:b", epcList=["urn:epc:id:sgtin:9521001.18.1"])
    found = read(document(BAD, GOOD, broken_key, "no event"))

    assert [type(one) for one in found] == [RejectedRow, CapturedEvent, RejectedRow, RejectedRow]
    refused = [one for one in found if isinstance(one, RejectedRow)]
    assert [one.position for one in refused] == ["event 1", "event 3", "event 4"]
    assert [one.reason for one in refused] == [
        "action 'OBSERV' is not ADD, OBSERVE or DELETE",
        "identifier 'urn:epc:id:sgtin:9521001.18.1': wanted 13 digits of company prefix and reference, found 9 characters",
        "wanted an event with its fields, found something else",
    ]
    assert json.loads(refused[0].original) == BAD


def test_an_endless_refused_event_is_kept_short() -> None:
    (found,) = read(document(event("ObjectEvent", action="OBSERV", **{"ext:note": "x" * 100_000})))

    assert isinstance(found, RejectedRow)
    assert len(found.original) == 20_000


def test_a_property_that_breaks_the_dictionary_is_no_reason_to_lose_the_event() -> None:
    found = read_one(document(event("ObjectEvent", quantityList=[goods(BATCH, 1)], ilmd={"cbvmda:itemExpirationDate": "soon"})))

    assert found.original["ilmd"] == {"cbvmda:itemExpirationDate": "soon"}
    assert not any(node.properties for node in found.nodes)


def test_promise_sensor_and_extension_fields_stay_in_the_original() -> None:
    kept = {
        "sensorElementList": [
            {
                "sensorMetadata": {"time": "2026-03-02T09:59:00Z", "deviceID": "urn:epc:id:giai:9521001.PROBE-4"},
                "sensorReport": [{"type": "Temperature", "value": 4.5, "uom": "CEL"}, {"type": "Humidity", "value": 31}],
            }
        ],
        "persistentDisposition": {"set": ["completeness_verified"]},
        "ext:furnace": {"ext:zone": [1, {"ext:deep": "批"}], "ext:flag": True, "ext:none": None},
        "rdfs:comment": "\u202e right to left, and '}) DETACH DELETE n //",
    }
    sent = event("ObjectEvent", epcList=links_of(UNIT_1), **kept)

    found = read_one(document(sent))

    assert found.original == sent
    assert [node.properties for node in found.nodes if node.properties] == []


@pytest.mark.parametrize(
    "written",
    ["1.10", "30", "0", "0.1", "1e3", "123456789012345678.123456789012345678901234567890", "0.000000000000000000000000000001"],
)
def test_promise_a_quantity_is_exactly_what_was_written(written: str) -> None:
    sent = json.dumps(
        document(event("AggregationEvent", action="ADD", parentID=link_of(CASE), childQuantityList=[goods(BATCH, 7777, "KGM")]))
    ).replace("7777", written)

    (packed,) = read_one(sent).links

    assert (packed.type, packed.unit) == (LinkType.PACKED_IN, "KGM")
    assert packed.quantity == Decimal(written)
    assert str(packed.quantity) == str(Decimal(written)), "its zeros are digits of the source"


def test_promise_quantities_of_one_lot_add_up_without_rounding() -> None:
    rows = [goods(BATCH, 7777, "KGM"), goods(BATCH, 8888, "KGM")]
    sent = json.dumps(document(event("AggregationEvent", action="ADD", parentID=link_of(CASE), childQuantityList=rows)))
    long = sent.replace("7777", "123456789012345678.123456789012345678901234567890").replace(
        "8888", "1.000000000000000000000000000001"
    )

    (packed,) = read_one(long).links

    assert packed.quantity == Decimal("123456789012345679.123456789012345678901234567891")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("26.2", 26.2),
        ("1.0", 1),
        ("-4", -4),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.1234567890123456789", "0.1234567890123456789"),
        ("1e400", "1E+400"),
        ("1e9999999", "1E+9999999"),
    ],
)
def test_a_reading_that_a_float_would_change_is_kept_as_its_text(written: str, kept: object) -> None:
    sent = json.dumps(document(event("ObjectEvent", epcList=links_of(UNIT_1), **{"ext:reading": 7777}))).replace("7777", written)

    assert read_one(sent).original["ext:reading"] == kept


def test_an_event_opens_again_with_its_numbers_as_they_were_written() -> None:
    text = json.dumps(document(BAD, event("ObjectEvent", quantityList=[goods(BATCH, 7777, "KGM")]))).replace("7777", "1.10")

    shown = epcis_event_at(text, 2)

    assert '"quantity": 1.10,' in shown
    assert json.loads(shown)["quantityList"] == [goods(BATCH, 1.1, "KGM")]


@pytest.mark.parametrize("number", [0, 2, -1])
def test_an_event_that_the_document_has_not_cannot_be_opened(number: int) -> None:
    with pytest.raises(DocumentError, match=f"the document has no event {number}"):
        epcis_event_at(json.dumps(document(GOOD)), number)


DECLARED = {"errorDeclaration": {"declarationTime": "2026-03-03T00:00:00Z", "reason": "incorrect_data"}}


def test_an_event_is_known_by_its_id_else_by_its_content() -> None:
    bare = {name: value for name, value in GOOD.items() if name != "eventID"}
    first, again, other = read_one(bare), read_one({**bare, "recordTime": "2026-03-04T00:00:00Z"}), read_one({**bare, "ext:a": 1})

    assert read_one(GOOD).key == KEY
    assert first.key == again.key == f"epcis:{first.content_digest}"
    assert other.key != first.key
    assert read_one(GOOD).content_digest == first.content_digest


def test_an_error_declaration_voids_the_event_of_its_id_else_of_its_content() -> None:
    bare = {name: value for name, value in GOOD.items() if name != "eventID"}
    by_id, by_content = read_one({**GOOD, **DECLARED}), read_one({**bare, **DECLARED})

    assert (by_id.voids, by_id.voids_digest) == (KEY, None)
    assert (by_content.voids, by_content.voids_digest) == (None, read_one(bare).content_digest)
    assert (read_one(GOOD).voids, read_one(GOOD).voids_digest) == (None, None)
    assert by_id.original["errorDeclaration"] == DECLARED["errorDeclaration"]


def test_an_empty_error_declaration_is_one_all_the_same() -> None:
    assert read_one({**GOOD, "errorDeclaration": {}}).voids == KEY

"""What an event must say, and every refusal names the field and the reason."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.formats.epcis_events import BATCH, CASE, UNIT_1, event, goods, link_of, links_of, party
from traceapp.domain.errors import InputError
from traceapp.formats.epcis_rules import TYPES, check_event, parse_time

GOOD = {
    "an object event": event("ObjectEvent", epcList=links_of(UNIT_1)),
    "an object event of nothing": event("ObjectEvent"),
    "packing": event("AggregationEvent", action="ADD", parentID=link_of(CASE), childEPCs=links_of(UNIT_1)),
    "seen together without a parent": event("AggregationEvent", action="OBSERVE", childEPCs=links_of(UNIT_1)),
    "emptying": event("AssociationEvent", action="DELETE", parentID=link_of(CASE)),
    "a transaction": event("TransactionEvent", action="ADD", epcList=links_of(UNIT_1)),
    "a transformation": event("TransformationEvent", inputEPCList=links_of(UNIT_1), outputQuantityList=[goods(BATCH)]),
    "half a transformation that continues": event("TransformationEvent", transformationID="WO-7", inputEPCList=links_of(UNIT_1)),
    "a business step of its own": event("ObjectEvent", bizStep="https://plant.example/steps/gluing", disposition="ext:waiting"),
    "no eventID": event("ObjectEvent", eventID=None),
    "a quantity of nothing": event("ObjectEvent", quantityList=[goods(BATCH, 0)]),
    "the longest quantity": event("ObjectEvent", quantityList=[goods(BATCH, Decimal("9" * 18 + "." + "9" * 30), "KGM")]),
    "a date of ilmd": event("ObjectEvent", ilmd={"cbvmda:lotNumber": "1", "@context": "x"}),
    "sensors and extensions": event("ObjectEvent", sensorElementList=[{"sensorReport": [{"value": 4.5}]}], **{"ext:any": {}}),
    "a half-hour zone": event("ObjectEvent", eventTimeZoneOffset="-03:30"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_right_event_is_taken(name: str) -> None:
    check_event(GOOD[name])


COMMON = {
    "eventTime": "eventTime is missing",
    "eventTimeZoneOffset": "eventTimeZoneOffset is missing",
    "action": "action is missing",
}
REQUIRED = [(type_, field) for type_ in TYPES for field in COMMON if (type_, field) != ("TransformationEvent", "action")]


@pytest.mark.parametrize(("type_", "field"), REQUIRED)
def test_every_type_asks_for_its_required_fields(type_: str, field: str) -> None:
    right = event(type_, parentID=link_of(CASE), inputEPCList=links_of(UNIT_1), outputEPCList=links_of(UNIT_1))
    check_event(right)
    del right[field]

    with pytest.raises(InputError) as refused:
        check_event(right)

    assert str(refused.value) == COMMON[field]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("Event", {}, "type 'Event' is none of ObjectEvent, AggregationEvent, TransactionEvent, "),
    ("objectevent", {}, "type 'objectevent' is none of "),
    ("ObjectEvent", {"eventTime": "22-07-2026"}, "eventTime '22-07-2026' is not a date-time"),
    ("ObjectEvent", {"eventTime": 20260302}, "eventTime 20260302 is not a date-time"),
    ("ObjectEvent", {"eventTime": "2026-03-02T10:00:00"}, "eventTime '2026-03-02T10:00:00' has no zone"),
    ("ObjectEvent", {"eventTime": "0001-01-01T00:00:00+14:00"}, "eventTime '0001-01-01T00:00:00+14:00' is not a date-time"),
    ("ObjectEvent", {"eventTimeZoneOffset": "+2"}, "eventTimeZoneOffset '+2' is not in the form +hh:mm"),
    ("ObjectEvent", {"eventTimeZoneOffset": "+15:00"}, "eventTimeZoneOffset '+15:00' is not in the form +hh:mm"),
    ("ObjectEvent", {"eventTimeZoneOffset": 2}, "eventTimeZoneOffset 2 is not in the form +hh:mm"),
    ("ObjectEvent", {"action": "OBSERV"}, "action 'OBSERV' is not ADD, OBSERVE or DELETE"),
    ("ObjectEvent", {"action": ["ADD"]}, "action ['ADD'] is not ADD, OBSERVE or DELETE"),
    ("AggregationEvent", {"action": "ADD"}, "AggregationEvent ADD without parentID"),
    ("AggregationEvent", {"action": "DELETE"}, "AggregationEvent DELETE without parentID"),
    ("AssociationEvent", {"action": "ADD"}, "AssociationEvent ADD without parentID"),
    (
        "TransformationEvent",
        {"outputEPCList": links_of(UNIT_1)},
        "TransformationEvent without inputs and without transformationID",
    ),
    (
        "TransformationEvent",
        {"inputEPCList": links_of(UNIT_1)},
        "TransformationEvent without outputs and without transformationID",
    ),
    ("ObjectEvent", {"bizStep": "transforming"}, "bizStep 'transforming' is neither a CBV value nor a URI"),
    ("ObjectEvent", {"bizStep": 7}, "bizStep 7 is neither a CBV value nor a URI"),
    ("ObjectEvent", {"disposition": "in_transport"}, "disposition 'in_transport' is neither a CBV value nor a URI"),
    ("ObjectEvent", {"sourceList": [party("source", UNIT_1, "place")]}, "source type 'place' is neither a CBV value nor a URI"),
    ("ObjectEvent", {"destinationList": [{"destination": "x:y"}]}, "destination type null is neither a CBV value nor a URI"),
    ("ObjectEvent", {"destinationList": [{"type": "owning_party"}]}, "destinationList: wanted rows with a destination"),
    ("ObjectEvent", {"sourceList": ["x:y"]}, "sourceList: wanted rows with a source"),
    ("ObjectEvent", {"bizTransactionList": [{"type": "po"}]}, "bizTransactionList: wanted rows with a bizTransaction"),
    (
        "ObjectEvent",
        {"bizTransactionList": [{"type": 1, "bizTransaction": "x"}]},
        "bizTransaction type 1 is neither a CBV value nor a URI",
    ),
    ("ObjectEvent", {"eventID": ""}, "eventID: wanted 1 to 500 printable characters, found ''"),
    ("ObjectEvent", {"eventID": "a\nb"}, "eventID: wanted 1 to 500 printable characters, found 'a\\nb'"),
    ("ObjectEvent", {"eventID": 7}, "eventID: wanted 1 to 500 printable characters, found 7"),
    ("AggregationEvent", {"parentID": "x" * 501}, "parentID: wanted 1 to 500 printable characters, found 'xxx"),
    ("TransformationEvent", {"transformationID": " "}, "transformationID: wanted 1 to 500 printable characters, found ' '"),
    ("ObjectEvent", {"readPoint": "LYON"}, "readPoint: wanted an object with an id, found 'LYON'"),
    ("ObjectEvent", {"bizLocation": {"id": 7}}, "bizLocation: wanted an object with an id, found {'id': 7}"),
    ("ObjectEvent", {"ilmd": []}, "ilmd: wanted an object with fields, found []"),
    ("ObjectEvent", {"ilmd": {"lotNumber": "A"}}, "ilmd field 'lotNumber' has no namespace"),
    ("ObjectEvent", {"epcList": "urn:uuid:1"}, "epcList: wanted a list"),
    ("ObjectEvent", {"epcList": [7]}, "epcList: wanted identifiers as text"),
    ("AggregationEvent", {"childEPCs": [None]}, "childEPCs: wanted identifiers as text"),
    ("ObjectEvent", {"quantityList": {}}, "quantityList: wanted a list"),
    ("ObjectEvent", {"quantityList": [{"quantity": 1}]}, "quantityList: wanted rows with an epcClass"),
    ("AggregationEvent", {"childQuantityList": ["x"]}, "childQuantityList: wanted rows with an epcClass"),
    ("ObjectEvent", {"quantityList": [goods(BATCH, "twenty")]}, "quantity 'twenty' is not a number"),
    ("ObjectEvent", {"quantityList": [goods(BATCH, True)]}, "quantity true is not a number"),
    ("ObjectEvent", {"quantityList": [{**goods(BATCH), "quantity": None}]}, "quantity null is not a number"),
    ("ObjectEvent", {"quantityList": [goods(BATCH, Decimal("NaN"))]}, "quantity NaN is not a number"),
    (
        "ObjectEvent",
        {"quantityList": [goods(BATCH, -1)]},
        "quantity: wanted 0 or more, 18 digits and 30 decimals at most, found -1",
    ),
    ("ObjectEvent", {"quantityList": [goods(BATCH, 10**18)]}, "quantity: wanted 0 or more, 18 digits and 30 decimals at most"),
    ("ObjectEvent", {"quantityList": [goods(BATCH, Decimal("1e-31"))]}, "30 decimals at most, found 1E-31"),
    ("ObjectEvent", {"quantityList": [{**goods(BATCH, 1), "uom": 5}]}, "uom 5 is no UN/ECE code"),
    ("ObjectEvent", {"ext:note": "a\x00b"}, "wanted text, found a null character or half of a surrogate pair in it"),
    ("ObjectEvent", {"ext:\ud800": 1}, "wanted text, found a null character or half of a surrogate pair in it"),
]


@pytest.mark.parametrize(("type_", "fields", "reason"), REFUSED, ids=[f"{row[0]} {row[2][:40]}" for row in REFUSED])
def test_a_refusal_names_the_field_and_the_reason(type_: str, fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as refused:
        check_event(event(type_, **fields) if type_ in TYPES else event("ObjectEvent", type=type_))

    assert reason in str(refused.value)
    assert type_ in TYPES or str(refused.value).startswith(reason)
    assert len(str(refused.value)) < 400


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as refused:
        check_event(event("ObjectEvent", action=None, eventTime="22-07-2026", bizStep="transforming", ilmd={"lot": "A"}))

    assert str(refused.value).split("; ") == [
        "eventTime '22-07-2026' is not a date-time",
        "action is missing",
        "bizStep 'transforming' is neither a CBV value nor a URI",
        "ilmd field 'lot' has no namespace",
    ]


@pytest.mark.parametrize("found", [None, [], "ObjectEvent", 7])
def test_what_is_no_event_is_refused(found: Any) -> None:
    with pytest.raises(InputError, match="wanted an event with its fields, found something else"):
        check_event(found)


@pytest.mark.parametrize(("depth", "taken"), [(47, True), (60, False)])
def test_an_event_is_as_deep_as_any_event_and_no_deeper(depth: int, taken: bool) -> None:
    nest: Any = "end"
    for _ in range(depth):
        nest = {"ext:in": nest}
    if taken:
        check_event(event("ObjectEvent", **{"ext:a": nest}))
        return
    with pytest.raises(InputError, match="wanted fields nested at most 50 deep, found more"):
        check_event(event("ObjectEvent", **{"ext:a": nest}))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T10:00:00.123456+08:00", datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T23:30:00-03:30", datetime(2026, 3, 2, 3, tzinfo=UTC)),
    ],
)
def test_a_time_is_one_moment_whatever_its_offset(text: str, moment: datetime) -> None:
    assert parse_time("eventTime", text) == moment

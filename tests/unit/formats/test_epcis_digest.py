"""One event has one content digest, however it is written down; another event has another."""

import copy
import hashlib
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.formats.epcis_events import BATCH, CLINIC, UNIT_1, UNIT_2, event, goods, link_of, links_of, party
from traceapp.formats.epcis_digest import bare, content_digest

BASE = event(
    "ObjectEvent",
    epcList=links_of(UNIT_1, UNIT_2),
    quantityList=[goods(BATCH, Decimal("1.10"), "KGM")],
    bizStep="shipping",
    disposition="in_transit",
    destinationList=[party("destination", CLINIC)],
    bizTransactionList=[{"type": "desadv", "bizTransaction": "urn:epcglobal:cbv:bt:9521001000178:DN-1"}],
    ilmd={"ext:a": "1", "ext:b": {"ext:c": [1, 2]}},
    **{"ext:flag": True},
)


def changed(**fields: Any) -> dict[str, Any]:
    """BASE with other fields; None leaves one out."""
    return {name: value for name, value in {**copy.deepcopy(BASE), **fields}.items() if value is not None}


SAME: dict[str, dict[str, Any]] = {
    "recordTime": changed(recordTime="2026-03-03T00:00:00Z"),
    "an error declaration": changed(errorDeclaration={"declarationTime": "2026-03-03T00:00:00Z", "reason": "incorrect_data"}),
    "another eventID": changed(eventID="urn:uuid:other"),
    "no eventID": changed(eventID=None),
    "a context of its own": changed(**{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"]}),
    "keys in another order": dict(reversed(BASE.items())),
    "inner keys in another order": changed(ilmd={"ext:b": {"ext:c": [1, 2]}, "ext:a": "1"}),
    "lists in another order": changed(epcList=links_of(UNIT_2, UNIT_1)),
    "URNs for links": changed(epcList=["urn:epc:id:sgtin:9521001.000018.1", "urn:epc:id:sgtin:9521001.000018.2"]),
    "links of another domain": changed(epcList=[f"https://brand.example/{path}?x=1" for path in (UNIT_1, UNIT_2)]),
    "a number with more zeros": changed(quantityList=[goods(BATCH, Decimal("1.1000"), "KGM")]),
    "a number as a float": changed(quantityList=[goods(BATCH, 1.1, "KGM")]),
    "the same moment in UTC": changed(eventTime="2026-03-02T09:00:00Z"),
    "the same moment with its fraction": changed(eventTime="2026-03-02T10:00:00.000+01:00"),
    "CBV terms as CURIEs": changed(bizStep="cbv:BizStep-shipping", disposition="cbv:Disp-in_transit"),
    "CBV terms as URIs": changed(bizStep="https://ref.gs1.org/cbv/BizStep-shipping"),
    "CBV terms as URNs": changed(bizStep="urn:epcglobal:cbv:bizstep:shipping", disposition="urn:epcglobal:cbv:disp:in_transit"),
    "party types as URIs": changed(destinationList=[party("destination", CLINIC, "https://ref.gs1.org/cbv/SDT-owning_party")]),
    "lists that say nothing": changed(sourceList=[], childEPCs=[]),
}
OTHER: dict[str, dict[str, Any]] = {
    "another time": changed(eventTime="2026-03-02T10:00:01+01:00"),
    "another offset": changed(eventTimeZoneOffset="+02:00"),
    "another action": changed(action="ADD"),
    "another type": changed(type="TransactionEvent"),
    "a unit less": changed(epcList=links_of(UNIT_1)),
    "another quantity": changed(quantityList=[goods(BATCH, Decimal("1.100000000000000000000000000001"), "KGM")]),
    "another unit of measure": changed(quantityList=[goods(BATCH, Decimal("1.10"), "GRM")]),
    "another step": changed(bizStep="departing"),
    "another step under the same last word": changed(bizStep="https://plant.example/BizStep-shipping"),
    "another party": changed(destinationList=[party("destination", "417/9521001000178")]),
    "another role of the party": changed(destinationList=[party("destination", CLINIC, "possessing_party")]),
    "another extension": changed(**{"ext:flag": False}),
    "another namespace of an extension": {**changed(**{"ext:flag": None}), "ext2:flag": True},
    "another value deep in ilmd": changed(ilmd={"ext:a": "1", "ext:b": {"ext:c": [1, 3]}}),
    "text for a number": changed(ilmd={"ext:a": 1, "ext:b": {"ext:c": [1, 2]}}),
}


@pytest.mark.parametrize("writing", SAME)
def test_another_writing_of_the_event_has_the_same_digest(writing: str) -> None:
    assert content_digest(SAME[writing]) == content_digest(BASE)


@pytest.mark.parametrize("difference", OTHER)
def test_an_event_that_says_something_else_has_another_digest(difference: str) -> None:
    assert content_digest(OTHER[difference]) != content_digest(BASE)


def test_all_these_events_have_digests_of_their_own() -> None:
    assert len({content_digest(sent) for sent in (BASE, *OTHER.values())}) == len(OTHER) + 1


def test_the_text_that_is_hashed_is_the_one_written_here() -> None:
    """Keys of events that came in years ago must still be found: this text never changes."""
    text = (
        '{"action": "OBSERVE", "epcList": ["https://id.gs1.org/01/09521001000185/21/1"], '
        '"eventTime": "2026-03-02T09:00:00+00:00", "eventTimeZoneOffset": "+01:00", "ext:n": "11E-1", "type": "ObjectEvent"}'
    )
    sent = event("ObjectEvent", epcList=[link_of(UNIT_1)], **{"ext:n": Decimal("1.10")})

    assert content_digest(sent) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (None, None),
        ("shipping", "shipping"),
        ("cbv:shipping", "shipping"),
        ("cbv:SDT-owning_party", "owning_party"),
        ("https://ref.gs1.org/cbv/BTT-desadv", "desadv"),
        ("https://ns.gs1.org/cbv/Disp-returned", "returned"),
        ("urn:epcglobal:cbv:btt:desadv", "desadv"),
        ("ext:shipping", "ext:shipping"),
        ("https://plant.example/cbv/BizStep-shipping", "https://plant.example/cbv/BizStep-shipping"),
    ],
)
def test_a_term_of_the_vocabulary_loses_its_namespace_and_no_other_does(term: str | None, expected: str | None) -> None:
    assert bare(term) == expected

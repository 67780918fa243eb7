"""Sources and destinations of an event are suppliers and consignees: who gave, who got, and in what."""

from typing import Any

import pytest

from tests.unit.formats.epcis_events import (
    BATCH,
    CARRIER,
    CASE,
    CLINIC,
    KEY,
    LYON_DOCK,
    MAKER,
    MATERIAL,
    PALLET,
    UNIT_1,
    described,
    event,
    goods,
    gs1,
    kinds,
    link_of,
    links,
    links_of,
    party,
    read,
)
from traceapp.domain.kinds import LinkType, NodeKind

SHIPMENT = f"shipment:EPCIS:{KEY}"
WARD = "414/9524444000002/254/WARD-3"
SUPPLIER = "417/9529999000002"
TO_CLINIC = {"destinationList": [party("destination", CLINIC)]}


def despatch(**fields: Any) -> list[Any]:
    return links(read(event("ObjectEvent", bizStep="shipping", quantityList=[goods(BATCH, 40, "EA")], **fields)))


def test_a_destination_is_a_consignee_of_a_shipment() -> None:
    told = read(event("ObjectEvent", bizStep="shipping", quantityList=[goods(BATCH, 40)], epcList=links_of(CASE), **TO_CLINIC))

    assert links(told) == [
        (LinkType.SHIPPED_IN, CASE, SHIPMENT, None, None),
        (LinkType.SHIPPED_IN, BATCH, SHIPMENT, "40", "EA"),
        (LinkType.DELIVERED_TO, SHIPMENT, CLINIC, None, None),
    ]
    assert {link.attributes["report"] for link in told.links} == {"despatch"}
    assert (kinds(told)[CLINIC], kinds(told)[SHIPMENT]) == (NodeKind.PARTY, NodeKind.SHIPMENT)
    assert {CLINIC, SHIPMENT} <= described(told)


def test_one_party_in_two_roles_and_two_forms_is_one_consignee() -> None:
    rows = [
        party("destination", CLINIC),
        party("destination", CLINIC, "https://ref.gs1.org/cbv/SDT-possessing_party"),
        {"type": "urn:epcglobal:cbv:sdt:owning_party", "destination": "urn:epc:id:pgln:9524444.00000"},
        party("destination", CARRIER, "cbv:possessing_party"),
    ]

    delivered = [link[2] for link in despatch(destinationList=rows) if link[0] is LinkType.DELIVERED_TO]

    assert delivered == [CLINIC, CARRIER]


def test_a_location_is_where_it_goes_and_no_consignee() -> None:
    told = read(
        event(
            "ObjectEvent",
            bizStep="shipping",
            quantityList=[goods(BATCH, 40)],
            destinationList=[party("destination", CLINIC), party("destination", WARD, "location")],
        )
    )

    assert [link[2] for link in links(told)] == [SHIPMENT, CLINIC]
    assert [link.place for link in told.links] == [None, gs1(WARD)]
    assert WARD not in described(told)


def test_promise_a_place_stands_in_no_attribute_of_a_link() -> None:
    """Attributes lie in clear in the store."""
    rows = [party("destination", CLINIC), party("destination", WARD, "location")]
    told = read(event("ObjectEvent", bizStep="shipping", quantityList=[goods(BATCH, 40)], destinationList=rows))

    assert {value for link in told.links for value in link.attributes.values()} == {"despatch"}


@pytest.mark.parametrize("rows", [[party("destination", CLINIC, "location")], [party("destination", CLINIC, "ext:payer")], []])
def test_without_an_owning_or_possessing_party_nothing_is_shipped(rows: list[Any]) -> None:
    assert despatch(destinationList=rows) == []


@pytest.mark.parametrize("step", ["receiving", "cbv:BizStep-accepting", "https://ref.gs1.org/cbv/BizStep-arriving"])
def test_the_source_of_a_receiving_is_a_supplier_of_goods_but_not_of_their_case(step: str) -> None:
    told = read(
        event(
            "ObjectEvent",
            bizStep=step,
            quantityList=[goods(MATERIAL, 200, "KGM")],
            epcList=links_of(CASE),
            sourceList=[party("source", SUPPLIER), party("source", "414/9529999000019", "location")],
        )
    )

    assert links(told) == [(LinkType.SUPPLIED, SUPPLIER, MATERIAL, "200", "KGM")]
    assert SUPPLIER in described(told)


def test_a_receiving_with_a_destination_is_a_receipt_of_the_shipment() -> None:
    told = read(
        event(
            "ObjectEvent",
            bizStep="receiving",
            epcList=links_of(UNIT_1),
            sourceList=[party("source", MAKER)],
            **TO_CLINIC,
        )
    )

    assert links(told) == [
        (LinkType.SUPPLIED, MAKER, UNIT_1, None, None),
        (LinkType.SHIPPED_IN, UNIT_1, SHIPMENT, None, None),
        (LinkType.DELIVERED_TO, SHIPMENT, CLINIC, None, None),
    ]
    assert [link.attributes.get("report") for link in told.links] == [None, "receipt", "receipt"]


def test_the_source_of_a_shipping_supplies_nobody() -> None:
    assert despatch(sourceList=[party("source", MAKER)]) == []


def test_what_comes_back_as_returned_is_a_return_and_no_receipt() -> None:
    told = read(
        event(
            "ObjectEvent",
            bizStep="receiving",
            disposition="https://ref.gs1.org/cbv/Disp-returned",
            epcList=links_of(UNIT_1, CASE),
            sourceList=[party("source", CLINIC)],
            destinationList=[party("destination", MAKER)],
        )
    )

    assert links(told) == [
        (LinkType.SENT_BACK, CLINIC, SHIPMENT, None, None),
        (LinkType.RETURNED, SHIPMENT, UNIT_1, None, None),
    ]


def test_an_aggregation_ships_its_parent_with_all_that_is_in_it() -> None:
    told = read(
        event("AggregationEvent", action="ADD", parentID=link_of(PALLET), childQuantityList=[goods(BATCH, 9)], **TO_CLINIC)
    )

    assert links(told) == [
        (LinkType.PACKED_IN, BATCH, PALLET, "9", "EA"),
        (LinkType.SHIPPED_IN, PALLET, SHIPMENT, None, None),
        (LinkType.DELIVERED_TO, SHIPMENT, CLINIC, None, None),
    ]


def test_taking_out_of_a_container_ships_nothing() -> None:
    told = read(event("AggregationEvent", action="DELETE", parentID=link_of(PALLET), childEPCs=links_of(UNIT_1), **TO_CLINIC))

    assert [link.type for link in told.links] == [LinkType.UNPACKED_FROM]


def test_a_transaction_ships_its_goods_and_its_parent_where_it_names_none() -> None:
    listed = read(event("TransactionEvent", action="ADD", parentID=link_of(PALLET), epcList=links_of(UNIT_1), **TO_CLINIC))
    bare = read(event("TransactionEvent", action="ADD", parentID=link_of(PALLET), **TO_CLINIC))

    assert [link[:3] for link in links(listed)] == [
        (LinkType.SHIPPED_IN, UNIT_1, SHIPMENT),
        (LinkType.DELIVERED_TO, SHIPMENT, CLINIC),
    ]
    assert [link[:3] for link in links(bare)] == [
        (LinkType.SHIPPED_IN, PALLET, SHIPMENT),
        (LinkType.DELIVERED_TO, SHIPMENT, CLINIC),
    ]


def test_a_transformation_ships_what_it_made_and_not_what_it_took() -> None:
    told = read(
        event(
            "TransformationEvent",
            inputQuantityList=[goods(MATERIAL, 1, "KGM")],
            outputQuantityList=[goods(BATCH, 8)],
            **TO_CLINIC,
        )
    )

    assert [link[1] for link in links(told) if link[0] is LinkType.SHIPPED_IN] == [BATCH]


@pytest.mark.parametrize(
    ("transactions", "shipment"),
    [
        ([{"type": "desadv", "bizTransaction": "urn:epcglobal:cbv:bt:9521001000178:DN-1"}], "shipment:LYON:DN-1"),
        (
            [{"type": "cbv:BTT-desadv", "bizTransaction": "urn:epcglobal:cbv:bt:9524444000002:DN%2F1"}],
            "shipment:9524444000002:DN/1",
        ),
        ([{"type": "desadv", "bizTransaction": "https://erp.example/dn/1"}], "shipment:EPCIS:https://erp.example/dn/1"),
        ([{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9521001000178:PO-1"}], SHIPMENT),
        ([{"bizTransaction": "urn:epcglobal:cbv:bt:9521001000178:DN-1"}], SHIPMENT),
        ([{"type": "desadv", "bizTransaction": " "}], SHIPMENT),
        ([], SHIPMENT),
    ],
)
def test_a_shipment_is_its_despatch_advice_else_its_event(transactions: list[Any], shipment: str) -> None:
    told = despatch(bizTransactionList=transactions, **TO_CLINIC)

    assert [link[:3] for link in told] == [(LinkType.SHIPPED_IN, BATCH, shipment), (LinkType.DELIVERED_TO, shipment, CLINIC)]


def test_despatch_and_receipt_of_one_advice_meet_in_one_shipment() -> None:
    advice = {"bizTransactionList": [{"type": "desadv", "bizTransaction": "urn:epcglobal:cbv:bt:9521001000178:DN-1"}]}
    sent = read(event("ObjectEvent", eventID="urn:uuid:a", bizStep="shipping", epcList=links_of(CASE), **TO_CLINIC, **advice))
    got = read(event("ObjectEvent", eventID="urn:uuid:b", bizStep="receiving", epcList=links_of(CASE), **TO_CLINIC, **advice))

    assert sent.links[0].target == got.links[0].target


def test_a_party_without_a_gs1_key_is_known_by_its_own_uri() -> None:
    told = read(
        event(
            "ObjectEvent",
            bizStep="shipping",
            epcList=links_of(UNIT_1),
            bizLocation={"id": LYON_DOCK},
            destinationList=[{"type": "owning_party", "destination": "https://clinic.example/party/7"}],
        )
    )

    assert links(told)[1][:3] == (LinkType.DELIVERED_TO, SHIPMENT, "party:https://clinic.example/party/7")

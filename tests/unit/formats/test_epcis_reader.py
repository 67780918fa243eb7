"""What an EPCIS event says of material becomes nodes and links, by the arrow law, and nothing else does."""

from datetime import UTC, datetime

import pytest

from tests.unit.formats.epcis_events import (
    BATCH,
    CASE,
    ITEM,
    KEY,
    MATERIAL,
    PALLET,
    TOTE,
    UNIT_1,
    UNIT_2,
    described,
    event,
    goods,
    gs1,
    kinds,
    link_of,
    links,
    links_of,
    read,
)
from traceapp.domain.errors import InputError
from traceapp.domain.kinds import LinkType, NodeKind
from traceapp.domain.scopes import NOWHERE, Scope

ORDER = f"transformation:EPCIS:{KEY}"
DISPOSAL = f"disposal:EPCIS:{KEY}"


def test_an_object_event_makes_what_it_names_known() -> None:
    told = read(event("ObjectEvent", epcList=links_of(UNIT_1, CASE), quantityList=[goods(MATERIAL, 12, "KGM"), goods(ITEM, 3)]))

    assert kinds(told) == {
        UNIT_1: NodeKind.UNIT,
        CASE: NodeKind.CONTAINER,
        MATERIAL: NodeKind.MATERIAL,
        ITEM: NodeKind.PRODUCT,
    }
    assert described(told) == set(kinds(told))
    assert links(told) == []


def test_kind_follows_the_issuer_of_a_lot() -> None:
    assert kinds(read(event("ObjectEvent", quantityList=[goods(BATCH), goods(MATERIAL)]))) == {
        BATCH: NodeKind.BATCH,
        MATERIAL: NodeKind.MATERIAL,
    }


def test_a_unit_that_names_its_lot_is_serialised_from_it() -> None:
    told = read(event("ObjectEvent", epcList=[link_of(f"{BATCH}/21/1")]))

    assert kinds(told) == {UNIT_1: NodeKind.UNIT, BATCH: NodeKind.BATCH}
    assert links(told) == [(LinkType.SERIALISED_AS, BATCH, UNIT_1, None, None)]


@pytest.mark.parametrize("type_", ["AggregationEvent", "AssociationEvent"])
@pytest.mark.parametrize(
    ("action", "link", "attributes"),
    [
        ("ADD", LinkType.PACKED_IN, {}),
        ("OBSERVE", LinkType.PACKED_IN, {"report": "observe"}),
        ("DELETE", LinkType.UNPACKED_FROM, {}),
    ],
)
def test_children_go_into_their_parent_and_out_of_it(type_: str, action: str, link: LinkType, attributes: dict[str, str]) -> None:
    told = read(
        event(
            type_,
            action=action,
            parentID=link_of(CASE),
            childEPCs=links_of(UNIT_1),
            childQuantityList=[goods(BATCH, 10, "EA")],
        )
    )

    assert links(told) == [(link, UNIT_1, CASE, None, None), (link, BATCH, CASE, "10", "EA")]
    assert [made.attributes for made in told.links] == [attributes, attributes]
    assert described(told) == {CASE, UNIT_1, BATCH}


def test_a_delete_without_children_empties_the_parent() -> None:
    told = read(event("AggregationEvent", action="DELETE", parentID=link_of(CASE)))

    assert links(told) == [(LinkType.EMPTIED, CASE, CASE, None, None)]


@pytest.mark.parametrize("parent", [CASE, TOTE, UNIT_1, "8004/9521001KIT-9"])
def test_whatever_single_thing_is_named_as_parent_holds(parent: str) -> None:
    told = read(event("AggregationEvent", action="ADD", parentID=link_of(parent), childEPCs=links_of(UNIT_2)))

    assert links(told) == [(LinkType.PACKED_IN, UNIT_2, parent, None, None)]


@pytest.mark.parametrize("parent", [ITEM, BATCH, "8003/09521001000253"])
def test_a_lot_or_a_class_is_no_container(parent: str) -> None:
    with pytest.raises(InputError, match=r"parentID: wanted one container, case or asset, found .* which names no single thing"):
        read(event("AggregationEvent", action="ADD", parentID=link_of(parent), childEPCs=links_of(UNIT_1)))


def test_what_is_stored_at_a_place_is_in_no_container() -> None:
    told = read(event("AssociationEvent", action="ADD", parentID=link_of("414/9524444000002"), childEPCs=links_of(UNIT_1)))

    assert (links(told), kinds(told)) == ([], {UNIT_1: NodeKind.UNIT})


def test_a_transaction_names_goods_and_packs_nothing() -> None:
    told = read(event("TransactionEvent", action="ADD", parentID=link_of(PALLET), epcList=links_of(UNIT_1)))

    assert (links(told), kinds(told)) == ([], {PALLET: NodeKind.CONTAINER, UNIT_1: NodeKind.UNIT})


def test_a_transformation_takes_inputs_in_and_puts_outputs_out() -> None:
    told = read(
        event(
            "TransformationEvent",
            inputQuantityList=[goods(MATERIAL, 10, "KGM"), goods(ITEM, 5)],
            inputEPCList=links_of(UNIT_1),
            outputQuantityList=[goods(BATCH, 100)],
            outputEPCList=links_of(UNIT_2),
        )
    )

    assert links(told) == [
        (LinkType.CONSUMED_IN, UNIT_1, ORDER, None, None),
        (LinkType.CONSUMED_IN, MATERIAL, ORDER, "10", "KGM"),
        (LinkType.CONSUMED_IN, ITEM, ORDER, "5", "EA"),
        (LinkType.PRODUCED, ORDER, UNIT_2, None, None),
        (LinkType.PRODUCED, ORDER, BATCH, "100", "EA"),
    ]
    assert described(told) == {ORDER, UNIT_2, BATCH}, "an input that nobody received stays unresolved"
    assert {link.event_time for link in told.links} == {datetime(2026, 3, 2, 9, tzinfo=UTC)}


def test_events_of_one_transformation_id_are_one_transformation() -> None:
    work = "urn:epc:id:gdti:9521001.00033.WO-7"
    taken = read(event("TransformationEvent", eventID="urn:uuid:a", transformationID=work, inputQuantityList=[goods(MATERIAL)]))
    made = read(
        event(
            "TransformationEvent",
            eventID="urn:uuid:b",
            transformationID=link_of("253/9521001000338WO-7"),
            outputQuantityList=[goods(BATCH)],
        )
    )
    other = read(event("TransformationEvent", eventID="urn:uuid:c", transformationID="WO-8", outputQuantityList=[goods(BATCH)]))

    assert taken.links[0].target == made.links[0].source
    assert links(other) == [(LinkType.PRODUCED, "transformation:EPCIS:WO-8", BATCH, None, None)]


def test_events_without_a_transformation_id_are_transformations_of_their_own() -> None:
    sides = {"inputQuantityList": [goods(MATERIAL)], "outputQuantityList": [goods(BATCH)]}
    one, other = (read(event("TransformationEvent", eventID=key, **sides)) for key in ("urn:uuid:a", "urn:uuid:b"))

    assert one.links[0].target != other.links[0].target


def test_what_is_destroyed_is_disposed_of_and_its_container_is_not() -> None:
    told = read(event("ObjectEvent", bizStep="destroying", epcList=links_of(UNIT_1, CASE), quantityList=[goods(BATCH, 4)]))

    assert links(told) == [
        (LinkType.DISPOSED_IN, UNIT_1, DISPOSAL, None, None),
        (LinkType.DISPOSED_IN, BATCH, DISPOSAL, "4", "EA"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "destroying",
        "cbv:BizStep-destroying",
        "https://ref.gs1.org/cbv/BizStep-destroying",
        "urn:epcglobal:cbv:bizstep:destroying",
    ],
)
def test_a_business_step_means_the_same_in_every_namespace(written: str) -> None:
    told = read(event("ObjectEvent", bizStep=written, epcList=links_of(UNIT_1)))

    assert [link.type for link in told.links] == [LinkType.DISPOSED_IN]


def test_a_thing_that_is_named_twice_is_one_and_its_quantities_add_up() -> None:
    told = read(
        event(
            "AggregationEvent",
            action="ADD",
            parentID=link_of(CASE),
            childEPCs=[link_of(UNIT_1), "urn:epc:id:sgtin:9521001.000018.1"],
            childQuantityList=[goods(BATCH, 3, "EA"), goods(BATCH, 4), goods(BATCH, 2, "KGM")],
        )
    )

    assert links(told) == [
        (LinkType.PACKED_IN, UNIT_1, CASE, None, None),
        (LinkType.PACKED_IN, BATCH, CASE, "7", "EA"),
        (LinkType.PACKED_IN, BATCH, CASE, "2", "KGM"),
    ]


def test_ilmd_tells_properties_of_the_lots_it_came_with() -> None:
    told = read(
        event(
            "ObjectEvent",
            action="ADD",
            quantityList=[goods(BATCH, 10), goods(ITEM, 1)],
            ilmd={
                "cbvmda:itemExpirationDate": "2029-03-01",
                "https://ref.gs1.org/cbv/productionDate": "2026-03-01T08:00:00+08:00",
                "ext:lotNumber": "F1",
                "ext:bestBeforeDate": "2028-01-01",
            },
        )
    )

    said = {node.identity.epc: dict(node.properties) for node in told.nodes if node.properties}
    assert said == {BATCH: {"expiry_date": datetime(2029, 3, 1, tzinfo=UTC), "production_date": datetime(2026, 3, 1, tzinfo=UTC)}}


def test_ilmd_of_a_transformation_is_of_its_outputs() -> None:
    told = read(
        event(
            "TransformationEvent",
            inputQuantityList=[goods(MATERIAL)],
            outputQuantityList=[goods(BATCH)],
            ilmd={"cbvmda:itemExpirationDate": "2029-03-01"},
        )
    )

    assert {node.identity.epc for node in told.nodes if node.properties} == {BATCH}


def test_a_date_of_ilmd_that_nobody_can_read_is_no_property() -> None:
    told = read(event("ObjectEvent", quantityList=[goods(BATCH)], ilmd={"cbvmda:itemExpirationDate": "March 2029"}))

    assert kinds(told) == {BATCH: NodeKind.BATCH}
    assert not any(node.properties for node in told.nodes)


@pytest.mark.parametrize("field", ["bizLocation", "readPoint"])
@pytest.mark.parametrize("place", ["https://id.gs1.org/414/9521001000178/254/DOCK-2", "urn:epc:id:sgln:9521001.00017.0", "LYON"])
def test_a_place_of_ours_puts_what_is_named_at_our_site(field: str, place: str) -> None:
    told = read(event("ObjectEvent", quantityList=[goods(BATCH)], **{field: {"id": place}}))

    assert [(node.described, node.scope) for node in told.nodes] == [(True, Scope("LYON", "INF"))]


def test_an_event_from_elsewhere_describes_the_lot_but_not_where_it_belongs() -> None:
    told = read(event("ObjectEvent", quantityList=[goods(BATCH)], bizLocation={"id": link_of("414/9524444000002")}))

    assert {(node.described, node.scope) for node in told.nodes} == {(True, None), (False, Scope(NOWHERE, "INF"))}


@pytest.mark.parametrize(
    ("written", "identity"),
    [
        ("urn:uuid:9f1c", "item:URI:urn:uuid:9f1c"),
        ("https://plant.example/things/7", "item:URI:https://plant.example/things/7"),
        ("urn:epc:id:gid:9521.1.7", "item:URI:urn:epc:id:gid:9521.1.7"),
    ],
)
def test_a_private_identifier_is_a_thing_of_its_own(written: str, identity: str) -> None:
    assert kinds(read(event("ObjectEvent", epcList=[written]))) == {identity: NodeKind.UNIT}


@pytest.mark.parametrize(
    "written", ["urn:epc:id:sgtin:9521001.18.1", "https://id.gs1.org/01/123/21/1", "TUBE-30", "urn:epc:id:nosuch:1.2"]
)
def test_a_gs1_key_that_breaks_its_form_and_a_bare_number_are_refused(written: str) -> None:
    with pytest.raises(InputError, match="wanted"):
        read(event("ObjectEvent", epcList=[written]))


def test_what_names_no_node_of_the_model_makes_none() -> None:
    told = read(event("ObjectEvent", epcList=[link_of("8018/952100100000000121"), link_of("253/9521001000338D1")]))

    assert (told.nodes, told.links) == ((), [])


def test_one_thing_in_two_written_forms_is_one_node() -> None:
    told = read(event("ObjectEvent", epcList=["urn:epc:id:sscc:9521001.0123456789", link_of(CASE)]))

    assert {node.identity for node in told.nodes} == {gs1(CASE)}

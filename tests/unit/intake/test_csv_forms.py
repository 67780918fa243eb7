"""What the rows of each form tell of things and links."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.unit.intake.conftest import Read, ReadGood
from traceapp.domain.events import CapturedEvent, LinkStatement, NodeStatement, RejectedRow
from traceapp.domain.identifiers import Identity, gs1_identity, local_identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.domain.scopes import Scope

GTIN = "09521001000017"
RESIN = local_identity("lot", "S-POLY", "PVC-R7", "PX/1")
TUBE = local_identity("lot", "LYON", "TUBE-30", "T1")
SET = gs1_identity("01", GTIN, "10", "F1")


def links(event: CapturedEvent) -> list[tuple[LinkType, Identity, Identity, Decimal | None, str | None]]:
    return [(link.type, link.source, link.target, link.quantity, link.unit) for link in event.links]


def nodes(event: CapturedEvent) -> dict[Identity, tuple[NodeKind, bool, Scope | None]]:
    """A thing that is described without a site stands twice: what describes it wins here."""
    statements = sorted(event.nodes, key=lambda node: node.described)
    return {node.identity: (node.kind, node.described, node.scope) for node in statements}


def test_a_receipt_describes_the_lot_at_the_site_that_received_it(read_good: ReadGood) -> None:
    (event,) = read_good(
        "supplier,product,supplier_lot,receipt_number,quantity,unit,time,site\n"
        "S-POLY,PVC-R7,PX/1,RM-26-0417,500,kg,2026-02-09T09:00:00+01:00,LYON\n"
    )

    supplier = local_identity("party", "S-POLY")
    assert (event.type, event.event_offset, event.receipt_number) == (EventType.RECEIPT, "+01:00", "RM-26-0417")
    assert event.event_time == datetime(2026, 2, 9, 8, tzinfo=UTC)
    assert nodes(event) == {RESIN: (NodeKind.MATERIAL, True, Scope("LYON", "*")), supplier: (NodeKind.PARTY, False, None)}
    assert event.links == (
        LinkStatement(
            LinkType.SUPPLIED, supplier, RESIN, event.event_time, Decimal(500), "KGM", {"receipt_number": "RM-26-0417"}
        ),
    )


def test_a_consumption_without_order_is_a_transformation_of_its_own_output(read_good: ReadGood) -> None:
    (event,) = read_good(
        "from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time\n"
        "S-POLY,PVC-R7,PX/1,LYON,TUBE-30,T1,40,KGM,2026-01-17T08:00:00Z\n"
    )

    done = local_identity("transformation", "LYON", "TUBE-30", "T1")
    assert nodes(event) == {
        RESIN: (NodeKind.MATERIAL, False, Scope("LYON", "*")),
        TUBE: (NodeKind.BATCH, True, Scope("LYON", "INF")),
        done: (NodeKind.TRANSFORMATION, True, Scope("LYON", "INF")),
    }
    assert links(event) == [
        (LinkType.CONSUMED_IN, RESIN, done, Decimal(40), "KGM"),
        (LinkType.PRODUCED, done, TUBE, None, None),
    ]


def test_rows_of_one_order_are_one_transformation_and_keep_their_pairs(read_good: ReadGood) -> None:
    one, two = read_good(
        "from_owner,from_product,from_number,to_product,to_number,quantity,unit,time,order,pair,site,to_quantity,to_unit\n"
        f"LYON,TUBE-30,T1,{GTIN},F1,40,MTR,2026-01-17,ST-1,1,PLANT-2,10,EA\n"
        f"LYON,TUBE-30,T2,{GTIN},F2,40,MTR,2026-01-17,ST-1,2,PLANT-2,10,EA\n"
    )

    (order,) = {link.target for event in (one, two) for link in event.links if link.type is LinkType.CONSUMED_IN}
    assert order == local_identity("transformation", "SUZHOU", "ST-1")
    assert nodes(one)[SET] == (NodeKind.BATCH, True, Scope("SUZHOU", "INF"))
    assert [link.attributes["pair"] for event in (one, two) for link in event.links] == ["1", "1", "2", "2"]
    assert one.links[1].quantity == Decimal(10)


def test_a_gtin_lot_without_order_or_owner_is_its_own_transformation(read_good: ReadGood) -> None:
    (event,) = read_good(
        "from_owner,from_product,from_number,to_product,to_number,quantity,unit,time\n"
        f"LYON,TUBE-30,T1,{GTIN},F1,40,MTR,2026-01-17\n"
    )

    assert local_identity("transformation", "01", GTIN, "10", "F1") in nodes(event)


def test_a_transformation_that_only_a_suppliers_lot_names_has_no_number_of_its_own(read_good: ReadGood) -> None:
    first, again = (
        read_good(
            "from_owner,from_product,from_number,to_owner,to_product,to_number,time\n"
            f"S-CHEM,{used},A1,S-POLY,PVC-R7,PX/1,2026-01-17\n"
        )[0]
        for used in ("GLUE", "SALT")
    )

    (done,) = {node.identity for node in first.nodes if node.kind is NodeKind.TRANSFORMATION}
    assert done.is_unnamed
    assert done in nodes(again), "rows of one produced lot are one transformation"
    assert not any(identity.is_unnamed for identity in nodes(first) if identity != done)


def test_a_step_runs_on_a_machine_and_by_an_operator(read_good: ReadGood) -> None:
    (event,) = read_good(
        "order,step,equipment,operator,role,started_at,ended_at,process_kind,site\n"
        "MIX-1,mixing,MIX-01,OP-07,lead,2026-01-17T08:00Z,2026-01-17T09:00Z,关键,LYON\n"
    )

    order = local_identity("transformation", "LYON", "MIX-1")
    machine, person = local_identity("equipment", "LYON", "MIX-01"), local_identity("operator", "LYON", "OP-07")
    assert nodes(event)[order][:2] == (NodeKind.TRANSFORMATION, False)
    assert links(event) == [(LinkType.PROCESSED_ON, order, machine, None, None), (LinkType.WORKED_BY, order, person, None, None)]
    assert event.links[1].attributes == {
        "step": "mixing",
        "role": "lead",
        "process_kind": "key",
        "started_at": "2026-01-17T08:00:00.000000Z",
        "ended_at": "2026-01-17T09:00:00.000000Z",
    }


@pytest.mark.parametrize("header", ["process_parameters", "工艺参数"])
def test_a_step_says_the_parameters_of_its_order_or_of_its_batch(read_good: ReadGood, header: str) -> None:
    of_order, of_batch = read_good(
        f"order,owner,product,number,step,equipment,time,site,{header}\n"
        "MIX-1,,,,mixing,MIX-01,2026-01-17,LYON,40 min at 80 °C\n"
        ",LYON,TUBE-30,T1,extrusion,EXT-01,2026-01-17,LYON,180 °C\n"
    )

    order = local_identity("transformation", "LYON", "MIX-1")
    told = [{node.identity: dict(node.properties) for node in event.nodes} for event in (of_order, of_batch)]
    assert told[0][order] == {"process_parameters": "40 min at 80 °C"}
    assert told[1][TUBE] == {"process_parameters": "180 °C"}


def test_parameters_of_what_we_did_not_make_are_refused(read: Read) -> None:
    (row,) = read(
        "owner,product,number,step,equipment,time,site,process_parameters\nS-POLY,PVC-R7,P1,drying,D-1,2026-01-17,LYON,x\n"
    )

    assert isinstance(row, RejectedRow)
    assert row.reason == "process_parameters: wanted an order or a batch to state them of, found a Material"


def test_an_inspection_without_a_number_is_known_by_its_row(read_good: ReadGood) -> None:
    rows = "owner,product,number,result,time\nLYON,TUBE-30,T1,合格,2026-01-17\nLYON,TUBE-30,T1,不合格,2026-01-17\n"

    passed, failed = read_good(rows)

    assert passed.links[0].source == failed.links[0].source == TUBE
    assert passed.links[0].target != failed.links[0].target


def test_verdicts_state_the_lot_without_describing_it(read_good: ReadGood) -> None:
    events = [
        *read_good("owner,product,number,result,time\nLYON,TUBE-30,T1,passed,2026-01-17\n"),
        *read_good("owner,product,number,stage,time\nLYON,TUBE-30,T1,上市放行,2026-01-17\n"),
        *read_good("owner,product,number,act,time\nLYON,TUBE-30,T1,placed,2026-01-17\n"),
    ]

    said = [next(node for node in event.nodes if node.identity == TUBE) for event in events]
    assert [(node.kind, node.described) for node in said] == [(NodeKind.BATCH, False)] * 3
    assert all(node.properties for node in said)


def test_a_shipment_goes_from_the_shipper_to_the_consignee(read_good: ReadGood) -> None:
    ours, theirs = read_good(
        "product,number,shipment,consignee,quantity,unit,time,report,site,shipper\n"
        f"{GTIN},F1,SH-1,H-1,50,EA,2026-01-20,,LYON,\n"
        f"{GTIN},F1,SH-1,H-2,20,EA,2026-01-21,收货方,,D-EUR\n"
    )

    first, second = local_identity("shipment", "LYON", "SH-1"), local_identity("shipment", "D-EUR", "SH-1")
    assert nodes(ours)[first] == (NodeKind.SHIPMENT, True, Scope("LYON", "INF"))
    assert links(ours) == [
        (LinkType.SHIPPED_IN, SET, first, Decimal(50), "EA"),
        (LinkType.DELIVERED_TO, first, local_identity("party", "H-1"), None, None),
    ]
    assert [link.attributes["report"] for link in (*ours.links, *theirs.links)] == ["despatch", "despatch", "receipt", "receipt"]
    assert theirs.links[1].source == second


def test_a_row_that_knows_no_site_does_not_open_what_another_puts_at_one(read_good: ReadGood) -> None:
    (event,) = read_good(f"product,number,shipment,consignee,time,shipper\n{GTIN},F1,SH-1,H-2,2026-01-21,D-EUR\n")

    shipment = local_identity("shipment", "D-EUR", "SH-1")
    assert [(node.described, node.scope) for node in event.nodes if node.identity == shipment] == [
        (False, Scope("?", "INF")),
        (True, None),
    ]


def test_a_logistic_unit_may_be_shipped_as_a_whole(read_good: ReadGood) -> None:
    (event,) = read_good("sscc,shipment,consignee,time,site\n095210010000000017,SH-1,9521000000308,2026-01-20,LYON\n")

    assert [(link.source, link.target) for link in event.links] == [
        (gs1_identity("00", "095210010000000017"), local_identity("shipment", "LYON", "SH-1")),
        (local_identity("shipment", "LYON", "SH-1"), gs1_identity("417", "9521000000308")),
    ]


def test_a_shipment_may_go_on_without_a_lot_being_told(read_good: ReadGood) -> None:
    (event,) = read_good(
        "forwarded_from,forwarded_shipper,shipment,shipper,consignee,time\nSH-1,LYON,DE-1,D-EUR,H-1,2026-01-20\n"
    )

    before, after = local_identity("shipment", "LYON", "SH-1"), local_identity("shipment", "D-EUR", "DE-1")
    assert links(event)[0][:3] == (LinkType.FORWARDED_IN, before, after)


def test_a_returned_part_lot_becomes_a_sublot_and_a_unit_stays_itself(read_good: ReadGood) -> None:
    part, unit = read_good(
        "product,number,serial,return_number,party,quantity,unit,restocked_as,time,site\n"
        f"{GTIN},F1,,RMA-1,H-1,100,EA,F1-R1,2026-05-12,LYON\n"
        f"{GTIN},,S1,RMA-2,H-1,1,EA,,2026-05-12,LYON\n"
    )

    back, sublot = local_identity("shipment", "LYON", "return", "RMA-1"), gs1_identity("01", GTIN, "10", "F1-R1")
    assert links(part) == [
        (LinkType.SENT_BACK, local_identity("party", "H-1"), back, None, None),
        (LinkType.RETURNED, back, sublot, Decimal(100), "EA"),
        (LinkType.SPLIT_INTO, SET, sublot, Decimal(100), "EA"),
    ]
    assert (nodes(part)[SET][1], nodes(part)[sublot][1]) == (False, True)
    assert links(unit)[1][:3] == (
        LinkType.RETURNED,
        local_identity("shipment", "LYON", "return", "RMA-2"),
        gs1_identity("01", GTIN, "21", "S1"),
    )


def test_stock_orders_use_and_disposal_end_where_they_say(read_good: ReadGood) -> None:
    lot = f"{GTIN},F1,5,EA,2026-05-12,LYON"
    columns = "product,number,quantity,unit,time,site"
    events = [
        *read_good(f"{columns},location\n{lot},WH-1\n"),
        *read_good(f"{columns},order,customer\n{lot},SO-1,H-1\n"),
        *read_good(f"{columns},party\n{lot},H-1\n"),
        *read_good(f"{columns},method,disposal_number\n{lot},melting,D-1\n"),
    ]

    party, order = local_identity("party", "H-1"), local_identity("order", "LYON", "SO-1")
    assert [link[:3] for event in events for link in links(event)] == [
        (LinkType.STOCKED_AT, SET, local_identity("location", "LYON", "WH-1")),
        (LinkType.ALLOCATED_TO, SET, order),
        (LinkType.ORDERED_BY, order, party),
        (LinkType.USED_AT, SET, party),
        (LinkType.DISPOSED_IN, SET, local_identity("disposal", "LYON", "D-1")),
    ]


def test_a_batch_record_describes_a_sublot_and_a_unit(read_good: ReadGood) -> None:
    sublot, unit = read_good(
        "product,number,serial,time,site,split_from,quantity,unit\n"
        f"{GTIN},F1-A,,2026-03-20,LYON,F1,3000,EA\n{GTIN},F1,S1,2026-03-20,LYON,,,\n"
    )

    part, piece = gs1_identity("01", GTIN, "10", "F1-A"), gs1_identity("01", GTIN, "21", "S1")
    assert (LinkType.SPLIT_INTO, SET, part, Decimal(3000), "EA") in links(sublot)
    assert (LinkType.SERIALISED_AS, SET, piece, None, None) in links(unit)
    assert nodes(unit)[piece] == (NodeKind.UNIT, True, Scope("LYON", "INF"))
    assert nodes(unit)[SET][1] is False


def test_master_rows_name_things_for_everybody(read_good: ReadGood) -> None:
    (party,) = read_good("party,time,name,country\nH-1,2024-12-16,Hôpital Demo Nord,FR\n")

    assert party.nodes == (
        NodeStatement(local_identity("party", "H-1"), NodeKind.PARTY, True, None, {"name": "Hôpital Demo Nord", "country": "FR"}),
    )


NASTY = ("'}) DETACH DELETE n //", '"quoted"', "批次𠮷🧪", "دفعة-١٢", "ＡＢ１２", "%2F..%2F", "a:b", "=1+1")


@pytest.mark.parametrize("number", NASTY)
def test_a_number_is_kept_as_printed_whatever_it_holds(read_good: ReadGood, number: str) -> None:
    quoted = number.replace('"', '""')

    (event,) = read_good(f'owner,product,number,location,quantity,unit,time\nLYON,TUBE-30,"{quoted}",W,5,MTR,2026-01-01\n')

    (lot,) = [node.identity for node in event.nodes if node.kind is NodeKind.BATCH]
    assert lot.number == number


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("LYON,,T1,W,5,MTR,2026-01-01", "product: wanted a value, found nothing"),
        ("LYON,TUBE-30,,W,5,MTR,2026-01-01", "number: wanted a value, found nothing"),
        (
            ",TUBE-30,T1,W,5,MTR,2026-01-01",
            "owner: wanted the site or supplier that issued the number, since the product is no GTIN",
        ),
        (",09521001000018,T1,W,5,MTR,2026-01-01", "product: wanted a GTIN whose check digit is right, found 09521001000018"),
        ("LYON,TUBE-30,T\x001,W,5,MTR,2026-01-01", "number: wanted text, found a control character in it"),
        ("LYON,TUBE-30,T1,W,5,MTR,soon", "time: wanted a time such as"),
    ],
)
def test_a_row_that_cannot_be_taken_says_what_was_wanted(read: Read, cells: str, reason: str) -> None:
    (row,) = read(f"owner,product,number,location,quantity,unit,time\n{cells}\n")

    assert isinstance(row, RejectedRow)
    assert row.reason.startswith(reason)
    assert row.original == cells


def test_a_shipment_number_that_nobody_issued_is_refused(read: Read) -> None:
    (row,) = read(f"product,number,shipment,consignee,time\n{GTIN},F1,SH-1,H-1,2026-01-20\n")

    assert isinstance(row, RejectedRow)
    assert row.reason == "shipper: wanted who issued the shipment, found nothing"


def test_an_unknown_unit_is_refused(read: Read) -> None:
    (row,) = read("owner,product,number,location,quantity,unit,time\nLYON,TUBE-30,T1,W,5,furlong,2026-01-01\n")

    assert isinstance(row, RejectedRow)
    assert "furlong" in row.reason

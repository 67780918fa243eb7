"""One lot on a page: state, neighbours, hands, sources; from the files of a plant, on both stores."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from tests.recorded import kept_records
from traceapp.domain.batch import BatchQuery, BatchRecord, Candidate, Neighbour
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, PermissionDeniedError
from traceapp.domain.kinds import Certainty, Direction, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.batches.show_source import show_source
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

BACKWARD, FORWARD = Direction.BACKWARD, Direction.FORWARD

RECEIPTS = """row_id,supplier,product,supplier_lot,receipt_number,quantity,unit,time,site,expires
1,SUP-7,TUBE-30,SECRET-LOT-1,RM-1,500,KGM,2026-02-09T08:00:00Z,LYON,2027-02-09
2,SUP-7,TUBE-30,SECRET-LOT-1,RM-2,300,KGM,2026-02-20T08:00:00Z,LYON,2027-02-09
"""
CONSUMPTIONS = """\
from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time,order,pair,to_quantity,to_unit,site
SUP-7,TUBE-30,SECRET-LOT-1,LYON,PUMP,B-1,25,KGM,2026-03-01T08:00:00Z,O-1,,100,EA,LYON
LYON,PUMP,B-1,SUZHOU,HIP,S-9,40,EA,2026-03-05T08:00:00Z,O-2,,40,EA,SUZHOU
LYON,PUMP,X-1,LYON,PUMP,Y-1,5,EA,2026-03-06T08:00:00Z,O-3,1,5,EA,LYON
LYON,PUMP,X-2,LYON,PUMP,Y-2,5,EA,2026-03-06T08:00:00Z,O-3,2,5,EA,LYON
LYON,PUMP,Z-1,LYON,PUMP,W-1,5,EA,2026-03-06T08:00:00Z,O-4,,5,EA,LYON
LYON,PUMP,Z-2,LYON,PUMP,W-2,5,EA,2026-03-06T08:00:00Z,O-4,,5,EA,LYON
"""
SHIPMENTS = """owner,product,number,shipment,consignee,quantity,unit,time,report,shipper,site
LYON,PUMP,B-1,D-1,HOSP-1,20,EA,2026-03-10T08:00:00Z,despatch,LYON,LYON
LYON,PUMP,B-1,D-1,HOSP-1,20,EA,2026-03-12T08:00:00Z,receipt,LYON,LYON
"""
STEPS = """order,owner,product,number,step,equipment,operator,started_at,ended_at,site
O-1,,,,moulding,MIX-01,OP-07,2026-03-01T08:00:00Z,2026-03-01T12:00:00Z,LYON
,LYON,PUMP,B-1,packing,PACK-2,,2026-03-02T08:00:00Z,,LYON
"""
OPERATORS = """operator,name,site,time
OP-07,Anna 王,LYON,2026-01-01
"""
QUALITY = """form,owner,product,number,result,characteristic,inspection_number,stage,decision,act,hold_number,time,site
inspection,LYON,PUMP,B-1,failed,seal,Q-1,,,,,2026-03-02T09:00:00Z,LYON
inspection,LYON,PUMP,B-1,passed,diameter,Q-2,,,,,2026-03-03T09:00:00Z,LYON
release,LYON,PUMP,B-1,,,,production,,,,2026-03-03T10:00:00Z,LYON
hold,LYON,PUMP,B-1,,,,,,placed,H-1,2026-03-04T10:00:00Z,LYON
hold,LYON,PUMP,B-1,,,,,,placed,H-2,2026-03-05T10:00:00Z,LYON
hold,LYON,PUMP,B-1,,,,,,lifted,H-2,2026-03-06T10:00:00Z,LYON
"""
TWICE = """owner,product,number,time,site,expiry_date
LYON,PUMP,TWICE,2026-03-01,LYON,2026-04-30
SUZHOU,HIP,TWICE,2026-03-01,SUZHOU,
"""


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, factor=True)


@pytest.fixture
def plant(stations: Stations) -> Stations:
    for name, text in {"receipts": RECEIPTS, "consumptions": CONSUMPTIONS, "shipments": SHIPMENTS, "twice": TWICE}.items():
        take_in(stations, text, f"{name}.csv")
    return stations


def shown(stations: Stations, who: Actor, number: str, **more: object) -> BatchRecord:
    return show_batch(stations, who, BatchQuery(number, **more)).value  # type: ignore[arg-type]


def told(record: BatchRecord, direction: Direction) -> list[tuple[str | None, str, Decimal | None, Certainty]]:
    return [(one.number, one.via, one.quantity, one.certainty) for one in record.neighbours if one.direction is direction]


def states(record: BatchRecord) -> dict[str, str]:
    return {fact.name: fact.value for fact in record.states}


@pytest.mark.parametrize("number", ["RM-1", "RM-2", " rm-2 ", "SECRET-LOT-1", "ＳＥＣＲＥＴ-lot-1"])
def test_a_material_is_found_by_each_of_its_receipts_and_by_its_suppliers_lot(
    plant: Stations, coordinator: Actor, number: str
) -> None:
    found = look_up_batches(plant, coordinator, BatchQuery(number)).value

    assert [(one.kind, one.number, one.product, one.sites, one.described) for one in found] == [
        (NodeKind.MATERIAL, "RM-2", "TUBE-30", ("LYON",), True)
    ]


@pytest.mark.parametrize(
    ("number", "kind"),
    [("D-1", NodeKind.SHIPMENT), ("HOSP-1", NodeKind.PARTY), ("SUP-7", NodeKind.PARTY), ("S-9", NodeKind.BATCH)],
)
def test_shipments_and_parties_are_found_too(plant: Stations, coordinator: Actor, number: str, kind: NodeKind) -> None:
    assert [one.kind for one in look_up_batches(plant, coordinator, BatchQuery(number)).value] == [kind]
    assert shown(plant, coordinator, number).candidate.kind is kind


@pytest.mark.parametrize("number", ["B", "B-", "B-1X", "B 1", "-1", "%", "", "' OR 1=1 //"])
def test_promise_a_look_up_never_answers_for_another_lot(plant: Stations, coordinator: Actor, number: str) -> None:
    assert look_up_batches(plant, coordinator, BatchQuery(number)).value == ()
    with pytest.raises(BatchNotFoundError):
        show_batch(plant, coordinator, BatchQuery(number))


def test_an_order_number_is_no_lot(plant: Stations, coordinator: Actor) -> None:
    assert look_up_batches(plant, coordinator, BatchQuery("O-1")).value == ()


def test_promise_an_ambiguous_number_asks(plant: Stations, coordinator: Actor, actor: MakeActor) -> None:
    with pytest.raises(BatchAmbiguousError) as asks:
        show_batch(plant, coordinator, BatchQuery("TWICE"))
    candidates = [one for one in asks.value.candidates if isinstance(one, Candidate)]

    assert [(one.product, one.sites) for one in candidates] == [("HIP", ("SUZHOU",)), ("PUMP", ("LYON",))]
    assert shown(plant, coordinator, "TWICE", product="HIP").candidate == candidates[0]
    assert shown(plant, coordinator, "TWICE", site="LYON").candidate == candidates[1]
    assert show_batch(plant, coordinator, BatchQuery(uid=candidates[0].uid)).value.candidate == candidates[0]
    assert shown(plant, actor(Role.VIEWER, sites={"LYON"}), "TWICE").candidate == candidates[1]


def test_neighbours_are_one_step_away_with_the_quantity_of_the_link(plant: Stations, coordinator: Actor) -> None:
    record = shown(plant, coordinator, "B-1")

    assert told(record, BACKWARD) == [("RM-2", "CONSUMED_IN", Decimal(25), Certainty.EXACT)]
    assert told(record, FORWARD) == [
        ("S-9", "CONSUMED_IN", Decimal(40), Certainty.EXACT),
        ("HOSP-1", "DELIVERED_TO", Decimal(20), Certainty.EXACT),
        ("D-1", "SHIPPED_IN", Decimal(20), Certainty.EXACT),
    ]
    assert told(shown(plant, coordinator, "RM-1"), BACKWARD) == [
        ("SUP-7", "SUPPLIED", Decimal(500), Certainty.EXACT),
        ("SUP-7", "SUPPLIED", Decimal(300), Certainty.EXACT),
    ]


def test_pairs_part_the_inputs_of_an_order_and_without_them_all_is_possible(plant: Stations, coordinator: Actor) -> None:
    assert told(shown(plant, coordinator, "Y-1"), BACKWARD) == [("X-1", "CONSUMED_IN", Decimal(5), Certainty.EXACT)]
    assert told(shown(plant, coordinator, "X-2"), FORWARD) == [("Y-2", "CONSUMED_IN", Decimal(5), Certainty.EXACT)]
    assert told(shown(plant, coordinator, "W-1"), BACKWARD) == [
        ("Z-1", "CONSUMED_IN", Decimal(5), Certainty.POSSIBLE),
        ("Z-2", "CONSUMED_IN", Decimal(5), Certainty.POSSIBLE),
    ]


def test_machines_and_hands_are_those_of_the_lot_and_of_its_order(plant: Stations, coordinator: Actor) -> None:
    take_in(plant, STEPS, "steps.csv")
    take_in(plant, OPERATORS, "operators.csv")

    record = shown(plant, coordinator, "B-1")

    assert [(one.kind, one.number, one.name, one.step) for one in record.participations] == [
        (NodeKind.EQUIPMENT, "MIX-01", None, "moulding"),
        (NodeKind.OPERATOR, "OP-07", "Anna 王", "moulding"),
        (NodeKind.EQUIPMENT, "PACK-2", None, "packing"),
    ]
    assert record.participations[0].ended_at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_state_is_computed_and_names_the_event_that_set_it(plant: Stations, coordinator: Actor) -> None:
    before = plant.clock.now()
    assert states(shown(plant, coordinator, "B-1")) == {
        "hold": "none",
        "expiry": "unknown",
        "inspection": "none",
        "release": "none",
    }
    take_in(plant, QUALITY, "quality.csv")

    record = shown(plant, coordinator, "B-1")
    positions = {fact.event_uid: fact.position for fact in record.facts}

    assert {fact.name: (fact.value, positions.get(fact.event_uid or "")) for fact in record.states} == {
        "hold": ("held", "row 5"),
        "expiry": ("unknown", None),
        "inspection": ("failed", "row 2"),
        "release": ("production", "row 4"),
    }
    assert states(shown(plant, coordinator, "B-1", as_of=before))["hold"] == "none", "it was not known then"
    assert "hold" not in shown(plant, coordinator, "B-1", as_of=before).properties


def test_expiry_is_judged_at_the_moment_asked_about(plant: Stations, coordinator: Actor) -> None:
    def expiry(as_of: datetime) -> str:
        return states(shown(plant, coordinator, "TWICE", site="LYON", as_of=as_of))["expiry"]

    later = plant.clock.now().replace(year=2099)
    assert expiry(later) == "expired"


def test_a_correction_changes_now_and_not_the_past(plant: Stations, coordinator: Actor) -> None:
    before = plant.clock.now()
    corrected = """row_id,corrects,supplier,product,supplier_lot,receipt_number,quantity,unit,time,site,expires
3,2,SUP-7,TUBE-30,SECRET-LOT-1,RM-3,310,KGM,2026-02-20T08:00:00Z,LYON,2029-02-09
"""
    take_in(plant, corrected, "corrected.csv")

    now, then = shown(plant, coordinator, "RM-3"), shown(plant, coordinator, "RM-2", as_of=before)

    assert (now.candidate.number, then.candidate.number) == ("RM-3", "RM-2")
    assert [one.quantity for one in now.neighbours if one.direction is BACKWARD] == [Decimal(500), Decimal(310)]
    assert [one.quantity for one in then.neighbours if one.direction is BACKWARD] == [Decimal(500), Decimal(300)]
    assert (now.properties["expiry_date"], then.properties["expiry_date"]) == (
        datetime(2029, 2, 9, tzinfo=UTC),
        datetime(2027, 2, 9, tzinfo=UTC),
    )
    with pytest.raises(BatchNotFoundError):
        show_batch(plant, coordinator, BatchQuery("RM-2"))


def test_what_is_not_within_the_view_is_a_stub_or_is_not_there(plant: Stations, actor: MakeActor) -> None:
    lyon = actor(Role.VIEWER, sites={"LYON"})
    first, second = (shown(plant, lyon, "B-1") for _ in range(2))
    stub = next(one for one in first.neighbours if one.stub)

    assert stub == Neighbour(FORWARD, stub.uid, None, None, None, None, None, None, None, None, Certainty.POSSIBLE, True, None)
    assert stub.uid not in {one.uid for one in second.neighbours}, "ids of stubs differ from answer to answer"
    for query in (BatchQuery("S-9"), BatchQuery("NOWHERE"), BatchQuery(uid="0" * 32)):
        with pytest.raises(BatchNotFoundError, match=r"^This number is unknown, or outside your view\.$"):
            show_batch(plant, lyon, query)


def test_every_fact_and_every_link_opens_the_row_it_came_from(plant: Stations, coordinator: Actor) -> None:
    record = shown(plant, coordinator, "B-1")
    events = {fact.event_uid for fact in record.facts} | {one.event_uid or "" for one in record.neighbours}

    rows = {show_source(plant, coordinator, uid).value.content for uid in events}

    assert rows == {*CONSUMPTIONS.splitlines()[1:3], SHIPMENTS.splitlines()[1]}
    source = show_source(plant, coordinator, record.facts[0].event_uid).value
    assert source.original["to_number"] == "B-1"
    assert (source.source, source.position) == ("ERP", "row 2")


def test_a_source_opens_for_whoever_may_see_what_it_speaks_of(plant: Stations, actor: MakeActor) -> None:
    here, there = actor(Role.QUALITY, sites={"LYON"}), actor(Role.QUALITY, sites={"SUZHOU"})
    fact = shown(plant, here, "RM-1").facts[0].event_uid

    assert "SECRET-LOT-1" in show_source(plant, here, fact).value.content
    for unseen in (fact, "0" * 32):
        with pytest.raises(BatchNotFoundError, match=r"^This event is unknown, or outside your view\.$"):
            show_source(plant, there, unseen)
    with pytest.raises(PermissionDeniedError):
        show_source(plant, actor(Role.VIEWER), fact)


def test_promise_a_row_that_names_something_outside_the_view_is_not_opened(plant: Stations, actor: MakeActor) -> None:
    everywhere, here, there = actor(Role.QUALITY), actor(Role.QUALITY, sites={"LYON"}), actor(Role.QUALITY, sites={"SUZHOU"})
    between = shown(plant, everywhere, "S-9").facts[0].event_uid

    assert "B-1" in show_source(plant, everywhere, between).value.content
    for who in (here, there):
        with pytest.raises(BatchNotFoundError):
            show_source(plant, who, between)
    assert (shown(plant, there, "S-9").facts, shown(plant, there, "S-9").facts_withheld) == ((), 1)
    assert shown(plant, everywhere, "S-9").facts_withheld == 0


def test_promise_every_look_is_recorded_and_no_confidential_value_with_it(plant: Stations, coordinator: Actor) -> None:
    before = len(kept_records(plant.settings.home))
    for query in (BatchQuery("SECRET-LOT-1"), BatchQuery("NOWHERE"), BatchQuery("B-1"), BatchQuery("TWICE")):
        look_up_batches(plant, coordinator, query)
        try:
            receipt = show_batch(plant, coordinator, query).receipt
        except (BatchNotFoundError, BatchAmbiguousError):
            receipt = plant.ledger.get_head()
        assert receipt.seq == plant.ledger.get_head().seq
    for seed in (Seed("SECRET-LOT-1"), Seed("SECRET-LOT-9"), Seed("B-1"), Seed(epc="01/09521001000014/10/SECRET-10")):
        with contextlib.suppress(BatchNotFoundError):
            trace_batch(plant, coordinator, TraceQuestion((seed,), Direction.FORWARD))

    said = [record.decode() for record in kept_records(plant.settings.home)[before:]]
    assert len(said) == 12
    assert '"number":"B-1"' in said[-2]
    assert "SECRET" not in "".join(said)
    assert '"number":"B-1"' in said[4]

"""Whoever administers the store can change it behind the service's back: what does he get? An answer that says so."""

from dataclasses import replace
from typing import Any

import pytest

from tests.attack.four_lots import asked, plant
from tests.conftest import MakeActor
from tests.flows import LYON, Flows, batch, hour, material, order, party, shipment
from tests.recorded import records
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError, SealBrokenError
from traceapp.domain.events import NodeStatement
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import Direction, LinkType, NodeKind
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


def administer(stations: Stations, text: str, **uids: Identity) -> None:
    """What an administrator of the database may do."""
    for name, identity in uids.items():
        text = text.replace(f"${name}", f"'{stations.sealer.uid(identity)}'")
    stations.graph.administer(text, "attack")


def lower(stations: Stations, one: Identity) -> None:
    """Make it Lyon's."""
    text = "MATCH (n:Traceable {uid: $one}), (o:Traceable {uid: $own}) SET n.acl = o.acl"
    administer(stations, text, one=one, own=batch("A1"))


def test_promise_an_untouched_answer_is_proven(planted: Stations, everywhere: Actor, lyon: Actor) -> None:
    for who in (everywhere, lyon):
        for seed, direction in ((material("M1"), FORWARD), (batch("F1"), BACKWARD), (batch("A1"), Direction.BOTH)):
            completeness = asked(planted, who, seed, direction).completeness
            assert (completeness.unverified, completeness.unverified_withheld) == ((), 0)
            assert completeness.status is not Status.UNVERIFIED


LOT = "MATCH (n:Traceable {uid: $lot})"
USED = "MATCH (s:Traceable {uid: $lot})-[r:CONSUMED_IN]->(t)"
NODE_CHANGES = {
    "its number": f"{LOT} SET n.number = 'A9'",
    "its product": f"{LOT} SET n.product = 'OTHER'",
    "another label": f"{LOT} SET n:Unit",
    "one label less": f"{LOT} REMOVE n:Batch",
    "another kind": f"{LOT} SET n.kind = 'Unit'",
    "a state taken away": f"{LOT} SET n.expiry_date = '2030-01-01T00:00:00.000000Z'",
    "its MAC taken away": f"{LOT} REMOVE n.mac",
    "a MAC of nothing": f"{LOT} SET n.mac = 'x'",
    "the MAC of another lot": f"{LOT} MATCH (o:Traceable {{uid: $other}}) SET n.mac = o.mac",
}
LINK_CHANGES = {
    "its quantity": f"{USED} SET r.quantity = '1'",
    "its unit": f"{USED} SET r.unit = 'GRM'",
    "its time": f"{USED} SET r.event_time = '2020-01-01T00:00:00.000000Z'",
    "a pair": f"{USED} SET r.pair = '7'",
    "its MAC taken away": f"{USED} REMOVE r.mac",
    "rewired to another transformation": f"""{USED} MATCH (o:Traceable {{uid: $order}})
        WITH s, r, o, properties(r) AS found DELETE r CREATE (s)-[made:CONSUMED_IN]->(o) SET made = found""",
    "rewired from another lot": f"""{USED} MATCH (o:Traceable {{uid: $other}})
        WITH o, r, t, properties(r) AS found DELETE r CREATE (o)-[made:CONSUMED_IN]->(t) SET made = found""",
    "told twice": f"{USED} WITH s, t, properties(r) AS found CREATE (s)-[made:CONSUMED_IN]->(t) SET made = found",
    "forged": "MATCH (s:Traceable {uid: $lot}), (t:Traceable {uid: $order}) "
    "CREATE (s)-[:CONSUMED_IN {uid: '0', event_uid: '0', record_seq: 1, event_time: '2026-03-02T00:00:00.000000Z'}]->(t)",
}


@pytest.mark.parametrize("change", NODE_CHANGES.values(), ids=NODE_CHANGES)
def test_attacker_who_changes_a_lot_is_named_in_the_answer(change: str, planted: Stations, everywhere: Actor) -> None:
    """A plain property set, a label taken or given, a MAC taken away or borrowed."""
    administer(planted, change, lot=batch("A1"), other=batch("F1"))

    answer = asked(planted, everywhere, material("M1"))

    assert answer.completeness.status is Status.UNVERIFIED
    assert planted.sealer.uid(batch("A1")) in answer.completeness.unverified
    assert "traceapp verify graph" in answer.completeness.reasons[0][2]


@pytest.mark.parametrize("change", LINK_CHANGES.values(), ids=LINK_CHANGES)
def test_attacker_who_changes_a_link_is_named_in_the_answer(change: str, planted: Stations, everywhere: Actor) -> None:
    """A quantity set, a link rewired, copied or made up."""
    administer(planted, change, lot=batch("A1"), other=batch("F1"), order=order("T3"))

    for seed, direction in ((material("M1"), FORWARD), (batch("F1"), BACKWARD)):
        completeness = asked(planted, everywhere, seed, direction).completeness
        if completeness.unverified:
            assert completeness.status is Status.UNVERIFIED
            assert any(" CONSUMED_IN " in one for one in completeness.unverified)
            return
    raise AssertionError("neither direction noticed")


def test_attacker_who_brings_a_void_link_back_is_named(planted: Stations, everywhere: Actor) -> None:
    """A link that was declared void is made live again by hand."""
    flows = plant()
    flows.void(flows.events[1].key)
    flows.append_to(planted.events, planted.sealer)
    assert asked(planted, everywhere, material("M1")).completeness.status is not Status.UNVERIFIED

    administer(planted, "MATCH (:Traceable {uid: $lot})-[r:CONSUMED_IN]->() REMOVE r.voided_seq", lot=material("M1"))

    assert asked(planted, everywhere, material("M1")).completeness.status is Status.UNVERIFIED


@pytest.mark.parametrize("change", ["r.voided_seq = 1", "r.record_seq = 9999999"])
@pytest.mark.parametrize(("seed", "direction"), [("A1", FORWARD), ("F1", BACKWARD), ("M1", FORWARD)])
def test_attacker_who_hides_a_link_is_named(
    change: str, seed: str, direction: Direction, planted: Stations, everywhere: Actor
) -> None:
    """A live link is made void, or one of the future, by hand: whoever walks along it is told that something is missing."""
    administer(planted, f"MATCH (:Traceable)-[r:CONSUMED_IN|PRODUCED|SHIPPED_IN]->() SET {change}")

    completeness = asked(planted, everywhere, material(seed) if seed == "M1" else batch(seed), direction).completeness

    assert completeness.status is Status.UNVERIFIED
    assert completeness.unverified


def test_attacker_who_moves_a_lot_into_the_future_does_not_hide_it(planted: Stations, everywhere: Actor) -> None:
    """Its record sequence is set by hand: it is found all the same, by number and uid, and named."""
    lot = planted.sealer.uid(batch("A1"))
    administer(planted, f"{LOT} SET n.record_seq = 9999999", lot=batch("A1"))

    (candidate,) = look_up_batches(planted, everywhere, BatchQuery("A1")).value

    assert (candidate.uid, candidate.unverified) == (lot, True)
    assert lot in asked(planted, everywhere, batch("A1")).completeness.unverified
    assert lot in show_batch(planted, everywhere, BatchQuery("A1")).value.unverified.records


@pytest.mark.parametrize("change", ["r.voided_seq = 1", "r.record_seq = 9999999"])
def test_attacker_who_hides_a_neighbour_is_named_on_the_page(change: str, planted: Stations, everywhere: Actor) -> None:
    """The page of a batch lacks what was hidden, and says that something beside it is not as it was written."""
    query = BatchQuery(uid=planted.sealer.uid(batch("A1")))
    assert not show_batch(planted, everywhere, query).value.unverified
    administer(planted, f"MATCH (:Traceable {{uid: $lot}})-[r:CONSUMED_IN]->() SET {change}", lot=batch("A1"))

    assert query.uid in show_batch(planted, everywhere, query).value.unverified.records


def test_attacker_who_hides_an_input_to_make_a_link_certain_is_named(stations: Stations, everywhere: Actor) -> None:
    """Two lots went in and two came out; with one input hidden the rest looks exact."""
    flows = Flows()
    flows.use(batch("X"), order("O"), at=hour(1))
    flows.use(batch("Y"), order("O"), at=hour(1))
    flows.make(order("O"), batch("P"), at=hour(2))
    flows.make(order("O"), batch("Q"), at=hour(2))
    flows.append_to(stations.events, stations.sealer)
    assert not asked(stations, everywhere, batch("X")).completeness.unverified
    administer(stations, "MATCH (:Traceable {uid: $lot})-[r:CONSUMED_IN]->() SET r.voided_seq = 1", lot=batch("Y"))

    said = asked(stations, everywhere, batch("X")).completeness

    assert (said.status, said.unverified) == (Status.UNVERIFIED, (stations.sealer.uid(order("O")),))


@pytest.mark.parametrize("covered", [False, True], ids=["acl alone", "and the MAC taken away"])
def test_attacker_who_lowers_the_acl_of_a_lot_does_not_see_it(
    covered: bool, planted: Stations, lyon: Actor, everywhere: Actor
) -> None:
    """Who may see one site makes a lot of another one his own: it counts as the most secret there is, and that is reported."""
    before = asked(planted, lyon, material("M1"))
    lower(planted, batch("S1", "SUZHOU"))
    if covered:
        administer(planted, "MATCH (n:Traceable {uid: $lot}) REMOVE n.mac", lot=batch("S1", "SUZHOU"))
    secret = planted.sealer.uid(batch("S1", "SUZHOU"))

    answer = asked(planted, lyon, material("M1"))

    assert [node.number for node in answer.nodes if node.number] == [node.number for node in before.nodes if node.number]
    assert secret not in repr(answer)
    assert answer.completeness.status is Status.UNVERIFIED
    assert answer.completeness.unverified_withheld > 0
    with pytest.raises(BatchNotFoundError):
        asked(planted, lyon, batch("S1", "SUZHOU"))
    assert secret in asked(planted, everywhere, material("M1")).completeness.unverified


def test_attacker_finds_the_quantities_of_a_lowered_lot_withheld(planted: Stations, lyon: Actor) -> None:
    """The links of such a lot tell no more than those of any withheld one."""
    before = asked(planted, lyon, material("M1"))
    for one in (batch("S1", "SUZHOU"), order("T2")):
        lower(planted, one)

    after = asked(planted, lyon, material("M1"))

    def quantities(answer: TraceAnswer) -> list[Any]:
        return sorted(str(link.quantity) for link in answer.links if link.type != LinkType.SHIPPED_IN)

    assert quantities(after) == quantities(before)
    assert after.completeness.status is Status.UNVERIFIED


def test_promise_what_was_not_proven_is_on_record(planted: Stations, everywhere: Actor) -> None:
    administer(planted, f"{LOT} SET n.number = 'A9'", lot=batch("A1"))
    question = TraceQuestion((Seed(uid=planted.sealer.uid(material("M1"))),), FORWARD)
    trace_batch(planted, everywhere, question)

    told = records(planted, act="batch:trace")[-1]
    assert told["completeness"] == "UNVERIFIED"
    assert told["result"]["unverified"] == [planted.sealer.uid(batch("A1"))]


@pytest.mark.parametrize("change", [NODE_CHANGES["its product"], LINK_CHANGES["its quantity"]], ids=["lot", "link"])
def test_attacker_who_changes_a_lot_is_named_on_its_page(change: str, planted: Stations, everywhere: Actor) -> None:
    """The page of a batch, and a look-up of its number on record, say what is not as it was written."""
    query = BatchQuery(uid=planted.sealer.uid(batch("A1")))
    assert not show_batch(planted, everywhere, query).value.unverified
    administer(planted, change, lot=batch("A1"))

    named = show_batch(planted, everywhere, query).value.unverified.records
    told = records(planted, act="batch:show")[-1]
    assert named
    assert (told["completeness"], told["result"]["unverified"]) == ("UNVERIFIED", list(named))


def test_attacker_who_lowers_the_acl_of_a_lot_does_not_open_its_page(planted: Stations, lyon: Actor) -> None:
    """Neither the page nor the look-up shows a lot whose acl was written by hand."""
    lower(planted, batch("S1", "SUZHOU"))

    with pytest.raises(BatchNotFoundError):
        show_batch(planted, lyon, BatchQuery(uid=planted.sealer.uid(batch("S1", "SUZHOU"))))
    assert look_up_batches(planted, lyon, BatchQuery(number="S1")).value == ()
    assert records(planted, act="batch:look_up")[-1]["completeness"] == "UNVERIFIED"


@pytest.mark.parametrize("change", ["SET e.voided_seq = 1", "DELETE r"], ids=["made void", "no more recorded of it"])
def test_attacker_who_takes_a_hold_away_is_named(change: str, planted: Stations, everywhere: Actor) -> None:
    """The event of a hold is made void by hand, or is no more recorded of its lot: who asks for the lot is told."""
    flows = Flows()
    flows.event([], mentions=[batch("F1")], key="hold", at=hour(50))
    held = NodeStatement(batch("F1"), NodeKind.BATCH, False, LYON, {"hold": "placed"})
    flows.append_to(planted.events, planted.sealer, [replace(flows.events[0], nodes=(held,))])
    assert status_of(planted, everywhere) == "held"

    administer(planted, f"MATCH (e:Event)-[r:RECORDED {{act: 'states'}}]->(:Batch {{uid: $lot}}) {change}", lot=batch("F1"))

    page = show_batch(planted, everywhere, BatchQuery(uid=planted.sealer.uid(batch("F1")))).value
    assert page.unverified
    assert asked(planted, everywhere, material("M1")).completeness.status is Status.UNVERIFIED


def status_of(stations: Stations, actor: Actor) -> object:
    """Of F1, in a trace."""
    answer = asked(stations, actor, material("M1"))
    assert answer.completeness.status is not Status.UNVERIFIED
    return next(node.status for node in answer.nodes if node.number == "F1")


def test_attacker_who_takes_the_kind_off_a_neighbour_has_it_named(planted: Stations, everywhere: Actor, lyon: Actor) -> None:
    """A supplier, a shipment or a run that no more says what it is stays on the page, as something that was changed."""
    for one, beside in ((party("SUP-A"), material("M1")), (order("T2"), batch("A1")), (shipment("SH-1"), batch("F1"))):
        query = BatchQuery(uid=planted.sealer.uid(beside))
        before = show_batch(planted, everywhere, query).value
        assert not before.unverified
        administer(planted, "MATCH (n:Traceable {uid: $one}) REMOVE n.kind", one=one)

        page = show_batch(planted, everywhere, query).value

        assert planted.sealer.uid(one) in page.unverified.records
        assert any(neighbour.stub for neighbour in page.neighbours)
        assert show_batch(planted, lyon, query).value.unverified


@pytest.mark.parametrize(
    ("type_", "thing"), [(LinkType.STOCKED_AT, "location"), (LinkType.DISPOSED_IN, "disposal"), (LinkType.ALLOCATED_TO, "order")]
)
def test_attacker_who_gives_a_place_another_site_has_it_named(
    type_: LinkType, thing: str, planted: Stations, everywhere: Actor
) -> None:
    """The acl of where a lot ended says its site: one that was written by hand is named, in the trace and on the page."""
    end, flows = local_identity(thing, "LYON", "X-1"), Flows(clock=50)
    flows.link(type_, batch("F1"), end, 1, describes=[end], key="ended")
    flows.append_to(planted.events, planted.sealer)
    uid, query = planted.sealer.uid(end), BatchQuery(uid=planted.sealer.uid(batch("F1")))
    assert not asked(planted, everywhere, batch("F1")).completeness.unverified
    planted.graph.administer(
        f"MATCH (n {{uid: '{uid}'}}), (o:Traceable {{uid: '{planted.sealer.uid(batch('S1', 'SUZHOU'))}'}}) SET n.acl = o.acl",
        "attack",
    )

    assert uid in asked(planted, everywhere, batch("F1")).completeness.unverified
    assert uid in show_batch(planted, everywhere, query).value.unverified.records


HIDING = {
    "of another site": "SET n.acl = o.acl",
    "of nobody": "SET n.acl = 0",
    "of nobody, and its MAC taken away": "SET n.acl = 0 REMOVE n.mac",
}
BESIDE = {
    "run": (order("T1"), material("M1"), FORWARD),
    "lot that was made": (batch("A1"), material("M1"), FORWARD),
    "lot that was used": (material("M1"), batch("A1"), BACKWARD),
    "shipment": (shipment("SH-1"), batch("F1"), FORWARD),
    "consignee": (party("HOSP-1"), batch("F1"), FORWARD),
    "supplier": (party("SUP-A"), material("M1"), BACKWARD),
}


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.COORDINATOR])
@pytest.mark.parametrize("change", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize(("hidden", "seed", "direction"), BESIDE.values(), ids=BESIDE)
def test_attacker_who_moves_what_stands_beside_a_lot_out_of_a_view_is_named(
    hidden: Identity, seed: Identity, direction: Direction, change: str, role: Role, planted: Stations, actor: MakeActor
) -> None:
    """By its acl, which decides who sees it: also to whoever's answer ends with his view, trace and page say that something is
    not as it was written."""
    who, query = actor(role, sites={"LYON"}), BatchQuery(uid=planted.sealer.uid(seed))
    assert asked(planted, who, seed, direction).completeness.status is not Status.UNVERIFIED
    assert not show_batch(planted, who, query).value.unverified

    text = "MATCH (n:Traceable {uid: $one}), (o:Traceable {uid: $other}) " + change
    administer(planted, text, one=hidden, other=batch("S1", "SUZHOU"))

    assert asked(planted, who, seed, direction).completeness.status is Status.UNVERIFIED
    assert show_batch(planted, who, query).value.unverified


def test_attacker_who_takes_the_uid_off_an_event_leaves_no_defect(planted: Stations, everywhere: Actor) -> None:
    """The page answers that something was changed, never with an error of the program."""
    query = BatchQuery(uid=planted.sealer.uid(batch("A1")))
    administer(planted, "MATCH (e:Event)-[:RECORDED]->(:Traceable {uid: $lot}) REMOVE e.uid", lot=batch("A1"))
    assert show_batch(planted, everywhere, query).value.unverified


@pytest.mark.parametrize("one", [order("T2"), party("HOSP-1"), batch("A1")], ids=["run", "consignee", "lot"])
def test_attacker_who_takes_a_kind_away_leaves_no_defect_in_a_trace(one: Identity, planted: Stations, everywhere: Actor) -> None:
    """It cannot be read: the answer says so, or is refused as such."""
    administer(planted, "MATCH (n:Traceable {uid: $one}) REMOVE n.kind", one=one)

    assert says_so(planted, everywhere)


def says_so(stations: Stations, actor: Actor) -> bool:
    """Whether the trace from the material says that something was changed, or is refused for that."""
    try:
        return asked(stations, actor, material("M1")).completeness.status is Status.UNVERIFIED
    except SealBrokenError:
        return True


def test_attacker_who_changes_an_event_is_named_in_a_trace(planted: Stations, everywhere: Actor, lyon: Actor) -> None:
    """The event that a lot's state stems from, changed by hand, goes by its uid for whoever may see it."""
    flows = Flows()
    flows.event([], mentions=[batch("F1")], key="hold", at=hour(50))
    held = NodeStatement(batch("F1"), NodeKind.BATCH, False, LYON, {"hold": "placed"})
    flows.append_to(planted.events, planted.sealer, [replace(flows.events[0], nodes=(held,))])
    event = planted.sealer.event_uid("hold")
    planted.graph.administer(f"MATCH (e:Event {{uid: '{event}'}}) SET e.position = 'elsewhere'", "attack")

    assert event in asked(planted, everywhere, batch("F1")).completeness.unverified
    hidden = asked(planted, lyon, batch("F1")).completeness
    assert (event in hidden.unverified, hidden.unverified_withheld > 0) == (False, True)

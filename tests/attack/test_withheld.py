"""What does he get who may see one site only? Nothing that depends on a value of the other one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from tests.conftest import MakeActor
from tests.emptied import empty
from tests.flows import LYON, SUZHOU, Flows, batch, container, hour, material, order, party, shipment
from tests.servers import StoreLeg
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.kinds import Certainty, Direction, LinkType
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role, Withholding
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion, Window
from traceapp.policy.decisions import Policy
from traceapp.usecases.access import rights_for
from traceapp.usecases.batches.event_source import find_source
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch
from traceapp.usecases.trace.trace_record import result_digest

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


@dataclass
class Values:
    """What Suzhou alone may know of its part of the plant."""

    consumed: int = 50
    made: int = 80
    shipped: int = 60
    packed: int = 7
    made_at: datetime = field(default_factory=lambda: hour(50))
    packed_at: datetime = field(default_factory=lambda: hour(60))
    sent_at: datetime = field(default_factory=lambda: hour(70))
    product: str = "SET"
    pair: str | None = None
    note: str = "SH-3"
    consignee: str = "HOSP-2"


def two_sites(values: Values) -> Flows:
    """M1 (Lyon) → A1 (Lyon) → S1 (Suzhou) → F1 (Lyon) and F2 (Suzhou), each shipped; S1 travels in a tote of Lyon's."""
    flows = Flows()
    s1, f2 = batch("S1", "SUZHOU", values.product), batch("F2", "SUZHOU")
    flows.receive(material("M1"))
    flows.use(material("M1"), order("T1"), at=hour(10))
    flows.make(order("T1"), batch("A1"), at=hour(11))
    flows.use(batch("A1"), order("T2"), values.consumed, at=values.made_at, scope=SUZHOU)
    flows.make(order("T2"), s1, values.made, at=values.made_at, scope=SUZHOU, pair=values.pair)
    flows.use(s1, order("T3"), values.consumed, at=values.made_at, scope=LYON, pair=values.pair)
    flows.make(order("T3"), batch("F1"), at=hour(90))
    flows.use(s1, order("T4"), values.consumed, at=values.made_at, scope=SUZHOU)
    flows.make(order("T4"), f2, values.made, at=values.made_at, scope=SUZHOU)
    flows.event([], describes=[container("T1")], at=hour(1), scopes={container("T1"): LYON})
    flows.link(LinkType.PACKED_IN, s1, container("T1"), values.packed, at=values.packed_at, scope=None)
    flows.ship(container("T1"), "SH-0", "HOSP-9", at=hour(65))
    flows.ship(batch("F1"), "SH-1", "HOSP-1", 40, at=hour(91))
    flows.ship(batch("F1"), "SH-2", "HOSP-3", 10, at=hour(91))
    flows.ship(f2, values.note, values.consignee, values.shipped, at=values.sent_at, scope=SUZHOU)
    flows.ship(f2, "SH-4", "HOSP-3", 20, at=values.sent_at, scope=SUZHOU)
    flows.ship(batch("A1"), f"{values.note}-A1", "HOSP-1", 5, at=hour(20), scope=SUZHOU)
    return flows


CHANGES = {
    "quantity consumed": Values(consumed=51),
    "quantity made": Values(made=81),
    "quantity shipped": Values(shipped=61),
    "quantity packed": Values(packed=8),
    "time made": Values(made_at=hour(51)),
    "time made, out of the window": Values(made_at=hour(500)),
    "time packed, after the tote left": Values(packed_at=hour(66)),
    "time sent": Values(sent_at=hour(71)),
    "pair": Values(pair="1"),
    "number of a shipment": Values(note="A-NOTE"),
    "number of another shipment": Values(note="Z-NOTE"),
    "consignee": Values(consignee="HOSP-4"),
}


def asked(stations: Stations, who: Actor, direction: Direction, seed: Any, window: Window | None = None) -> TraceAnswer:
    question = TraceQuestion((Seed(uid=stations.sealer.uid(seed)),), direction, window=window or Window())
    return trace_batch(stations, who, question).value


def told(answer: TraceAnswer) -> bytes:
    """The answer as bytes, without the moment of asking."""
    return orjson.dumps(replace(answer, as_of=hour(0)), default=str, option=orjson.OPT_SORT_KEYS)


@pytest.fixture
def one_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer draws the same key for its stubs, so that two answers can be compared byte by byte."""
    monkeypatch.setattr("traceapp.usecases.disclosed.answer_ids.secrets", SimpleNamespace(token_hex=lambda _: "drawn once"))


@pytest.mark.usefixtures("one_draw")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_learns_nothing_from_a_value_he_may_not_see(
    stations: Stations, lyon: Actor, change: Values, empty_again: Callable[[], None]
) -> None:
    questions = [
        (FORWARD, material("M1"), None),
        (FORWARD, material("M1"), Window(hour(0), hour(100))),
        (BACKWARD, batch("F1"), None),
        (BACKWARD, container("T1"), None),
        (Direction.BOTH, batch("A1"), None),
    ]
    two_sites(Values()).append_to(stations.events, stations.sealer)
    before = [asked(stations, lyon, *question) for question in questions]
    empty_again()
    two_sites(change).append_to(stations.events, stations.sealer)
    after = [asked(stations, lyon, *question) for question in questions]

    assert list(map(told, after)) == list(map(told, before))
    assert list(map(digest, after)) == list(map(digest, before))


def digest(answer: TraceAnswer) -> str:
    return result_digest(answer, {node.uid for node in answer.nodes if node.stub or node.masked})


def test_promise_a_withheld_lot_is_walked_through_and_counted(stations: Stations, lyon: Actor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)

    answer = asked(stations, lyon, FORWARD, material("M1"))

    assert numbers(answer) == {"M1", "A1", "F1", "SH-0", "SH-1", "SH-2", "0952100100001T1", "HOSP-1", "HOSP-3", "HOSP-9"}
    assert {line.number: dict(line.quantities) for line in answer.consignees} == {
        "HOSP-1": {"": None, "EA": Decimal(40)},
        "HOSP-3": {"": None, "EA": Decimal(10)},
        "HOSP-9": {"": None},
    }
    assert dict(answer.completeness.withheld) == {"lots": 2, "transformations": 2, "shipments": 3, "parties": 1}
    assert answer.completeness.status is Status.WITHHELD


def test_promise_a_stub_carries_nothing(stations: Stations, lyon: Actor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)

    answer = asked(stations, lyon, FORWARD, material("M1"))
    stubs = {node.uid for node in answer.nodes if node.stub}
    hops = {node.number: node.hop for node in answer.nodes if not node.stub}

    assert len(stubs) == 4
    for node in answer.nodes:
        if node.stub:
            assert (node.kind, node.number, node.name, node.epc, node.product, node.site, node.hop) == (None,) * 6 + (0,)
    assert not [link for link in answer.links if {link.source, link.target, link.via} & stubs], "no degree, and no kind by a link"
    assert not [line for line in answer.consignees if stubs & set(line.lots)]
    assert (hops["A1"], hops["F1"], hops["HOSP-1"]) == (1, None, None), "no distance that was counted through them"


def test_promise_a_page_says_of_what_is_withheld_no_more_than_its_direction(stations: Stations, lyon: Actor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)

    page = show_batch(stations, lyon, BatchQuery(uid=stations.sealer.uid(batch("A1")))).value
    stubs = [one for one in page.neighbours if one.stub]

    assert len(stubs) == 2  # an order and a shipment, both of Suzhou's
    for one in stubs:
        said = (one.kind, one.number, one.name, one.product, one.via, one.quantity, one.unit, one.event_time, one.event_uid)
        assert (said, one.certainty) == ((None,) * 9, Certainty.POSSIBLE)


def test_attacker_cannot_join_two_answers_by_their_stubs(stations: Stations, lyon: Actor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)
    real = {stations.sealer.uid(identity) for identity in (batch("S1", "SUZHOU", "SET"), batch("F2", "SUZHOU"), order("T2"))}

    first = {node.uid for node in asked(stations, lyon, FORWARD, material("M1")).nodes if node.stub}
    second = {node.uid for node in asked(stations, lyon, FORWARD, material("M1")).nodes if node.stub}

    assert len(first) == len(second) == 4
    assert not first & second
    assert not real & (first | second)


def test_attacker_cannot_tell_absent_from_invisible(stations: Stations, actor: MakeActor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)
    suzhou = actor(Role.COORDINATOR, sites={"SUZHOU"})
    sentences = []
    for seed in (
        Seed(number="A1"),
        Seed(number="A999"),
        Seed(uid=stations.sealer.uid(batch("A1"))),
        Seed(uid="0" * 32),
        Seed(number="A1", kind=None, product="TUBE"),
    ):
        with pytest.raises(BatchNotFoundError) as refused:
            trace_batch(stations, suzhou, TraceQuestion((seed,), FORWARD))
        sentences.append(str(refused.value))

    assert len(set(sentences)) == 1


def test_attacker_who_may_see_nothing_is_told_nothing(stations: Stations, actor: MakeActor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)
    nobody = actor(Role.COORDINATOR, sites=())

    for seed in (material("M1"), batch("S1", "SUZHOU", "SET"), party("HOSP-1"), shipment("SH-1")):
        with pytest.raises(BatchNotFoundError):
            asked(stations, nobody, FORWARD, seed)


def test_attacker_cannot_look_up_a_party_that_only_others_deal_with(stations: Stations, lyon: Actor, actor: MakeActor) -> None:
    two_sites(Values()).append_to(stations.events, stations.sealer)
    theirs, ours = party("HOSP-2"), party("HOSP-1")

    for seed in (Seed(number="HOSP-2"), Seed(uid=stations.sealer.uid(theirs)), Seed(number="HOSP-NOWHERE")):
        with pytest.raises(BatchNotFoundError, match=r"^This number is unknown, or outside your view\.$"):
            trace_batch(stations, lyon, TraceQuestion((seed,), BACKWARD))
    assert "F1" in numbers(asked(stations, lyon, BACKWARD, ours))
    assert asked(stations, actor(Role.COORDINATOR), BACKWARD, theirs).nodes


def numbers(answer: TraceAnswer) -> set[str]:
    return {node.number or "" for node in answer.nodes if not node.stub}


@pytest.fixture
def empty_again(empty_leg: StoreLeg, stations: Stations) -> Callable[[], None]:
    return lambda: empty(empty_leg, stations)


def test_attacker_who_subtracts_two_answers_finds_no_number(stations: Stations, actor: MakeActor) -> None:
    """The same question before and after one hidden delivery: a number that grows by one would tell it. None is told below 5."""
    document = stations.policy.document
    row = document.roles[Role.SUPPLIER].model_copy(update={"withholding": Withholding.PASS})
    passing = document.model_copy(update={"roles": {**document.roles, Role.SUPPLIER: row}})
    stations = replace(stations, policy=Policy(passing, stations.dictionary))
    supplier, lyon = actor(Role.SUPPLIER, sites={"LYON"}), actor(Role.COORDINATOR, sites={"LYON"})
    flows = two_sites(Values())
    flows.append_to(stations.events, stations.sealer)

    def told_counts(who: Actor) -> tuple[object, ...]:
        said = asked(stations, who, Direction.FORWARD, material("M1")).completeness
        return said.visited, dict(said.withheld), said.few, said.statement, [sentence for _, _, sentence in said.reasons]

    before, ours = told_counts(supplier), told_counts(lyon)
    flows.ship(batch("A1"), "SH-77", "HOSP-1", 5, at=hour(21), scope=SUZHOU)
    flows.append_to(stations.events, stations.sealer, flows.events[-1:])

    assert told_counts(lyon) != ours, "there is something to find"
    assert told_counts(supplier) == before
    assert before[1:3] == ({}, ("lots", "transformations", "shipments", "parties"))
    assert "fewer than 5 lots" in str(before[4])


def test_attacker_is_told_no_site_outside_his_view_and_filters_by_none(stations: Stations, lyon: Actor, actor: MakeActor) -> None:
    """A lot that two sites describe is within the view of both; neither is told of the other."""
    flows, lot = Flows(), batch("BOTH")
    for number, site in enumerate((LYON, SUZHOU)):
        flows.event([], describes=[lot], at=hour(1), scopes={lot: site}, key=f"both {number}")
    flows.append_to(stations.events, stations.sealer)

    (candidate,) = look_up_batches(stations, lyon, BatchQuery("BOTH")).value
    (node,) = asked(stations, lyon, FORWARD, lot).nodes

    assert (candidate.sites, node.site) == (("LYON",), "LYON")
    assert [look_up_batches(stations, lyon, BatchQuery("BOTH", site=site)).value for site in ("SUZHOU", "NOWHERE")] == [(), ()]
    for site in ("SUZHOU", "NOWHERE"):
        with pytest.raises(BatchNotFoundError, match=r"^This number is unknown, or outside your view\.$"):
            trace_batch(stations, lyon, TraceQuestion((Seed(number="BOTH", site=site),), FORWARD))
    assert look_up_batches(stations, lyon, BatchQuery("BOTH", site="LYON")).value == (candidate,)
    assert look_up_batches(stations, actor(Role.COORDINATOR), BatchQuery("BOTH")).value[0].sites == ("LYON", "SUZHOU")


def test_attacker_from_outside_is_told_no_small_number_of_changed_records(stations: Stations, actor: MakeActor) -> None:
    """What he may not see was changed by hand: that there is some, and not how much of it."""
    document = stations.policy.document
    row = document.roles[Role.SUPPLIER].model_copy(update={"withholding": Withholding.PASS})
    passing = document.model_copy(update={"roles": {**document.roles, Role.SUPPLIER: row}})
    stations = replace(stations, policy=Policy(passing, stations.dictionary))
    two_sites(Values()).append_to(stations.events, stations.sealer)
    hidden = stations.sealer.uid(batch("S1", "SUZHOU", "SET"))
    stations.graph.administer(f"MATCH (n:Traceable {{uid: '{hidden}'}}) REMOVE n.mac", "attack")

    outside = asked(stations, actor(Role.SUPPLIER, sites={"LYON"}), FORWARD, material("M1")).completeness
    inside = asked(stations, actor(Role.COORDINATOR, sites={"LYON"}), FORWARD, material("M1")).completeness

    assert (outside.status, outside.unverified_withheld, outside.unverified_few) == (Status.UNVERIFIED, 0, True)
    assert (inside.unverified_withheld > 0, inside.unverified_few) == (True, False)
    assert not any(sentence[0].isdigit() for _, code, sentence in outside.reasons if code == "unverified")


@pytest.mark.usefixtures("one_draw")
def test_attacker_learns_not_by_which_lot_a_way_leads_out_of_his_view(
    stations: Stations, lyon: Actor, empty_again: Callable[[], None]
) -> None:
    """Of two lots one was used in Suzhou: which one is not told, not even by the other one's being a dead end."""
    said = []
    for used in ("A1", "B1"):
        empty_again()
        flows = Flows()
        flows.receive(material("M1"))
        flows.use(material("M1"), order("T1"), at=hour(10))
        flows.make(order("T1"), batch("A1"), at=hour(11))
        flows.make(order("T1"), batch("B1"), at=hour(11))
        flows.use(batch(used), order("T2"), 20, at=hour(20), scope=SUZHOU)
        flows.make(order("T2"), batch("S1", "SUZHOU"), at=hour(21), scope=SUZHOU)
        flows.append_to(stations.events, stations.sealer)
        said.append(told(asked(stations, lyon, FORWARD, material("M1"), None)))

    assert said[0] == said[1]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REGULATOR])
def test_promise_whatever_event_a_page_names_can_be_opened(role: Role, stations: Stations, actor: MakeActor) -> None:
    """One event speaks of a lot of the view and of one outside it: the page of neither names it."""
    flows = Flows()
    flows.receive(material("M1"))
    flows.receive(material("M2"), scope=SUZHOU)
    flows.blend([material("M1"), material("M2")], batch("A1"))
    flows.use(batch("A1"), order("T9"))
    flows.make(order("T9"), batch("F1"))
    flows.append_to(stations.events, stations.sealer)
    who, both = actor(role, sites={"LYON"}), stations.sealer.event_uid("e2")
    everywhere = actor(Role.COORDINATOR)
    assert both in events_named(stations, everywhere, "A1")

    told = {uid for number in ("M1", "A1", "F1") for uid in events_named(stations, who, number)}

    assert told
    assert both not in told
    rights = rights_for(stations, who, Permission.SOURCE_SHOW)
    assert all(find_source(stations, rights, uid) is not None for uid in told)


def events_named(stations: Stations, who: Actor, number: str) -> set[str]:
    lot = material(number) if number.startswith("M") else batch(number)
    try:
        record = show_batch(stations, who, BatchQuery(uid=stations.sealer.uid(lot))).value
    except BatchNotFoundError:
        return set()
    said = [*record.neighbours, *record.participations, *record.states, *record.facts]
    return {one.event_uid for one in said if one.event_uid is not None}

"""Whoever administers the store can set the counter that bounds what is read: what does he hide? Nothing, and he is named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.attack.four_lots import asked, plant
from tests.attack.test_swept_store import findings
from tests.flows import RECORDED, batch, material, party
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import RowAlteredError
from traceapp.domain.kinds import Direction
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed, Status, TraceQuestion
from traceapp.domain.unverified import COUNTER
from traceapp.graph.head_store import WITHOUT_LIMIT, HeadStore
from traceapp.host.row_register import RowRegister
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

HEAD = "MATCH (h:Head)"
CHANGES = {
    "turned back by one": f"{HEAD} SET h.seq = h.seq - 1",
    "turned back to nothing": f"{HEAD} SET h.seq = 0 REMOVE h.mac",
    "turned on": f"{HEAD} SET h.seq = h.seq + 100",
    "no number": f"{HEAD} SET h.seq = 'x'",
    "no sequence": f"{HEAD} REMOVE h.seq",
    "its MAC taken away": f"{HEAD} REMOVE h.mac",
    "deleted": f"{HEAD} DELETE h",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_who_sets_the_counter_hides_nothing_and_is_named(change: str, planted: Stations, everywhere: Actor) -> None:
    """The last event, a shipment, would be beyond the counter: its consignee is told all the same."""
    before = asked(planted, everywhere, material("M1"))
    assert before.completeness.status is not Status.UNVERIFIED
    planted.graph.administer(change, "attack")

    answer = asked(planted, everywhere, material("M1"))
    page = show_batch(planted, everywhere, BatchQuery("F1")).value
    (candidate,) = look_up_batches(planted, everywhere, BatchQuery("F1")).value

    assert {line.uid for line in answer.consignees} == {planted.sealer.uid(party("HOSP-1"))}
    assert {node.uid for node in answer.nodes} == {node.uid for node in before.nodes}
    assert answer.completeness.status is Status.UNVERIFIED
    assert answer.completeness.unverified == (COUNTER,)
    assert page.unverified.records == (COUNTER,)
    assert candidate.unverified
    assert records(planted, act=Permission.BATCH_LOOK_UP)[-1]["result"]["unverified"] == [COUNTER]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_who_sets_the_counter_has_no_sequence_given_out_twice(change: str, planted: Stations) -> None:
    """Nothing more is recorded until somebody has looked."""
    planted.graph.administer(change, "attack")
    count = "MATCH (n) RETURN count(n) AS found"
    before = planted.graph.administer(count, "test")
    flows = plant()
    flows.ship(batch("F1"), "SH-2", "HOSP-2", 5)

    with pytest.raises(RowAlteredError, match="counter of records"):
        flows.append_to(planted.events, planted.sealer, flows.events[-1:])

    assert planted.graph.administer(count, "test") == before


WIPED = (
    "MATCH (n) WHERE n:Traceable OR n:Event OR n:Command OR n:Equipment OR n:Product DETACH DELETE n",
    f"{HEAD} SET h = {{name: 'record', seq: 0}}",
)


@pytest.fixture
def older(stations: Stations, store_leg: StoreLeg) -> Callable[[], None]:
    """Puts the whole counter back as it was before the last event, a shipment, with the MAC that it had."""
    flows = plant()
    flows.append_to(stations.events, stations.sealer, flows.events[:-1])
    with store_leg.session() as session:
        (row,) = session.run(f"{HEAD} RETURN properties(h) AS found").data()
    flows.append_to(stations.events, stations.sealer, flows.events[-1:])

    def put_back() -> None:
        with store_leg.session() as session:
            session.run(f"{HEAD} SET h = $row", row=dict(row["found"])).consume()

    return put_back


def test_attacker_who_puts_an_older_counter_back_hides_nothing_and_is_named(
    older: Callable[[], None], stations: Stations, everywhere: Actor
) -> None:
    """Nobody had asked since: what was written is known, to each process of the home, and nothing more is written."""
    older()

    elsewhere = replace(stations, heads=HeadStore(stations.graph, stations.sealer.macs, RowRegister(stations.settings.home)))
    for each in (stations, elsewhere):
        answer = asked(each, everywhere, material("M1"))
        assert [line.uid for line in answer.consignees] == [stations.sealer.uid(party("HOSP-1"))]
        assert answer.completeness.unverified == (COUNTER,)
    past = show_batch(stations, everywhere, BatchQuery("F1", as_of=RECORDED)).value
    assert past.unverified.records == (COUNTER,)
    assert any(one.startswith("put back: the counter of records") for one in findings(stations))
    flows = plant()
    flows.ship(batch("F1"), "SH-2", "HOSP-2", 5)
    with pytest.raises(RowAlteredError, match="counter of records"):
        flows.append_to(stations.events, stations.sealer, flows.events[-1:])


def test_attacker_who_puts_back_a_counter_that_was_only_read_is_named(
    older: Callable[[], None], stations: Stations, everywhere: Actor, tmp_path: Path
) -> None:
    """Whoever reads a proven counter remembers it, whichever process wrote it."""
    empty_register = RowRegister(tmp_path)
    apart = replace(stations, heads=HeadStore(stations.graph, stations.sealer.macs, empty_register))
    assert asked(apart, everywhere, material("M1")).completeness.status is not Status.UNVERIFIED

    older()

    assert asked(apart, everywhere, material("M1")).completeness.unverified == (COUNTER,)


def test_attacker_who_empties_the_store_does_not_make_it_a_new_one(stations: Stations, everywhere: Actor) -> None:
    """With every record gone the counter is no fresh one: no sequence is given out again."""
    plant().append_to(stations.events, stations.sealer)
    for change in WIPED:
        stations.graph.administer(change, "attack")
    assert stations.heads.get_head() == WITHOUT_LIMIT

    with pytest.raises(RowAlteredError, match="counter of records"):
        plant().append_to(stations.events, stations.sealer)


GROUP_CHANGES = {
    "its last sequence": "SET c.record_seq = 1",
    "its time": "SET c.record_time = '2099-01-01T00:00:00.000000Z'",
    "no group any more": "REMOVE c.record_seq, c.record_time, c.first_seq, c.mac",
    "its MAC taken away": "REMOVE c.mac",
    "deleted": "DELETE c",
}


@pytest.mark.parametrize("change", GROUP_CHANGES.values(), ids=GROUP_CHANGES)
def test_attacker_who_changes_what_was_known_when_is_named(change: str, stations: Stations, everywhere: Actor) -> None:
    """What a moment of the past knew is decided by groups of events: the newest is changed, and the one before it stands."""
    flows = plant()
    flows.append_to(stations.events, stations.sealer, flows.events[:-1])
    flows.append_to(stations.events, stations.sealer, flows.events[-1:])
    question = TraceQuestion((Seed(uid=stations.sealer.uid(material("M1"))),), Direction.FORWARD, as_of=RECORDED)
    assert trace_batch(stations, everywhere, question).value.completeness.status is not Status.UNVERIFIED
    assert findings(stations) == ()
    newest = stations.heads.get_head()
    stations.graph.administer(f"MATCH (c:Command) WHERE c.record_seq = {newest} {change}", "attack")

    answer = trace_batch(stations, everywhere, question).value
    page = show_batch(stations, everywhere, BatchQuery("F1", as_of=RECORDED)).value

    assert [line.uid for line in answer.consignees] == [stations.sealer.uid(party("HOSP-1"))]
    assert answer.completeness.unverified == page.unverified.records == (COUNTER,)
    assert any("Command" in one or "the group of events" in one for one in findings(stations))

"""Promise: any one thing that is changed in the store by hand is found; on reading too, where the answer touches it.

Random plants, one random change each: a plain property of a node, link or event, a label, an end of a link, a deletion, a copy.
The sweep names every one of them. An answer that comes out other than before says so, or is refused as unreadable; but for a
deletion, which leaves no record MAC to check on reading.
"""

import random

import pytest

from tests.attack.test_swept_store import one_change
from tests.conftest import MakeActor
from tests.effort import examples
from tests.emptied import empty
from tests.flows import LYON, SUZHOU, Flows, batch, hour, material, order
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.errors import RowAlteredError, SealBrokenError
from traceapp.domain.kinds import Direction
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceQuestion
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import ask
from traceapp.usecases.trace.trace_record import result_digest

PLANTS = examples(15, 60)
MOST_PLANTS = 10 * PLANTS
"""A part goes on past its plants until the trace noticed a change: in few plants there may be none that it touches."""
DELETES = ("DELETE n", "DELETE r")
"""How the changes end that take a record away."""


def random_plant(draw: random.Random) -> Flows:
    """A material, a few runs over two sites that share and join lots, and a shipment of the last lot."""
    flows, lots = Flows(), [material("M1")]
    flows.receive(material("M1"))
    for number in range(draw.randint(2, 5)):
        run, site = order(f"T{number}"), draw.choice([LYON, SUZHOU])
        for used in draw.sample(lots, draw.randint(1, min(2, len(lots)))):
            flows.use(used, run, draw.randint(1, 50), at=hour(10 * number + 10), scope=site)
        lots.append(batch(f"L{number}", site.site))
        flows.make(run, lots[-1], at=hour(10 * number + 11), scope=site)
    flows.ship(lots[-1], "SH-1", "HOSP-1", 40, at=hour(99))
    if draw.random() < 0.5:
        flows.void(draw.choice(flows.events).key)
    return flows


def asked(stations: Stations, who: Actor) -> tuple[str, Status]:
    """Digest and status of the trace from the material on."""
    question = TraceQuestion((Seed(uid=stations.sealer.uid(material("M1"))),), Direction.FORWARD)
    traced = ask(stations, who, question, Permission.BATCH_TRACE)
    return result_digest(traced.answer, traced.own), traced.answer.completeness.status


@pytest.mark.parametrize("part", range(examples(1, 5)))
def test_promise_any_one_change_is_found(part: int, stations: Stations, store_leg: StoreLeg, actor: MakeActor) -> None:
    who = actor(Role.COORDINATOR)
    noticed = 0
    for number in range(MOST_PLANTS):
        if number >= PLANTS and noticed > 0:
            break
        seed = MOST_PLANTS * part + number
        draw = random.Random(seed)
        empty(store_leg, stations)
        random_plant(draw).append_to(stations.events, stations.sealer)
        before, _ = asked(stations, who)
        change = one_change(stations, draw)
        stations.graph.administer(change, "attack")

        assert verify_graph(stations, terminal_actor(), lambda _: None).value.findings != (), f"{seed}: {change}"
        if change.endswith(DELETES):
            continue
        try:
            after, status = asked(stations, who)
        except (SealBrokenError, RowAlteredError):
            noticed += 1
            continue
        if after != before:
            noticed += 1
            assert status is Status.UNVERIFIED, f"{seed}: {change}"
    assert noticed > 0

"""A walk whose one level is wide: no engine may refuse it for its width."""

from decimal import Decimal

from tests.conftest import MakeActor
from tests.flows import Flows, batch, material, order
from traceapp.domain.events import LinkStatement
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

WIDTH = 1_000


def test_promise_a_level_of_a_thousand_lots_is_walked(stations: Stations, actor: MakeActor) -> None:
    """One material in a thousand lots, and each of them in an order of its own."""
    flows = Flows()
    first, at = order("T-0"), flows.now()
    lots = [batch(f"L-{number}") for number in range(WIDTH)]
    made = [LinkStatement(LinkType.PRODUCED, first, lot, at, Decimal(1), "EA") for lot in lots]
    flows.event(
        [LinkStatement(LinkType.CONSUMED_IN, material("M1"), first, at, Decimal(1), "KGM"), *made], describes=[first], at=at
    )
    for number, lot in enumerate(lots):
        flows.blend([lot], batch(f"P-{number}"))
    flows.append_to(stations.events, stations.sealer)
    question = TraceQuestion((Seed(uid=stations.sealer.uid(material("M1"))),), Direction.FORWARD)

    answer = trace_batch(stations, actor(Role.COORDINATOR), question).value

    numbers = {node.number for node in answer.nodes}
    assert {f"{row}-{number}" for row in "LP" for number in range(WIDTH)} <= numbers

"""A tier that was raised hides at once: how far the sealing is, and what somebody does to the store, shows nobody more."""

from tests.conftest import MakeActor
from tests.dictionaries import with_tier
from tests.imported import take_in
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.disclosure import Masked
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.governed.migrate_values import migrate_values
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

LOTS = 450
ROWS = "owner,product,number,contract_maker,site,time\n" + "".join(
    f"LYON,PUMP,B-{at},Makers of Meyrin {at},LYON,2026-03-01T10:00:00Z\n" for at in range(LOTS)
)


def test_attacker_below_a_raised_tier_sees_no_value_however_far_the_sealing_is(
    stations: Stations, empty_leg: StoreLeg, actor: MakeActor
) -> None:
    take_in(stations, ROWS)
    viewer = actor(Role.VIEWER)
    raised = with_tier(stations, "Batch", "contract_maker", "T2")
    told: list[object] = []

    def look(_seconds: float) -> bool:
        for at in range(0, LOTS, 50):
            told.append(show_batch(raised, viewer, BatchQuery(number=f"B-{at}")).value.properties["contract_maker"])
            wanted = frozenset({"number", "contract_maker"})
            question = TraceQuestion((Seed(number=f"B-{at}"),), Direction.FORWARD, fields=wanted)
            answer = trace_batch(raised, viewer, question).value
            told.extend((node.properties or {}).get("contract_maker") for node in answer.nodes)
            assert "Makers of Meyrin" not in repr(answer)
        return False

    look(0)
    with empty_leg.session() as session:
        session.run("MATCH (n:Batch {number: 'B-50'}) SET n.contract_maker = 'Makers of Meyrin, once more'").consume()
    made = migrate_values(raised, terminal_actor(), 1e9, look)

    assert (made.done, len(told)) == (LOTS, 4 * 2 * 9), "before it, and after each of three chunks"
    assert set(map(repr, told)) == {repr(Masked("T2"))}

"""A change of tiers that is killed half-way: nothing is lost, nobody sees more, and the next run goes on."""

from tests.conftest import MakeActor
from tests.cut_off import killed_half_way
from tests.dictionaries import migrate, with_tier
from tests.imported import take_in
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.disclosure import Masked
from traceapp.domain.rights import Role
from traceapp.usecases.audit.verify_ledger import verify_ledger
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.governed.migrate_values import migration_of
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations

LOTS = 900
ROWS = "form,owner,product,number,contract_maker,site,time\n" + "".join(
    f"batch-record,LYON,PUMP,B-{at},maker {at},LYON,2026-03-01T10:00:00Z\n" for at in range(LOTS)
)


def left(stations: Stations) -> int:
    """How many lots still hold the value in clear."""
    rows = stations.graph.administer("MATCH (n:Batch) RETURN n.contract_maker AS maker", "look")
    return sum(isinstance(row["maker"], str) for row in rows)


def test_promise_a_killed_change_of_tiers_loses_nothing_and_goes_on(stations: Stations, actor: MakeActor) -> None:
    take_in(stations, ROWS)
    raised = with_tier(stations, "Batch", "contract_maker", "T2")
    viewer, coordinator = actor(Role.VIEWER), actor(Role.COORDINATOR)

    for _ in killed_half_way(stations, lambda: left(stations), "policy", "migrate", "--rate", "1000"):
        for at in range(0, LOTS, 90):
            query = BatchQuery(number=f"B-{at}")
            assert show_batch(raised, coordinator, query).value.properties["contract_maker"] == f"maker {at}"
            assert show_batch(raised, viewer, query).value.properties["contract_maker"] == Masked("T2")
        assert verify_graph(raised, terminal_actor(), lambda share: None).value.findings == ()

    still = left(stations)
    made = migrate(raised)
    assert (made.done, made.number, left(stations)) == (still, 2, 0)
    after = raised.documents.renewed(raised)
    assert migration_of(after) is None
    assert verify_graph(after, terminal_actor(), lambda share: None).value.findings == ()
    assert records(after, act="dictionary:finish")[-1]["outcome"] == "done"
    assert verify_ledger(after, terminal_actor()).value.ok

"""The tier of a property changes, on every store: it holds at once, and in the end no stored value has the form of before."""

import pytest

from tests.conftest import MakeActor
from tests.dictionaries import migrate, with_tier
from tests.imported import take_in
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.disclosure import Masked
from traceapp.domain.keys import key_named
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.graph.record_head import whole
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.governed.migrate_values import migration_of
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

FORM = "form,owner,product,number,contract_maker,environment,quantity_made,site,time\n"
MAKER = "Makers of Meyrin"


def rows(count: int, start: int = 0) -> str:
    return FORM + "".join(
        f"batch-record,LYON,PUMP,B-{at},{MAKER} {at},clean room {at},{at}.50,LYON,2026-03-01T10:00:00Z\n"
        for at in range(start, start + count)
    )


def stored(leg: StoreLeg, name: str) -> dict[str, object]:
    """Number of a lot → what the store holds of a property."""
    with leg.session() as session:
        found = [whole(record["found"]) for record in session.run("MATCH (n:Batch) RETURN properties(n) AS found")]
    return {str(one["number"]): one.get(name) for one in found}


def everything(leg: StoreLeg) -> str:
    """All properties of all nodes and links, as text."""
    with leg.session() as session:
        nodes = [record["found"] for record in session.run("MATCH (n) RETURN properties(n) AS found")]
        links = [record["found"] for record in session.run("MATCH ()-[r]->() RETURN properties(r) AS found")]
    return repr(nodes) + repr(links)


def findings(stations: Stations) -> tuple[str, ...]:
    return verify_graph(stations, terminal_actor(), lambda share: None).value.findings


def traced(stations: Stations, who: Actor, at: int, name: str) -> object:
    """What a trace from a lot tells of a property of that lot, from what the store holds of it."""
    question = TraceQuestion((Seed(number=f"B-{at}"),), Direction.FORWARD, fields=frozenset({"number", name}))
    answer: TraceAnswer = trace_batch(stations, who, question).value
    (lot,) = [one for one in answer.nodes if getattr(one, "number", None) == f"B-{at}"]
    assert lot.properties is not None
    return lot.properties.get(name)


def shown(stations: Stations, who: Actor, at: int, name: str) -> object:
    return show_batch(stations, who, BatchQuery(number=f"B-{at}")).value.properties[name]


@pytest.fixture
def viewer(actor: MakeActor) -> Actor:
    return actor(Role.VIEWER)


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


def test_promise_a_raised_tier_hides_at_once_and_leaves_nothing_in_clear(
    stations: Stations, empty_leg: StoreLeg, viewer: Actor, coordinator: Actor
) -> None:
    take_in(stations, rows(5))
    assert traced(stations, viewer, 3, "contract_maker") == shown(stations, viewer, 3, "contract_maker") == f"{MAKER} 3"

    raised = with_tier(stations, "Batch", "contract_maker", "T2")

    assert stored(empty_leg, "contract_maker")["B-3"] == f"{MAKER} 3", "nothing was rewritten yet"
    for one in (traced, shown):
        assert one(raised, viewer, 3, "contract_maker") == Masked("T2")
        assert one(raised, coordinator, 3, "contract_maker") == f"{MAKER} 3"
    assert findings(raised) == ()
    take_in(raised, rows(1, start=5), "more.csv")
    assert isinstance(stored(empty_leg, "contract_maker")["B-5"], bytes), "what comes in has its form of now"

    made = migrate(raised)

    assert (made.done, made.number, made.broken) == (5, 2, ())
    assert MAKER not in everything(empty_leg)
    assert {key_named(value) for value in stored(empty_leg, "contract_maker").values() if isinstance(value, bytes)} == {"T2.1"}
    after = raised.documents.renewed(raised)
    assert migration_of(after) is None
    for one in (traced, shown):
        assert one(after, viewer, 3, "contract_maker") == Masked("T2")
        assert [one(after, coordinator, at, "contract_maker") for at in range(6)] == [f"{MAKER} {at}" for at in range(6)]
    assert findings(after) == ()

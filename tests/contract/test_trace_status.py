"""The status of each lot in a trace is what its own page says, as of the same moment; on both stores."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from traceapp.domain.batch import BatchQuery
from traceapp.domain.kinds import LOTS, Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.state import LotStatus, lot_status
from traceapp.domain.trace import Seed, TraceNode, TraceQuestion
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

CONSUMPTIONS = """\
from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time,order,site
LYON,PUMP,A,LYON,PUMP,B-1,5,EA,2026-03-01T08:00:00Z,O-1,LYON
LYON,PUMP,A,LYON,PUMP,B-2,5,EA,2026-03-01T08:00:00Z,O-2,LYON
LYON,PUMP,A,LYON,PUMP,B-3,5,EA,2026-03-01T08:00:00Z,O-3,LYON
LYON,PUMP,A,LYON,PUMP,B-4,5,EA,2026-03-01T08:00:00Z,O-4,LYON
LYON,PUMP,A,LYON,PUMP,B-5,5,EA,2026-03-01T08:00:00Z,O-5,LYON
LYON,PUMP,A,LYON,PUMP,B-6,5,EA,2026-03-01T08:00:00Z,O-6,LYON
LYON,PUMP,A,LYON,PUMP,B-7,5,EA,2026-03-01T08:00:00Z,O-7,LYON
LYON,PUMP,A,LYON,PUMP,B-8,5,EA,2026-03-01T08:00:00Z,O-8,LYON
"""
RECORDS = """owner,product,number,time,site,expiry_date
LYON,PUMP,B-2,2026-03-01,LYON,2026-03-31
LYON,PUMP,B-3,2026-03-01,LYON,2099-12-31
LYON,PUMP,B-8,2098-01-01,LYON,2026-03-31
"""
QUALITY = """\
form,row_id,corrects,owner,product,number,result,characteristic,inspection_number,stage,decision,act,hold_number,time,site
inspection,1,,LYON,PUMP,B-1,failed,seal,Q-1,,,,,2026-03-02T09:00:00Z,LYON
inspection,2,,LYON,PUMP,B-1,passed,diameter,Q-2,,,,,2026-03-03T09:00:00Z,LYON
hold,3,,LYON,PUMP,B-3,,,,,,placed,H-1,2026-03-04T10:00:00Z,LYON
hold,4,,LYON,PUMP,B-3,,,,,,placed,H-2,2026-03-05T10:00:00Z,LYON
hold,5,,LYON,PUMP,B-3,,,,,,lifted,H-2,2026-03-06T10:00:00Z,LYON
release,6,,LYON,PUMP,B-4,,,,production,,,,2026-03-03T10:00:00Z,LYON
release,7,,LYON,PUMP,B-5,,,,market,,,,2026-03-03T10:00:00Z,LYON
inspection,8,,LYON,PUMP,B-6,passed,seal,Q-6,,,,,2026-03-03T09:00:00Z,LYON
"""
LIFTED = """form,row_id,corrects,owner,product,number,stage,act,hold_number,time,site
hold,9,,LYON,PUMP,B-3,,lifted,H-1,2026-03-07T10:00:00Z,LYON
release,10,7,LYON,PUMP,B-5,production,,,2026-03-03T10:00:00Z,LYON
"""
FIRST = {
    "A": LotStatus.UNKNOWN,
    "B-1": LotStatus.REJECTED,
    "B-2": LotStatus.EXPIRED,
    "B-3": LotStatus.HELD,
    "B-4": LotStatus.PRODUCTION,
    "B-5": LotStatus.RELEASED,
    "B-6": LotStatus.PASSED,
    "B-7": LotStatus.UNKNOWN,
    "B-8": LotStatus.UNKNOWN,
}
THEN = {**FIRST, "B-3": LotStatus.UNKNOWN, "B-5": LotStatus.PRODUCTION}


@pytest.fixture
def coordinator(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


def statuses(stations: Stations, who: Actor, as_of: datetime | None) -> dict[str | None, LotStatus | None]:
    question = TraceQuestion((Seed(number="A"),), Direction.FORWARD, as_of=as_of)
    nodes = [node for node in trace_batch(stations, who, question).value.nodes if node.kind in LOTS]
    for node in nodes:
        assert node.status is by_its_page(stations, who, node, as_of), node.number
    return {node.number: node.status for node in nodes}


def by_its_page(stations: Stations, who: Actor, node: TraceNode, as_of: datetime | None) -> LotStatus:
    return lot_status(show_batch(stations, who, BatchQuery(uid=node.uid, as_of=as_of)).value.states)


def test_promise_the_status_of_a_lot_is_that_of_its_page_at_any_moment(stations: Stations, coordinator: Actor) -> None:
    for name, text in {"consumptions": CONSUMPTIONS, "records": RECORDS, "quality": QUALITY}.items():
        take_in(stations, text, f"{name}.csv")
    between = datetime.now(UTC)
    before = statuses(stations, coordinator, None)
    take_in(stations, LIFTED, "lifted.csv")

    assert before == FIRST
    assert statuses(stations, coordinator, None) == THEN
    assert statuses(stations, coordinator, between) == FIRST
    assert statuses(stations, coordinator, between + timedelta(days=36500))["B-8"] is LotStatus.EXPIRED

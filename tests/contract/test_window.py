"""What a window, or a site outside the view, leaves out of a trace is said; on both stores."""

from datetime import UTC, datetime

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion, Window
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

RECEIPTS = """\
supplier,product,supplier_lot,receipt_number,quantity,unit,time,site
SUP-7,RESIN,RL-1,RM-1,500,KGM,2026-03-01T08:00Z,LYON
SUP-7,RESIN,RL-2,RM-2,500,KGM,2026-03-01T08:00Z,LYON
SUP-7,RESIN,RL-3,RM-3,500,KGM,2026-03-01T08:00Z,LYON
SUP-7,RESIN,RL-4,RM-4,500,KGM,2026-03-01T08:00Z,LYON
"""
ENDS = """\
form,owner,product,number,location,order,customer,method,disposal_number,quantity,unit,time,site
stock,SUP-7,RESIN,RL-1,WH-S,,,,,5,KGM,2026-03-10,SUZHOU
order,SUP-7,RESIN,RL-2,,SO-S,HOSP-7,,,3,KGM,2026-03-10,SUZHOU
disposal,SUP-7,RESIN,RL-3,,,,burnt,SD-1,5,KGM,2026-03-10,SUZHOU
"""
MADE = """\
from_owner,from_product,from_number,to_owner,to_product,to_number,quantity,unit,time,order,site
SUP-7,RESIN,RL-4,LYON,KIT,F-1,5,KGM,2026-03-02T08:00:00Z,O-1,LYON
"""
SHIPPED = """\
owner,product,number,shipment,consignee,quantity,unit,time,shipper,site
LYON,KIT,F-1,D-1,HOSP-1,20,EA,2026-03-10T08:00:00Z,LYON,LYON
"""


@pytest.fixture
def plant(stations: Stations) -> Stations:
    for name, text in {"receipts": RECEIPTS, "ends": ENDS, "made": MADE, "shipped": SHIPPED}.items():
        take_in(stations, text, f"{name}.csv")
    return stations


OPEN = Window()


def traced(stations: Stations, who: Actor, number: str, window: Window = OPEN) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((Seed(number=number),), Direction.FORWARD, window=window)).value


@pytest.mark.parametrize(
    ("number", "withheld"),
    [("RM-1", {"locations": 1}), ("RM-2", {"orders": 1, "parties": 1}), ("RM-3", {"disposals": 1})],
)
def test_promise_an_end_outside_the_view_is_counted(
    number: str, withheld: dict[str, int], plant: Stations, actor: MakeActor
) -> None:
    here = traced(plant, actor(Role.COORDINATOR, sites={"LYON"}), number).completeness
    everywhere = traced(plant, actor(Role.COORDINATOR), number).completeness

    assert (here.status, here.withheld) == (Status.WITHHELD, withheld)
    assert everywhere.withheld == {}


@pytest.mark.parametrize(
    ("window", "numbers", "cut"),
    [
        (OPEN, {"RM-4", "F-1", "D-1", "HOSP-1"}, False),
        (Window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)), {"RM-4", "F-1", "D-1", "HOSP-1"}, False),
        (Window(None, datetime(2026, 3, 5, tzinfo=UTC)), {"RM-4", "F-1"}, True),
        (Window(datetime(2026, 3, 5, tzinfo=UTC), None), {"RM-4"}, True),
    ],
    ids=["none", "wide", "before the shipment", "after the order"],
)
def test_promise_a_window_that_leaves_something_out_is_said(
    window: Window, numbers: set[str], cut: bool, plant: Stations, actor: MakeActor
) -> None:
    answer = traced(plant, actor(Role.COORDINATOR), "RM-4", window)

    assert {node.number for node in answer.nodes} == numbers
    assert (answer.completeness.status is Status.TRUNCATED) == cut
    assert ("window" in {code for _, code, _ in answer.completeness.reasons}) == cut

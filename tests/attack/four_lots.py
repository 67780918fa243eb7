"""A plant of four lots on two sites, for those who change its records behind the service's back."""

from tests.flows import LYON, SUZHOU, Flows, batch, hour, material, order
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Seed, TraceAnswer, TraceQuestion
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch


def plant() -> Flows:
    """M1 (Lyon) → A1 (Lyon) → S1 (Suzhou) → F1 (Lyon), which is shipped."""
    flows = Flows()
    flows.receive(material("M1"))
    flows.use(material("M1"), order("T1"), 50, at=hour(10))
    flows.make(order("T1"), batch("A1"), at=hour(11))
    flows.use(batch("A1"), order("T2"), 20, at=hour(20), scope=SUZHOU)
    flows.make(order("T2"), batch("S1", "SUZHOU"), at=hour(21), scope=SUZHOU)
    flows.use(batch("S1", "SUZHOU"), order("T3"), 5, at=hour(30), scope=LYON)
    flows.make(order("T3"), batch("F1"), at=hour(31))
    flows.ship(batch("F1"), "SH-1", "HOSP-1", 40, at=hour(40))
    return flows


def asked(stations: Stations, who: Actor, seed: Identity, direction: Direction = Direction.FORWARD) -> TraceAnswer:
    return trace_batch(stations, who, TraceQuestion((Seed(uid=stations.sealer.uid(seed)),), direction)).value

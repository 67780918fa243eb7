"""A person leaves."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations


def sign_out(stations: Stations, actor: Actor) -> Recorded[None]:
    """Record the end of a session; raises LedgerUnavailableError, and the session may be ended all the same."""
    return stations.ledger.record(None, entry(stations, actor, Act.SESSION_END, "done"))

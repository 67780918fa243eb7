"""A person leaves."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerReceipt
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry_of
from traceapp.usecases.stations import Stations


def sign_out(stations: Stations, actor: Actor) -> LedgerReceipt:
    """raises  LedgerUnavailableError"""
    return stations.ledger.append(entry_of(stations, actor, Act.SESSION_END, "done"))

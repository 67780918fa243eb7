"""Can questions be asked now? Nothing is disclosed, so nothing is recorded."""

from traceapp.usecases.stations import Stations


def check_readiness(stations: Stations) -> None:
    """Ask the store for its head and the ledger for its last record.

    raises  StoreUnavailableError and its kin; LedgerUnavailableError.
    """
    stations.heads.get_head()
    stations.ledger.get_head()

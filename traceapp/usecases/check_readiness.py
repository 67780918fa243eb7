"""Can questions be asked now? Nothing is disclosed, so nothing is recorded."""

from traceapp.domain.errors import PolicyError
from traceapp.domain.ledger_health import LedgerStatus
from traceapp.usecases.audit.anchor_ledger import ledger_status
from traceapp.usecases.stations import Stations


def check_readiness(stations: Stations) -> LedgerStatus:
    """Ask the store for its head and the ledger how it is; without a policy nothing can be asked either.

    raises  PolicyError: no policy is in force, and everything is denied.
            StoreUnavailableError and its kin; LedgerUnavailableError.
    """
    if stations.policy.closed is not None:
        raise PolicyError(stations.policy.closed)
    stations.heads.get_head()
    return ledger_status(stations.settings.home, stations.ledger)

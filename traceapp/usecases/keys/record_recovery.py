"""The keys were recovered by two officers: said in the ledger as soon as there is one to say it in."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import LedgerReceipt
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations


def record_recovery(stations: Stations, actor: Actor, kek: str) -> LedgerReceipt:
    """kek  id of the new key-encryption key. raises LedgerUnavailableError."""
    return stations.ledger.append(entry(stations, actor, Act.KEY_RECOVER, "done", result={"kek": kek}))

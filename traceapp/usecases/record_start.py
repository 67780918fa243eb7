"""The service begins: who started it, which program, where, and whether it had to begin its register of rows anew."""

from traceapp import __version__
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.governed.accept_policy import has_run
from traceapp.usecases.stations import Stations


def record_start(stations: Stations, actor: Actor, url: str, certificate: str | None = None) -> Recorded[None]:
    """Record that the service was started; raises LedgerUnavailableError, and then nothing may be served.

    certificate  fingerprint (SHA-256) of the one that it shows; None where it speaks plain HTTP.
    """
    store = "embedded" if stations.settings.embedded else "neo4j"
    request = {"version": __version__, "store": store, "url": url, "certificate": certificate or "none"}
    return stations.ledger.record(None, entry(stations, actor, Act.SERVICE_START, "done", request=request))


def record_missing_register(stations: Stations, actor: Actor) -> bool:
    """Begin the register of rows where there is none; whether this home has run before, and so once had one.

    It is on record then: every row that decides rights counts as it stands in the store, older ones that were put back too.
    raises  LedgerUnavailableError, HomeError.
    """
    missing = not stations.register.exists and has_run(stations)
    if missing:
        stations.ledger.append(entry(stations, actor, Act.ROWS_TRUST, "done", reason="the register of rows was missing"))
    stations.register.begin()
    return missing

"""The service begins to serve: who started it, which program, where."""

from traceapp import __version__
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations


def record_start(stations: Stations, actor: Actor, url: str, certificate: str | None = None) -> Recorded[None]:
    """Record that the service was started; raises LedgerUnavailableError, and then nothing may be served.

    certificate  fingerprint (SHA-256) of the one that it shows; None where it speaks plain HTTP.
    """
    store = "embedded" if stations.settings.embedded else "neo4j"
    request = {"version": __version__, "store": store, "url": url, "certificate": certificate or "none"}
    return stations.ledger.record(None, entry(stations, actor, Act.SERVICE_START, "done", request=request))

"""Bring the store to the schema of this program."""

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.schema import check_schema, migrate
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations


def migrate_store(stations: Stations, actor: Actor) -> Recorded[tuple[str, ...]] | None:
    """Run the steps that are missing; None where none is, which is no change and is not recorded.

    raises  StoreVersionError: the store is of a newer program, or a step was changed; LedgerUnavailableError.
    """
    missing = [step.version for step in check_schema(stations.graph)]
    if not missing:
        return None
    now = stations.clock.now()
    return carry_out(stations, actor, Act.STORE_MIGRATE, {"steps": missing}, lambda: migrate(stations.graph, now))

"""A recovery key, half of it to each of two officers."""

from functools import partial
from pathlib import Path

from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations


def make_recovery_key(stations: Stations, actor: Actor, files: tuple[Path, Path]) -> Recorded[None]:
    """Write the two files, and seal every key to the new recovery key; a former one ends.

    raises  RecoveryError: a file in the home or already there; KeyUnavailableError; HomeError; LedgerUnavailableError.
    """
    return carry_out(stations, actor, Act.KEY_OFFICERS, {}, partial(stations.keys.renew_recovery, files))

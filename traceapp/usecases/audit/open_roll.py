"""Which things an answer showed: the roll that stands beside its record."""

import json
from typing import Any

from traceapp.domain.errors import SealBrokenError
from traceapp.domain.rolls import SALT, digest_of
from traceapp.usecases.stations import Stations


def open_roll(stations: Stations, sha256: str, at: str | None = None) -> list[dict[str, Any]] | None:
    """`[{"kind", "disclosed", "withheld", "uids"}]` of the roll that a record names; None where it was pruned.

    Only a part of an act that is itself decided and recorded, such as a search of the ledger.
    sha256, at  as the record says them; without `at` all rolls that are kept are looked through.
    raises      SealBrokenError: it is not what was recorded; LedgerUnavailableError: it cannot be read.
    """
    sealed = stations.rolls.read(sha256, at)
    if sealed is None:
        return None
    content = stations.roll_seal.open(sha256, sealed)
    if digest_of(content[:SALT], content[SALT:]) != sha256:
        raise SealBrokenError(f"The roll {sha256[:16]}… is not what was recorded.")
    found: list[dict[str, Any]] = json.loads(content[SALT:])
    return found

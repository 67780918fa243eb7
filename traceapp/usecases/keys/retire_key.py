"""Take an old data key out of use, once nothing names it."""

from datetime import timedelta
from functools import partial
from typing import Final

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import KeyStateError
from traceapp.domain.keys import KeyRecord, KeyState
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

SETTLED: Final = timedelta(minutes=10)
"""What a write sealed before the rotation has reached the store by then."""


def retire_key(stations: Stations, actor: Actor, alias: str) -> Recorded[KeyRecord]:
    """The key is kept, wrapped, and opens nothing any more.

    raises  KeyStateError: something still names it, a write that began before the rotation may still be under way, or it
            is not decrypt-only; KeyUnavailableError; LedgerUnavailableError.
    """
    return carry_out(
        stations,
        actor,
        Act.KEY_RETIRE,
        {"key": alias},
        partial(_retire, stations, alias),
        about=things("Key", alias),
        changes={"state": ("decrypt-only", "retired")},
    )


def _retire(stations: Stations, alias: str) -> KeyRecord:
    now = stations.clock.now()
    since = {key.alias: key.changed_at for key in stations.keys.record().keys if key.state is KeyState.DECRYPT_ONLY}
    if alias not in since:
        raise KeyStateError(f"{alias} is no key that opens and seals no more: only such a one can be retired.")
    if now < parse_stored_time(since[alias]) + SETTLED:
        raise KeyStateError(f"{alias} was rotated less than ten minutes ago: a write that began before may still be under way.")
    named = stations.sealed.count(alias)
    if named:
        raise KeyStateError(
            f"{alias} still seals {named} records: let traceapp keys rotate --resume bring them under the new key."
        )
    return stations.keys.retire(alias, now)

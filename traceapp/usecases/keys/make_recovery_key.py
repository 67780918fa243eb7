"""A recovery key, half of it to each of two officers: the first by whoever sets the home up, another with the word of two.

Whoever could make another one alone would be both officers.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.changes import carry_out
from traceapp.usecases.keys.officers import Files, check_officers
from traceapp.usecases.stations import Stations

HELD: Final = (
    "There is a recovery key. Another one takes the files of both its officers (--former, twice); where one is lost, the word of "
    "others (--reason, then --approval). Nothing was made."
)


def make_recovery_key(stations: Stations, actor: Actor, files: Files, former: Files | None = None) -> Recorded[None]:
    """Write the two files, and seal every key to the new recovery key; the former one ends.

    former  the files of both its officers, where there is one.
    raises  PermissionDeniedError: there is one, and nobody but whoever asks agrees; RecoveryError: not its two parts, a file in
            the home or already there; KeyUnavailableError; HomeError; LedgerUnavailableError.
    """
    if stations.keys.get_recovery_digest() is not None:
        if former is None:
            stations.ledger.append(entry(stations, actor, Permission.KEY_OFFICERS, "denied", reason=HELD))
            raise PermissionDeniedError(HELD)
        check_officers(stations, actor, Permission.KEY_OFFICERS, former)
    return renew_recovery_key(stations, actor, files, None)


def check_renewing(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is chosen.

    raises  InputError: something was said, not at the terminal, where the new files are written, or there is no recovery key yet.
    """
    if said:
        raise InputError.wanted("parameters", "none")
    if actor.through != "terminal":
        raise InputError.wanted("operation", "at the terminal, traceapp keys officers")
    if stations.keys.get_recovery_digest() is None:
        raise InputError.wanted("operation", "a home with a recovery key; the first is made without others")
    return {}


def recovery_key_there(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """Which one it is that ends."""
    return stations.keys.get_recovery_digest()


def renew_recovery_key(stations: Stations, actor: Actor, files: Files, approval: str | None) -> Recorded[None]:
    """Make it; who calls has asked those who have a say in it."""
    work = partial(stations.keys.renew_recovery, files)
    return carry_out(stations, actor, Permission.KEY_OFFICERS, {}, work, approval=approval)

"""Both officers of the recovery key agree, each with his part of it: where nobody else could, or nobody is to do it alone."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from traceapp.domain.errors import RecoveryError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.stations import Stations

Files = tuple[Path, Path]
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def check_officers(
    stations: Stations,
    actor: Actor,
    act: Permission | Act,
    files: Files,
    request: Mapping[str, Any] = NOTHING,
    approval: str | None = None,
) -> None:
    """Both agree to this act; where they do not, that is on record.

    raises  RecoveryError: there is no recovery key, or these are not its two parts; LedgerUnavailableError.
    """
    try:
        stations.keys.check_officers(files)
    except RecoveryError as error:
        reason = type(error).__name__
        stations.ledger.append(entry(stations, actor, act, "failed", request=dict(request), reason=reason, approval=approval))
        raise

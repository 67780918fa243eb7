"""The last who could agree to something do not leave unnoticed: it is refused, or said with a reason, and rings."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.accounts import Account
from traceapp.domain.errors import LastApproversError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.rights import Actor
from traceapp.usecases.access import entry
from traceapp.usecases.approvals.missing_persons import lacks_after, told_of_lacks
from traceapp.usecases.stations import Stations

TOO_FEW_LEFT: Final = "Too few would be left who could agree"
"""How it begins when that is refused."""
ALL_THE_SAME: Final = ". Make another account for it first, or say that it has to be all the same, with the reason."


def check_approvers_left(
    stations: Stations,
    actor: Actor,
    act: Permission | Act,
    request: Mapping[str, Any],
    *changed: Account,
    anyway: bool = False,
) -> dict[str, Any]:
    """What the record of this change says more; empty where there are as many as before for every operation, or still enough.

    changed  accounts as they would be.
    anyway   it has to be all the same: then the record says which operations nobody can be asked for, and an alert rings.
    raises   LastApproversError: some operation could not be agreed to any more, and nobody said anyway; on record.
             KeyUnavailableError, SealBrokenError: a printed name cannot be opened now.
    """
    told = said_of_lacks_after(stations, *changed)
    if not told or anyway:
        return told
    lacks = told_of_lacks(lacks_after(stations, *changed))
    reason = f"{TOO_FEW_LEFT}: {lacks}{ALL_THE_SAME}"
    stations.ledger.append(entry(stations, actor, act, "failed", request=request, reason=reason))
    raise LastApproversError(reason)


def said_of_lacks_after(stations: Stations, *changed: Account) -> dict[str, Any]:
    """The same of what others agreed to, or what must not wait: it rings, and is not refused."""
    found = lacks_after(stations, *changed)
    return {"leaves_stuck": sorted(one.value for one in found)} if found else {}

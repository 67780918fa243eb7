"""What of the plant's data an approval lets go or shows, and who is cleared for it: whoever agrees may see it himself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.accounts import Account
from traceapp.policy.compilation import compile_rights
from traceapp.usecases.stations import Stations

NOT_CLEARED: Final = "It holds values of a tier that your role is not shown: somebody who is cleared for them decides."
OUT_OF_VIEW: Final = "It is of something outside your view: somebody who sees all of it decides."


@dataclass(frozen=True, slots=True)
class Holding:
    """tier  the highest whose values are shown or leave in clear.   things  `{"kind", "uid"}` of each that it is of.
    head  snapshot of the graph that they are of.
    """

    tier: Tier
    things: Sequence[Mapping[str, str]] = ()
    head: int = 0


NOTHING_HELD: Final = Holding(Tier.T0)
"""Of what neither shows nor lets go anything of the plant's data."""


def held_by_export(parameters: Mapping[str, Any]) -> Holding:
    """Of rows that leave as a file."""
    return Holding(Tier(parameters["tier"]), parameters["of"], int(parameters["head"]))


def held_by_reveal(parameters: Mapping[str, Any]) -> Holding:
    """Of one T3 value that is shown."""
    return Holding(Tier.T3, parameters["of"], int(parameters["head"]))


def why_not_cleared(stations: Stations, account: Account, holding: Holding) -> str | None:
    """Why this account has no say in it, whatever its role; None where it is cleared.

    It goes by what account and policy say, not by a session: the second factor that T3 takes is asked for by the policy's row of
    the operation, and a broken glass clears nobody to decide.
    raises  StoreError and its kinds.
    """
    row = stations.policy.document.roles.get(account.role)
    if row is None or row.clearance < holding.tier or (holding.tier is Tier.T3 and row.t3 is None):
        return NOT_CLEARED
    if not holding.things:
        return None
    rights = compile_rights(stations.policy, stations.acls.list_entries(), account.as_actor(), stations.clock.now())
    uids = [thing["uid"] for thing in holding.things]
    seen = stations.traces.find_seeds(uids, rights, holding.head)
    return None if seen.keys() >= set(uids) else OUT_OF_VIEW

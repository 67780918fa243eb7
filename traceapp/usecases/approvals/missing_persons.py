"""Who is missing for what takes the word of several: of today's accounts, and under another policy as well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from traceapp.domain.accounts import Account
from traceapp.domain.approvals import Operation, Person, Step, first_step_without
from traceapp.domain.rights import Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import ApprovalRow, PolicyDocument
from traceapp.usecases.approvals.approval_persons import all_accounts, list_persons, steps_of
from traceapp.usecases.approvals.held_things import NOTHING_HELD, Holding
from traceapp.usecases.stations import Stations

TOO_FEW: Final = "Not enough persons can agree to it"
"""How it begins when it is said who is missing."""
CLEARED: Final = ", and who may see what it holds"
NO_ROW: Final = "The policy does not say who has to agree to this, so it cannot happen."
DEADLOCK: Final = "Under this policy too few of today's persons could agree"
"""How it begins when a document is refused for that."""
REMEDY: Final = ". Ask for fewer or other roles in these steps, or make the accounts first."


@dataclass(frozen=True, slots=True)
class Lack:
    """step  number of the step, from 0, for which nobody is left; None where no row says who has to agree.

    count, roles  how many it takes, and of whom.
    """

    step: int | None
    count: int = 0
    roles: frozenset[Role] = frozenset()

    @property
    def names(self) -> str:
        return " or ".join(sorted(self.roles))


def stuck_operations(stations: Stations) -> dict[Operation, str]:
    """What could not happen now, and who is missing for it: there are fewer persons than have to agree, whoever asks."""
    found = {name: why_stuck(stations, row, None) for name, row in stations.policy.document.approvals.items()}
    return {name: reason for name, reason in found.items() if reason is not None}


def why_stuck(
    stations: Stations, row: ApprovalRow, asker: Person | None, barred: Sequence[Person] = (), holding: Holding = NOTHING_HELD
) -> str | None:
    """Who is missing for what this row asks for; None where there are enough.

    asker    who cannot sign himself; None for nobody in particular: whoever asks, he is one of those who may.
    barred   others who have no say in it.   holding  what whoever agrees is cleared for.
    """
    persons = [one for one in list_persons(stations, row, holding=holding) if not any(one.is_same(other) for other in barred)]
    if asker is None:
        lack = _lacking(steps_of(row, ""), persons)
    else:
        lack = _lacking(steps_of(row, asker.account_uid), [one for one in persons if not one.is_same(asker)])
    if lack is None or lack.step is None:
        return None
    return (
        f"{TOO_FEW}: step {lack.step + 1} takes {lack.count} of the role {lack.names}, "
        f"beside whoever asks, whose accounts are open and not new{'' if holding == NOTHING_HELD else CLEARED}."
    )


def lacks_under(stations: Stations, document: PolicyDocument) -> dict[Operation, Lack]:
    """Operations to which too few of today's persons could agree by this document, whoever asks.

    What has a row in the present document and none in that one is among them: nobody could agree to it at all.
    raises  StoreError and its kinds; KeyUnavailableError, SealBrokenError: a printed name cannot be opened now.
    """
    there = replace(stations, policy=Policy(document, stations.dictionary))
    found = {}
    for operation in sorted(stations.policy.document.approvals.keys() | document.approvals.keys()):
        row = document.approvals.get(operation)
        lack = Lack(None) if row is None else _lacking(steps_of(row, ""), list_persons(there, row))
        if lack is not None:
            found[operation] = lack
    return found


def deadlocks(stations: Stations, document: PolicyDocument) -> dict[Operation, Lack]:
    """Of these, what this document is to blame for, and so is refused for.

    What is stuck today by the very same row stays out: it is mended by making accounts, and until then must not stop another
    change. A row that is left out is a word of its own, that this does not happen at all; but where nobody says who agrees to a
    policy any more, no agreement brings another one.
    """
    present = stations.policy.document.approvals
    today = lacks_under(stations, stations.policy.document)
    return {
        operation: lack
        for operation, lack in lacks_under(stations, document).items()
        if (lack.step is not None or operation is Operation.POLICY_CHANGE)
        and not (operation in today and present.get(operation) == document.approvals.get(operation))
    }


def why_deadlocked(stations: Stations, document: PolicyDocument) -> str | None:
    """What this document is refused for: which operation, at which step, and whom it takes; None where there are enough.

    raises  what `lacks_under` raises.
    """
    found = deadlocks(stations, document)
    return said_of_deadlocks(found) if found else None


def lacks_after(stations: Stations, *changed: Account) -> dict[Operation, Lack]:
    """Operations to which enough could agree today, and too few once these accounts are as they are given here.

    raises  what `lacks_under` raises.
    """
    today = tuple(all_accounts(stations))
    then = {one.uid: one for one in today} | {one.uid: one for one in changed}
    found = {}
    for operation, row in stations.policy.document.approvals.items():
        steps = steps_of(row, "")
        lack = _lacking(steps, list_persons(stations, row, then.values()))
        if lack is not None and _lacking(steps, list_persons(stations, row, today)) is None:
            found[operation] = lack
    return found


def said_of_deadlocks(found: Mapping[Operation, Lack]) -> str:
    return f"{DEADLOCK}: {told_of_lacks(found)}{REMEDY}"


def told_of_lacks(found: Mapping[Operation, Lack]) -> str:
    told = [
        f"{operation}, no step" if lack.step is None else f"{operation}, step {lack.step + 1} ({lack.count} × {lack.names})"
        for operation, lack in found.items()
    ]
    return "; ".join(told)


def _lacking(steps: tuple[Step, ...], persons: list[Person]) -> Lack | None:
    number = first_step_without(steps, persons)
    return None if number is None else Lack(number, steps[number].count, steps[number].roles)

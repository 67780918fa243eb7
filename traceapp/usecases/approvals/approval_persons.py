"""Who asks and who may sign: persons, not accounts, and only those who are entitled at this moment."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from traceapp.domain.accounts import SERVICE_OWNER, Account, fold_printed_name
from traceapp.domain.approvals import Approval, Operation, Person, Step
from traceapp.domain.errors import KeyDestroyedError, KeyUnavailableError, SealBrokenError
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Actor, Role
from traceapp.graph.sweep_store import SweepStore
from traceapp.policy.document import ApprovalRow
from traceapp.usecases.accounts.names import printed_name
from traceapp.usecases.approvals.held_things import NOTHING_HELD, Holding, why_not_cleared
from traceapp.usecases.stations import Stations

PAGE: Final = 1_000


def account_of(actor: Actor) -> str:
    """Whose word it is: of a token its owner's. One that was made at the terminal has nobody behind it, and stands for itself."""
    if actor.owner is not None and actor.owner.startswith(SERVICE_OWNER):
        return f"{actor.owner}/{actor.account_uid}"
    return actor.owner or actor.account_uid


def person_of(stations: Stations, actor: Actor) -> Person:
    """The person who asks, by everything that tells a person; whoever is at the terminal is known by the system's name alone.

    raises  KeyUnavailableError, SealBrokenError: his printed name cannot be opened now.
    """
    return known_person(stations, account_of(actor), actor.role)


def known_person(stations: Stations, uid: str, role: Role) -> Person:
    """The same of an account; role: of whoever has none, a token of the terminal."""
    return person_behind(stations, stations.accounts.get_account(uid), uid, role)


def person_behind(stations: Stations, account: Account | None, uid: str, role: Role) -> Person:
    """The same where the account, or that there is none, was read already."""
    return person_of_account(stations, account) if account is not None else Person(uid, uid, role)


def person_of_account(stations: Stations, account: Account) -> Person:
    """The person of an account, by everything that tells a person; raises KeyUnavailableError, SealBrokenError."""
    former = former_persons(stations, account)
    try:
        name = printed_name(stations, account)
    except KeyDestroyedError:
        return Person(account.uid, account.person_id, account.role, former=former)
    name_key = stations.sealer.digest(f"printed name: {fold_printed_name(name)}")
    return Person(account.uid, account.person_id, account.role, name_key, former)


def former_persons(stations: Stations, account: Account) -> frozenset[str]:
    """Whose account it was before, for as long as it is new by the longest cooling time of the policy."""
    return account.former_persons if is_new(stations, account) else frozenset()


def is_new(stations: Stations, account: Account) -> bool:
    """Whether it is in its cooling time by one row of the policy at least."""
    return any(is_cooling(stations, row, account) for row in stations.policy.document.approvals.values())


def accounts_of_person(stations: Stations, account: Account) -> list[Account]:
    """Every account of this person, the one that is named first."""
    return [account, *(one for one in all_accounts(stations) if one.uid != account.uid and one.person_id == account.person_id)]


def counted_person(stations: Stations, actor: Actor) -> Person:
    """The same for a count, which decides nothing: where his name cannot be opened now, he goes by account and person."""
    try:
        return person_of(stations, actor)
    except (KeyUnavailableError, SealBrokenError):
        account = stations.accounts.get_account(account_of(actor))
        return Person(account_of(actor), account.person_id if account is not None else account_of(actor), actor.role)


def list_persons(
    stations: Stations, row: ApprovalRow, accounts: Iterable[Account] | None = None, holding: Holding = NOTHING_HELD
) -> list[Person]:
    """All who may sign by this row before what is asked for now expires: accounts that are open, as they are for long enough, and
    cleared for what it holds.

    accounts  as they are, or would be; None for those in the store.
    raises  KeyUnavailableError, SealBrokenError.
    """
    roles = {role for step in row.steps for role in step.roles | step.deputies}
    end = stations.clock.now() + timedelta(hours=row.hours)
    there = all_accounts(stations) if accounts is None else accounts
    found = [account for account in there if account.role in roles and is_entitled(stations, row, account, end)]
    found = [account for account in found if why_not_cleared(stations, account, holding) is None]
    return [person_of_account(stations, account) for account in found]


def signers_today(stations: Stations, row: ApprovalRow, approval: Approval, holding: Holding = NOTHING_HELD) -> list[Person]:
    """Those who signed, as they are now; who may not sign any more is missing."""
    accounts = (stations.accounts.get_account(one.person.account_uid) for one in approval.signatures)
    entitled = [one for one in accounts if one is not None and is_entitled(stations, row, one)]
    return [person_of_account(stations, one) for one in entitled if why_not_cleared(stations, one, holding) is None]


def is_entitled(stations: Stations, row: ApprovalRow, account: Account, at: datetime | None = None) -> bool:
    """Whether this account may sign: open, of a role that decides, its password its owner's own, not made for the occasion."""
    usable = not account.disabled and not account.provisional
    return decides(stations, account.role) and usable and not is_cooling(stations, row, account, at)


def decides(stations: Stations, role: Role) -> bool:
    """Whether the policy lets this role agree to anything."""
    told = stations.policy.document.roles.get(role)
    return told is not None and Permission.APPROVAL_DECIDE in told.permissions


def told_of_approver(stations: Stations, role: Role) -> dict[str, bool]:
    """What the record of an account says more where it is one that may agree to things: an alert rings on it."""
    return {"approves": True} if decides(stations, role) else {}


def is_cooling(stations: Stations, row: ApprovalRow, account: Account, at: datetime | None = None) -> bool:
    """Whether the account was made, or came to its present rights, too short a time before this moment; None for now."""
    return (at or stations.clock.now()) < cools_until(row, account)


def cools_until(row: ApprovalRow, account: Account) -> datetime:
    """Before this moment the account agrees to nothing by this row."""
    return account.rights_since + timedelta(hours=row.cooling_hours)


def steps_of(row: ApprovalRow, requester: str) -> tuple[Step, ...]:
    """The chain of a row.

    Nobody knows which of the persons sits at the terminal, or holds a token that was made there, so his request takes two
    signatures at least: whoever it is, somebody else agrees.
    """
    steps = [
        Step(one.roles, one.count, one.deputies, timedelta(hours=one.escalates_after_hours), one.meaning) for one in row.steps
    ]
    if requester.startswith(SERVICE_OWNER) and sum(step.count for step in steps) < 2:
        steps[0] = replace(steps[0], count=steps[0].count + 1)
    return tuple(steps)


def row_of(stations: Stations, operation: Operation) -> ApprovalRow | None:
    """Who has to agree by the policy in force; None where it does not say, and so it cannot happen."""
    return stations.policy.document.approvals.get(operation)


def has_part(approval: Approval, person: Person) -> bool:
    """Whether he asked for it, signed it, or his role has a place in its chain."""
    roles = {role for step in approval.steps for role in step.roles | step.deputies}
    known = [approval.requester, *(one.person for one in approval.signatures)]
    return person.role in roles or any(person.is_surely(one) for one in known)


def all_accounts(stations: Stations) -> Iterator[Account]:
    """All there are, closed ones too; one that is not what the service wrote last is left out."""
    rows, after = SweepStore(stations.graph), ""
    while page := rows.list_rows("Account", after, PAGE):
        after = page[-1]
        yield from (one for one in map(stations.accounts.get_account, page) if one is not None)

"""Whose account it is, where that was said before or others name the same: an administrator asks, others agree."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.accounts import Account, check_person
from traceapp.domain.errors import InputError
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.usecases.accounts.account_role import account_as_it_is
from traceapp.usecases.accounts.change_account import check_is_anothers, check_stays, of_person, set_person
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.last_approvers import said_of_lacks_after
from traceapp.usecases.approvals.approval_persons import all_accounts
from traceapp.usecases.stations import Stations

NAMES: Final = frozenset({"username", "person"})
OWN: Final = "Nobody says of his own account whose it is: another administrator does."


def check_account_person(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`username` and `person`; to which come the account, and the uids of those that name that person, now or before.

    raises  InputError: others than these, or nobody has this name, or he left, or it is no id, or the one that it names already.
            PermissionDeniedError: for oneself, by whatever account.
    """
    if said.keys() != NAMES or not all(isinstance(text, str) for text in said.values()):
        raise InputError.wanted("parameters", "username and person")
    account, person = find_account(stations, said["username"]), check_person(said["person"])
    check_stays(account)
    if person == account.person:
        raise InputError.wanted("person", "another id than the account has")
    check_is_anothers(stations, actor, account, OWN)
    alike = [one.uid for one in accounts_naming(stations, person) if one.uid != account.uid]
    return {"account": account.uid, "username": account.username, "person": person, "joins": sorted(alike)}


def account_and_person(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """Whatever is changed meanwhile of the account, or of who names that person, supersedes the approval."""
    joins = [one.uid for one in accounts_naming(stations, parameters["person"]) if one.uid != parameters["account"]]
    return [account_as_it_is(stations, parameters), sorted(joins)]


def preview_account_person(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Whose account it is now, and which other accounts are that person's, and would be."""
    account = stations.accounts.get_account(parameters["account"])
    joined = (stations.accounts.get_account(uid) for uid in parameters["joins"])
    person = account.person if account is not None else None
    beside = accounts_naming(stations, person) if person is not None else []
    return {
        "person_now": person,
        "beside_now": sorted(one.username for one in beside if one.uid != parameters["account"]),
        "beside_then": sorted(one.username for one in joined if one is not None),
    }


def give_account_person(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[None]:
    """It is the account of this person from now on; as long as that is new, it counts as those of before as well."""
    account = find_account(stations, parameters["username"])
    told = said_of_lacks_after(stations, of_person(account, parameters["person"]))
    return set_person(stations, actor, account.username, parameters["person"], approval, told)


def whose_persons(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The account that it is about, and those that it joins; none of their persons agrees to it."""
    return (parameters["account"], *parameters["joins"])


def accounts_naming(stations: Stations, person: str) -> list[Account]:
    """Accounts that name this person, or did before, closed ones too; one that names nobody is known by its uid."""
    return [one for one in all_accounts(stations) if person in {one.person_id, *one.former_persons}]

"""Somebody is given a role that decides over others, or sees more: an administrator asks, others agree, and then he has it."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.domain.accounts import Account
from traceapp.domain.errors import InputError
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.policy.gains import Held, gains
from traceapp.usecases.accounts.change_account import check_is_anothers, check_stays, put_role
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.intake.given_view import check_view, find_lots
from traceapp.usecases.stations import Stations

NAMES: Final = frozenset({"username", "role", "sites", "lines", "lots"})
OWN: Final = "Nobody asks for a role of his own: another administrator does."


def check_account_role(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`username`, `role`, `sites`, `lines` and `lots`; to which comes whose account it is.

    raises  InputError: others than these, or nobody has this name, or he left, or no such role or view. PermissionDeniedError:
            for oneself, or a view that the asker does not have.
    """
    try:
        role = Role(said["role"])
        sites, lines, lots = (frozenset(map(str, said.get(name) or ())) for name in ("sites", "lines", "lots"))
    except (KeyError, TypeError, ValueError):
        role = None
    if role is None or said.keys() - NAMES or not isinstance(said.get("username"), str):
        raise InputError.wanted("parameters", "username, role, sites, lines and lots")
    account = find_account(stations, said["username"])
    check_stays(account)
    check_is_anothers(stations, actor, account, OWN)
    approved = lots if lots <= account.lots else find_lots(stations, actor, role, lots)
    check_view(stations, actor, sites, lines, approved)
    return {
        "account": account.uid,
        "username": account.username,
        "role": role.value,
        "sites": sorted(sites),
        "lines": sorted(lines),
        "lots": sorted(approved),
    }


def account_as_it_is(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """Whatever of the account is changed meanwhile supersedes the approval: its password as well as its role."""
    account = stations.accounts.get_account(parameters["account"])
    return [account.binding, account.person_id, account.state.value] if account is not None else None


def preview_account_role(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What the person gains, and how much he is shown before and after."""
    account = stations.accounts.get_account(parameters["account"])
    document, after = stations.policy.document, _held(parameters)
    before = held_by(account) if account is not None else None
    told: dict[str, Any] = {"gains": sorted(gains(document, before, after))}
    for name, held in (("now", before), ("then", after)):
        row = document.roles.get(held.role) if held is not None else None
        told[f"clearance_{name}"] = row.clearance.value if row is not None else None
    return told | {"role_now": account.role.value if account is not None else None}


def give_account_role(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[None]:
    """The account has role and view from now on, is open, and is new to them: for a while it agrees to nothing."""
    account = stations.accounts.get_account(parameters["account"])
    if account is None:
        raise InputError("username: nobody has this name", (("username", "the name of an account"),))
    return put_role(stations, actor, account, _held(parameters), approval)


def whose_role(parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """The account that it is about; its person agrees to nothing of it."""
    return (parameters["account"],)


def held_by(account: Account) -> Held | None:
    """What it holds; nothing while it is closed."""
    return None if account.disabled else Held(account.role, account.sites, account.lines, account.lots)


def _held(parameters: Mapping[str, Any]) -> Held:
    sites, lines, lots = (frozenset(parameters[name]) for name in ("sites", "lines", "lots"))
    return Held(Role(parameters["role"]), sites, lines, lots)

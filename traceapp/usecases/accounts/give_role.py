"""Who gets a role, or comes back to it: at once where nothing is gained that takes others' word, else they are asked.

The first persons of a plant have nobody who could agree. So as long as fewer approvers were ever made than the policy wants to
agree, a grant is direct, on record, and rings; and one administrator is made at the terminal alone. How many were made is counted
in the home and never goes back: closing their accounts, or giving them another role, opens that door no second time
(docs/decisions/0024).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from traceapp.domain.accounts import SERVICE_OWNER, Account, check_person
from traceapp.domain.approvals import Approval, Operation
from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.policy.gains import Held, gains
from traceapp.usecases.access import authorise
from traceapp.usecases.accounts.account_person import accounts_naming
from traceapp.usecases.accounts.account_role import held_by
from traceapp.usecases.accounts.change_account import check_stays, of_person, put_role, set_disabled, set_person, set_role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.last_approvers import check_approvers_left
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.approvals.approval_persons import all_accounts, decides, row_of, steps_of
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.intake.given_view import check_view, find_lots
from traceapp.usecases.keys.officers import check_officers
from traceapp.usecases.stations import Stations

APPROVERS, ADMINISTRATORS = "approvers", "administrators"
"""What is counted in the home."""
FEWEST: Final = 2
FIRST: Final = 1
"""Administrators that are made alone, at the terminal."""
OTHERS_AGREE: Final = "why, since others have to agree to it"
TOO_FEW_LEFT: Final = "why, since too few would be left who could agree to something"
ADMINISTERS: Final = frozenset({Permission.ACCOUNT_CHANGE, Permission.ACCOUNT_CREATE, Permission.TOKEN_CREATE})


@dataclass(frozen=True, slots=True)
class Given:
    """done   it happened; None: others were asked.   asked  what waits for them; None: it happened.

    gains  what takes their word.
    """

    done: Recorded[Any] | None = None
    asked: Recorded[Approval] | None = None
    gains: frozenset[str] = frozenset()


def hire(
    stations: Stations,
    actor: Actor,
    username: str,
    password: str,
    printed_name: str,
    role: Role,
    sites: frozenset[str],
    lines: frozenset[str],
    lots: Collection[str] = (),
    person: str | None = None,
    reason: str | None = None,
) -> Given:
    """An account; where its role takes others' word it is closed until they agreed. Raises what `create_account` raises.

    Its password is provisional, but for the first administrator, who makes himself at the terminal.

    reason  why, for those who are asked. InputError: they are, and there is none.
    """
    authorise(stations, actor, Permission.ACCOUNT_CREATE, {"role": role.value, "sites": sites, "lines": lines})
    gained = gains(stations.policy.document, None, Held(role, sites, lines))
    whose = {"provisional": not _is_first_administrator(stations, actor, role)}
    make = partial(create_account, stations, actor, username, password, printed_name, role, sites, lines, lots, person, **whose)
    if not gained or counts_as_founding(stations, role, at_terminal=_at_terminal(actor)):
        return Given(_founded(stations, role, None, make) if gained else make(), gains=gained)
    words = _reason(reason)
    make(disabled=True)
    account = find_account(stations, username)
    asked = {"username": account.username, "role": role.value, "sites": sites, "lines": lines, "lots": account.lots}
    return Given(None, _ask(stations, actor, asked, words), gained)


def give_role(
    stations: Stations,
    actor: Actor,
    username: str,
    role: Role,
    sites: frozenset[str],
    lines: frozenset[str],
    lots: Collection[str] = (),
    reason: str | None = None,
    anyway: bool = False,
) -> Given:
    """Another role and view; raises what `set_role` and `request_approval` raise. InputError: others are asked, and no reason.

    anyway  although too few would be left who could agree to something.
    raises  LastApproversError: so it is, and nobody said anyway. InputError: he did, and no reason.
    """
    request = {"username": username, "changed": "role", "role": role.value}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    approved = find_lots(stations, actor, role, lots)
    check_view(stations, actor, sites, lines, approved)
    told = _left(stations, actor, request, replace(account, role=role), reason, anyway)
    after = None if account.disabled else Held(role, sites, lines, approved)
    gained = gains(stations.policy.document, held_by(account), after)
    change = partial(set_role, stations, actor, username, role, sites, lines, lots, told)
    if not gained or counts_as_founding(stations, role, account, at_terminal=_at_terminal(actor)):
        return Given(_founded(stations, role, account, change) if gained else change(), gains=gained)
    asked = {"username": account.username, "role": role.value, "sites": sites, "lines": lines, "lots": approved}
    return Given(None, _ask(stations, actor, asked, _reason(reason)), gained)


def give_person(
    stations: Stations, actor: Actor, username: str, person: str, reason: str | None = None, anyway: bool = False
) -> Given:
    """Say whose account it is; at once where it named nobody before and no other account names this person.

    Else it would make two persons of one, or one of two: others are asked, but in a plant that has no approvers yet.
    raises  what `set_person` and `request_approval` raise. InputError: others are asked, and no reason. LastApproversError: as
            `give_role` has it, with anyway.
    """
    request = {"username": username, "changed": "person", "person": person}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    told = _left(stations, actor, request, of_person(account, person), reason, anyway)
    is_first = account.person is None and not account.former_persons and not accounts_naming(stations, check_person(person))
    if is_first or _is_young(stations):
        return Given(set_person(stations, actor, username, person, told=told))
    asked = {"username": account.username, "person": person}
    given = request_approval(stations, actor, Operation.ACCOUNT_PERSON, asked, _reason(reason))
    return Given(None, given, frozenset({"person"}))


def suspend_account(
    stations: Stations, actor: Actor, username: str, reason: str | None = None, anyway: bool = False
) -> Recorded[None]:
    """Suspend an account; raises what `set_disabled` raises, and LastApproversError as `give_role` has it, with anyway."""
    request = {"username": username, "changed": "closed"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    told = _left(stations, actor, request, replace(account, disabled=True), reason, anyway)
    return set_disabled(stations, actor, username, disabled=True, reason=reason, told=told)


def return_account(stations: Stations, actor: Actor, username: str, reason: str | None = None) -> Given:
    """Open a suspended account as it was; raises what `give_role` raises. InputError: the person left."""
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, {"username": username, "changed": "opened"})
    account = find_account(stations, username)
    gained = gains(stations.policy.document, held_by(account), Held(account.role, account.sites, account.lines, account.lots))
    check_stays(account)
    if not gained or counts_as_founding(stations, account.role, account, at_terminal=_at_terminal(actor)):
        return Given(set_disabled(stations, actor, username, disabled=False, reason=reason), gains=gained)
    asked = {
        "username": account.username,
        "role": account.role.value,
        "sites": account.sites,
        "lines": account.lines,
        "lots": account.lots,
    }
    return Given(None, _ask(stations, actor, asked, _reason(reason)), gained)


def give_by_officers(
    stations: Stations,
    actor: Actor,
    username: str,
    role: Role,
    sites: frozenset[str],
    lines: frozenset[str],
    files: tuple[Path, Path],
) -> Recorded[None]:
    """Nobody is left who could agree: the two officers of the recovery key do, each with his part of it.

    raises  RecoveryError: no recovery key, or these are not its two parts; PermissionDeniedError; InputError.
    """
    request = {"username": username, "changed": "role", "role": role.value, "by": "officers"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    check_officers(stations, actor, Permission.ACCOUNT_CHANGE, files, request)
    account = find_account(stations, username)
    check_view(stations, actor, sites, lines)
    return put_role(stations, actor, account, Held(role, sites, lines), None, by="officers")


def counts_as_founding(stations: Stations, role: Role, account: Account | None = None, *, at_terminal: bool) -> bool:
    """Whether the plant has not yet had as many approvers as it takes to agree: then this grant is direct, and is counted.

    Of administrators the first one is, where somebody at the terminal makes him, and no other: a young plant has no more of them
    than an old one.
    account  that gets the role; one that is counted already, since it decides, is not counted again.
    """
    counted = _counted(stations, role, account)
    if counted == ADMINISTRATORS:
        return at_terminal and stations.register.count_up(ADMINISTRATORS, _administrators_known(stations), FIRST)
    if counted == APPROVERS:
        return stations.register.count_up(APPROVERS, _approvers_known(stations), approvers_wanted(stations))
    return _is_young(stations)


def _is_young(stations: Stations) -> bool:
    """Whether fewer approvers were ever made than it takes to agree to anything here."""
    return stations.register.reach(APPROVERS, _approvers_known(stations)) < approvers_wanted(stations)


def _approvers_known(stations: Stations) -> int:
    return sum(decides(stations, one.role) for one in all_accounts(stations))


def _administrators_known(stations: Stations) -> int:
    return sum(_administers(stations, one.role) for one in all_accounts(stations))


def _administers(stations: Stations, role: Role) -> bool:
    """Whether the policy lets this role make or change accounts or tokens of others."""
    told = stations.policy.document.roles.get(role)
    return told is not None and not ADMINISTERS.isdisjoint(told.permissions)


def _at_terminal(actor: Actor) -> bool:
    return actor.account_uid.startswith(SERVICE_OWNER)


def _founded(stations: Stations, role: Role, account: Account | None, act: Callable[[], Recorded[Any]]) -> Recorded[Any]:
    """Carry it out. Where it was refused, nobody was made an approver, and it counts for nothing; of whatever else goes wrong
    nobody can tell whether it came to be, so that counts.
    """
    try:
        return act()
    except (InputError, PermissionDeniedError):
        if (counted := _counted(stations, role, account)) is not None:
            stations.register.count_down(counted)
        raise


def _is_first_administrator(stations: Stations, actor: Actor, role: Role) -> bool:
    """Whether somebody at the terminal makes the first account that can make accounts: it is his own, and so is its password."""
    return _at_terminal(actor) and _administers(stations, role) and not _administrators_known(stations)


def _counted(stations: Stations, role: Role, account: Account | None) -> str | None:
    """What the grant is counted as: somebody administers, or becomes one of those who agree and was none; None of all others."""
    if _administers(stations, role):
        return ADMINISTRATORS
    return APPROVERS if decides(stations, role) and (account is None or not decides(stations, account.role)) else None


def approvers_wanted(stations: Stations) -> int:
    """How many persons agree to a grant that is asked for at the terminal; two where the policy has no row for it."""
    row = row_of(stations, Operation.ACCOUNT_ROLE)
    return max(FEWEST, sum(step.count for step in steps_of(row, SERVICE_OWNER))) if row is not None else FEWEST


def _left(
    stations: Stations, actor: Actor, request: Mapping[str, Any], changed: Account, reason: str | None, anyway: bool
) -> dict[str, Any]:
    """What the record says more; raises LastApproversError. InputError: it has to be all the same, and nobody says why."""
    told = check_approvers_left(stations, actor, Permission.ACCOUNT_CHANGE, request, changed, anyway=anyway)
    if told:
        _reason(reason, TOO_FEW_LEFT)
    return {**told, "anyway": True} if told else {}


def _reason(reason: str | None, why: str = OTHERS_AGREE) -> str:
    if reason is None:
        raise InputError.wanted("reason", why)
    return check_reason(reason)


def _ask(stations: Stations, actor: Actor, said: Mapping[str, object], reason: str) -> Recorded[Approval]:
    return request_approval(stations, actor, Operation.ACCOUNT_ROLE, said, reason)

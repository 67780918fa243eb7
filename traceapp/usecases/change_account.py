"""An account changes: password, role and view, or whether it may sign in at all. Its sessions end with it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from traceapp.domain.accounts import Account, check_person
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.identity.passwords import hash_password
from traceapp.usecases.access import authorise, things
from traceapp.usecases.approval_persons import told_of_approver
from traceapp.usecases.changed_values import changes_of_account
from traceapp.usecases.changes import carry_out
from traceapp.usecases.find_account import find_account
from traceapp.usecases.given_view import check_view, find_lots
from traceapp.usecases.stations import Stations


def set_password(stations: Stations, actor: Actor, username: str, password: str) -> Recorded[None]:
    """Give a person a new password. raises PermissionDeniedError; InputError: nobody has this name, or no good password."""
    request = {"username": username, "changed": "password"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    return _change(stations, actor, request, account, replace(account, password_hash=hash_password(password)))


def set_role(
    stations: Stations,
    actor: Actor,
    username: str,
    role: Role,
    sites: frozenset[str],
    lines: frozenset[str],
    lots: Collection[str] = (),
) -> Recorded[None]:
    """Give a person another role and view; lots that were approved before are taken away.

    raises  PermissionDeniedError; InputError: nobody has this name, or no such view.
    """
    request = {"username": username, "changed": "role", "role": role.value, "sites": sites, "lines": lines}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    approved = find_lots(stations, actor, role, lots)
    check_view(stations, actor, sites, lines, approved)
    changed = replace(account, role=role, sites=sites, lines=lines, lots=approved)
    return _change(stations, actor, {**request, "lots": approved}, account, changed)


def set_person(stations: Stations, actor: Actor, username: str, person: str) -> Recorded[None]:
    """Say whose account it is, for whoever has others: they name the same. raises what `set_disabled` raises."""
    request = {"username": username, "changed": "person", "person": person}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    return _change(stations, actor, request, account, replace(account, person=check_person(person)))


def set_disabled(stations: Stations, actor: Actor, username: str, disabled: bool) -> Recorded[None]:
    """Close an account, or open it again. raises PermissionDeniedError; InputError: nobody has this name."""
    request = {"username": username, "changed": "closed" if disabled else "opened"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    return _change(stations, actor, request, account, replace(account, disabled=disabled))


def _change(stations: Stations, actor: Actor, request: Mapping[str, object], read: Account, to: Account) -> Recorded[None]:
    """Whatever is changed, the account is new to its rights from then on: for a while it agrees to nothing.

    raises ConcurrentChangeError: somebody else changed it since it was read; his change stands.
    """
    changed = replace(to, granted_at=stations.clock.now())

    def work() -> None:
        stations.accounts.put_account(changed, read)
        stations.sessions.void_sessions_of_account(changed.uid)

    return carry_out(
        stations,
        actor,
        Permission.ACCOUNT_CHANGE,
        {**request, "account": changed.uid, **({} if changed.disabled else told_of_approver(stations, changed.role))},
        work,
        about=things("Account", changed.uid),
        changes=changes_of_account(read, changed),
    )

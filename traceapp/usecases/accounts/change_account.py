"""An account changes: password, role and view, or whether it may sign in at all. Its sessions end with it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from traceapp.domain.accounts import Account, check_person
from traceapp.domain.errors import InputError, PermissionDeniedError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.identity.passwords import hash_password
from traceapp.policy.gains import Held
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.accounts.last_approvers import said_of_lacks_after
from traceapp.usecases.approvals.approval_document import check_reason
from traceapp.usecases.approvals.approval_persons import person_of, person_of_account, told_of_approver
from traceapp.usecases.audit.changed_values import changes_of_account, sealed_text
from traceapp.usecases.changes import carry_out
from traceapp.usecases.intake.given_view import check_view, find_lots
from traceapp.usecases.stations import Stations


def set_password(stations: Stations, actor: Actor, username: str, password: str) -> Recorded[None]:
    """Give a person a password, which is provisional: he changes it himself before he does anything else.

    raises  PermissionDeniedError; InputError: nobody has this name, or no good password.
    """
    request = {"username": username, "changed": "password"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    check_stays(account)
    return _change(stations, actor, request, account, replace(account, password_hash=hash_password(password), provisional=True))


def set_role(
    stations: Stations,
    actor: Actor,
    username: str,
    role: Role,
    sites: frozenset[str],
    lines: frozenset[str],
    lots: Collection[str] = (),
    told: Mapping[str, Any] | None = None,
) -> Recorded[None]:
    """Give a person another role and view; lots that were approved before are taken away.

    told    what its record says more.
    raises  PermissionDeniedError; InputError: nobody has this name, or no such view.
    """
    request = {"username": username, "changed": "role", "role": role.value, "sites": sites, "lines": lines}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    check_stays(account)
    approved = find_lots(stations, actor, role, lots)
    check_view(stations, actor, sites, lines, approved)
    changed = replace(account, role=role, sites=sites, lines=lines, lots=approved)
    return _change(stations, actor, {**request, "lots": approved, **(told or {})}, account, changed)


def set_person(
    stations: Stations,
    actor: Actor,
    username: str,
    person: str,
    approval: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> Recorded[None]:
    """Say whose account it is, for whoever has others: they name the same; who decided that stands before it.

    approval  under which it is done.   told  what its record says more.   raises  what `set_disabled` raises.
    """
    request = {"username": username, "changed": "person", "person": person}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)
    check_stays(account)
    return _change(stations, actor, {**request, **(told or {})}, account, of_person(account, person), approval)


def of_person(account: Account, person: str) -> Account:
    """The account as one of this person; raises InputError: no good id."""
    former = account.former_persons | ({account.person} if account.person is not None else set())
    return replace(account, person=check_person(person), former_persons=former)


def set_disabled(
    stations: Stations,
    actor: Actor,
    username: str,
    disabled: bool,
    reason: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> Recorded[None]:
    """Suspend an account, or open it again.

    told    what its record says more.
    reason  kept sealed beside the record.
    raises  PermissionDeniedError; InputError: nobody has this name, or the person left for good, or no good reason.
    """
    request = {"username": username, "changed": "closed" if disabled else "opened"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    words = check_reason(reason) if reason is not None else None
    account = find_account(stations, username)
    check_stays(account)
    return _change(stations, actor, {**request, **(told or {})}, account, replace(account, disabled=disabled), words=words)


def put_role(
    stations: Stations, actor: Actor, account: Account, held: Held, approval: str | None, by: str | None = None
) -> Recorded[None]:
    """Role and view of an account that is open from then on; who decided that stands before it.

    approval  under which it is done.   by  who agreed in the place of one: "officers".
    raises    InputError: the person left. PermissionDeniedError, ConcurrentChangeError.
    """
    request = {"username": account.username, "changed": "role", "role": held.role.value, "sites": held.sites, "lines": held.lines}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    check_stays(account)
    changed = replace(account, role=held.role, sites=held.sites, lines=held.lines, lots=held.lots, disabled=False)
    told = {**request, "lots": held.lots, **({"by": by} if by is not None else {}), **said_of_lacks_after(stations, changed)}
    return _change(stations, actor, told, account, changed, approval)


def check_stays(account: Account) -> None:
    """raises  InputError: the person left, and his account is closed for good."""
    if account.left_at is not None:
        raise InputError.wanted("username", "somebody who has not left; whoever comes back gets a new account")


def check_is_anothers(stations: Stations, actor: Actor, account: Account, own: str) -> None:
    """raises  PermissionDeniedError, which is on record: it is an account of whoever asks.   own  what is said then."""
    if person_of(stations, actor).is_same(person_of_account(stations, account)):
        request = {"username": account.username, "account": account.uid}
        stations.ledger.append(entry(stations, actor, Permission.ACCOUNT_CHANGE, "denied", request=request, reason=own))
        raise PermissionDeniedError(own)


def _change(
    stations: Stations,
    actor: Actor,
    request: Mapping[str, object],
    read: Account,
    to: Account,
    approval: str | None = None,
    words: str | None = None,
) -> Recorded[None]:
    """Whatever is changed, the account is new to its rights from then on: for a while it agrees to nothing.

    raises ConcurrentChangeError: somebody else changed it since it was read; his change stands.
    """
    changed = replace(to, granted_at=stations.clock.now())
    changes = changes_of_account(read, changed)
    if words is not None:
        sealed = stations.sealer.seal_document("Account", read.uid, "reason", words.encode())
        changes = {**changes, "reason": (None, sealed_text(sealed))}

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
        changes=changes,
        approval=approval,
    )

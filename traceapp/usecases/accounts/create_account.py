"""Make an account for a person."""

import secrets
from collections.abc import Collection
from dataclasses import replace

from traceapp.domain.accounts import Account, check_person, check_printed_name, normal_username
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.identity.passwords import hash_password
from traceapp.usecases.access import authorise, things
from traceapp.usecases.approvals.approval_persons import told_of_approver
from traceapp.usecases.audit.changed_values import changes_of_account
from traceapp.usecases.changes import carry_out
from traceapp.usecases.intake.given_view import check_view, find_lots
from traceapp.usecases.keys.destroy_key import group_of_account
from traceapp.usecases.stations import Stations


def create_account(
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
    *,
    disabled: bool = False,
    provisional: bool = False,
) -> Recorded[str]:
    """The uid of a new account. The printed name is sealed; neither it nor the password is recorded.

    lots    numbers or uids of what is approved one by one (`given_view.find_lots`).
    person  id of the person, for whoever has other accounts: they name the same. None: this one alone.
    disabled  it is suspended until somebody opens it.
    provisional  the person changes the password before he does anything else, since somebody else gave it.

    raises  PermissionDeniedError; InputError: a name that is taken or malformed, a password that is too short or too
            long, a view that cannot be given.
    """
    request = {"role": role.value, "sites": sites, "lines": lines, **({"person": person} if person else {})}
    authorise(stations, actor, Permission.ACCOUNT_CREATE, request)
    name = normal_username(username)
    printed_name = check_printed_name(printed_name)
    person = check_person(person) if person is not None else None
    approved = find_lots(stations, actor, role, lots)
    check_view(stations, actor, sites, lines, approved)
    if stations.accounts.get_account_by_username(name) is not None:
        raise InputError(f"username: {name} is taken", (("username", "one that nobody has yet"),))
    password_hash = hash_password(password)
    uid = secrets.token_hex(16)
    told = {"changed": "closed"} if disabled else told_of_approver(stations, role)
    done = {**request, "account": uid, "username": name, "lots": approved, **told}

    made = Account(
        uid=uid,
        username=name,
        password_hash=password_hash,
        printed_name=b"",
        role=role,
        sites=sites,
        lines=lines,
        created_at=stations.clock.now(),
        lots=approved,
        person=person,
        disabled=disabled,
        provisional=provisional,
    )

    def work() -> str:
        group = group_of_account(uid)
        stations.keys.add_group(group, actor.username, stations.clock.now())
        sealed = stations.sealer.seal_document("Account", uid, "printed_name", printed_name.encode(), group=group)
        stations.accounts.put_account(replace(made, printed_name=sealed))
        return uid

    return carry_out(
        stations,
        actor,
        Permission.ACCOUNT_CREATE,
        done,
        work,
        about=things("Account", uid),
        changes=changes_of_account(None, made),
    )

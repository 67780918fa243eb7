"""A person changes his own password. One that somebody else gave him counts for nothing but this."""

from dataclasses import replace

from traceapp.domain.errors import InputError, SignInError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.identity.passwords import hash_password, verify_password
from traceapp.usecases.access import entry, things
from traceapp.usecases.approvals.approval_persons import told_of_approver
from traceapp.usecases.audit.changed_values import changes_of_account
from traceapp.usecases.changes import carry_out
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.rotate_session import own_session, rotate_session
from traceapp.usecases.sessions.second_factors import check_fresh, factors_of
from traceapp.usecases.stations import Stations

WRONG = "The password is wrong."


def change_own_password(stations: Stations, actor: Actor, old: str, new: str) -> Recorded[Opened]:
    """The session under a new secret; every other one of the person has ended.

    Of a password that was given by somebody else nobody knows who changes it. So the account of an approver agrees to nothing for
    a while afterwards, and an alert rings.
    raises  NotSignedInError: through no session. SignInError: the old password is wrong; recorded first. FactorNeededError: the
            person has a second factor, and did not show it lately. InputError: too short, too long, or the old one again.
            ConcurrentChangeError: somebody else changed the account at this moment.
    """
    _, account = own_session(stations, actor)
    if not verify_password(account.password_hash, old):
        stations.ledger.append(entry(stations, actor, Act.PASSWORD_CHANGE, "denied", reason="wrong password"))
        raise SignInError(WRONG)
    if factors_of(stations, account).any:
        check_fresh(stations, actor)
    password_hash = hash_password(new)
    if verify_password(account.password_hash, new):
        raise InputError.wanted("password", "another one than before")
    changed = replace(account, password_hash=password_hash, provisional=False)
    if account.provisional:
        changed = replace(changed, granted_at=stations.clock.now())

    def work() -> Opened:
        stations.accounts.put_account(changed, account)
        fresh = rotate_session(stations, actor, lambda session: session)
        stations.sessions.void_sessions_of_account(account.uid, kept=fresh.session.uid)
        return fresh

    told = told_of_approver(stations, account.role) if account.provisional else {}
    request = {"account": account.uid, "provisional": account.provisional, **told}
    about, changes = things("Account", account.uid), changes_of_account(account, changed)
    return carry_out(stations, actor, Act.PASSWORD_CHANGE, request, work, about=about, changes=changes)

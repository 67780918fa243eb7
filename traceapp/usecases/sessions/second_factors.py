"""A person sets up a second factor, shows it, loses it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from traceapp.domain.accounts import Account
from traceapp.domain.errors import ConcurrentChangeError, FactorNeededError, FactorRefusedError, SealBrokenError, SignInError
from traceapp.domain.factors import Factors, is_fresh, read_factors
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import HALF_WAY, LONGEST, Session
from traceapp.identity.passwords import verify_password
from traceapp.identity.second_factors import (
    hash_recovery_code,
    in_groups,
    mint_recovery_codes,
    mint_totp_secret,
    step_of_code,
    totp_address,
)
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.accounts.find_account import find_account
from traceapp.usecases.approvals.approval_persons import told_of_approver
from traceapp.usecases.audit.changed_values import changes_of_account, changes_of_factors
from traceapp.usecases.changes import carry_out
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.rotate_session import own_session, rotate_session
from traceapp.usecases.stations import Stations

REFUSED = "The code is wrong, too old, or was used before."
NEEDED = "This needs a second factor that was shown in the last 15 minutes."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown once, to be put into an authenticator."""

    key: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """recovery_codes  shown once."""

    opened: Opened
    recovery_codes: tuple[str, ...] = field(repr=False)


def factors_of(stations: Stations, account: Account) -> Factors:
    """What the account has; raises SealBrokenError: what is stored was not sealed for this account, or is older than it."""
    if account.factors is None:
        return Factors()
    found = read_factors(stations.sealer.open_document("Account", account.uid, "factors", account.factors))
    if found.version != account.factor_version:
        raise SealBrokenError("Older second factors of an account were put back.")
    return found


def keep_factors(stations: Stations, account: Account, factors: Factors) -> bool:
    """Store them; False where another request stored some since the account was read."""
    version = account.factor_version + 1
    document = replace(factors, version=version).to_document()
    sealed = stations.sealer.seal_document("Account", account.uid, "factors", document)
    return stations.accounts.put_factors(account.uid, sealed, account.factor_version)


def check_fresh(stations: Stations, actor: Actor) -> None:
    """raises FactorNeededError: no second factor was shown in this session in the last 15 minutes."""
    if not is_fresh(actor.factor_at, stations.clock.now()):
        raise FactorNeededError(NEEDED)


def prove_person(stations: Stations, actor: Actor, password: str, request: Mapping[str, str]) -> tuple[Account, Factors]:
    """Account and factors of whoever sets a new factor up, once he typed his password again: a session alone sets up nothing.

    Whoever came in by the identity provider has no password here: he comes in anew, and sets it up within five minutes.
    request  what is to be changed, for the record of a refusal.
    raises   SignInError: the password is wrong, or that is too long ago; recorded first. FactorNeededError: there is a second
             factor already, and it was not shown lately.
    """
    session, account = own_session(stations, actor)
    if not _just_came_by_provider(session, stations.clock.now()) and not verify_password(account.password_hash, password):
        stations.ledger.append(entry(stations, actor, Act.FACTOR_CHANGE, "denied", request=request, reason="wrong password"))
        raise SignInError("The password is wrong.")
    factors = factors_of(stations, account)
    if factors.any:
        check_fresh(stations, actor)
    return account, factors


def _just_came_by_provider(session: Session, now: datetime) -> bool:
    return "provider" in session.factors and now - session.begun_at <= HALF_WAY


def begin_totp(stations: Stations, actor: Actor, password: str) -> Recorded[Enrolment]:
    """A new secret, which counts once a code of it was shown.

    raises  what `prove_person` raises.
    """
    request = {"changed": "codes begun"}
    account, factors = prove_person(stations, actor, password, request)
    secret = mint_totp_secret()
    begun = replace(factors, pending=secret)

    def work() -> Enrolment:
        _keep(stations, account, begun)
        return Enrolment(in_groups(secret), totp_address(secret, account.username))

    about, changes = things("Account", account.uid), changes_of_factors(factors, begun)
    return carry_out(stations, actor, Act.FACTOR_CHANGE, request, work, about=about, changes=changes)


def confirm_totp(stations: Stations, actor: Actor, code: str) -> Recorded[Enrolled]:
    """The secret that was begun counts from now on, with ten fresh recovery codes; the session has shown its factor.

    raises  FactorRefusedError: no secret was begun, or the code is not one of it.
    """
    _, account = own_session(stations, actor)
    factors = factors_of(stations, account)
    now = stations.clock.now()
    step = step_of_code(factors.pending, code, now, 0) if factors.pending is not None else None
    if step is None:
        raise _refused(stations, actor, Act.FACTOR_CHANGE)
    codes = mint_recovery_codes()
    confirmed = replace(
        factors, totp=factors.pending, totp_at=now, step=step, pending=None, recovery=frozenset(map(hash_recovery_code, codes))
    )

    def work() -> Enrolled:
        _keep(stations, account, confirmed)
        return Enrolled(rotate_session(stations, actor, _shown(now, "code")), codes)

    about, changes = things("Account", account.uid), changes_of_factors(factors, confirmed)
    return carry_out(stations, actor, Act.FACTOR_CHANGE, {"changed": "codes set up"}, work, about=about, changes=changes)


def show_code(stations: Stations, opened: Opened, code: str) -> Recorded[Opened]:
    """The session after its person showed a code of six digits, or one of his recovery codes: under a new secret, fresh.

    opened  also one whose second factor is still due; that one signs the person in.
    raises  FactorRefusedError: wrong, or used before. NotSignedInError: the session ended meanwhile.
    """
    actor = opened.actor
    account = _own_account(stations, opened.session)
    factors = factors_of(stations, account)
    now = stations.clock.now()
    used = _use(factors, code, now)
    # Of two requests with one code at one moment, one writes; the other finds another version and is refused.
    if used is None or not _use_up(stations, actor, account, factors, used):
        raise _refused(stations, actor, _act(opened.session))
    return accept_factor(stations, opened, "code" if used.step != factors.step else "recovery code")


def accept_factor(stations: Stations, opened: Opened, kind: str) -> Recorded[Opened]:
    """The session after a factor of this kind was found right; recorded before the cookie leaves."""
    now = stations.clock.now()
    fresh = rotate_session(stations, opened.actor, _shown(now, kind))
    told = entry(stations, fresh.actor, _act(opened.session), "done", request={"factor": kind})
    return stations.ledger.record(fresh, told)


def drop_totp(stations: Stations, actor: Actor) -> Recorded[None]:
    """No codes any more, and no recovery codes. raises FactorNeededError."""
    check_fresh(stations, actor)
    return change_own_factors(
        stations, actor, "codes dropped", lambda old: replace(old, totp=None, pending=None, recovery=frozenset())
    )


def change_own_factors(stations: Stations, actor: Actor, what: str, change: Callable[[Factors], Factors]) -> Recorded[None]:
    """Keep the actor's factors after `change`.

    what    was changed, for the record.
    raises  NotSignedInError: his session is gone. ConcurrentChangeError: another request wrote them meanwhile.
    """
    _, account = own_session(stations, actor)
    factors = factors_of(stations, account)
    changed = change(factors)
    work, about = partial(_keep, stations, account, changed), things("Account", account.uid)
    changes = changes_of_factors(factors, changed)
    return carry_out(stations, actor, Act.FACTOR_CHANGE, {"changed": what}, work, about=about, changes=changes)


def list_own_factors(stations: Stations, actor: Actor) -> Factors:
    """What the person has set up; nothing is disclosed that he does not know, and nothing recorded."""
    _, account = own_session(stations, actor)
    return factors_of(stations, account)


def reset_factors(stations: Stations, actor: Actor, username: str) -> Recorded[None]:
    """Take a person's second factors away, for who lost them all; his sessions end, and for a while he agrees to nothing.

    raises  PermissionDeniedError; InputError: nobody has this name. ConcurrentChangeError.
    """
    request = {"username": username, "changed": "second factors"}
    authorise(stations, actor, Permission.ACCOUNT_CHANGE, request)
    account = find_account(stations, username)

    cooling = replace(account, granted_at=stations.clock.now())

    def work() -> None:
        stations.accounts.put_account(cooling, account)
        if not stations.accounts.put_factors(account.uid, None, account.factor_version):
            raise ConcurrentChangeError("the second factors were written at this moment")
        stations.sessions.void_sessions_of_account(account.uid)

    done = {**request, "account": account.uid, **({} if account.disabled else told_of_approver(stations, account.role))}
    about, changes = things("Account", account.uid), changes_of_account(account, replace(account, factors=None))
    return carry_out(stations, actor, Permission.ACCOUNT_CHANGE, done, work, about=about, changes=changes)


def _use_up(stations: Stations, actor: Actor, account: Account, factors: Factors, used: Factors) -> bool:
    """Whether nobody else did: a code of six digits opens nothing more; one recovery code fewer is a change of its own."""
    if used.recovery == factors.recovery:
        return keep_factors(stations, account, used)
    work, about = partial(_keep, stations, account, used), things("Account", account.uid)
    changes = changes_of_factors(factors, used)
    try:
        carry_out(stations, actor, Act.FACTOR_CHANGE, {"changed": "recovery code used"}, work, about=about, changes=changes)
    except ConcurrentChangeError:
        return False
    return True


def _use(factors: Factors, code: str, now: datetime) -> Factors | None:
    """The factors after this code was taken; None where it is not taken."""
    if factors.totp is not None:
        step = step_of_code(factors.totp, code, now, factors.step)
        if step is not None:
            return replace(factors, step=step)
    hashed = hash_recovery_code(code)
    return replace(factors, recovery=factors.recovery - {hashed}) if hashed in factors.recovery else None


def _shown(now: datetime, kind: str) -> Callable[[Session], Session]:
    def change(session: Session) -> Session:
        ends = session.begun_at + LONGEST
        return replace(session.with_factor(kind), factor_due=False, factor_at=now, seen_at=now, ends_at=ends)

    return change


def _keep(stations: Stations, account: Account, factors: Factors) -> None:
    if not keep_factors(stations, account, factors):
        raise ConcurrentChangeError("the second factors were written by another request at this moment")


def _own_account(stations: Stations, session: Session) -> Account:
    account = stations.accounts.get_account(session.account_uid)
    if account is None:
        raise FactorRefusedError(REFUSED)
    return account


def _act(session: Session) -> Act:
    return Act.SESSION_START if session.factor_due else Act.FACTOR_SHOW


def _refused(stations: Stations, actor: Actor, act: Act) -> FactorRefusedError:
    stations.ledger.append(entry(stations, actor, act, "denied", reason="wrong or used second factor"))
    return FactorRefusedError(REFUSED)

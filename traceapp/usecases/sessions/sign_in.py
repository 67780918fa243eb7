"""A person comes in with name and password."""

from traceapp.domain.accounts import Account, normal_username
from traceapp.domain.errors import InputError, SignInError
from traceapp.domain.permissions import Act
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import Recorded
from traceapp.domain.row_register import OUTSIDE, RowFault
from traceapp.domain.sessions import Client
from traceapp.identity.passwords import verify_password
from traceapp.usecases.access import entry_of
from traceapp.usecases.sessions.open_session import Opened, admit, make_session
from traceapp.usecases.sessions.second_factors import factors_of
from traceapp.usecases.stations import Stations

WRONG = "The user name or the password is wrong."


def sign_in(stations: Stations, username: str, password: str, client: Client, purpose: Purpose | None = None) -> Recorded[Opened]:
    """A session of whoever it is, if name and password fit; every attempt is on record before anything is opened.

    Where the person has a second factor, the session waits for it: nobody is signed in yet (`second_factors.show_code`).
    A name that nobody has, and a closed account, cost the time of a wrong password and are told in its words.
    raises  SignInError; LedgerUnavailableError: nobody is let in without a record.
    """
    account, fault = _find(stations, username)
    known = account if account is not None and not account.disabled else None
    try:
        fits = verify_password(known.password_hash if known else None, password)
    except SignInError as turned_away:
        _record_failure(stations, username, account, client.address, str(turned_away))
        raise
    if known is None or not fits:
        reason = OUTSIDE[fault].format(row="account") if fault is not None else _why(account, known)
        _record_failure(stations, username, account, client.address, reason)
        raise SignInError(WRONG)
    due = factors_of(stations, known).any
    return admit(stations, make_session(stations, known, client, factor_due=due, purpose=purpose))


def _find(stations: Stations, username: str) -> tuple[Account | None, RowFault | None]:
    """The account, and what is wrong with one that was written outside the service: that is none."""
    try:
        return stations.accounts.find_by_username(normal_username(username))
    except InputError:
        return None, None


def _why(account: Account | None, known: Account | None) -> str:
    if account is None:
        return "unknown user name"
    return "wrong password" if known is not None else "closed account"


def _record_failure(stations: Stations, username: str, account: Account | None, address: str, reason: str) -> None:
    """Of an unknown name only a MAC is kept: people type passwords into the wrong field."""
    who = (
        {"account": account.uid, "username": account.username}
        if account is not None
        else {"username_mac": stations.sealer.digest(username)}
    )
    known = {**who, "through": "session", "address": address}
    stations.ledger.append(entry_of(stations, known, Act.SESSION_START, "denied", reason=reason))

"""Who is behind a cookie, at every request: session and account are read anew, so that what ended is nobody at once."""

from dataclasses import replace
from hmac import compare_digest

from traceapp.domain.accounts import Account
from traceapp.domain.permissions import Act
from traceapp.domain.rights import Grant
from traceapp.domain.row_register import OUTSIDE
from traceapp.domain.sessions import Client, Session
from traceapp.identity.session_secrets import read_session_secret
from traceapp.usecases.access import entry, entry_of
from traceapp.usecases.sessions.open_session import Opened, bound
from traceapp.usecases.stations import Stations

ANOTHER_CLIENT = "another client used the session"
PUT_BACK = "a session that was ended, or a secret that it had before, was put back outside the service"
CHANGED_ACCOUNT = "the account was closed, its password, role or view changed, or the session was written by another hand"


def resume_session(stations: Stations, cookie: object, client: Client) -> Opened | None:
    """The person of this session, with the rights of this moment; None where it is over, or was never there.

    Still None-like for its caller is a session whose second factor is due: `session.factor_due` says so.
    A cookie in other hands, and an account that changed, end the session on record; a change of network is recorded.
    raises  LedgerUnavailableError: something is to be recorded and cannot be.
    """
    secret_hash = read_session_secret(cookie)
    session, put_back = stations.sessions.find_session(secret_hash) if secret_hash is not None else (None, None)
    if put_back is not None:
        _record(stations, put_back, client, PUT_BACK)
    now = stations.clock.now()
    if session is None or session.is_over(now):
        return None
    account = stations.accounts.get_account(session.account_uid)
    if account is None:
        stations.sessions.void_session(session.uid)
        fault = stations.accounts.fault(session.account_uid)
        if fault is not None:
            _record(stations, session, client, OUTSIDE[fault].format(row="account"))
        return None
    genuine = compare_digest(bound(stations, account, session).binding.encode(), session.binding.encode())
    if account.disabled or not genuine:
        _end(stations, account, session, client, CHANGED_ACCOUNT)
        return None
    if not session.is_of(client, now):
        _end(stations, account, session, client, ANOTHER_CLIENT)
        return None
    if session.is_worth_noting(client, now):
        session = _note(stations, account, session, client)
    actor = account.actor(session, _grant(stations, session))
    return Opened(replace(actor, address=client.address), session)


def _grant(stations: Stations, session: Session) -> Grant | None:
    """Read anew at every request, and only where a session has one: ended or reviewed, it gives nothing more."""
    found = stations.grants.get_grant(session.grant) if session.grant else None
    return found.given_to(session.account_uid, stations.clock.now()) if found is not None else None


def _end(stations: Stations, account: Account, session: Session, client: Client, reason: str) -> None:
    """Gone first, told then: a session in other hands does not outlive a ledger that is down."""
    stations.sessions.void_session(session.uid)
    seen = replace(session, address=client.address)
    stations.ledger.append(entry(stations, account.actor(seen), Act.SESSION_END, "denied", reason=reason))


def _record(stations: Stations, session: Session, client: Client, reason: str) -> None:
    """Of a session whose account is not asked, or cannot be."""
    known = {"account": session.account_uid, "through": "session", "session": session.uid, "address": client.address}
    stations.ledger.append(entry_of(stations, known, Act.SESSION_END, "denied", reason=reason))


def _note(stations: Stations, account: Account, session: Session, client: Client) -> Session:
    used = bound(stations, account, session.seen(client, stations.clock.now()))
    if session.has_moved(client):
        left = {"left": session.address}
        stations.ledger.append(entry(stations, account.actor(used), Act.SESSION_MOVE, "done", request=left))
    stations.sessions.note_use(used)
    return used

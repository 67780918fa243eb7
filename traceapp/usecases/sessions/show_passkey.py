"""A person shows a passkey as the second factor, or comes in by it alone."""

from dataclasses import replace

from traceapp.domain.errors import FactorRefusedError
from traceapp.domain.factors import Passkey, Site
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.sessions import Client
from traceapp.identity import passkeys
from traceapp.identity.passkeys import REFUSED
from traceapp.usecases.access import entry, entry_of
from traceapp.usecases.sessions.open_session import Opened, admit, make_session
from traceapp.usecases.sessions.second_factors import accept_factor, factors_of, keep_factors
from traceapp.usecases.stations import Stations


def ask_for_assertion(stations: Stations, opened: Opened | None, site: Site, challenge: bytes) -> str:
    """What the browser lets a passkey sign, as JSON; of nobody in particular where nobody is half-way in."""
    known: tuple[Passkey, ...] = ()
    if opened is not None:
        account = stations.accounts.get_account(opened.session.account_uid)
        known = factors_of(stations, account).passkeys if account is not None else ()
    return passkeys.assertion_options(site, known, challenge)


def show_passkey(stations: Stations, opened: Opened, credential: str, challenge: bytes, site: Site) -> Recorded[Opened]:
    """The session after its person showed a passkey; raises FactorRefusedError, recorded first."""
    try:
        _use(stations, opened.session.account_uid, credential, challenge, site)
    except FactorRefusedError:
        act = Act.SESSION_START if opened.session.factor_due else Act.FACTOR_SHOW
        stations.ledger.append(entry(stations, opened.actor, act, "denied", reason="a passkey was refused"))
        raise
    return accept_factor(stations, opened, "passkey")


def sign_in_by_passkey(stations: Stations, credential: str, challenge: bytes, site: Site, client: Client) -> Recorded[Opened]:
    """A session of whoever owns the passkey: device and finger or PIN are two factors already.

    raises  FactorRefusedError: recorded first; the same for an unknown person, a closed account and a wrong signature.
    """
    uid = passkeys.account_uid_of(credential)
    account = stations.accounts.get_account(uid) if uid is not None else None
    try:
        if account is None or account.disabled:
            raise FactorRefusedError(REFUSED)
        _use(stations, account.uid, credential, challenge, site)
    except FactorRefusedError:
        known = {"account": account.uid, "username": account.username} if account is not None else {}
        who = {**known, "through": "session", "address": client.address}
        stations.ledger.append(entry_of(stations, who, Act.SESSION_START, "denied", reason="a passkey was refused"))
        raise
    opened = make_session(stations, account, client, factor_at=stations.clock.now(), factor="passkey")
    return admit(stations, opened, {"factor": "passkey"})


def _use(stations: Stations, account_uid: str, credential: str, challenge: bytes, site: Site) -> None:
    """Of two requests with one assertion at one moment, one writes its counter; the other is refused."""
    account = stations.accounts.get_account(account_uid)
    if account is None:
        raise FactorRefusedError(REFUSED)
    factors = factors_of(stations, account)
    used = passkeys.verify_assertion(credential, factors.passkeys, challenge, site)
    kept = tuple(used if key.credential_id == used.credential_id else key for key in factors.passkeys)
    if not keep_factors(stations, account, replace(factors, passkeys=kept)):
        raise FactorRefusedError(REFUSED)

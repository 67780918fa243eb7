"""A browser gets a session of its own: fresh secret, bound to the account as it is now."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from traceapp.domain.accounts import Account
from traceapp.domain.permissions import Act
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.sessions import HALF_WAY, LONGEST, LONGEST_AGENT, Client, Session
from traceapp.graph.commands import carrying_out
from traceapp.identity.session_secrets import mint_session_secret, mint_session_uid
from traceapp.usecases.access import entry, things
from traceapp.usecases.stations import Stations


@dataclass(frozen=True, slots=True)
class Opened:
    """What the web needs of a session: who it is, and what goes into the cookie.

    secret  None where the cookie stays as it is.
    """

    actor: Actor
    session: Session
    secret: str | None = field(default=None, repr=False)


def bound(stations: Stations, account: Account, session: Session) -> Session:
    """The session under the MAC of what it says, and of the account as it is now."""
    return replace(session, binding=stations.sealer.digest(session.bound_text(account.binding)))


def make_session(
    stations: Stations,
    account: Account,
    client: Client,
    *,
    factor_due: bool = False,
    factor_at: datetime | None = None,
    purpose: Purpose | None = None,
    factor: str = "password",
) -> Opened:
    """A session that is not stored yet, so that its id can be on record before anything is open.

    factor      what proved the person, as in `Session.factors`.
    factor_due  only half of the way is gone: it ends in five minutes unless the second factor is shown.
    """
    secret, now = mint_session_secret(), stations.clock.now()
    session = Session(
        uid=mint_session_uid(),
        secret_hash=secret.hash,
        account_uid=account.uid,
        binding="",
        begun_at=now,
        seen_at=now,
        ends_at=now + (HALF_WAY if factor_due else LONGEST),
        address=client.address,
        agent=client.agent[:LONGEST_AGENT],
        factor_due=factor_due,
        factor_at=factor_at,
        purpose=purpose,
        factors=(factor,),
    )
    session = bound(stations, account, session)
    return Opened(account.actor(session), session, secret.text)


def admit(stations: Stations, opened: Opened, request: Mapping[str, str] | None = None) -> Recorded[Opened]:
    """Let the browser in that a session was made for; one whose second factor is due is recorded as intended only.

    request  what the record says of the way in, such as the factor that was shown.
    raises   LedgerUnavailableError: nobody is let in without a record; the session is not stored.
    """
    outcome = "intended" if opened.session.factor_due else "done"
    command, about = secrets.token_hex(16), things("Session", opened.session.uid)
    made = entry(stations, opened.actor, Act.SESSION_START, outcome, request=request or {}, object=about, command=command)
    recorded = stations.ledger.record(opened, made)
    with carrying_out(command):
        stations.sessions.append_session(opened.session)
    return recorded

"""Persons who may break the glass, and what then waits for its review."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.clockwork import Clockwork
from traceapp.composition import terminal_actor
from traceapp.domain.grants import GrantRecord
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})
LYON = frozenset({"LYON"})
OWNER = Client("192.0.2.17", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
REASON = "A hospital calls about a pump; the lot is of another site."
FOUND = "The call is on record, and nothing else was opened."

Enter = Callable[..., tuple[Actor, str]]


def come_in(
    stations: Stations, name: str, role: Role, printed_name: str = "", factor_age: timedelta | None = timedelta()
) -> tuple[Actor, str]:
    """Actor and cookie of somebody of the site LYON who is no newcomer.   factor_age  since he showed his second factor."""
    password = "correct horse battery"
    then = replace(stations, clock=Clockwork.before(stations.clock.now()))
    uid = create_account(then, terminal_actor(), name, password, printed_name or name, role, LYON, EVERYWHERE).value
    account = stations.accounts.get_account(uid)
    assert account is not None
    shown = stations.clock.now() - factor_age if factor_age is not None else None
    opened = make_session(stations, account, OWNER, factor_at=shown)
    stations.sessions.append_session(opened.session)
    assert opened.secret is not None
    return opened.actor, opened.secret


def resumed(stations: Stations, cookie: str | None) -> Actor:
    """Whoever has this cookie, at his next request."""
    found = resume_session(stations, cookie, OWNER)
    assert found is not None
    return found.actor


def waiting_alone(stations: Stations) -> GrantRecord:
    """The one access that waits for its review."""
    (waiting,) = stations.grants.list_waiting()
    assert waiting.record is not None
    return waiting.record

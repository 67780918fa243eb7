"""Who sits where in tests of the pages: somebody is hired, and is in a session whose second factor was just shown."""

from tests.web.conftest import EVERYWHERE
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

PASSWORD = "correct horse battery"


def hire(stations: Stations, name: str, role: Role, sites: frozenset[str] = EVERYWHERE) -> str:
    """The uid of a new account."""
    return create_account(stations, terminal_actor(), name, PASSWORD, name.title(), role, sites, EVERYWHERE).value


def session_of(stations: Stations, uid: str) -> Actor:
    account = stations.accounts.get_account(uid)
    assert account is not None
    opened = make_session(stations, account, Client("192.0.2.17", "test"), factor_at=stations.clock.now())
    stations.sessions.append_session(opened.session)
    return opened.actor

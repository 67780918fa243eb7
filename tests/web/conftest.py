"""The web application over real stations, and one whose store is down (for what needs no store)."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tests.bearers import EVERYWHERE, bearer
from tests.web.plant import fill
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.errors import StoreUnavailableError
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations
from traceapp.web.access import open_door
from traceapp.web.session import begin_session, client_of_request, end_session

SECRET = b"only for tests, thirty-two bytes"

Tokens = Callable[..., str]


def no_stations() -> Stations:
    raise StoreUnavailableError("the store at bolt://10.1.2.3:7687 does not answer")


@pytest.fixture
def closed_app() -> Flask:
    """Its store is down: whatever needs stations is refused."""
    return create_app(no_stations, SECRET)


@pytest.fixture
def closed(closed_app: Flask) -> FlaskClient:
    return closed_app.test_client()


class MovingClock:
    """The time of day, and whatever a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def app(stations: Stations, clock: MovingClock) -> Flask:
    """Over an empty store, under a clock that the test moves."""
    ours = replace(stations, clock=clock)
    return create_app(lambda: ours, SECRET)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def tokens(stations: Stations) -> Tokens:
    """`tokens(Role.VIEWER, sites={"LYON"})` makes a bearer token and returns its header."""

    def make(role: Role, sites: frozenset[str] = EVERYWHERE, lines: frozenset[str] = EVERYWHERE) -> str:
        return bearer(stations, role, sites, lines)

    return make


@pytest.fixture
def filled(stations: Stations, tmp_path: Path) -> Stations:
    """Stations over the little plant of `tests/web/plant.py`."""
    fill(stations, tmp_path)
    return stations


@pytest.fixture
def ask(client: FlaskClient, tokens: Tokens) -> Callable[..., TestResponse]:
    """`ask("/api/v1/batches/B-1")` as the coordinator of all sites."""
    header = tokens(Role.COORDINATOR)

    def send(path: str, method: str = "GET", **said: Any) -> TestResponse:
        return client.open(path, method=method, headers={"Authorization": header}, **said)

    return send


@pytest.fixture
def doors(app: Flask, stations: Stations) -> Flask:
    """The application with three doors more: begin and end a session as a coordinator, and read its CSRF token."""
    uid = create_account(
        stations, terminal_actor(), "rc-02", "correct horse battery", "RC 02", Role.COORDINATOR, EVERYWHERE, EVERYWHERE
    ).value

    @open_door
    def begin() -> str:
        account = stations.accounts.get_account(uid)
        assert account is not None
        opened = make_session(stations, account, client_of_request())
        stations.sessions.append_session(opened.session)
        begin_session(opened)
        return ""

    @open_door
    def end() -> str:
        end_session()
        return ""

    @open_door
    def csrf() -> str:
        return generate_csrf()

    for view, method in ((begin, "GET"), (end, "GET"), (csrf, "GET")):
        app.add_url_rule(f"/test/{view.__name__}", f"test.{view.__name__}", view, methods=[method])
    return app


@pytest.fixture
def signed_in(doors: Flask) -> FlaskClient:
    """A browser with a session of the coordinator."""
    browser = doors.test_client()
    assert browser.get("/test/begin").status_code == 200
    return browser


@pytest.fixture
def kill_ledger(stations: Stations) -> Callable[[], None]:
    """`kill_ledger()` ends the writer at once, as `kill -9` does."""
    return lambda: os.kill(stations.ledger.get_writer_pid(), signal.SIGKILL)

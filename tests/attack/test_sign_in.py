"""Guessing at the door: what it costs, and what it tells."""

from collections.abc import Callable

import argon2
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.recorded import records
from traceapp.app import create_app
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.graph.connection import Graph
from traceapp.identity import passwords
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

SECRET = b"only for tests, thirty-two bytes"
EVERYWHERE = frozenset({"*"})
PASSWORD = "correct horse battery"
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

Knock = Callable[..., TestResponse]


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred honest hashes would take half a minute; what is counted here is tries, not memory."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    monkeypatch.setattr(passwords, "_NOBODY", CHEAP.hash("of nobody"))


@pytest.fixture
def app(stations: Stations) -> Flask:
    """Counts are shared as between workers: in a file of the home."""
    create_account(stations, terminal_actor(), "user-7", PASSWORD, "User 7", Role.VIEWER, EVERYWHERE, EVERYWHERE)
    return create_app(lambda: stations, SECRET, stations.settings.home)


@pytest.fixture
def knock(app: Flask) -> Knock:
    """`knock("user-7", "guess", "192.0.2.1")`: one try from an address, in a browser of its own."""

    def send(username: str, password: str, address: str) -> TestResponse:
        browser = app.test_client()
        form = browser.get("/sign-in", environ_base={"REMOTE_ADDR": address}).text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        said = {"username": username, "password": password, "csrf_token": token}
        return browser.post("/sign-in", data=said, environ_base={"REMOTE_ADDR": address})

    return send


def address_of(number: int) -> str:
    return f"198.51.{number}.7"


@pytest.mark.usefixtures("cheap_hashes")
def test_attacker_who_sprays_one_password_over_200_users_from_one_address_is_stopped(knock: Knock) -> None:
    """Ten tries, then nothing is tried any more, whoever is named."""
    tries = [knock(f"user-{number}", "Spring2026!!", "198.51.100.7").status_code for number in range(200)]

    assert tries == [401] * 10 + [429] * 190
    assert knock("user-7", PASSWORD, "192.0.2.1").status_code == 303, "others are not shut out"


@pytest.mark.usefixtures("cheap_hashes")
def test_attacker_who_sprays_over_200_users_from_200_addresses_is_stopped_and_seen(knock: Knock, stations: Stations) -> None:
    """Each address tries one user; the limit over all bites, an alert is on record at once, known networks come in."""
    assert knock("user-7", PASSWORD, "192.0.2.1").status_code == 303
    before = stations.ledger.get_head().seq

    replies = [knock(f"user-{number}", "Spring2026!!", address_of(number)) for number in range(100)]
    late = [knock(f"user-{number}", "Spring2026!!", address_of(number)) for number in range(100, 200)]

    assert {reply.status_code for reply in replies} == {401}
    assert {reply.status_code for reply in late} == {429}
    assert all(int(reply.headers["Retry-After"]) <= 300 for reply in late)
    alerts = [record for record in records(stations, after=before) if record["act"] == "sign_in:spray"]
    assert len(alerts) == 1, "one a minute, not one a try"
    assert alerts[0]["seq"] == before + 101, "the very next record after the limit was reached"
    assert knock("user-7", PASSWORD, "192.0.2.99").status_code == 303, "a network that somebody signed in from is let in"


@pytest.mark.usefixtures("cheap_hashes")
@pytest.mark.parametrize("username", ["user-7", "nobody"])
def test_attacker_who_guesses_at_one_account_from_many_addresses_is_stopped(username: str, knock: Knock) -> None:
    """The same for a name that nobody has: to be turned away tells nothing."""
    tries = [knock(username, "a guess entirely", address_of(number)).status_code for number in range(12)]

    assert tries == [401] * 10 + [429] * 2


@pytest.mark.usefixtures("cheap_hashes")
def test_a_right_password_forgets_the_wrong_ones(knock: Knock) -> None:
    for _ in range(2):
        for number in range(9):
            assert knock("user-7", "mistyped, so sorry", address_of(number)).status_code == 401
        assert knock("user-7", PASSWORD, "192.0.2.1").status_code == 303


def test_attacker_learns_no_user_name_from_answer_or_work(
    knock: Knock, stations: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown, known and closed: the same bytes, and the same work behind them down to the parameters of the hash."""
    work: list[str] = []
    read, verify = Graph.read, argon2.PasswordHasher.verify

    def noted_read(self: Graph, statement: str, /, **params: object) -> object:
        work.append(statement)
        return read(self, statement, **params)

    def noted_verify(self: argon2.PasswordHasher, stored: str, password: str) -> bool:
        work.append(stored.rsplit("$", 2)[0])
        return verify(self, stored, password)

    monkeypatch.setattr(Graph, "read", noted_read)
    monkeypatch.setattr(argon2.PasswordHasher, "verify", noted_verify)
    create_account(stations, terminal_actor(), "closed", PASSWORD, "Closed", Role.VIEWER, EVERYWHERE, EVERYWHERE)
    set_disabled(stations, terminal_actor(), "closed", disabled=True)

    told = []
    for username in ("user-7", "nobody", "closed"):
        work.clear()
        before = stations.ledger.get_head().seq
        reply = knock(username, "a wrong one entirely", "192.0.2.1")
        body = reply.text.replace(username, "").split('name="csrf_token" value="')
        plain = [part.split('"', 1)[1] for part in body[1:]]
        told.append((reply.status_code, plain, tuple(work), stations.ledger.get_head().seq - before))

    assert told[0] == told[1] == told[2]
    assert "$argon2id$v=19$m=65536,t=3,p=4" in told[0][2]

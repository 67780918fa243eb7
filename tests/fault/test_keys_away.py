"""The key provider is away, and somebody has to be shut out at once."""

from collections.abc import Iterator

import pytest

from tests.processes import start_command
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.errors import NotSignedInError, SignInError
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.change_account import set_disabled, set_role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

PASSWORD = "correct horse battery"
OWNER = Client("192.0.2.17", "a browser")
EVERYWHERE = frozenset({"*"})


@pytest.fixture
def opened(stations: Stations) -> Opened:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    return sign_in(stations, "anna", PASSWORD, OWNER).value


@pytest.fixture
def token(opened: Opened, stations: Stations) -> str:
    return issue_token(stations, terminal_actor(), TokenRequest(None, EVERYWHERE, EVERYWHERE, "press", 30, owner="anna")).value


@pytest.fixture
def keys_away(token: str, stations: Stations) -> Iterator[None]:
    key = stations.settings.home / "keys" / "key-encryption-key"
    aside = key.rename(stations.settings.home / "aside")
    yield
    aside.rename(key)


def run(stations: Stations, *words: str) -> tuple[int, str]:
    running = start_command(stations, *words)
    said = "".join(running.communicate(timeout=60))
    return running.returncode, said


@pytest.mark.usefixtures("keys_away")
def test_promise_sessions_end_and_tokens_are_refused_while_the_keys_are_away(
    stations: Stations, opened: Opened, token: str
) -> None:
    assert resume_session(stations, opened.secret, OWNER) is not None
    assert authenticate_token(stations, token, OWNER.address).role is Role.COORDINATOR

    for words in (("session", "end", "anna"), ("token", "revoke", token.split("_")[1])):
        code, said = run(stations, *words)
        assert code == 0, said

    assert resume_session(stations, opened.secret, OWNER) is None
    with pytest.raises(NotSignedInError):
        authenticate_token(stations, token, OWNER.address)
    for act in ("session:stop", "token:revoke"):
        assert [(one["outcome"], one["request"]["keys"]) for one in records(stations, act=act)] == [
            ("intended", "away"),
            ("done", "away"),
        ]
    assert run(stations, "session", "end", "nobody")[0] == 1
    assert verify_graph(stations, terminal_actor(), lambda _: None).value.findings == ()


@pytest.mark.usefixtures("keys_away")
def test_promise_an_account_that_is_closed_while_the_keys_are_away_stays_closed_until_it_is_opened(
    stations: Stations, opened: Opened, token: str
) -> None:
    """Sign-in, session and token are refused, whatever else of the account is changed; with the keys it is opened again."""
    code, said = run(stations, "account", "suspend", "anna")
    assert code == 0, said

    assert resume_session(stations, opened.secret, OWNER) is None
    for _ in range(2):
        with pytest.raises(SignInError):
            sign_in(stations, "anna", PASSWORD, OWNER)
        with pytest.raises(NotSignedInError):
            authenticate_token(stations, token, OWNER.address)
        set_role(stations, terminal_actor(), "anna", Role.QUALITY, EVERYWHERE, EVERYWHERE)
    found = records(stations, act="account:change")[:2]
    assert [(one["outcome"], one["request"]["keys"], one["request"]["changed"]) for one in found] == [
        ("intended", "away", "closed"),
        ("done", "away", "closed"),
    ]
    assert run(stations, "account", "suspend", "nobody")[0] == 1
    assert verify_graph(stations, terminal_actor(), lambda _: None).value.findings == ()

    set_disabled(stations, terminal_actor(), "anna", False)

    assert sign_in(stations, "anna", PASSWORD, OWNER).value.actor.role is Role.QUALITY

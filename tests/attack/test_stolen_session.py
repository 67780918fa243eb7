"""Whoever holds another's cookie, and what it is still good for."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.change_account import set_disabled, set_password, set_role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.end_sessions import end_session_of, end_sessions_of
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.sessions.rotate_session import rotate_session
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.sessions.sign_out import sign_out
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
PASSWORD = "correct horse battery"
OWNER = Client("192.0.2.17", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")


@pytest.fixture
def opened(stations: Stations) -> Opened:
    """A session of anna, begun with her password."""
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    return sign_in(stations, "anna", PASSWORD, OWNER).value


def ends(found: list[dict[str, Any]], session: str) -> list[dict[str, Any]]:
    return [record for record in found if record["act"] == "session:end" and record["actor"].get("session") == session]


THIEVES = {
    "another browser": [replace(OWNER, agent="curl/8.14")],
    "the same browser in another place, at the same time": [replace(OWNER, address="203.0.113.9"), OWNER],
}


@pytest.mark.parametrize("uses", THIEVES.values(), ids=THIEVES)
def test_attacker_with_a_stolen_cookie_ends_the_session_on_record(uses: list[Client], opened: Opened, stations: Stations) -> None:
    """The cookie is copied and used from a client that is not the one it was given to."""
    before = stations.ledger.get_head().seq

    answers = [resume_session(stations, opened.secret, client) for client in uses]

    assert answers[-1] is None
    assert resume_session(stations, opened.secret, OWNER) is None, (
        "it is over for its owner as well: he sees that something was wrong"
    )
    (ended,) = ends(records(stations, after=before), opened.session.uid)
    assert ended["outcome"] == "denied"
    assert ended["actor"]["address"] == uses[-1].address
    if len(uses) > 1:
        (moved,) = [record for record in records(stations, after=before) if record["act"] == "session:move"]
        assert moved["actor"]["address"] == "203.0.113.9"


@pytest.mark.parametrize("by", ["session", "person"])
def test_attacker_with_a_stolen_cookie_is_thrown_out_by_an_administrator(by: str, opened: Opened, stations: Stations) -> None:
    """The administrator ends one session or all of a person; both are on record, and the next request is nobody's."""
    before = stations.ledger.get_head().seq
    if by == "session":
        end_session_of(stations, terminal_actor(), opened.session.uid)
    else:
        end_sessions_of(stations, terminal_actor(), "anna")

    assert resume_session(stations, opened.secret, OWNER) is None
    done = records(stations, after=before)
    assert [(record["act"], record["outcome"]) for record in done] == [("session:stop", "intended"), ("session:stop", "done")]


def test_attacker_who_plants_a_cookie_before_the_sign_in_holds_nothing(opened: Opened, stations: Stations) -> None:
    """A session id that somebody chose beforehand never becomes a session; each sign-in and rotation draws another."""
    planted = "ab" * 32
    assert resume_session(stations, planted, OWNER) is None
    again = sign_in(stations, "anna", PASSWORD, OWNER).value
    assert len({planted, opened.secret, again.secret}) == 3
    assert resume_session(stations, planted, OWNER) is None

    rotated = rotate_session(stations, opened.actor, lambda session: session)

    assert rotated.session.uid == opened.session.uid
    assert resume_session(stations, opened.secret, OWNER) is None
    assert resume_session(stations, rotated.secret, OWNER) is not None


CHANGES: dict[str, Callable[[Stations, Opened], object]] = {
    "sign-out": lambda stations, opened: sign_out(stations, opened.actor),
    "another password": lambda stations, opened: set_password(stations, terminal_actor(), "anna", "battery horse correct"),
    "another role": lambda stations, opened: set_role(stations, terminal_actor(), "anna", Role.VIEWER, EVERYWHERE, EVERYWHERE),
    "a narrower view": lambda stations, opened: set_role(
        stations, terminal_actor(), "anna", Role.COORDINATOR, frozenset({"LYON"}), EVERYWHERE
    ),
    "closed account": lambda stations, opened: set_disabled(stations, terminal_actor(), "anna", disabled=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_attacker_with_an_old_cookie_is_nobody_after(
    change: Callable[[Stations, Opened], object], opened: Opened, stations: Stations
) -> None:
    """A cookie outlives what it was given for: the next request with it is nobody's."""
    assert resume_session(stations, opened.secret, OWNER) is not None

    change(stations, opened)

    assert resume_session(stations, opened.secret, OWNER) is None


WITHOUT_ITS_SESSIONS: dict[str, dict[str, object]] = {
    "another role": {"role": Role.QUALITY},
    "a closed account": {"disabled": True},
}


@pytest.mark.parametrize("change", WITHOUT_ITS_SESSIONS.values(), ids=WITHOUT_ITS_SESSIONS)
def test_attacker_who_keeps_the_session_in_the_store_is_bound_to_the_account(
    change: dict[str, object], opened: Opened, stations: Stations
) -> None:
    """Even where the session itself survived the change: it was begun by another account than this one is now."""
    account = stations.accounts.get_account(opened.actor.account_uid)
    assert account is not None
    stations.accounts.put_account(replace(account, **change))  # type: ignore[arg-type]
    before = stations.ledger.get_head().seq

    assert resume_session(stations, opened.secret, OWNER) is None

    (ended,) = ends(records(stations, after=before), opened.session.uid)
    assert "changed" in ended["reason"]


@pytest.mark.parametrize("cookie", [None, 17, "", "ab", "zz" * 32, "AB" * 32, "ab" * 33], ids=repr)
def test_attacker_who_edits_the_cookie_is_nobody(cookie: object, stations: Stations) -> None:
    """What is not 256 bits in hex is not even looked up."""
    assert resume_session(stations, cookie, OWNER) is None


FORGERIES: dict[str, str] = {
    "another cookie": "session.secret_hash = $hash",
    "a second factor": "session.factor_at = session.begun_at",
    "a later end": "session.ends_at = '2099-01-01T00:00:00.000000Z'",
    "another purpose": "session.purpose = 'audit'",
    "a broken glass": "session.grant = '0123456789abcdef'",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_attacker_who_writes_into_the_store_can_widen_no_session(forgery: str, opened: Opened, stations: Stations) -> None:
    """An administrator of the database sets what he likes; without our key the session is over."""
    own = "cd" * 32
    planted = hashlib.sha256(bytes.fromhex(own)).hexdigest()
    text = f"MATCH (session:Session {{uid: '{opened.session.uid}'}}) SET {forgery.replace('$hash', repr(planted))}"
    stations.graph.administer(text, "test")

    for cookie in (opened.secret, own):
        assert resume_session(stations, cookie, OWNER) is None

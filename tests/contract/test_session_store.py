"""Sessions of persons, on every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from traceapp.domain.purposes import Purpose
from traceapp.domain.sessions import Session
from traceapp.graph.connection import Graph
from traceapp.graph.session_store import SessionStore
from traceapp.host.row_register import RowRegister

NOW = datetime(2026, 3, 2, 10, 0, 0, 1, UTC)
ONE = Session(
    uid="a" * 16,
    secret_hash="1" * 64,
    account_uid="f" * 32,
    binding="b" * 64,
    begun_at=NOW,
    seen_at=NOW,
    ends_at=NOW + timedelta(hours=12),
    address="192.0.2.1",
    agent="a browser",
)
TWO = replace(ONE, uid="c" * 16, secret_hash="2" * 64, begun_at=NOW + timedelta(seconds=1))
OTHER = replace(ONE, uid="d" * 16, secret_hash="3" * 64, account_uid="e" * 32, begun_at=NOW + timedelta(seconds=2))


@pytest.fixture
def sessions(store: Graph, home: Path) -> SessionStore:
    found = SessionStore(store, RowRegister(home))
    for session in (ONE, TWO, OTHER):
        found.append_session(session)
    return found


def test_session_comes_back_as_it_was_kept(sessions: SessionStore) -> None:
    assert sessions.get_session(ONE.secret_hash) == ONE
    assert sessions.get_session("0" * 64) is None
    assert sessions.list_sessions_of_account(ONE.account_uid) == (ONE, TWO)
    assert sessions.list_sessions(NOW, row_limit=10) == (ONE, TWO, OTHER)
    assert sessions.list_sessions(NOW, row_limit=2) == (ONE, TWO)
    assert sessions.list_sessions(ONE.ends_at, row_limit=10) == ()


def test_change_is_kept_whole(sessions: SessionStore) -> None:
    changed = replace(
        ONE,
        secret_hash="9" * 64,
        seen_at=NOW + timedelta(minutes=3),
        ends_at=NOW + timedelta(hours=1),
        address="198.51.100.7",
        factor_due=True,
        factor_at=NOW,
        purpose=Purpose.RECALL,
        left_network="192.0.2.0/24",
        moved_at=NOW,
    )

    assert sessions.put_session(changed) == replace(changed, version=1)
    assert sessions.get_session("9" * 64) == replace(changed, version=1)
    assert sessions.get_session(ONE.secret_hash) is None


def test_of_two_changes_at_once_one_is_kept(sessions: SessionStore) -> None:
    rotated = replace(ONE, secret_hash="9" * 64)
    assert sessions.put_session(rotated) is not None

    assert sessions.put_session(replace(ONE, purpose=Purpose.AUDIT)) is None
    sessions.note_use(replace(ONE, address="10.0.0.1"))

    assert sessions.get_session("9" * 64) == replace(rotated, version=1)


def test_ended_session_is_not_brought_back_by_a_late_write(sessions: SessionStore) -> None:
    sessions.void_session(ONE.uid)
    sessions.void_session("0" * 16)

    sessions.note_use(ONE)

    assert sessions.put_session(ONE) is None
    assert sessions.get_session(ONE.secret_hash) is None
    assert sessions.list_sessions(NOW, row_limit=10) == (TWO, OTHER)


def test_sessions_of_a_person_end_but_the_one_that_is_kept(sessions: SessionStore) -> None:
    sessions.void_sessions_of_account(ONE.account_uid, kept=TWO.uid)
    assert sessions.list_sessions(NOW, row_limit=10) == (TWO, OTHER)

    sessions.void_sessions_of_account(ONE.account_uid)
    assert sessions.list_sessions(NOW, row_limit=10) == (OTHER,)


def test_the_sweep_sees_every_session_in_pages(sessions: SessionStore) -> None:
    sessions.void_session(TWO.uid)
    for page in (1, 2, 3):
        assert tuple(sessions.sweep(page)) == ((ONE, False), (OTHER, False))

    sessions.append_session(TWO)

    assert tuple(sessions.sweep(1)) == ((ONE, False), (TWO, True), (OTHER, False)), "put back"


def test_a_session_stands_as_it_was_read_or_does_not(sessions: SessionStore) -> None:
    assert sessions.stands(ONE)
    sessions.note_use(replace(ONE, address="10.0.0.1"))
    sessions.void_session(TWO.uid)
    assert [sessions.stands(one) for one in (ONE, TWO)] == [False, False]


def test_what_is_over_is_forgotten_at_the_next_sign_in(sessions: SessionStore) -> None:
    later = NOW + timedelta(minutes=16)
    newest = replace(ONE, uid="0" * 16, secret_hash="4" * 64, begun_at=later, seen_at=later)

    sessions.append_session(newest)

    assert sessions.list_sessions_of_account(ONE.account_uid) == (newest,)
    assert sessions.get_session(OTHER.secret_hash) == OTHER


def test_secrets_are_in_no_representation() -> None:
    assert ONE.secret_hash not in repr(ONE)
    assert ONE.binding not in repr(ONE)

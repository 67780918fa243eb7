"""An end of a session, or another secret for it, whose COMMIT never comes: nobody honest is told that a row was put back."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.cutting_proxy import CutBeforeCommit, proxied
from tests.processes import ROOT, environment_of
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.errors import StoreUnavailableError
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.graph import connection
from traceapp.graph.connection import Graph
from traceapp.graph.session_store import SessionStore
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.sessions.choose_purpose import choose_purpose
from traceapp.usecases.sessions.end_sessions import end_session_of, end_sessions_of
from traceapp.usecases.sessions.open_session import Opened
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

PASSWORD = "correct horse battery"
OWNER = Client("192.0.2.17", "a browser")
EVERYWHERE = frozenset({"*"})
DYING = """
import os, signal
from traceapp.cli.commands import main
from traceapp.host.row_register import RowRegister

def dies(*_):
    {first}
    os.kill(os.getpid(), signal.SIGKILL)

noted = RowRegister.note_end
RowRegister.{method} = dies
main()
"""
KILLED = {
    "after the note, before COMMIT": DYING.format(method="note_end", first="noted(*_)"),
    "after COMMIT, before it is settled": DYING.format(method="end", first="pass"),
}
ENDS = {
    "one": lambda cut, opened: end_session_of(cut, terminal_actor(), opened.session.uid),
    "all of a person": lambda cut, opened: end_sessions_of(cut, terminal_actor(), "anna"),
}


@pytest.fixture
def opened(stations: Stations) -> Opened:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    return sign_in(stations, "anna", PASSWORD, OWNER).value


@contextmanager
def cut_at_commit(stations: Stations, leg: StoreLeg, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stations]:
    """The same stations; of what they write of sessions no COMMIT reaches the store, and they give up soon."""
    with (
        proxied(leg.endpoint, CutBeforeCommit(1000)) as endpoint,
        Graph.connect(endpoint) as graph,
        monkeypatch.context() as patch,
    ):
        patch.setattr(connection, "WRITE_PATIENCE", 0.3)
        yield replace(stations, sessions=SessionStore(graph, stations.register))


def standing(leg: StoreLeg, uid: str) -> int:
    with leg.session() as session:
        return len(session.run("MATCH (n:Session {uid: $uid}) RETURN n.uid", uid=uid).data())


def denials(stations: Stations) -> list[object]:
    return [record["reason"] for record in records(stations) if record["outcome"] == "denied"]


def findings(stations: Stations) -> tuple[str, ...]:
    return verify_graph(stations, terminal_actor(), lambda _: None).value.findings


@pytest.mark.parametrize("looked_at_by", ["its browser", "the sweep"])
@pytest.mark.parametrize("end", ENDS)
def test_promise_an_end_that_was_not_committed_accuses_nobody_and_is_carried_out(
    end: str, looked_at_by: str, stations: Stations, opened: Opened, empty_leg: StoreLeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = opened.session.uid
    with cut_at_commit(stations, empty_leg, monkeypatch) as cut, pytest.raises(StoreUnavailableError):
        ENDS[end](cut, opened)
    assert standing(empty_leg, uid) == 1, "it stands"

    if looked_at_by == "its browser":
        assert resume_session(stations, opened.secret, OWNER) is None
    assert findings(stations) == ()

    assert denials(stations) == []
    assert standing(empty_leg, uid) == 0
    assert resume_session(stations, opened.secret, OWNER) is None


@pytest.mark.parametrize("killed", KILLED)
def test_promise_a_killed_end_of_a_session_accuses_nobody_and_is_carried_out(
    killed: str, stations: Stations, opened: Opened, empty_leg: StoreLeg
) -> None:
    uid = opened.session.uid
    done = subprocess.run(
        [sys.executable, "-c", KILLED[killed], "session", "end", uid],
        env={**environment_of(stations), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert standing(empty_leg, uid) == ("before COMMIT" in killed)

    assert resume_session(stations, opened.secret, OWNER) is None

    assert (findings(stations), denials(stations), standing(empty_leg, uid)) == ((), [], 0)


def test_promise_a_new_secret_that_was_not_committed_signs_nobody_out(
    stations: Stations, opened: Opened, empty_leg: StoreLeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cut_at_commit(stations, empty_leg, monkeypatch) as cut, pytest.raises(StoreUnavailableError):
        choose_purpose(cut, opened.actor, Purpose.RECALL)

    assert resume_session(stations, opened.secret, OWNER) is not None
    assert (findings(stations), denials(stations)) == ((), [])

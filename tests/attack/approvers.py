"""Persons who ask for something and agree to it, and what became of that."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.approving import agree
from tests.clockwork import Clockwork
from tests.signing import signed_by
from traceapp.composition import build_watch, terminal_actor
from traceapp.domain.alerts import AlertFilter
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})
OWNER = Client("192.0.2.17", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
SILENCE = {"rule": "denials", "hours": 4}
WHY = "The new interface asks for numbers before they are imported."
SEEN = "The interface was looked at, and is mended tomorrow."

DAY = 86_400.0
RACERS = 64
ENDS = {"approval:execute", "approval:cancel"}

Enter = Callable[..., Actor]
Hire = Callable[..., str]


@pytest.fixture
def hire(clocked: Stations) -> Hire:
    """`hire("wang", Role.QUALITY)`: the uid of an account that is new at this moment."""

    def make(name: str, role: Role, printed_name: str = "", person: str | None = None) -> str:
        password, printed = "correct horse battery", printed_name or name
        return create_account(
            clocked, terminal_actor(), name, password, printed, role, EVERYWHERE, EVERYWHERE, person=person
        ).value

    return make


@pytest.fixture
def enter(clocked: Stations, clockwork: Clockwork, hire: Hire) -> Enter:
    """`enter("wang", Role.QUALITY)`: somebody who is no newcomer, in a session, second factor just shown."""

    def make(name: str, role: Role, printed_name: str = "", person: str | None = None) -> Actor:
        uid = hire(name, role, printed_name, person)
        clockwork.go_on(DAY)
        return session_of(clocked, uid)

    return make


def session_of(stations: Stations, uid: str) -> Actor:
    account = stations.accounts.get_account(uid)
    assert account is not None
    opened = make_session(stations, account, OWNER, factor_at=stations.clock.now())
    stations.sessions.append_session(opened.session)
    return opened.actor


@pytest.fixture
def two(enter: Enter, clocked: Stations) -> tuple[Actor, Actor]:
    """Anna of quality, and Ben, the auditor; both just showed their second factor."""
    anna, ben = enter("anna", Role.QUALITY), enter("ben", Role.AUDITOR)
    return session_of(clocked, anna.account_uid), ben


def asked_by(stations: Stations, actor: Actor) -> Approval:
    return request_approval(stations, actor, Operation.ALERT_SILENCE, SILENCE, WHY).value


def approve(stations: Stations, actor: Actor, asked: Approval) -> Approval:
    return agree(stations, actor, asked.uid, SEEN, signed_by(actor)).value


def rung(stations: Stations) -> set[str]:
    """Rules that rang on what is on record by now."""
    watch = LedgerWatch(replace(build_watch(stations.settings), ledger=stations.ledger))
    while watch.read():
        pass
    return {one.alert.rule for one in stations.alerts.list_alerts(AlertFilter(), 99)}


def standing(stations: Stations, asked: Approval) -> ApprovalState:
    found = stations.approvals.get_approval(asked.uid)
    assert found is not None
    return found.state


def by_hand(stations: Stations, one: Approval, other: Approval, change: str) -> None:
    """In the database, behind the service's back."""
    found = f"MATCH (a:Approval {{uid: '{one.uid}'}}), (b:Approval {{uid: '{other.uid}'}})"
    stations.graph.administer(f"{found} SET {change}", "attack")

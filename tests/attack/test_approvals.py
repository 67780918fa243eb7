"""Four eyes: whoever asks agrees to nothing of his own, nobody agrees twice, and what was not agreed to does not happen."""

from collections.abc import Callable

import pytest

from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.errors import ApprovalStateError
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.usecases.create_account import create_account
from traceapp.usecases.decide_approval import approve_approval
from traceapp.usecases.execute_approval import execute_approval
from traceapp.usecases.open_session import make_session
from traceapp.usecases.request_approval import request_approval
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
OWNER = Client("192.0.2.17", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
SILENCE = {"rule": "denials", "hours": 4}
WHY = "The new interface asks for numbers before they are imported."
SEEN = "The interface was looked at, and is mended tomorrow."

Enter = Callable[..., Actor]


@pytest.fixture
def enter(clocked: Stations) -> Enter:
    """`enter("wang", Role.QUALITY)`: somebody in a session, second factor just shown."""

    def make(name: str, role: Role, printed_name: str = "", person: str | None = None) -> Actor:
        password = "correct horse battery"
        uid = create_account(
            clocked, terminal_actor(), name, password, printed_name or name, role, EVERYWHERE, EVERYWHERE, person=person
        ).value
        account = clocked.accounts.get_account(uid)
        assert account is not None
        opened = make_session(clocked, account, OWNER, factor_at=clocked.clock.now())
        clocked.sessions.append_session(opened.session)
        return opened.actor

    return make


def asked_by(stations: Stations, actor: Actor) -> Approval:
    return request_approval(stations, actor, Operation.ALERT_SILENCE, SILENCE, WHY).value


def approve(stations: Stations, actor: Actor, asked: Approval) -> Approval:
    return approve_approval(stations, actor, asked.uid, asked.digest, SEEN).value


def test_promise_what_one_asked_for_and_another_agreed_to_happens_once(enter: Enter, clocked: Stations) -> None:
    anna, ben = enter("anna", Role.QUALITY), enter("ben", Role.AUDITOR)
    asked = asked_by(clocked, anna)
    assert approve(clocked, ben, asked).state is ApprovalState.APPROVED
    before = clocked.ledger.get_head().seq

    execute_approval(clocked, anna, asked.uid)

    told = [(one["act"], one["outcome"], one.get("approval")) for one in records(clocked, after=before)]
    assert told == [
        ("approval:execute", "intended", asked.uid),
        ("approval:execute", "done", asked.uid),
        ("alert:silence", "done", asked.uid),
    ]
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, anna, asked.uid)
    assert len(records(clocked, act="alert:silence")) == 1

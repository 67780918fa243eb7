"""A file that leaves after others agreed: nobody agrees to his own, and it leaves once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from tests.approving import agree
from tests.attack.approvers import EVERYWHERE, RACERS, Enter, enter, hire, rung, session_of, standing
from tests.recorded import records
from tests.signing import signed_by
from tests.web.plant import fill
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval, ApprovalState
from traceapp.domain.errors import ApprovalStateError, PermissionDeniedError
from traceapp.domain.exports import Subject, TableForm
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.exports.take_export import request_export, take_export
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.stations import Stations
from traceapp.web.trace_tables import trace_tables

__all__ = ["enter", "hire"]
pytestmark = pytest.mark.one_store

WHY = "The authority wants the list of consignees."
SEEN = "The list is what the authority asked for."
TABLES = {Subject.TRACE: partial(trace_tables, {})}


@pytest.fixture
def plant(clocked: Stations, tmp_path: Path) -> Stations:
    fill(clocked, tmp_path)
    return clocked


def asked_by(stations: Stations, actor: Actor, number: str = "RM-1") -> Approval:
    question = TraceQuestion((Seed(number=number),), Direction.FORWARD)
    return request_export(stations, actor, Subject.TRACE, question, TableForm.JSON, "T2", WHY).value


def test_attacker_cannot_agree_to_his_own_export(plant: Stations, enter: Enter) -> None:
    """By the account that asked, by a second one of the same person, or by a token of his: refused, on record, and an alert."""
    first = enter("anna", Role.QUALITY, "Anna K", "anna-k")
    second = enter("audit-7", Role.AUDITOR, "A. K.", "anna-k")
    enter("ben", Role.AUDITOR)
    anna, again = (session_of(plant, one.account_uid) for one in (first, second))
    wanted = TokenRequest(Role.QUALITY, EVERYWHERE, EVERYWHERE, "robot", 1, owner="anna")
    robot = authenticate_token(plant, issue_token(plant, terminal_actor(), wanted).value, "192.0.2.17")
    asked = asked_by(plant, anna)

    for who in (anna, again, robot):
        with pytest.raises(PermissionDeniedError):
            agree(plant, who, asked.uid, SEEN, signed_by(who))

    denied = [one["approval"] for one in records(plant, act="approval:decide") if one["outcome"] == "denied"]
    assert denied == [asked.uid] * 3
    assert standing(plant, asked) is ApprovalState.REQUESTED
    assert "approval-refused" in rung(plant)
    with pytest.raises(ApprovalStateError):
        execute_approval(plant, anna, asked.uid)


@pytest.fixture
def agreed(plant: Stations, enter: Enter) -> tuple[Actor, Approval]:
    """Whoever asked for a file, and the approval to which another agreed."""
    first, ben = enter("anna", Role.QUALITY), enter("ben", Role.AUDITOR)
    anna = session_of(plant, first.account_uid)
    asked = asked_by(plant, anna)
    return anna, agree(plant, ben, asked.uid, SEEN, signed_by(ben)).value


@pytest.mark.every_store
def test_attacker_among_64_at_once_takes_one_file(agreed: tuple[Actor, Approval], plant: Stations) -> None:
    anna, asked = agreed
    execute_approval(plant, anna, asked.uid)
    line = Barrier(RACERS)

    def take(_: int) -> bool:
        line.wait()
        try:
            taken = take_export(plant, anna, asked.uid, TABLES).value
        except ApprovalStateError:
            return False
        taken.file.close()
        assert taken.sent is not None
        taken.sent(taken.size)
        return True

    with ThreadPoolExecutor(RACERS) as pool:
        assert sum(pool.map(take, range(RACERS))) == 1

    left = [one for one in records(plant, act="batch:export") if one.get("approval") == asked.uid]
    assert [one["outcome"] for one in left].count("answered") == 1

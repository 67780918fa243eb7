"""Whoever carries out an approval is killed at every step: it has happened once or not at all, and the ledger says which."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.approving import agree
from tests.fault.test_intents_killed import CLIENT, COMMIT, check_agreement, run_killed, sweep
from tests.recorded import records
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.errors import ApprovalStateError, StoreConflictError
from traceapp.domain.recorded import ABORTED, COMMITTED, Recorded
from traceapp.domain.rights import Actor, Role
from traceapp.domain.sessions import Client
from traceapp.ledger.open_intents import held_intent
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.approvals.approved_operations import OPERATIONS
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.held_things import NOTHING_HELD
from traceapp.usecases.approvals.list_approvals import show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.approvals.settle_spent import SpentSweep
from traceapp.usecases.exports.take_once import taking
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
WHY = "The new interface asks for numbers before they are imported."
STEPS = {
    "after the intent": ((CLIENT, 1, False, None), ABORTED, False),
    "before COMMIT": ((COMMIT, 1, True, None), ABORTED, False),
    "after COMMIT": ((COMMIT, 1, False, None), COMMITTED, False),
    "once it is spent": ((CLIENT, 2, False, None), "done", False),
    "once it happened": ((CLIENT, 3, False, None), "done", True),
}
"""Where it is killed, what becomes of the act that spends the approval, and whether what was approved happened."""


class LastWeek:
    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=7)


def colleague(stations: Stations, name: str, role: Role = Role.QUALITY) -> Actor:
    """Somebody who has been here for a week, and just showed his second factor."""
    before = replace(stations, clock=LastWeek())
    made = create_account(before, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE)
    account = stations.accounts.get_account(made.value)
    assert account is not None
    opened = make_session(stations, account, Client("", ""), factor_at=stations.clock.now())
    stations.sessions.append_session(opened.session)
    return opened.actor


def approved(stations: Stations) -> Approval:
    """Asked for at the terminal, and agreed to by two."""
    persons = [colleague(stations, name) for name in ("anna", "ben")]
    asked = request_approval(stations, terminal_actor(), Operation.ALERT_SILENCE, {"rule": "denials", "hours": 4}, WHY).value
    for person in persons:
        agree(stations, person, asked.uid, WHY, signed_by(person))
    return asked


@pytest.mark.parametrize("step", STEPS)
def test_promise_what_was_approved_happens_once_or_not_at_all(step: str, stations: Stations) -> None:
    asked = approved(stations)
    cut, outcome, happened = STEPS[step]
    head = stations.ledger.get_head().seq

    run_killed(stations, cut, "approval", "execute", asked.uid)
    sweep(stations)

    told = [record for record in records(stations, after=head) if record["act"] == "approval:execute"]
    assert [record["outcome"] for record in told] == ["intended", outcome]
    assert {record["approval"] for record in told} == {asked.uid}
    assert len(records(stations, act="alert:silence")) == happened
    found = stations.approvals.get_approval(asked.uid)
    assert found is not None
    assert found.state is (ApprovalState.APPROVED if outcome == ABORTED else ApprovalState.EXECUTED)
    check_agreement(stations)
    if outcome == ABORTED:
        execute_approval(stations, terminal_actor(), asked.uid)
    else:
        with pytest.raises(ApprovalStateError):
            execute_approval(stations, terminal_actor(), asked.uid)
    assert len(records(stations, act="alert:silence")) == (happened or outcome == ABORTED)


IN_VAIN = ["intended", "done"]


def said_in_vain(stations: Stations, uid: str) -> list[str]:
    return [one["outcome"] for one in records(stations, act="approval:spent") if one["approval"] == uid]


@pytest.mark.parametrize("step", STEPS)
def test_promise_what_was_spent_in_vain_is_said_and_nothing_else_is(step: str, stations: Stations) -> None:
    """After the crash the sweep says it once; of what happened, or can still happen, it says nothing."""
    asked = approved(stations)
    cut, outcome, happened = STEPS[step]
    run_killed(stations, cut, "approval", "execute", asked.uid)
    in_vain = outcome != ABORTED and not happened

    sweep(stations)
    said = [SpentSweep(stations.settings.home).look(stations, terminal_actor()) for _ in range(2)]

    assert said == ([[asked.uid], []] if in_vain else [[], []])
    assert said_in_vain(stations, asked.uid) == (IN_VAIN if in_vain else [])
    shown = show_approval(stations, terminal_actor(), asked.uid).value
    assert shown.in_vain is in_vain
    check_agreement(stations)


def test_promise_an_act_that_fails_is_said_at_once_not_to_have_happened(
    stations: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = approved(stations)

    def fails(*_: object) -> Recorded[None]:
        raise StoreConflictError("the store refused it")

    row = replace(OPERATIONS[Operation.ALERT_SILENCE], carry_out=fails)
    monkeypatch.setitem(OPERATIONS, Operation.ALERT_SILENCE, row)  # type: ignore[arg-type]
    with pytest.raises(StoreConflictError):
        execute_approval(stations, terminal_actor(), asked.uid)

    assert said_in_vain(stations, asked.uid) == IN_VAIN
    assert SpentSweep(stations.settings.home).look(stations, terminal_actor()) == []
    assert show_approval(stations, terminal_actor(), asked.uid).value.in_vain


def test_promise_what_is_worked_on_is_not_said_to_have_been_in_vain(stations: Stations) -> None:
    """Somebody is between the approval and its act: the sweep leaves it alone, and says it once he is gone."""
    asked = approved(stations)
    run_killed(stations, STEPS["once it is spent"][0], "approval", "execute", asked.uid)
    swept = SpentSweep(stations.settings.home)

    with held_intent(stations.settings.home, asked.uid):
        assert swept.look(stations, terminal_actor()) == []

    assert swept.look(stations, terminal_actor()) == [asked.uid]


def test_promise_what_is_being_taken_is_not_said_meanwhile_to_have_been_in_vain(stations: Stations) -> None:
    asked = approved(stations)
    run_killed(stations, STEPS["once it is spent"][0], "approval", "execute", asked.uid)
    swept, found = SpentSweep(stations.settings.home), stations.approvals.get_approval(asked.uid)

    assert found is not None
    with taking(stations, found, asked.requester, NOTHING_HELD, lambda *_: True, "", lambda error: error) as (claim, _):
        assert swept.look(stations, terminal_actor()) == []
    claim.end()

    assert swept.look(stations, terminal_actor()) == [asked.uid]

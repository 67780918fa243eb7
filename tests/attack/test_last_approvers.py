"""The last who could agree to something is taken away: refused by operation and step, or said with a reason, and it rings."""

from collections.abc import Callable

import pytest

from tests.attack.test_approvals import Enter, Hire, enter, hire
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.errors import InputError, LastApproversError
from traceapp.domain.rights import Actor, Role
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.policy.alert_rules import read_alert_rules
from traceapp.policy.record_facts import RecordFacts
from traceapp.usecases.accounts.give_role import give_person, give_role, suspend_account
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

__all__ = ["enter", "hire"]

EVERYWHERE = frozenset({"*"})
WHY = "Was asked to go, from one day to another."
TAKEN: dict[str, Callable[[Stations, bool], object]] = {
    "suspended": lambda stations, anyway: suspend_account(stations, terminal_actor(), "ben", WHY, anyway),
    "left": lambda stations, anyway: leave_account(stations, terminal_actor(), "ben", WHY, None, anyway),
    "another role": lambda stations, anyway: give_role(
        stations, terminal_actor(), "ben", Role.VIEWER, EVERYWHERE, EVERYWHERE, (), WHY, anyway
    ),
}


@pytest.fixture
def two(enter: Enter) -> tuple[Actor, Actor]:
    """All who decide: what takes two of them takes both."""
    return enter("anna", Role.QUALITY), enter("ben", Role.QUALITY)


@pytest.mark.parametrize("way", TAKEN)
def test_attacker_who_takes_the_last_approver_away_is_refused_or_rings(
    way: str, two: tuple[Actor, Actor], clocked: Stations
) -> None:
    head = clocked.ledger.get_head().seq

    with pytest.raises(LastApproversError, match=r"key_destroy, step 1 \(2 × auditor or quality\)"):
        TAKEN[way](clocked, False)

    account = clocked.accounts.get_account(two[1].account_uid)
    assert account is not None
    assert (account.disabled, account.role) == (False, Role.QUALITY)
    assert {one["outcome"] for one in records(clocked, after=head)} == {"failed"}
    head = clocked.ledger.get_head().seq
    TAKEN[way](clocked, True)
    evaluation = Evaluation(read_alert_rules(), RecordFacts(frozenset()))
    rung = {one.rule for told in records(clocked, after=head) for one in evaluation.take(told["seq"], told)}
    assert "last-approvers" in rung
    assert "key_destroy" in records(clocked, after=head)[0]["request"]["leaves_stuck"]


def test_attacker_who_makes_one_person_of_the_last_two_is_refused(two: tuple[Actor, Actor], clocked: Stations) -> None:
    with pytest.raises(LastApproversError):
        give_person(clocked, terminal_actor(), "ben", two[0].account_uid, WHY)


def test_promise_anyway_takes_a_reason(two: tuple[Actor, Actor], clocked: Stations) -> None:
    with pytest.raises(InputError):
        suspend_account(clocked, terminal_actor(), "ben", None, anyway=True)


@pytest.mark.usefixtures("two")
def test_promise_whoever_is_not_the_last_leaves_as_before(hire: Hire, clocked: Stations) -> None:
    """The longest chain of the default policy takes four."""
    for username, role in (("cleo", Role.AUDITOR), ("dora", Role.QUALITY), ("eva", Role.QUALITY)):
        hire(username, role)

    leave_account(clocked, terminal_actor(), "ben", WHY)

    assert "leaves_stuck" not in records(clocked, act="account:leave")[-1]["request"]

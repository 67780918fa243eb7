"""The last who could agree to something is taken away: refused by operation and step, or said with a reason, and it rings."""

from collections.abc import Callable

import pytest

from tests.attack.approvers import Enter, Hire, enter, hire
from tests.recorded import records
from tests.web.test_policy_deadlock import asking_for
from traceapp.composition import terminal_actor
from traceapp.domain.access_reviews import ReviewDecision
from traceapp.domain.approvals import ApprovalState
from traceapp.domain.errors import InputError, LastApproversError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.rights import Actor, Role
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.policy.alert_rules import read_alert_rules
from traceapp.policy.record_facts import RecordFacts
from traceapp.usecases.accounts.give_role import give_person, give_role, suspend_account
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.accounts.review_access import begin_review, decide_account, show_review
from traceapp.usecases.governed.propose_document import propose_document
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
    assert "last-approvers" in rung_since(clocked, head)
    assert "key_destroy" in records(clocked, after=head)[0]["request"]["leaves_stuck"]


def rung_since(stations: Stations, head: int) -> set[str]:
    """Rules that ring on what is on record since then."""
    evaluation = Evaluation(read_alert_rules(), RecordFacts(frozenset()))
    return {one.rule for told in records(stations, after=head) for one in evaluation.take(told["seq"], told)}


@pytest.mark.parametrize(
    ("decision", "role"),
    [(ReviewDecision.SUSPENDED, None), (ReviewDecision.NARROWED, Role.VIEWER)],
    ids=["suspended", "narrowed"],
)
def test_attacker_who_reviews_the_last_approver_away_rings(
    decision: ReviewDecision, role: Role | None, two: tuple[Actor, Actor], clocked: Stations
) -> None:
    """A review withdraws at once, as two look at it already; nobody is left in the dark about what it takes away."""
    anna, ben = two
    run = begin_review(clocked, terminal_actor()).value
    shown = show_review(clocked, anna, run.uid).value
    seen = next(one.digest for one in shown.items if one.item.username == "ben")
    head = clocked.ledger.get_head().seq

    decide_account(clocked, anna, run.uid, "ben", decision, seen, WHY, role)

    assert "last-approvers" in rung_since(clocked, head)
    told = records(clocked, after=head)[-1]["request"]
    assert told["account"] == ben.account_uid
    assert "key_destroy" in told["leaves_stuck"]


def test_attacker_who_makes_one_person_of_the_last_two_is_refused(two: tuple[Actor, Actor], clocked: Stations) -> None:
    with pytest.raises(LastApproversError):
        give_person(clocked, terminal_actor(), "ben", two[0].account_uid, WHY)


def test_promise_anyway_takes_a_reason(two: tuple[Actor, Actor], clocked: Stations) -> None:
    with pytest.raises(InputError, match="why, since too few would be left who could agree"):
        suspend_account(clocked, terminal_actor(), "ben", None, anyway=True)


@pytest.mark.usefixtures("two")
def test_promise_whoever_is_not_the_last_leaves_as_before(hire: Hire, clocked: Stations) -> None:
    """The longest chain of the default policy takes four."""
    for username, role in (("cleo", Role.AUDITOR), ("dora", Role.QUALITY), ("eva", Role.QUALITY)):
        hire(username, role)

    leave_account(clocked, terminal_actor(), "ben", WHY)

    assert "leaves_stuck" not in records(clocked, act="account:leave")[-1]["request"]


@pytest.mark.usefixtures("two")
def test_promise_whoever_takes_over_what_cannot_be_carried_out_any_more_stops_no_leaving(
    hire: Hire, enter: Enter, clocked: Stations
) -> None:
    """He had proposed a policy that takes as many of quality as there were; he was one of them, and leaves."""
    for name, role in (("ira", Role.IT), ("abel", Role.AUDITOR), ("pat", Role.PRODUCTION), ("olga", Role.AUDITOR)):
        hire(name, role)
    quin = enter("quin", Role.QUALITY)
    proposed = propose_document(clocked, quin, DocumentKind.POLICY, asking_for(3).encode(), WHY).value

    (passed,) = leave_account(clocked, terminal_actor(), "quin", WHY, "anna", anyway=True).value.passed

    assert (passed.uid, passed.heir_uid) == (proposed.uid, None)
    assert "alert_silence, step 1" in (passed.because or "")
    found = clocked.approvals.get_approval(proposed.uid)
    assert found is not None
    assert found.state is ApprovalState.CANCELLED

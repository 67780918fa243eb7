"""Four eyes: whoever asks agrees to nothing of his own, nobody agrees twice, and what was not agreed to does not happen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import resources
from threading import Barrier

import pytest

from tests.approving import opened
from tests.attack.approvers import (
    DAY,
    ENDS,
    EVERYWHERE,
    RACERS,
    SEEN,
    SILENCE,
    WHY,
    Enter,
    Hire,
    approve,
    asked_by,
    by_hand,
    enter,
    hire,
    rung,
    session_of,
    standing,
    two,
)
from tests.clockwork import Clockwork
from tests.recorded import records
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import ApprovalState, Operation
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import (
    ApprovalNotFoundError,
    ApprovalStateError,
    ConcurrentChangeError,
    PermissionDeniedError,
    PolicyError,
    SealBrokenError,
    TraceappError,
)
from traceapp.domain.rights import Actor, Role
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.policy.alert_rules import read_alert_rules, running_rules
from traceapp.policy.document import parse_policy
from traceapp.policy.record_facts import RecordFacts
from traceapp.usecases.accounts.change_account import set_disabled, set_password, set_role
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.approvals.decide_approval import approve_approval, cancel_approval, deny_approval
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.list_approvals import list_approvals, show_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.stations import Stations

__all__ = ["enter", "hire", "two"]

pytestmark = pytest.mark.one_store

LOOKERS = 16


def test_promise_what_one_asked_for_and_another_agreed_to_happens_once(two: tuple[Actor, Actor], clocked: Stations) -> None:
    anna, ben = two
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


def test_promise_a_silenced_rule_is_silent_until_its_end_and_that_it_is_rings(
    two: tuple[Actor, Actor], clocked: Stations
) -> None:
    anna, ben = two
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)
    execute_approval(clocked, anna, asked.uid)
    (silenced,) = records(clocked, act="alert:silence")
    evaluation = Evaluation(read_alert_rules(), RecordFacts(frozenset()))
    assert [one.rule for one in evaluation.take(silenced["seq"], silenced)] == ["rule-silenced"]

    def ring(after: timedelta) -> set[str]:
        """Ten refusals of somebody, so long after the end."""
        at = stored_time(datetime.fromisoformat(silenced["request"]["until"]) + after)
        refused = {**silenced, "act": "batch:show", "outcome": "denied", "time": at, "approval": None}
        return {one.rule for seq in range(10_000, 10_010) for one in evaluation.take(seq, refused)}

    refusals = [ring(timedelta(hours=hours)) for hours in (-3, -1, 1)]

    assert refusals == [set(), set(), {"denials"}]


OWN = {
    "the same account": ("anna", {}),
    "another account of his": ("anna-2", {"person": "anna-k"}),
    "another account, by its printed name": ("anna-2", {"printed_name": "ANNA  K"}),
}


@pytest.mark.parametrize(("name", "alike"), OWN.values(), ids=OWN)
def test_attacker_cannot_agree_to_his_own_request(name: str, alike: dict[str, str], enter: Enter, clocked: Stations) -> None:
    """By no account of his, whatever its name: refused, on record, and an alert."""
    anna = enter("anna", Role.QUALITY, "Anna K", "anna-k")
    enter("ben", Role.AUDITOR)
    other = anna if name == "anna" else enter(name, Role.AUDITOR, **alike)
    asked = asked_by(clocked, session_of(clocked, anna.account_uid))

    with pytest.raises(PermissionDeniedError):
        approve(clocked, session_of(clocked, other.account_uid), asked)

    (denied,) = [one for one in records(clocked, act="approval:decide") if one["outcome"] == "denied"]
    assert denied["request"]["requested_by"] == anna.account_uid
    assert denied["approval"] == asked.uid
    assert standing(clocked, asked) is ApprovalState.REQUESTED
    assert "approval-refused" in rung(clocked)


def test_attacker_with_a_token_agrees_to_nothing(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """Neither with his own nor with that of whoever may: a word is a person's."""
    anna, ben = two
    asked = asked_by(clocked, anna)
    for owner in (anna, ben):
        request = TokenRequest(owner.role, EVERYWHERE, EVERYWHERE, "robot", 1, owner=owner.username)
        token = issue_token(clocked, terminal_actor(), request).value
        robot = authenticate_token(clocked, token, "192.0.2.17")
        with pytest.raises(PermissionDeniedError):
            approve(clocked, robot, asked)

    assert standing(clocked, asked) is ApprovalState.REQUESTED
    assert "approval-refused" in rung(clocked)


def test_attacker_who_never_opened_an_approval_agrees_to_nothing(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """The list, the requester and his token know the digest, and another session opened it: none of it is a look of his."""
    anna, ben = two
    asked, other = asked_by(clocked, anna), asked_by(clocked, anna)
    request = TokenRequest(ben.role, EVERYWHERE, EVERYWHERE, "robot", 1, owner=ben.username)
    robot = authenticate_token(clocked, issue_token(clocked, terminal_actor(), request).value, "192.0.2.17")
    elsewhere, digest = session_of(clocked, ben.account_uid), asked.digest
    assert digest in [one.approval.digest for one in list_approvals(clocked, ben).value.waiting]
    opened_by_others = {
        "the digest alone": digest,
        "nothing": "",
        "the requester": opened(clocked, anna, asked.uid)[1],
        "a token": opened(clocked, robot, asked.uid)[1],
        "another session": opened(clocked, elsewhere, asked.uid)[1],
        "another approval": opened(clocked, ben, other.uid)[1],
    }

    for name, seen in opened_by_others.items():
        with pytest.raises(ApprovalStateError, match="did not look at"):
            approve_approval(clocked, ben, asked.uid, digest, seen, SEEN, signed_by(ben))
        failed = records(clocked, act="approval:decide")[-1]
        assert (failed["outcome"], failed["approval"]) == ("failed", asked.uid), name

    assert standing(clocked, asked) is ApprovalState.REQUESTED
    assert approve(clocked, ben, asked).state is ApprovalState.APPROVED
    assert records(clocked, act="approval:open")[-1]["approval"] == asked.uid


def test_attacker_at_the_terminal_needs_two_others(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """Who has the service's files may be any of the persons: one signature, which may be his own, is not enough."""
    anna, ben = two
    asked = asked_by(clocked, terminal_actor())
    with pytest.raises(PermissionDeniedError):
        approve(clocked, terminal_actor(), asked)

    first = approve(clocked, anna, asked)
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, terminal_actor(), asked.uid)
    second = approve(clocked, ben, asked)

    assert (first.state, second.state) == (ApprovalState.REQUESTED, ApprovalState.APPROVED)


@pytest.mark.parametrize("way", ["a new account", "a new role", "a new password", "an account opened again"])
def test_attacker_who_makes_an_approver_waits_out_his_cooling_time_and_rings(
    way: str, two: tuple[Actor, Actor], hire: Hire, clocked: Stations, clockwork: Clockwork
) -> None:
    """The administrator helps himself to a second pair of eyes: it agrees to nothing for a day, and everybody is told."""
    anna, _ = two
    made = hire("cleo", Role.QUALITY if way != "a new role" else Role.VIEWER)
    if way != "a new account":
        clockwork.go_on(30 * DAY)
        admin = terminal_actor()
        if way == "a new role":
            set_role(clocked, admin, "cleo", Role.QUALITY, EVERYWHERE, EVERYWHERE)
        elif way == "a new password":
            set_password(clocked, admin, "cleo", "another horse battery")
        else:
            set_disabled(clocked, admin, "cleo", True)
            set_disabled(clocked, admin, "cleo", False)
    asked = asked_by(clocked, session_of(clocked, anna.account_uid))
    clockwork.go_on(DAY - 1)

    with pytest.raises(PermissionDeniedError, match="too short a time ago"):
        approve(clocked, session_of(clocked, made), asked)

    assert {"approver-made", "approval-refused"} <= rung(clocked)
    again = asked_by(clocked, session_of(clocked, anna.account_uid))
    clockwork.go_on(1)
    if way == "a new password":
        with pytest.raises(PermissionDeniedError, match="Somebody else gave you"):
            approve(clocked, session_of(clocked, made), again)
        return
    assert approve(clocked, session_of(clocked, made), again).state is ApprovalState.APPROVED


def test_attacker_who_may_make_accounts_is_no_approver_by_any_policy(clocked: Stations) -> None:
    """An administrator has no shortcut: a policy that makes one is none."""
    said = resources.files("traceapp.policy").joinpath("default_policy.toml").read_text(encoding="utf-8")
    own = said.replace('"account:create", ', '"account:create", "approval:decide", ', 1)

    with pytest.raises(PolicyError, match="nobody who makes or changes accounts"):
        parse_policy(own.encode())


def test_attacker_among_64_at_once_makes_it_happen_once(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """Approve, carry out, cancel and deny at the same moment: one end, and one record of what happened."""
    anna, ben = two
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)
    moves: list[Callable[[], object]] = [
        lambda: execute_approval(clocked, anna, asked.uid),
        lambda: execute_approval(clocked, anna, asked.uid),
        lambda: cancel_approval(clocked, anna, asked.uid, WHY),
        lambda: deny_approval(clocked, ben, asked.uid, WHY),
    ]
    line = Barrier(RACERS)

    def move(number: int) -> bool:
        line.wait()
        try:
            moves[number % len(moves)]()
        except (ApprovalStateError, ConcurrentChangeError):
            return False
        return True

    with ThreadPoolExecutor(RACERS) as pool:
        made = sum(pool.map(move, range(RACERS)))

    ended = [one for one in records(clocked) if one.get("approval") == asked.uid and one["outcome"] == "done"]
    ends = [one["act"] for one in ended if one["act"] in ENDS or one["request"].get("decision") == "deny"]
    happened = [one for one in ended if one["act"] == "alert:silence"]
    assert (made, len(ends)) == (1, 1)
    assert len(happened) == (standing(clocked, asked) is ApprovalState.EXECUTED)


@pytest.mark.every_store
def test_attacker_who_agrees_carries_out_and_cancels_at_once_makes_one_end(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """The word itself is raced as well: it counts once at most, one end is made at most, and nothing happens without both."""
    anna, ben = two
    asked = asked_by(clocked, anna)
    digest, seen = opened(clocked, ben, asked.uid)
    moves: list[Callable[[], object]] = [
        lambda: approve_approval(clocked, ben, asked.uid, digest, seen, SEEN, signed_by(ben)),
        lambda: execute_approval(clocked, anna, asked.uid),
        lambda: cancel_approval(clocked, anna, asked.uid, WHY),
    ]
    line = Barrier(RACERS)

    def move(number: int) -> None:
        line.wait()
        with suppress(TraceappError):
            moves[number % len(moves)]()

    with ThreadPoolExecutor(RACERS) as pool:
        list(pool.map(move, range(RACERS)))

    done = [one for one in records(clocked) if one.get("approval") == asked.uid and one["outcome"] == "done"]
    acts, state = [one["act"] for one in done], standing(clocked, asked)
    ends = acts.count("approval:execute") + acts.count("approval:cancel")
    assert ends == (state in {ApprovalState.EXECUTED, ApprovalState.CANCELLED})
    assert acts.count("alert:silence") == acts.count("approval:execute") == (state is ApprovalState.EXECUTED)
    assert acts.count("alert:silence") <= acts.count("approval:decide") <= 1


@pytest.mark.every_store
def test_promise_of_many_who_look_at_once_after_its_time_each_is_told_so(
    two: tuple[Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    """One of them writes it down, and none is refused for that."""
    anna, ben = two
    asked = asked_by(clocked, anna)
    clockwork.go_on(DAY)
    together = Barrier(LOOKERS)

    def look(number: int) -> ApprovalState:
        together.wait()
        return show_approval(clocked, (anna, ben)[number % 2], asked.uid).value.listed.approval.state

    with ThreadPoolExecutor(LOOKERS) as pool:
        assert set(pool.map(look, range(LOOKERS))) == {ApprovalState.EXPIRED}

    assert [one["outcome"] for one in records(clocked, act="approval:expire")].count("done") == 1


def test_attacker_cannot_use_an_approval_after_its_time(
    two: tuple[Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    anna, ben = two
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)
    clockwork.go_on(DAY)

    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, anna, asked.uid)

    assert standing(clocked, asked) is ApprovalState.EXPIRED
    assert [one["outcome"] for one in records(clocked, act="approval:expire")] == ["intended", "done"]
    assert records(clocked, act="alert:silence") == []


@pytest.mark.parametrize("how", ["closed", "another role", "a new password"])
def test_attacker_cannot_use_the_word_of_somebody_who_lost_the_right(
    how: str, two: tuple[Actor, Actor], clocked: Stations
) -> None:
    anna, ben = two
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)
    if how == "closed":
        set_disabled(clocked, terminal_actor(), "ben", True)
    elif how == "another role":
        set_role(clocked, terminal_actor(), "ben", Role.VIEWER, EVERYWHERE, EVERYWHERE)
    else:
        set_password(clocked, terminal_actor(), "ben", "another horse battery")

    with pytest.raises(PermissionDeniedError):
        execute_approval(clocked, anna, asked.uid)

    assert records(clocked, act="alert:silence") == []
    assert "approval-refused" in rung(clocked)


def test_attacker_cannot_carry_out_what_another_asked_for(two: tuple[Actor, Actor], enter: Enter, clocked: Stations) -> None:
    cleo = enter("cleo", Role.QUALITY)
    anna, ben = (session_of(clocked, one.account_uid) for one in two)
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)

    with pytest.raises(PermissionDeniedError):
        execute_approval(clocked, cleo, asked.uid)

    assert standing(clocked, asked) is ApprovalState.APPROVED


def test_attacker_who_changes_an_approval_in_the_store_makes_nothing_happen(two: tuple[Actor, Actor], clocked: Stations) -> None:
    """Its digest, state, chain or time, or another one's document in its place: it is none any more."""
    anna, ben = two
    other = request_approval(clocked, anna, Operation.ALERT_SILENCE, {**SILENCE, "hours": 168}, WHY).value
    for change in (
        "a.digest = b.digest",
        "a.state = 'approved'",
        "a.steps = '[]'",
        "a.expires_at = '2099-01-01T00:00:00.000000Z'",
    ):
        asked = asked_by(clocked, anna)
        by_hand(clocked, asked, other, change)
        with pytest.raises(ApprovalNotFoundError):
            execute_approval(clocked, anna, asked.uid)
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)
    by_hand(clocked, asked, other, "a.document = b.document")
    with pytest.raises(SealBrokenError):
        execute_approval(clocked, anna, asked.uid)

    assert records(clocked, act="alert:silence") == []


CHANGES = ("a.digest = b.digest", "a.state = 'approved'", "a.steps = '[]'", "a.expires_at = '2099-01-01T00:00:00.000000Z'")


def test_attacker_who_changes_what_was_agreed_to_has_it_closed(
    two: tuple[Actor, Actor], clocked: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule means something else since, or the policy is another one: superseded, on record, and nothing happens."""
    anna, ben = two
    asked = asked_by(clocked, anna)
    approve(clocked, ben, asked)
    kept = running_rules()
    changed = {**kept, "denials": kept["denials"].model_copy(update={"threshold": 2})}
    monkeypatch.setattr("traceapp.usecases.alerts.silence_rule.running_rules", lambda: changed)

    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, anna, asked.uid)

    assert standing(clocked, asked) is ApprovalState.SUPERSEDED
    assert [one["outcome"] for one in records(clocked, act="approval:supersede")] == ["intended", "done"]
    assert records(clocked, act="alert:silence") == []

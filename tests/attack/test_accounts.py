"""Accounts: nobody gives himself power over others, and who left, or was looked at, is nobody's secret door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.attack.approvers import EVERYWHERE, Enter, Hire, approve, enter, hire, rung, session_of
from tests.clockwork import Clockwork
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.access_reviews import ReviewDecision
from traceapp.domain.accounts import Account
from traceapp.domain.approvals import Approval, ApprovalState, Operation
from traceapp.domain.errors import (
    ApprovalStateError,
    InputError,
    PermissionDeniedError,
    RecoveryError,
    ReviewStateError,
    TraceappError,
)
from traceapp.domain.rights import Actor, Role
from traceapp.graph.account_store import AccountStore
from traceapp.usecases.accounts import review_access
from traceapp.usecases.accounts.change_account import set_disabled, set_password, set_role
from traceapp.usecases.accounts.give_role import Given, give_by_officers, give_role, return_account
from traceapp.usecases.accounts.give_role import hire as hire_person
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.accounts.list_accounts import AccessFacts
from traceapp.usecases.accounts.review_access import begin_review, decide_account, show_review
from traceapp.usecases.accounts.review_due import record_overdue, review_due
from traceapp.usecases.accounts.reviewed_accounts import facts_now
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.sessions.break_glass import break_glass
from traceapp.usecases.stations import Stations

__all__ = ["enter", "hire"]

pytestmark = pytest.mark.one_store

DAY = 86_400.0
WHY = "Takes over the work of a colleague who is on leave."
PASSWORD = "correct horse battery"
CONFIRMED = ReviewDecision.CONFIRMED


def give(stations: Stations, actor: Actor, name: str, role: Role) -> Given:
    return give_role(stations, actor, name, role, EVERYWHERE, EVERYWHERE, (), WHY)


def asked(given: Given) -> Approval:
    assert given.asked is not None
    return given.asked.value


def role_of(stations: Stations, name: str) -> Role | None:
    account = stations.accounts.get_account_by_username(name)
    return account.role if account is not None and not account.disabled else None


@pytest.fixture
def plant(enter: Enter, clocked: Stations) -> tuple[Actor, Actor, Actor]:
    """Ada, the administrator, and two who agree to things: a plant that has its approvers."""
    ada, anna, ben = enter("ada", Role.ADMIN), enter("anna", Role.QUALITY), enter("ben", Role.AUDITOR)
    return session_of(clocked, ada.account_uid), session_of(clocked, anna.account_uid), session_of(clocked, ben.account_uid)


def test_attacker_who_makes_himself_an_approver_needs_another_and_waits_out_his_cooling_time(
    plant: tuple[Actor, Actor, Actor], enter: Enter, clocked: Stations, clockwork: Clockwork
) -> None:
    """An administrator with a second account of his: neither the role nor, for a day, its word is his."""
    ada, anna, _ = plant
    mine = enter("ada-2", Role.VIEWER, person="ada-x")
    ada, anna = session_of(clocked, ada.account_uid), session_of(clocked, anna.account_uid)
    waits = asked(give(clocked, ada, "ada-2", Role.QUALITY))
    assert role_of(clocked, "ada-2") is Role.VIEWER
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, ada, waits.uid)
    with pytest.raises(PermissionDeniedError):
        approve(clocked, ada, waits)

    approve(clocked, anna, waits)
    execute_approval(clocked, ada, waits.uid)

    assert role_of(clocked, "ada-2") is Role.QUALITY
    (done,) = [one for one in records(clocked, act="account:change") if one["outcome"] == "done" and one["approval"] == waits.uid]
    assert done["request"]["approves"] is True
    assert "approver-made" in rung(clocked)
    other = asked(give(clocked, ada, "ben", Role.QUALITY))
    with pytest.raises(PermissionDeniedError, match="too short a time ago"):
        approve(clocked, session_of(clocked, mine.account_uid), other)


def test_attacker_asks_for_no_role_of_his_own_and_nobody_agrees_to_his(
    plant: tuple[Actor, Actor, Actor], clocked: Stations
) -> None:
    ada, anna, ben = plant
    with pytest.raises(PermissionDeniedError, match="of his own"):
        give(clocked, ada, "ada", Role.QUALITY)
    waits = asked(give(clocked, ada, "ben", Role.QUALITY))
    with pytest.raises(PermissionDeniedError, match="about you"):
        approve(clocked, ben, waits)
    approve(clocked, anna, waits)


BELOW: dict[str, Callable[[Stations, str], object]] = {
    "suspended": lambda stations, name: set_disabled(stations, terminal_actor(), name, disabled=True),
    "left": lambda stations, name: leave_account(
        stations, terminal_actor(), name, "Was asked to go, from one day to another.", anyway=True
    ),
    "another role": lambda stations, name: set_role(stations, terminal_actor(), name, Role.VIEWER, EVERYWHERE, EVERYWHERE),
}


@pytest.mark.parametrize("closing", BELOW.values(), ids=BELOW)
def test_attacker_who_takes_the_approvers_away_makes_none_by_himself(
    closing: Callable[[Stations, str], object], plant: tuple[Actor, Actor, Actor], hire: Hire, clocked: Stations
) -> None:
    """Nobody is left who could agree: it is refused, by every road, and says who is missing."""
    ada, _, _ = plant
    hire("eve", Role.VIEWER)
    assert asked(give(clocked, ada, "eve", Role.AUDITOR)).uid
    for name in ("anna", "ben"):
        closing(clocked, name)

    for who in (ada, terminal_actor()):
        with pytest.raises(PermissionDeniedError, match="Not enough persons"):
            give(clocked, who, "eve", Role.QUALITY)
        with suppress(TraceappError):
            return_account(clocked, who, "anna", WHY)
    with pytest.raises(PermissionDeniedError, match="Not enough persons"):
        hire_person(clocked, ada, "mal", PASSWORD, "Mal", Role.QUALITY, EVERYWHERE, EVERYWHERE, reason=WHY)
    assert [role_of(clocked, name) for name in ("eve", "mal")] == [Role.VIEWER, None]
    assert role_of(clocked, "anna") in {None, Role.VIEWER}
    with pytest.raises(RecoveryError):
        give_by_officers(clocked, ada, "eve", Role.QUALITY, EVERYWHERE, EVERYWHERE, (ada_file(clocked, 1), ada_file(clocked, 2)))


def ada_file(stations: Stations, part: int):  # type: ignore[no-untyped-def]
    """What an administrator has in the place of an officer's part."""
    path = stations.settings.home.parent / f"part-{part}"
    path.write_text(f"traceapp recovery key, part {part} of 2\n")
    path.chmod(0o400)
    return path


def test_promise_a_fresh_plant_makes_its_first_two_approvers_and_no_third_alone(clocked: Stations) -> None:
    """Each direct, on record and by an alert; who is closed again meanwhile was one of the two all the same."""

    def make(name: str, role: Role) -> Given:
        return hire_person(clocked, terminal_actor(), name, PASSWORD, name, role, EVERYWHERE, EVERYWHERE, reason=WHY)

    assert make("cora", Role.COORDINATOR).done is not None
    with pytest.raises(InputError):
        hire_person(clocked, terminal_actor(), "anna", "short", "anna", Role.QUALITY, EVERYWHERE, EVERYWHERE, reason=WHY)
    assert make("anna", Role.QUALITY).done is not None
    set_disabled(clocked, terminal_actor(), "anna", disabled=True)
    assert make("ben", Role.AUDITOR).done is not None
    set_role(clocked, terminal_actor(), "ben", Role.VIEWER, EVERYWHERE, EVERYWHERE)

    with pytest.raises(PermissionDeniedError, match="Not enough persons"):
        make("eve", Role.QUALITY)
    assert make("lin", Role.VIEWER).done is not None
    assert role_of(clocked, "eve") is None
    assert "approver-made" in rung(clocked)


def test_attacker_makes_one_administrator_at_the_terminal_and_no_second_alone(
    hire: Hire, clocked: Stations, clockwork: Clockwork
) -> None:
    """In a plant without approvers as in any other: by no road, and not once the first is gone either."""

    def make(name: str, who: Actor) -> Given:
        return hire_person(clocked, who, name, PASSWORD, name, Role.ADMIN, EVERYWHERE, EVERYWHERE, reason=WHY)

    terminal = terminal_actor()
    assert make("ada", terminal).done is not None
    account = clocked.accounts.get_account_by_username("ada")
    assert account is not None
    ada = session_of(clocked, account.uid)
    hire("vic", Role.VIEWER)
    roads: tuple[Callable[[], Given], ...] = (
        lambda: make("eve", ada),
        lambda: give(clocked, ada, "vic", Role.ADMIN),
        lambda: return_account(clocked, ada, "eve", WHY),
        lambda: make("mal", terminal),
        lambda: give(clocked, terminal, "vic", Role.ADMIN),
    )
    for _ in range(2):
        for road in roads:
            with pytest.raises((PermissionDeniedError, InputError)):
                road()
        set_disabled(clocked, terminal, "ada", disabled=True)
    assert [role_of(clocked, name) for name in ("ada", "eve", "mal", "vic")] == [None, None, None, Role.VIEWER]

    anna, ben = (
        hire_person(clocked, terminal, name, PASSWORD, name, role, EVERYWHERE, EVERYWHERE).done
        for name, role in (("anna", Role.QUALITY), ("ben", Role.AUDITOR))
    )
    assert anna is not None
    assert ben is not None
    own_password(clocked, "anna", "ben")
    clockwork.go_on(DAY)
    waiting = asked(return_account(clocked, terminal, "eve", WHY))
    for name in ("anna", "ben"):
        approve(clocked, session_of(clocked, uid_of(clocked, name)), waiting)
    execute_approval(clocked, terminal, waiting.uid)
    assert role_of(clocked, "eve") is Role.ADMIN


def uid_of(stations: Stations, name: str) -> str:
    account = stations.accounts.get_account_by_username(name)
    assert account is not None
    return account.uid


def own_password(stations: Stations, *names: str) -> None:
    """Each has made the password that he was given his own."""
    for name in names:
        account = stations.accounts.get_account_by_username(name)
        assert account is not None
        stations.accounts.put_account(replace(account, provisional=False), account)


def test_attacker_who_asks_many_times_at_once_makes_no_third_approver(clocked: Stations) -> None:
    names = [f"eve-{number}" for number in range(8)]

    def make(name: str) -> bool:
        try:
            made = hire_person(clocked, terminal_actor(), name, PASSWORD, name, Role.AUDITOR, EVERYWHERE, EVERYWHERE, reason=WHY)
        except TraceappError:
            return False
        return made.done is not None

    with ThreadPoolExecutor(len(names)) as crowd:
        done = list(crowd.map(make, names))

    assert sum(done) == 2
    assert sum(role_of(clocked, name) is Role.AUDITOR for name in names) == 2


def test_attacker_who_changes_the_account_meanwhile_has_the_grant_superseded(
    plant: tuple[Actor, Actor, Actor], hire: Hire, clocked: Stations
) -> None:
    ada, anna, _ = plant
    hire("eve", Role.VIEWER)
    waits = asked(give(clocked, ada, "eve", Role.COORDINATOR))
    approve(clocked, anna, waits)
    set_password(clocked, terminal_actor(), "eve", "another horse battery")

    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, ada, waits.uid)
    assert role_of(clocked, "eve") is Role.VIEWER


def digest_of(stations: Stations, actor: Actor, uid: str, name: str) -> str:
    shown = show_review(stations, actor, uid).value
    return next(one.digest for one in shown.items if one.item.username == name)


def test_attacker_confirms_no_account_of_his_own_and_none_that_is_not_what_he_saw(
    plant: tuple[Actor, Actor, Actor], enter: Enter, clocked: Stations, clockwork: Clockwork
) -> None:
    """Not by another account of his, not as the administrator, not at the terminal; until it is done it is overdue."""
    ada, anna, ben = plant
    other = enter("anna-2", Role.AUDITOR, printed_name="ANNA ")
    ada, anna, ben = (session_of(clocked, one.account_uid) for one in (ada, anna, ben))
    other = session_of(clocked, other.account_uid)
    run = begin_review(clocked, ada).value

    def say(who: Actor, name: str, decision: ReviewDecision = ReviewDecision.CONFIRMED, digest: str | None = None) -> None:
        seen = digest if digest is not None else digest_of(clocked, ada, run.uid, name)
        decide_account(clocked, who, run.uid, name, decision, seen, WHY, Role.VIEWER)

    for who in (anna, other, ada, terminal_actor()):
        with pytest.raises(PermissionDeniedError):
            say(who, "anna")
    say(ben, "anna")
    with pytest.raises(ReviewStateError, match="already"):
        say(ben, "anna")
    stale = digest_of(clocked, ada, run.uid, "anna-2")
    set_role(clocked, terminal_actor(), "anna-2", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    with pytest.raises(ReviewStateError, match="not what you saw"):
        say(ben, "anna-2", digest=stale)
    with pytest.raises(InputError):
        decide_account(
            clocked, ben, run.uid, "ada", ReviewDecision.NARROWED, digest_of(clocked, ben, run.uid, "ada"), WHY, Role.AUDITOR
        )
    clockwork.go_on(31 * DAY)
    assert review_due(clocked).is_overdue
    assert record_overdue(clocked, terminal_actor())
    assert "access-review-overdue" in rung(clocked)


def test_attacker_of_two_reviewers_at_once_leaves_nothing_done_without_its_word(
    plant: tuple[Actor, Actor, Actor], enter: Enter, clocked: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one account: the first word counts, and the second does nothing to it. Of two accounts: both words are kept."""
    _, anna, ben = plant
    enter("eve", Role.VIEWER)
    enter("pia", Role.VIEWER)
    anna, ben = (session_of(clocked, one.account_uid) for one in (anna, ben))
    run = begin_review(clocked, anna).value

    def after(first: str, then: str) -> None:
        """Ben suspends one, and before he has written it anna confirms another."""
        seen = digest_of(clocked, ben, run.uid, first)

        def meanwhile(stations: Stations, account: Account) -> AccessFacts:
            monkeypatch.undo()
            decide_account(clocked, anna, run.uid, then, CONFIRMED, digest_of(clocked, anna, run.uid, then), WHY)
            return facts_now(stations, account)

        monkeypatch.setattr(review_access, "facts_now", meanwhile)
        decide_account(clocked, ben, run.uid, first, ReviewDecision.SUSPENDED, seen, WHY)

    with pytest.raises(ReviewStateError, match="already"):
        after("eve", "eve")
    assert role_of(clocked, "eve") is Role.VIEWER
    after("pia", "ada")
    words = {one.item.username: one.item.decision for one in show_review(clocked, anna, run.uid).value.items}
    assert (words["eve"], words["pia"], words["ada"]) == (CONFIRMED, ReviewDecision.SUSPENDED, CONFIRMED)
    assert role_of(clocked, "pia") is None


def test_attacker_with_many_tokens_before_his_keeps_none(
    plant: tuple[Actor, Actor, Actor], enter: Enter, clocked: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many tokens of others were made before: all of his are seen, and revoked."""
    ada, _, ben = plant
    enter("eve", Role.VIEWER)
    for owner in ("ben", "eve", "eve"):
        issue_token(clocked, terminal_actor(), TokenRequest(None, EVERYWHERE, EVERYWHERE, owner, 3, owner=owner))
    listed = AccountStore.list_tokens
    monkeypatch.setattr(AccountStore, "list_tokens", lambda self, now, row_limit: listed(self, now, row_limit=1))
    ada, ben = (session_of(clocked, one.account_uid) for one in (ada, ben))
    run = begin_review(clocked, ada).value
    seen = digest_of(clocked, ben, run.uid, "eve")

    decide_account(clocked, ben, run.uid, "eve", ReviewDecision.TOKENS_REVOKED, seen, WHY)

    account = clocked.accounts.get_account_by_username("eve")
    assert account is not None
    assert [one.revoked for one in clocked.accounts.list_tokens_of_account(account.uid, clocked.clock.now())] == [True, True]
    assert leave_account(clocked, terminal_actor(), "ben", WHY, anyway=True).value.ended[0].labels == ("ben",)


def test_attacker_who_leaves_with_a_broken_glass_has_it_reviewed_all_the_same(
    plant: tuple[Actor, Actor, Actor], enter: Enter, clocked: Stations
) -> None:
    """The access ends with him; its review is nobody's to take back."""
    cora = enter("cora", Role.COORDINATOR)
    opened = break_glass(clocked, session_of(clocked, cora.account_uid), WHY, 30, "T3").value

    left = leave_account(clocked, terminal_actor(), "cora", WHY).value

    assert opened.actor.grant is not None
    assert left.ended[0].grants == (opened.actor.grant.uid,)
    assert left.passed == ()
    assert [one.uid for one in clocked.grants.list_waiting()] == [opened.actor.grant.uid]
    assert [one.operation for one in left.freed if one.requester == "cora"] == [Operation.BREAK_GLASS_REVIEW]
    (open_one,) = clocked.approvals.list_approvals(ApprovalState.REQUESTED, 9)
    assert open_one.operation is Operation.BREAK_GLASS_REVIEW

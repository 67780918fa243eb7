"""The administrator alone: he signs for nobody, and makes no second person of himself."""

from contextlib import suppress
from dataclasses import replace

import pytest

from tests.attack.approvers import EVERYWHERE, Enter, Hire, approve, asked_by, enter, hire, rung, session_of
from tests.clockwork import Clockwork
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.errors import (
    ApprovalStateError,
    FactorNeededError,
    InputError,
    PermissionDeniedError,
    SignatureComponentsError,
    SignInError,
)
from traceapp.domain.factors import Factors
from traceapp.domain.rights import Actor, Role
from traceapp.domain.signatures import Shown
from traceapp.usecases.accounts.change_account import set_password
from traceapp.usecases.accounts.give_role import give_person, give_role
from traceapp.usecases.accounts.give_role import hire as hire_person
from traceapp.usecases.accounts.own_password import change_own_password
from traceapp.usecases.approvals.execute_approval import execute_approval
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.sessions.second_factors import begin_totp, keep_factors, reset_factors
from traceapp.usecases.signatures.signing import check_components
from traceapp.usecases.stations import Stations

__all__ = ["enter", "hire"]

pytestmark = pytest.mark.one_store

DAY = 86_400.0
WHY = "The personnel office has given another number."
RECIPIENT = {"organisation": "Demo University Hospital", "person": "Dr Wu", "country": "CN"}
OTHERS = (("ada", Role.ADMIN), ("anna", Role.QUALITY), ("dora", Role.QUALITY), ("eva", Role.QUALITY), ("fay", Role.AUDITOR))
PASSWORD, OWN = "correct horse battery", "a horse of my own, at last"


@pytest.fixture
def plant(enter: Enter, clocked: Stations) -> tuple[Actor, Actor, Actor]:
    """Ada, the administrator, and two who agree to things: a plant that has its approvers."""
    ada, anna, ben = enter("ada", Role.ADMIN), enter("anna", Role.QUALITY), enter("ben", Role.AUDITOR)
    return session_of(clocked, ada.account_uid), session_of(clocked, anna.account_uid), session_of(clocked, ben.account_uid)


def set_up_factor(stations: Stations, actor: Actor) -> None:
    account = stations.accounts.get_account(actor.account_uid)
    assert account is not None
    assert keep_factors(stations, account, Factors(totp="JBSWY3DPEHPK3PXP"))


def test_attacker_who_takes_an_approvers_factors_away_rings_and_waits(
    plant: tuple[Actor, Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    ada, anna, _ = plant
    set_up_factor(clocked, anna)
    waits = asked_by(clocked, ada)

    reset_factors(clocked, terminal_actor(), "anna")

    (done,) = [one for one in records(clocked, act="account:change") if one["outcome"] == "done"]
    assert done["request"]["approves"] is True
    assert "approver-made" in rung(clocked)
    with pytest.raises(PermissionDeniedError, match="too short a time ago"):
        approve(clocked, session_of(clocked, anna.account_uid), waits)
    account = clocked.accounts.get_account(anna.account_uid)
    assert account is not None
    clockwork.go_on(60.0)
    assert keep_factors(clocked, account, Factors(totp="JBSWY3DPEHPK3PXP", totp_at=clocked.clock.now()))
    with pytest.raises(SignatureComponentsError):
        check_components(clocked, session_of(clocked, anna.account_uid), Shown("anna"))
    clockwork.go_on(DAY)
    assert check_components(clocked, session_of(clocked, anna.account_uid), Shown("anna")).first


def test_attacker_who_gave_a_password_signs_nothing_with_it(
    plant: tuple[Actor, Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    """Not by the password that he gave, however old it is; and whoever makes it his own waits, and rings."""
    ada, anna, _ = plant
    set_password(clocked, terminal_actor(), "anna", PASSWORD)
    clockwork.go_on(2 * DAY)
    anna, ada = session_of(clocked, anna.account_uid), session_of(clocked, ada.account_uid)
    waits = asked_by(clocked, ada)
    with pytest.raises(PermissionDeniedError, match="Somebody else gave you your password"):
        approve(clocked, anna, waits)
    with pytest.raises(SignatureComponentsError, match="Somebody else gave you"):
        check_components(clocked, anna, Shown("anna", PASSWORD))

    opened = change_own_password(clocked, anna, PASSWORD, OWN).value

    (done,) = [one for one in records(clocked, act="password:change") if one["outcome"] == "done"]
    assert done["request"]["approves"] is True
    assert OWN not in str(records(clocked)) + str(done)
    with pytest.raises(PermissionDeniedError, match="too short a time ago"):
        approve(clocked, replace(opened.actor, factor_at=clocked.clock.now()), waits)


def test_attacker_in_a_session_changes_no_password_without_the_old_one_and_the_factor(
    plant: tuple[Actor, Actor, Actor], clocked: Stations, clockwork: Clockwork
) -> None:
    _, anna, _ = plant
    with pytest.raises(SignInError):
        change_own_password(clocked, anna, "not her password", OWN)
    for bad in ("short", PASSWORD):
        with pytest.raises(InputError):
            change_own_password(clocked, anna, PASSWORD, bad)
    set_up_factor(clocked, anna)
    clockwork.go_on(20 * 60.0)
    with pytest.raises(FactorNeededError):
        change_own_password(clocked, anna, PASSWORD, OWN)
    with pytest.raises(FactorNeededError):
        begin_totp(clocked, anna, PASSWORD)
    (denied,) = [one for one in records(clocked, act="password:change") if one["outcome"] == "denied"]
    assert denied["reason"] == "wrong password"


def test_promise_an_own_password_ends_the_other_sessions_and_costs_an_approver_no_day(
    plant: tuple[Actor, Actor, Actor], clocked: Stations
) -> None:
    ada, anna, _ = plant
    other = session_of(clocked, anna.account_uid)

    opened = change_own_password(clocked, anna, PASSWORD, OWN).value

    living = [one.uid for one in clocked.sessions.list_sessions_of_account(anna.account_uid)]
    assert living == [opened.session.uid]
    assert other.session not in living
    waits = asked_by(clocked, ada)
    signer = session_of(clocked, anna.account_uid)
    account = clocked.accounts.get_account(anna.account_uid)
    assert account is not None
    assert account.granted_at is None
    assert check_components(clocked, signer, Shown("anna", OWN)).first
    assert waits.uid


def test_promise_the_first_administrator_alone_makes_his_own_password_at_the_terminal(clocked: Stations) -> None:
    def make(name: str, role: Role) -> bool:
        with suppress(PermissionDeniedError):
            hire_person(
                clocked, terminal_actor(), name, PASSWORD, name, role, EVERYWHERE, EVERYWHERE, reason="A new plant begins."
            )
        account = clocked.accounts.get_account_by_username(name)
        assert account is not None
        return account.provisional

    assert [make("ada", Role.ADMIN), make("eve", Role.ADMIN), make("vic", Role.VIEWER)] == [False, True, True]


def test_attacker_who_splits_his_person_in_two_needs_others_and_is_known_as_before(
    plant: tuple[Actor, Actor, Actor], enter: Enter, hire: Hire, clocked: Stations, clockwork: Clockwork
) -> None:
    """An administrator with an account of quality: another id on either of them makes him no second pair of eyes."""
    hire("zoe", Role.QUALITY)
    his = {name: enter(name, role, person="p-1").account_uid for name, role in (("zed", Role.ADMIN), ("zed-q", Role.QUALITY))}
    ada, anna, ben = (session_of(clocked, one.account_uid) for one in plant)
    zed, zed_q = (session_of(clocked, uid) for uid in his.values())

    for who, name in ((zed, "zed"), (zed, "zed-q")):
        with pytest.raises(PermissionDeniedError, match="his own account"):
            give_person(clocked, who, name, "p-2", WHY)
    with pytest.raises(InputError, match="reason"):
        give_person(clocked, terminal_actor(), "zed", "p-2")
    given = [give_person(clocked, who, "zed", "p-2", WHY) for who in (terminal_actor(), ada)]
    waits = [one.asked.value for one in given if one.asked is not None]
    assert len(waits) == 2, "at the terminal too"
    assert clocked.accounts.get_account(zed.account_uid).person == "p-1"  # type: ignore[union-attr]
    with pytest.raises(PermissionDeniedError, match="about you"):
        approve(clocked, zed_q, waits[1])

    approve(clocked, anna, waits[1])
    execute_approval(clocked, ada, waits[1].uid)

    assert "person-changed" in rung(clocked)
    zed = session_of(clocked, zed.account_uid)
    asked = asked_by(clocked, zed)
    with pytest.raises(PermissionDeniedError, match="his own request"):
        approve(clocked, zed_q, asked)
    approve(clocked, ben, asked)


def test_attacker_who_names_another_person_on_an_account_takes_nothing_of_that_person(
    plant: tuple[Actor, Actor, Actor], hire: Hire, clocked: Stations, clockwork: Clockwork
) -> None:
    """The first id of an account is said at once where nobody has it; one that somebody has takes the word of others than him."""
    ada, _, ben = plant
    hire("vic", Role.VIEWER)
    assert give_person(clocked, ada, "ben", "p-7").done is not None
    assert "person-changed" in rung(clocked)
    clockwork.go_on(DAY)
    ada, ben = (session_of(clocked, one.account_uid) for one in (ada, ben))

    by_uid = give_person(clocked, ada, "vic", plant[1].account_uid, WHY)
    given = give_person(clocked, ada, "vic", "p-7", WHY)

    assert by_uid.asked is not None, "an account that names nobody is known by its uid"
    assert given.asked is not None
    assert given.done is None
    with pytest.raises(PermissionDeniedError, match="about you"):
        approve(clocked, ben, given.asked.value)
    with pytest.raises(ApprovalStateError):
        execute_approval(clocked, ada, given.asked.value.uid)


def test_attacker_who_makes_one_person_of_two_who_agreed_has_one_word_of_them(
    hire: Hire, clocked: Stations, clockwork: Clockwork
) -> None:
    """Two agreed; then one account is said to be the other's, and its cooling time is over before the approval is."""
    people = (*OTHERS, ("ben", Role.AUDITOR), ("cleo", Role.AUDITOR), ("quin", Role.QUALITY))
    uids = {name: hire(name, role) for name, role in people}
    clockwork.go_on(DAY)

    def sit(name: str) -> Actor:
        return session_of(clocked, uids[name])

    asked = request_approval(clocked, sit("quin"), Operation.RECIPIENT_ADD, RECIPIENT, WHY).value
    approve(clocked, sit("anna"), asked)
    approve(clocked, sit("ben"), asked)
    given = give_person(clocked, sit("ada"), "ben", uids["anna"], WHY, anyway=True)
    assert given.asked is not None
    approve(clocked, sit("cleo"), given.asked.value)
    execute_approval(clocked, sit("ada"), given.asked.value.uid)
    clockwork.go_on(DAY)

    with pytest.raises(PermissionDeniedError, match="one person by now"):
        execute_approval(clocked, sit("quin"), asked.uid)

    assert clocked.recipients.list_newest(9) == []


def test_attacker_whom_it_is_about_by_now_had_no_say_in_it(hire: Hire, clocked: Stations, clockwork: Clockwork) -> None:
    """He agreed to a role for another account; then that account is said to be his."""
    people = (*OTHERS, ("cleo", Role.AUDITOR), ("vic", Role.VIEWER))
    uids = {name: hire(name, role) for name, role in people}
    clockwork.go_on(DAY)

    def sit(name: str) -> Actor:
        return session_of(clocked, uids[name])

    waits = give_role(clocked, sit("ada"), "vic", Role.QUALITY, EVERYWHERE, EVERYWHERE, (), WHY).asked
    assert waits is not None
    approve(clocked, sit("anna"), waits.value)
    given = give_person(clocked, sit("ada"), "anna", uids["vic"], WHY, anyway=True)
    assert given.asked is not None
    approve(clocked, sit("cleo"), given.asked.value)
    execute_approval(clocked, sit("ada"), given.asked.value.uid)
    clockwork.go_on(DAY)

    with pytest.raises(PermissionDeniedError, match="not entitled"):
        execute_approval(clocked, sit("ada"), waits.value.uid)

    vic = clocked.accounts.get_account(uids["vic"])
    assert vic is not None
    assert vic.role is Role.VIEWER

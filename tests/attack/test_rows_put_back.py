"""What does a database administrator get who puts back, deletes or rewrites a row that decides rights? Nothing, and is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from tests.clockwork import Clockwork
from tests.recorded import records
from tests.reviews import review, review_of
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.domain.accounts import Account
from traceapp.domain.errors import NotSignedInError, PermissionDeniedError, SealBrokenError, SignInError
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault
from traceapp.domain.sessions import IDLE, Client
from traceapp.usecases.accounts.change_account import set_disabled, set_password, set_role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.accounts.manage_tokens import revoke_token
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.load_demo import STATE, read_demo
from traceapp.usecases.sessions.authenticate_token import authenticate_token
from traceapp.usecases.sessions.break_glass import break_glass, list_break_glass
from traceapp.usecases.sessions.choose_purpose import choose_purpose
from traceapp.usecases.sessions.end_sessions import end_session_of
from traceapp.usecases.sessions.open_session import Opened, make_session
from traceapp.usecases.sessions.resume_session import resume_session
from traceapp.usecases.sessions.second_factors import begin_totp, confirm_totp, show_code
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})
PASSWORD = "correct horse battery"
OWNER = Client("192.0.2.17", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
REASON = "A hospital calls about a pump; the lot is of another site."
FOUND = "I asked him on the telephone, and called the hospital."
OLDER = "an older row of the {} was put back outside the service"
AWAY = "the {} was taken away outside the service"


@pytest.fixture
def clock(clockwork: Clockwork) -> Clockwork:
    return clockwork


@pytest.fixture
def stations(clocked: Stations) -> Stations:
    return clocked


class Administrator:
    """Whoever has the database, and neither the service's files nor its keys."""

    def __init__(self, leg: StoreLeg) -> None:
        self._leg = leg

    def copy(self, label: str, uid: str) -> dict[str, Any]:
        with self._leg.session() as session:
            (row,) = session.run(f"MATCH (n:{label} {{uid: $uid}}) RETURN properties(n) AS found", uid=uid).data()
        return dict(row["found"])

    def put(self, label: str, row: dict[str, Any]) -> None:
        with self._leg.session() as session:
            session.run(f"MERGE (n:{label} {{uid: $uid}}) SET n = $row", uid=row["uid"], row=row).consume()

    def delete(self, label: str, uid: str) -> None:
        with self._leg.session() as session:
            session.run(f"MATCH (n:{label} {{uid: $uid}}) DETACH DELETE n", uid=uid).consume()


@pytest.fixture
def administrator(store_leg: StoreLeg) -> Administrator:
    return Administrator(store_leg)


def person(stations: Stations, name: str, role: Role = Role.COORDINATOR, **more: str) -> Account:
    """Who is here for two days."""
    then, printed = replace(stations, clock=Clockwork.before(stations.clock.now())), more.pop("printed", name)
    create_account(then, terminal_actor(), name, PASSWORD, printed, role, EVERYWHERE, EVERYWHERE, **more)
    account = stations.accounts.get_account_by_username(name)
    assert account is not None
    return account


def enter(stations: Stations, name: str = "anna") -> Opened:
    return sign_in(stations, name, PASSWORD, OWNER).value


def session_of(stations: Stations, account: Account) -> Opened:
    """One whose second factor was just shown."""
    opened = make_session(stations, account, OWNER, factor_at=stations.clock.now())
    stations.sessions.append_session(opened.session)
    return opened


def findings(stations: Stations) -> tuple[str, ...]:
    return verify_graph(stations, terminal_actor(), lambda _: None).value.findings


def last_denial(stations: Stations) -> str:
    return str([record for record in records(stations) if record["outcome"] == "denied"][-1]["reason"])


ACCOUNT_CHANGES: dict[str, Callable[[Stations], object]] = {
    "closed": lambda stations: set_disabled(stations, terminal_actor(), "anna", disabled=True),
    "demoted": lambda stations: set_role(stations, terminal_actor(), "anna", Role.VIEWER, frozenset({"LYON"}), EVERYWHERE),
    "password changed": lambda stations: set_password(stations, terminal_actor(), "anna", "another horse battery"),
}


@pytest.mark.parametrize("change", ACCOUNT_CHANGES.values(), ids=ACCOUNT_CHANGES)
def test_attacker_who_puts_an_older_account_back_signs_in_as_nobody(
    change: Callable[[Stations], object], stations: Stations, administrator: Administrator
) -> None:
    """The whole row with its MAC, as it was before the account was closed, demoted, or given another password."""
    anna = person(stations, "anna")
    before = administrator.copy("Account", anna.uid)
    change(stations)
    assert findings(stations) == ()

    administrator.put("Account", before)

    with pytest.raises(SignInError):
        enter(stations)
    assert last_denial(stations) == OLDER.format("account")
    assert stations.accounts.get_account(anna.uid) is None
    assert findings(stations) == (f"put back: Account {anna.uid}",)


def test_attacker_who_deletes_an_account_is_named_and_ends_its_sessions(stations: Stations, administrator: Administrator) -> None:
    anna = person(stations, "anna")
    opened = enter(stations)

    administrator.delete("Account", anna.uid)

    assert resume_session(stations, opened.secret, OWNER) is None
    assert last_denial(stations) == AWAY.format("account")
    assert findings(stations) == (f"gone: Account {anna.uid}",)


@pytest.mark.parametrize("part", ["the whole row", "the ciphertext alone"])
def test_attacker_who_puts_the_factors_of_before_back_is_not_let_in(
    part: str, stations: Stations, administrator: Administrator, clock: Clockwork
) -> None:
    """Before anna enrolled, her password was enough; before she enrolled anew, her lost telephone was."""
    anna = person(stations, "anna")
    bare = administrator.copy("Account", anna.uid)
    actor = enter(stations).actor
    lost = begin_totp(stations, actor, PASSWORD).value.key
    confirm_totp(stations, actor, pyotp.TOTP(lost.replace(" ", "")).at(clock.now()))
    first = administrator.copy("Account", anna.uid)
    clock.go_on(60)
    code = pyotp.TOTP(lost.replace(" ", "")).at(clock.now())
    shown = show_code(stations, enter(stations), code).value
    assert shown.session.factor_at is not None
    now = administrator.copy("Account", anna.uid)
    assert now["factor_version"] > first["factor_version"]

    if part == "the whole row":
        administrator.put("Account", bare)
        with pytest.raises(SignInError):
            enter(stations)
        assert findings(stations) == (f"put back: Account {anna.uid}",)
    else:
        administrator.put("Account", {**now, "factors": first["factors"]})
        with pytest.raises(SealBrokenError):
            enter(stations)


def test_attacker_who_puts_a_revoked_token_back_is_refused(stations: Stations, administrator: Administrator) -> None:
    person(stations, "anna")
    text = issue_token(stations, terminal_actor(), TokenRequest(None, EVERYWHERE, EVERYWHERE, "press", 30, owner="anna")).value
    uid = text.split("_")[1]
    assert authenticate_token(stations, text, OWNER.address).role is Role.COORDINATOR
    before = administrator.copy("Token", uid)
    revoke_token(stations, terminal_actor(), uid)
    with pytest.raises(NotSignedInError):
        authenticate_token(stations, text, OWNER.address)

    administrator.put("Token", before)

    with pytest.raises(NotSignedInError):
        authenticate_token(stations, text, OWNER.address)
    assert last_denial(stations) == OLDER.format("token")
    assert findings(stations) == (f"put back: Token {uid}",)


def test_attacker_who_deletes_a_token_is_named(stations: Stations, administrator: Administrator) -> None:
    person(stations, "anna")
    text = issue_token(stations, terminal_actor(), TokenRequest(None, EVERYWHERE, EVERYWHERE, "press", 30, owner="anna")).value
    uid = text.split("_")[1]

    administrator.delete("Token", uid)

    with pytest.raises(NotSignedInError):
        authenticate_token(stations, text, OWNER.address)
    assert last_denial(stations) == AWAY.format("token")
    assert findings(stations) == (f"gone: Token {uid}",)


def test_attacker_who_puts_an_unreviewed_access_back_is_given_nothing(stations: Stations, administrator: Administrator) -> None:
    """The row from before the review, within its hour; neither does it make the reviewer work again."""
    coco, zhou = person(stations, "coco", Role.QUALITY), person(stations, "zhou", Role.QUALITY)
    opened = break_glass(stations, session_of(stations, coco).actor, REASON, 60, "T2").value
    uid = opened.session.grant
    before = administrator.copy("Grant", uid)
    review(stations, session_of(stations, zhou).actor, uid, FOUND, justified=False)

    administrator.put("Grant", before)

    resumed = resume_session(stations, opened.secret, OWNER)
    assert resumed is not None
    assert resumed.actor.grant is None
    assert list_break_glass(stations, session_of(stations, zhou).actor).value == ()
    assert findings(stations) == (f"put back: Grant {uid}",)
    assert break_glass(stations, session_of(stations, coco).actor, REASON, 60, "T2").value.actor.grant is not None


HIDDEN: dict[str, Callable[[Administrator, str], None]] = {
    "gone": lambda administrator, uid: administrator.delete("Grant", uid),
    "changed": lambda administrator, uid: administrator.put("Grant", {**administrator.copy("Grant", uid), "state": "reviewed"}),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_attacker_who_hides_a_waiting_review_does_not_break_the_glass_again(
    how: str, stations: Stations, administrator: Administrator
) -> None:
    """Its row is deleted, or says that it was reviewed: it waits all the same, is named, and somebody else closes it."""
    coco, zhou = person(stations, "coco", Role.QUALITY), person(stations, "zhou", Role.QUALITY)
    other = person(stations, "coco-2", Role.QUALITY, person=coco.person_id)
    actor = session_of(stations, coco).actor
    broken = break_glass(stations, actor, REASON, 60, "T2").value
    uid = broken.session.grant
    before = administrator.copy("Grant", uid)

    HIDDEN[how](administrator, uid)

    for asker in (actor, session_of(stations, other).actor):
        with pytest.raises(PermissionDeniedError, match="still waits for its review"):
            break_glass(stations, asker, REASON, 60, "T2")
        with pytest.raises(PermissionDeniedError):
            review(stations, asker, uid, FOUND, justified=True)
    (waiting,) = list_break_glass(stations, session_of(stations, zhou).actor).value
    assert (waiting.uid, waiting.username, waiting.fault) == (uid, "coco", RowFault(how))
    assert records(stations, act="break_glass:list")[-1]["result"]["unverified"] == {uid: how}
    assert findings(stations) == (f"{how}: Grant {uid}",)

    review(stations, session_of(stations, zhou).actor, uid, FOUND, justified=False)

    assert records(stations, act="break_glass:review")[-1]["request"]["fault"] == how
    assert list_break_glass(stations, session_of(stations, zhou).actor).value == ()
    administrator.put("Grant", before)
    resumed = resume_session(stations, broken.secret, OWNER)
    assert resumed is not None
    assert resumed.actor.grant is None, "its row is back, and gives nothing"
    assert findings(stations) == (f"put back: Grant {uid}",)
    assert break_glass(stations, resumed.actor, REASON, 60, "T2").value.actor.grant is not None
    assert review_of(stations, uid) is None


def test_attacker_who_hides_account_and_review_does_not_use_a_second_account(
    stations: Stations, administrator: Administrator
) -> None:
    """The register knows whose access it was, whatever became of account and row."""
    coco = person(stations, "coco", Role.QUALITY, printed="Coco One")
    other = person(stations, "coco-2", Role.QUALITY, printed="C. Two", person=coco.person_id)
    uid = break_glass(stations, session_of(stations, coco).actor, REASON, 60, "T2").value.session.grant

    administrator.delete("Account", coco.uid)
    administrator.delete("Grant", uid)

    with pytest.raises(PermissionDeniedError, match="still waits for its review"):
        break_glass(stations, session_of(stations, other).actor, REASON, 60, "T2")


def test_attacker_with_a_second_account_of_another_name_reviews_nothing_of_his(stations: Stations) -> None:
    """Two accounts of one person, printed differently: by the id of the person they are one pair of eyes."""
    quin = person(stations, "quin", Role.QUALITY, printed="Quin Li")
    second = person(stations, "quin-2", Role.QUALITY, printed="Q. Two", person=quin.person_id)
    uid = break_glass(stations, session_of(stations, quin).actor, REASON, 60, "T2").value.session.grant

    with pytest.raises(PermissionDeniedError):
        review(stations, session_of(stations, second).actor, uid, FOUND, justified=True)
    with pytest.raises(PermissionDeniedError, match="still waits for its review"):
        break_glass(stations, session_of(stations, second).actor, REASON, 60, "T2")

    assert [one.uid for one in stations.grants.list_waiting()] == [uid]


def test_attacker_who_puts_an_ended_session_back_is_nobody(stations: Stations, administrator: Administrator) -> None:
    person(stations, "anna")
    opened = enter(stations)
    before = administrator.copy("Session", opened.session.uid)
    end_session_of(stations, terminal_actor(), opened.session.uid)
    assert resume_session(stations, opened.secret, OWNER) is None
    assert findings(stations) == ()

    administrator.put("Session", before)

    assert resume_session(stations, opened.secret, OWNER) is None
    assert "put back" in last_denial(stations)
    assert findings(stations) == (f"put back: Session {opened.session.uid}",)


def test_attacker_who_puts_a_session_back_as_it_was_before_its_secret_changed_is_nobody(
    stations: Stations, administrator: Administrator
) -> None:
    """A stolen cookie that a change of purpose made worthless."""
    person(stations, "anna")
    opened = enter(stations)
    before = administrator.copy("Session", opened.session.uid)
    choose_purpose(stations, opened.actor, Purpose.RECALL)
    assert resume_session(stations, opened.secret, OWNER) is None

    administrator.put("Session", before)

    assert resume_session(stations, opened.secret, OWNER) is None
    assert "put back" in last_denial(stations)


def test_attacker_who_keeps_an_idle_session_awake_by_hand_is_nobody(
    stations: Stations, administrator: Administrator, clock: Clockwork
) -> None:
    person(stations, "anna")
    opened = enter(stations)
    clock.moment += IDLE + timedelta(seconds=1)
    row = administrator.copy("Session", opened.session.uid)

    administrator.put("Session", {**row, "seen_at": clock.moment.isoformat(timespec="microseconds")[:26] + "Z"})

    assert resume_session(stations, opened.secret, OWNER) is None


def test_promise_the_ordinary_life_of_rows_leaves_nothing_to_find(stations: Stations, clock: Clockwork) -> None:
    """Accounts, factors, sessions, tokens and accesses that are made, changed, used and ended: each row is the newest."""
    anna, zhou = person(stations, "anna", Role.QUALITY), person(stations, "zhou", Role.QUALITY)
    actor = enter(stations).actor
    key = begin_totp(stations, actor, PASSWORD).value.key.replace(" ", "")
    confirm_totp(stations, actor, pyotp.TOTP(key).at(clock.now()))
    clock.go_on(60)
    shown = show_code(stations, enter(stations), pyotp.TOTP(key).at(clock.now())).value
    glass = break_glass(stations, shown.actor, REASON, 30, "T2").value
    review(stations, session_of(stations, zhou).actor, glass.session.grant, FOUND, justified=True)
    text = issue_token(stations, terminal_actor(), TokenRequest(None, EVERYWHERE, EVERYWHERE, "press", 30, owner="anna")).value
    authenticate_token(stations, text, OWNER.address)
    stations.accounts.advance_session_epoch(anna.uid)
    set_password(stations, terminal_actor(), "anna", "another horse battery")
    for disabled in (True, False):
        set_disabled(stations, terminal_actor(), "anna", disabled=disabled)

    assert findings(stations) == ()
    assert stations.accounts.get_account(anna.uid) is not None
    assert authenticate_token(stations, text, OWNER.address).role is Role.QUALITY


def test_attacker_who_changes_a_demo_account_does_not_keep_the_service_from_starting(
    stations: Stations, administrator: Administrator
) -> None:
    """The demo is known as loaded while any of its names is taken, by a changed account too."""
    names = (Role.COORDINATOR.value, Role.VIEWER.value)
    state = {"whole": True, "first_question": "RM-26-0417", "accounts": dict.fromkeys(names, PASSWORD)}
    (stations.settings.home / STATE).write_text(json.dumps(state))
    assert read_demo(stations) is None, "of another store"
    accounts = [person(stations, name) for name in names]

    for account in accounts:
        administrator.put("Account", {**administrator.copy("Account", account.uid), "role": "admin"})

        loaded = read_demo(stations)
        assert loaded is not None
        assert [one.username for one in loaded.accounts] == [*names]

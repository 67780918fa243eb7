"""What somebody in a session shows of himself anew is guessed no faster than at the door, wherever it is asked for."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.web.conftest import MovingClock, app, clock
from tests.web.test_approvals import SEEN, Desk, Sit, desks, sit
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.policy.alert_rules import read_alert_rules
from traceapp.policy.record_facts import RecordFacts
from traceapp.usecases.stations import Stations

__all__ = ["MovingClock", "Sit", "app", "clock", "desks", "sit"]
pytestmark = pytest.mark.one_store

PASSWORD, GUESS = "correct horse battery", "a guess entirely"
ELSEWHERE = {"REMOTE_ADDR": "198.51.100.9"}


def sign(desk: Desk, page: str, username: str, password: str) -> TestResponse:
    shown = {"sign_username": username, "sign_password": password}
    opened = desk.browser.get(f"/api/v1{page}").get_json()
    digest = opened["approval"]["digest"]
    return desk.post(f"{page}/decision", decision="approve", digest=digest, seen=opened["seen"], reason=SEEN, **shown)


DOORS: dict[str, Callable[[Desk, str], TestResponse]] = {
    "signing": lambda desk, page: sign(desk, page, desk.name, GUESS),
    "password": lambda desk, page: desk.post("/password", old=GUESS, new="another one, my own", again="another one, my own"),
    "password by the API": lambda desk, page: desk.send("/api/v1/password", old=GUESS, new="another one, my own"),
    "codes": lambda desk, page: desk.post("/factors/codes", password=GUESS),
    "second factor": lambda desk, page: desk.post("/second-factor", code="000000"),
}


@pytest.mark.parametrize("door", DOORS)
def test_attacker_in_a_stolen_session_guesses_five_times_a_minute_and_the_door_counts_it(
    door: str, desks: tuple[Desk, Desk]
) -> None:
    """Two accounts, five guesses each: then their address is shut out of the door as well."""
    anna, ben = desks
    page = anna.ask()

    tries = [DOORS[door](ben, page).status_code for _ in range(6)]

    assert set(tries[:5]) <= {401, 403}
    assert tries[5] == 429
    token = ben.browser.get("/test/csrf").text
    own = [anna.post("/factors/codes", password=GUESS).status_code for _ in range(5)]
    entered = ben.browser.post("/sign-in", data={"username": "anna", "password": PASSWORD, "csrf_token": token})
    assert own == [401] * 5
    assert entered.status_code == 429, "ten wrong ones from this address"


def test_attacker_who_guesses_in_a_session_does_not_go_on_at_the_door(desks: tuple[Desk, Desk], stations: Stations) -> None:
    """Five guesses in it and five at the door are ten at one name; it rings, and tells neither what was wrong."""
    anna, ben = desks
    page = anna.ask()
    head = stations.ledger.get_head().seq
    wrong = [sign(ben, page, "anna", PASSWORD), *(sign(ben, page, "ben", GUESS) for _ in range(4))]
    door = ben.browser
    for _ in range(5):
        data = {"username": "ben", "password": GUESS, "csrf_token": door.get("/test/csrf").text}
        assert door.post("/sign-in", data=data, environ_base=ELSEWHERE).status_code == 401

    data = {"username": "ben", "password": PASSWORD, "csrf_token": door.get("/test/csrf").text}
    late = door.post("/sign-in", data=data, environ_base=ELSEWHERE)

    assert late.status_code == 429
    assert {one.status_code for one in wrong} == {403}
    assert all("The user name or the password is wrong; nothing was signed." in one.text for one in wrong)
    evaluation = Evaluation(read_alert_rules(), RecordFacts(frozenset()))
    rung = [one.rule for told in records(stations, after=head) for one in evaluation.take(told["seq"], told)]
    assert rung.count("wrong-passwords") == 1
    assert "approval-refused" in rung


def test_promise_a_right_component_forgets_the_wrong_ones_of_its_account(desks: tuple[Desk, Desk]) -> None:
    anna, ben = desks
    page = anna.ask()

    tries = [sign(ben, page, "ben", GUESS).status_code for _ in range(4)]
    right = sign(ben, page, "ben", PASSWORD)

    assert (tries, right.status_code) == ([403] * 4, 303)

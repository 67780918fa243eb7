"""A person's own password: on a page in both languages and by the API, and nothing else before it where it is not his own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.recorded import records
from tests.web.test_sign_in_pages import PASSWORD, enter, send, set_up, token_of
from traceapp.composition import terminal_actor
from traceapp.usecases.accounts.change_account import set_password
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

OWN, NEXT = "a horse of my own, at last", "and another one after that"
WORDS = {"en": ("Change your password", "Somebody else gave you this password"), "zh_Hans": ("修改密码", "此密码由他人设置")}


def change(browser: FlaskClient, old: str, new: str, again: str | None = None, **said: str) -> int:
    answer = send(browser, "/password", "/password", old=old, new=new, again=again if again is not None else new, **said)
    return answer.status_code


@pytest.mark.parametrize("code", WORDS)
def test_promise_a_password_that_an_administrator_gave_opens_the_page_that_changes_it_and_nothing_else(
    code: str, doors: Flask, stations: Stations
) -> None:
    title, lead = WORDS[code]
    set_password(stations, terminal_actor(), "rc-02", PASSWORD)
    browser = doors.test_client()
    browser.post("/language", data={"language": code, "csrf_token": token_of(browser.get("/sign-in").text)})

    entered = send(browser, "/sign-in", "/sign-in", username="rc-02", password=PASSWORD, next="/sessions")

    assert entered.headers["Location"] == "/password?next=/sessions"
    page = browser.get(entered.headers["Location"]).text
    assert title in page
    assert lead in page
    refused = browser.get("/api/v1/batches/N")
    assert (refused.status_code, refused.get_json()["type"]) == (403, "urn:traceapp:problem:password-provisional")
    assert "/password" in refused.get_json()["next_step"]
    for address in ("/", "/sessions", "/factors", "/approvals"):
        assert browser.get(address).status_code == 403
    assert records(stations, act="request:refuse")[-1]["outcome"] == "denied"
    done = send(browser, "/password", "/password", old=PASSWORD, new=OWN, again=OWN, next="/sessions")
    assert (done.status_code, done.headers["Location"]) == (303, "/sessions")
    assert browser.get("/api/v1/batches/N").status_code == 404
    assert lead not in browser.get("/password").text


def test_promise_an_own_password_is_changed_with_the_old_one_and_ends_the_other_sessions(
    doors: Flask, stations: Stations
) -> None:
    here, there = enter(doors), enter(doors)

    assert change(here, "not the password", OWN) == 401
    assert change(here, PASSWORD, OWN, "a horse of my own, at least") == 400
    assert change(here, PASSWORD, "short") == 400
    assert change(here, PASSWORD, PASSWORD) == 400
    before = here.get_cookie("traceapp_session")
    assert change(here, PASSWORD, OWN) == 303

    after = here.get_cookie("traceapp_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert [browser.get("/api/v1/batches/N").status_code for browser in (here, there)] == [404, 401]
    assert send(doors.test_client(), "/sign-in", "/sign-in", username="rc-02", password=PASSWORD).status_code == 401
    told = str(records(stations, act="password:change"))
    assert not any(secret in told for secret in (PASSWORD, OWN))


def test_promise_the_api_changes_an_own_password_and_wants_the_second_factor(doors: Flask) -> None:
    browser = enter(doors)
    _, codes = set_up(browser)

    def ask(old: str, new: str, who: FlaskClient) -> tuple[int, str]:
        header = {"X-CSRFToken": token_of(who.get("/password").text)}
        answer = who.post("/api/v1/password", json={"old": old, "new": new}, headers=header)
        return answer.status_code, answer.get_json().get("type", "").removeprefix("urn:traceapp:problem:")

    assert ask("not the password", OWN, browser) == (401, "sign-in")
    assert ask(PASSWORD, "short", browser) == (400, "input")
    assert ask(PASSWORD, OWN, browser) == (200, "")
    assert browser.get("/api/v1/batches/N").status_code == 404
    late = doors.test_client()
    send(late, "/sign-in", "/sign-in", username="rc-02", password=OWN)
    assert late.get("/password").status_code == 303, "half of the way in is not in"
    send(late, "/second-factor", "/second-factor", code=codes[0])
    assert ask(OWN, NEXT, late) == (200, "")

"""Sessions of persons: cookies, CSRF, their end; and how often a stranger may try."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.web.conftest import MovingClock
from traceapp.usecases.stations import Stations
from traceapp.web.limits import REFUSALS_A_MINUTE

pytestmark = pytest.mark.one_store

COOKIE = "traceapp_session"
BODY = {"seeds": [{"number": "N"}]}


def test_a_session_opens_the_api_for_reading(signed_in: FlaskClient) -> None:
    assert signed_in.get("/api/v1/batches/N").status_code == 404


def test_promise_a_session_cannot_write_without_its_csrf_token(signed_in: FlaskClient) -> None:
    assert signed_in.post("/api/v1/traces", json=BODY).get_json(force=True)["type"] == "urn:traceapp:problem:form-expired"

    token = signed_in.get("/test/csrf").text

    assert signed_in.post("/api/v1/traces", json=BODY, headers={"X-CSRFToken": token}).status_code == 404
    assert signed_in.post("/api/v1/traces", json=BODY, headers={"X-CSRFToken": token + "x"}).status_code == 400


def test_a_cookie_is_for_this_site_and_not_for_scripts(doors: Flask) -> None:
    plain = doors.test_client().get("/test/begin").headers["Set-Cookie"]
    secure = doors.test_client().get("/test/begin", base_url="https://localhost").headers["Set-Cookie"]

    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    assert "Secure" in secure


@pytest.mark.parametrize("username", ["rc-02", "nobody"])
def test_a_failed_sign_in_is_recorded_as_every_other_act(username: str, doors: Flask, stations: Stations) -> None:
    browser, before = doors.test_client(), stations.ledger.get_head().seq
    told = {"username": username, "password": "a wrong one entirely", "csrf_token": browser.get("/test/csrf").text}

    assert browser.post("/sign-in", data=told).status_code == 401

    (failed,) = records(stations, after=before)
    assert (failed["act"], failed["outcome"]) == ("session:start", "denied")
    assert (failed["policy"], failed["dictionary"]) == (stations.policy.digest, stations.dictionary.digest)


def test_an_edited_cookie_is_nobody(signed_in: FlaskClient) -> None:
    value = signed_in.get_cookie(COOKIE)
    assert value is not None
    signed_in.set_cookie(COOKIE, value.value[:-4] + "AAAA")

    assert signed_in.get("/api/v1/batches/N").status_code == 401


def test_a_cookie_from_another_browser_is_nobody(signed_in: FlaskClient) -> None:
    assert signed_in.get("/api/v1/batches/N", headers={"User-Agent": "another"}).status_code == 401


def sign_out(browser: FlaskClient) -> TestResponse:
    return browser.post("/sign-out", headers={"X-CSRFToken": browser.get("/test/csrf").text})


def test_attacker_cannot_use_a_cookie_after_its_owner_signed_out(signed_in: FlaskClient) -> None:
    copied = signed_in.get_cookie(COOKIE)
    assert copied is not None

    assert sign_out(signed_in).headers["Location"] == "/sign-in?left=1"
    assert signed_in.get("/api/v1/batches/N").status_code == 401

    signed_in.set_cookie(COOKIE, copied.value)
    assert signed_in.get("/api/v1/batches/N").status_code == 401


def test_promise_a_sign_out_ends_every_session_of_the_person(doors: Flask, signed_in: FlaskClient, stations: Stations) -> None:
    another = doors.test_client()
    another.get("/test/begin")
    assert another.get("/api/v1/batches/N").status_code == 404

    sign_out(signed_in)

    assert [record["outcome"] for record in records(stations, act="session:end")] == ["intended", "done"]
    assert another.get("/api/v1/batches/N").status_code == 401
    signed_in.get("/test/begin")
    assert signed_in.get("/api/v1/batches/N").status_code == 404


def test_nobody_is_kept_signed_in_because_the_ledger_is_down(signed_in: FlaskClient, kill_ledger: Callable[[], None]) -> None:
    copied = signed_in.get_cookie(COOKIE)
    assert copied is not None
    kill_ledger()

    assert sign_out(signed_in).status_code == 503

    assert signed_in.get("/api/v1/batches/N").status_code == 401
    signed_in.set_cookie(COOKIE, copied.value)
    assert signed_in.get("/api/v1/batches/N").status_code == 401


@pytest.mark.parametrize(("away", "status"), [(timedelta(minutes=14), 404), (timedelta(minutes=16), 401)])
def test_a_session_ends_by_idleness(away: timedelta, status: int, signed_in: FlaskClient, clock: MovingClock) -> None:
    clock.ahead += away

    assert signed_in.get("/api/v1/batches/N").status_code == status


def test_a_session_ends_by_age_however_busy_it_is(signed_in: FlaskClient, clock: MovingClock) -> None:
    for _ in range(12 * 6 - 1):
        clock.ahead += timedelta(minutes=10)
        assert signed_in.get("/api/v1/batches/N").status_code == 404
    clock.ahead += timedelta(minutes=10)

    assert signed_in.get("/api/v1/batches/N").status_code == 401


def test_a_use_is_written_once_a_minute_and_no_more(signed_in: FlaskClient, stations: Stations, clock: MovingClock) -> None:
    def versions() -> list[int]:
        return [one.version for one in stations.sessions.list_sessions(clock.now(), row_limit=10)]

    for _ in range(5):
        signed_in.get("/api/v1/batches/N")
    assert versions() == [0]

    clock.ahead += timedelta(minutes=1)
    for _ in range(5):
        signed_in.get("/api/v1/batches/N")
    assert versions() == [1]


def test_a_page_without_a_session_leads_to_the_sign_in(client: FlaskClient) -> None:
    reply = client.get("/")

    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/sign-in")


def test_a_stranger_cannot_fill_the_ledger_with_refusals(client: FlaskClient, stations: Stations) -> None:
    for _ in range(REFUSALS_A_MINUTE):
        client.get("/api/v1/batches/N", headers={"Authorization": "Bearer x"})
    before = stations.ledger.get_head().seq

    refused = client.get("/api/v1/batches/N", headers={"Authorization": "Bearer x"})

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert stations.ledger.get_head().seq == before


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for path in ("/healthz", "/api/v1/batches/N", "/nowhere", "/"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';"), path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers
    assert "Strict-Transport-Security" in client.get("/healthz", base_url="https://localhost").headers


def test_a_stranger_cannot_guess_passwords_all_day(closed: FlaskClient) -> None:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', closed.get("/sign-in").text)
    assert found is not None
    guess = {"username": "rc-02", "password": "guess", "csrf_token": found[1]}

    tries = [closed.post("/sign-in", data=guess) for _ in range(11)]

    assert [reply.status_code for reply in tries] == [503] * 10 + [429]
    assert 1 <= int(tries[-1].headers["Retry-After"]) <= 60
    assert closed.get("/sign-in").status_code == 200

"""The pages around a session: second factor, list of sessions, purpose; each a form that works without scripts."""

import os
import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.reviews import review_of
from tests.web.conftest import MovingClock
from traceapp.composition import terminal_actor
from traceapp.domain.errors import StoreTimeoutError
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.stations import Stations
from traceapp.web.pages import layout

pytestmark = pytest.mark.one_store

PASSWORD = "correct horse battery"


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def send(browser: FlaskClient, page: str, address: str, **said: str) -> TestResponse:
    """Fill in a form of a page."""
    return browser.post(address, data={**said, "csrf_token": token_of(browser.get(page).text)})


def enter(app: Flask) -> FlaskClient:
    browser = app.test_client()
    reply = send(browser, "/sign-in", "/sign-in", username="rc-02", password=PASSWORD)
    assert reply.status_code == 303
    return browser


def set_up(browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """The authenticator, and the recovery codes."""
    begun = send(browser, "/factors", "/factors/codes", password=PASSWORD)
    key = re.search(r'<code class="id id-long" translate="no">([A-Z2-7 ]+)</code>', begun.text)
    assert key is not None
    totp = pyotp.TOTP(key[1].replace(" ", ""))
    done = browser.post("/factors/codes/confirm", data={"code": totp.now(), "csrf_token": token_of(begun.text)})
    return totp, re.findall(r'<code class="id" translate="no">([^<]+)</code>', done.text)


def test_promise_a_second_factor_is_asked_for_at_the_sign_in(doors: Flask, clock: MovingClock, stations: Stations) -> None:
    totp, codes = set_up(enter(doors))
    assert len(codes) == 10

    browser = enter(doors)
    assert browser.get("/api/v1/batches/N").status_code == 401, "half of the way in is not in"
    wrong = send(browser, "/second-factor", "/second-factor", code="000000")
    assert wrong.status_code == 401
    assert 'aria-describedby="code-error"' in wrong.text
    right = send(browser, "/second-factor", "/second-factor", code=codes[0], next="/search?number=N")
    assert (right.status_code, right.headers["Location"]) == (303, "/search?number=N")
    assert browser.get("/api/v1/batches/N").status_code == 404
    assert totp.interval == 30
    used = [one for one in records(stations, act="factor:change") if one["request"]["changed"] == "recovery code used"]
    assert [one["outcome"] for one in used] == ["intended", "done"], "one code fewer for good"
    assert {one["field"] for one in used[0]["values"]} == {"recovery_codes"}


def test_five_wrong_codes_in_a_minute_and_the_right_one_waits(doors: Flask) -> None:
    _, codes = set_up(enter(doors))
    browser = enter(doors)

    tries = [send(browser, "/second-factor", "/second-factor", code="000000").status_code for _ in range(5)]
    late = send(browser, "/second-factor", "/second-factor", code=codes[0])

    assert tries == [401] * 5
    assert late.status_code == 429
    assert 1 <= int(late.headers["Retry-After"]) <= 60


def test_the_second_factor_is_nobodys_page_without_a_session(doors: Flask) -> None:
    browser = doors.test_client()

    assert browser.get("/second-factor").headers["Location"].startswith("/sign-in")
    assert send(browser, "/sign-in", "/second-factor", code="000000").status_code == 401


def test_sessions_are_listed_and_ended_by_their_person(doors: Flask) -> None:
    here, there, elsewhere = enter(doors), enter(doors), enter(doors)
    page = here.get("/sessions").text
    uids = re.findall(r'action="/sessions/([0-9a-f]{16})/end"', page)
    assert len(uids) == 2
    assert page.count("This session") == 1

    assert send(here, "/sessions", f"/sessions/{uids[0]}/end").status_code == 303
    assert sorted(browser.get("/api/v1/batches/N").status_code for browser in (there, elsewhere)) == [401, 404]
    assert send(here, "/sessions", "/sessions/end-others").status_code == 303
    assert [browser.get("/api/v1/batches/N").status_code for browser in (here, there, elsewhere)] == [404, 401, 401]


def test_attacker_cannot_end_the_session_of_another(doors: Flask, signed_in: FlaskClient) -> None:
    assert send(signed_in, "/sessions", f"/sessions/{'0' * 16}/end").status_code == 400
    assert signed_in.post(f"/sessions/{'0' * 16}/end").status_code == 400, "no CSRF token"


def test_a_purpose_is_chosen_shown_and_recorded(doors: Flask, stations: Stations) -> None:
    browser = enter(doors)
    assert '<option value="recall" selected>Recall</option>' in browser.get("/").text
    before_cookie = browser.get_cookie("traceapp_session")

    assert send(browser, "/", "/purpose", purpose="complaint", next="/search?number=N").headers["Location"] == "/search?number=N"

    assert '<option value="complaint" selected>Complaint</option>' in browser.get("/").text
    before = stations.ledger.get_head().seq
    browser.get("/api/v1/batches/N")
    assert {record["actor"]["purpose"] for record in records(stations, after=before)} == {"complaint"}
    assert before_cookie is not None
    old = doors.test_client()
    old.set_cookie("traceapp_session", before_cookie.value)
    assert old.get("/api/v1/batches/N").status_code == 401, "what he may see changed, so the secret did"


@pytest.mark.parametrize("purpose", ["audit", "curiosity", ""])
def test_a_purpose_that_is_not_the_roles_is_refused(purpose: str, doors: Flask) -> None:
    browser = enter(doors)

    assert send(browser, "/", "/purpose", purpose=purpose).status_code == 400
    assert '<option value="recall" selected>' in browser.get("/").text


REASON = "A hospital calls about a pump; the lot is of another site."


def test_break_glass_begins_on_its_page_shows_everywhere_and_ends(doors: Flask, stations: Stations) -> None:
    _, codes = set_up(enter(doors))
    browser = enter(doors)
    send(browser, "/second-factor", "/second-factor", code=codes[0])
    said = {"reason": REASON, "minutes": "30", "tier": "T3"}

    assert send(browser, "/break-glass", "/break-glass", **{**said, "minutes": "61"}).status_code == 400
    assert send(browser, "/break-glass", "/break-glass", **said).status_code == 303

    for page in ("/", "/sessions", "/search?number=N"):
        assert "Everything you see is recorded as such" in browser.get(page).text, page
    assert len(browser.get("/api/v1/batches/N").headers["Traceapp-Break-Glass"]) == 16
    assert send(browser, "/break-glass", "/break-glass/end").status_code == 303
    assert "Traceapp-Break-Glass" not in browser.get("/api/v1/batches/N").headers


def test_promise_with_the_keys_away_and_a_review_waiting_every_page_is_served(doors: Flask, stations: Stations) -> None:
    """The count of reviews beside a page, the list of them, the page of an error: none needs a name that cannot be opened."""
    _, codes = set_up(enter(doors))
    browser = enter(doors)
    send(browser, "/second-factor", "/second-factor", code=codes[0])
    assert send(browser, "/break-glass", "/break-glass", reason=REASON, minutes="30", tier="T2").status_code == 303
    everywhere = frozenset({"*"})
    create_account(stations, terminal_actor(), "zhou", PASSWORD, "Zhou Min", Role.QUALITY, everywhere, everywhere)
    reviewer = doors.test_client()
    assert send(reviewer, "/sign-in", "/sign-in", username="zhou", password=PASSWORD).status_code == 303
    (waiting,) = stations.grants.list_waiting()
    asked = review_of(stations, waiting.uid)
    assert asked is not None
    review = {"decision": "approve", "digest": asked.digest, "seen": "0" * 64, "reason": REASON}

    ring = stations.keys.ring_path
    ring.with_name("key-encryption-key").unlink()
    os.utime(ring)

    for page in ("/", "/sessions", "/break-glass"):
        assert reviewer.get(page).status_code == 200, page
    assert "The reason cannot be opened now" in reviewer.get("/break-glass").text
    assert reviewer.get("/no-such-page").status_code == 404
    refused = send(reviewer, "/break-glass", f"/approvals/{asked.uid}/decision", **review)
    assert refused.status_code == 503
    assert "The keys of this service are not at hand" in refused.text


def test_promise_a_page_is_served_where_the_reviews_that_wait_cannot_be_counted(
    doors: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The store fails for this one question: the page comes without the count, and the log says why in one word."""
    browser = enter(doors)

    def fail(*_: object) -> int:
        raise StoreTimeoutError("words that stay inside")

    monkeypatch.setattr(layout, "count_waiting", fail)

    reply = browser.get("/sessions")

    assert reply.status_code == 200
    assert "waits for your word" not in reply.text
    assert "StoreTimeoutError" in caplog.text
    assert "words that stay inside" not in reply.text + caplog.text


def test_break_glass_asks_for_the_second_factor_first(doors: Flask) -> None:
    reply = send(enter(doors), "/break-glass", "/break-glass", reason=REASON, minutes="30", tier="T2")

    assert reply.headers["Location"] == "/second-factor?next=/break-glass"

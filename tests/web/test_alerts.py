"""Alerts on the page, by the API and under somebody's name; silencing, which nobody does alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.composition import build_watch, terminal_actor
from traceapp.domain.alerts import Alert, AlertFilter, AlertLevel
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Role
from traceapp.ledger.alert_book import Progress, Rung
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.alerts.list_alerts import alert_words
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations
from traceapp.web.access import open_door
from traceapp.web.session import begin_session, client_of_request

pytestmark = pytest.mark.one_store

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
GLASS = Alert("a1" * 16, "break-glass", AlertLevel.HIGH, NOW, "c" * 32, "wang", (7,), 1)
WALK = Alert("b2" * 16, "number-walk", AlertLevel.CRITICAL, NOW.replace(hour=11), "203.0.113.9", "", (8, 9), 20)
EVERYWHERE = frozenset({"*"})
AS = Callable[[Role], FlaskClient]


@pytest.fixture
def rung(stations: Stations) -> Stations:
    """Two alerts are open, the older of them on record."""
    stations.alerts.put([Rung(GLASS), Rung(WALK)], (), Progress(9, "", {}), NOW)
    stations.alerts.put_recorded(GLASS.uid, 10)
    return stations


@pytest.fixture
def as_person(app: Flask, stations: Stations) -> AS:
    """A browser in which somebody of a role is signed in."""

    @open_door
    def begin(uid: str) -> str:
        account = stations.accounts.get_account(uid)
        assert account is not None
        opened = make_session(stations, account, client_of_request())
        stations.sessions.append_session(opened.session)
        begin_session(opened)
        return ""

    @open_door
    def csrf() -> str:
        return generate_csrf()

    app.add_url_rule("/test/csrf", "test.csrf", csrf)
    app.add_url_rule("/test/begin/<uid>", "test.begin", begin)

    def sign_in(role: Role) -> FlaskClient:
        name = f"of-{role.value}"
        made = create_account(stations, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE)
        browser = app.test_client()
        assert browser.get(f"/test/begin/{made.value}").status_code == 200
        return browser

    return sign_in


def test_the_api_lists_the_newest_first_and_counts_the_open_ones(rung: Stations, client: FlaskClient, tokens: Tokens) -> None:
    header = {"Authorization": tokens(Role.AUDITOR)}

    said = client.get("/api/v1/alerts", headers=header).get_json()
    high = client.get("/api/v1/alerts?level=high&state=open&rule=break-glass", headers=header).get_json()

    assert [one["uid"] for one in said["alerts"]] == [WALK.uid, GLASS.uid]
    assert said["open"] == {"high": 1, "critical": 1}
    assert high["alerts"] == [
        {
            "uid": GLASS.uid,
            "rule": "break-glass",
            "level": "high",
            "title": alert_words("break-glass", "en").title,
            "at": "2026-03-02T10:00:00.000000Z",
            "group": "c" * 32,
            "username": "wang",
            "records": [7],
            "count": 1,
            "recorded": 10,
            "state": "open",
            "acknowledged_by": None,
            "acknowledged_at": None,
        }
    ]
    assert client.get("/api/v1/alerts?level=loud", headers=header).status_code == 400
    assert client.get("/api/v1/alerts?state=acknowledged", headers=header).get_json()["alerts"] == []
    assert records(rung, act="alert:list")[0]["result"] == {"alerts": 2, "open": 2}


def test_promise_a_person_acknowledges_by_name_and_on_record(rung: Stations, as_person: AS) -> None:
    browser = as_person(Role.QUALITY)

    form = {"csrf_token": browser.get("/test/csrf").text}
    done = browser.post(f"/alerts/{GLASS.uid}/acknowledgement", data=form)
    again = browser.post(f"/alerts/{GLASS.uid}/acknowledgement", data=form)

    assert (done.status_code, again.status_code) == (303, 409)
    kept = rung.alerts.get_alert(GLASS.uid)
    assert kept is not None
    assert kept.acknowledged_by == "of-quality"
    told = [one for one in records(rung, act="alert:acknowledge") if one["outcome"] == "done"]
    assert [one["request"]["alert"] for one in told] == [GLASS.uid]
    assert told[0]["actor"]["username"] == "of-quality"
    assert [one.alert for one in rung.alerts.list_alerts(AlertFilter(), 9) if one.acknowledged_at is None] == [WALK]


def test_promise_the_page_says_what_happened_and_what_to_do_in_both_languages(rung: Stations, as_person: AS) -> None:
    browser = as_person(Role.QUALITY)

    english = browser.get("/alerts").get_data(as_text=True)
    chinese = browser.get("/alerts", headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)

    for rule in ("break-glass", "number-walk"):
        assert alert_words(rule, "en").title in english
        assert alert_words(rule, "en").todo in english
        assert alert_words(rule, "zh").title in chinese
        assert alert_words(rule, "zh").todo in chinese
    assert "2 alerts are open" in browser.get("/").get_data(as_text=True)
    assert english.index(WALK.uid) < english.index(GLASS.uid)


def test_the_page_narrows_by_state_level_and_rule(rung: Stations, as_person: AS) -> None:
    browser = as_person(Role.AUDITOR)

    assert WALK.uid not in browser.get("/alerts?level=high").text
    assert WALK.uid not in browser.get("/alerts?rule=break-glass").text
    assert WALK.uid not in browser.get("/alerts?state=acknowledged").text
    assert WALK.uid in browser.get("/alerts?state=all&level=&rule=").text
    assert WALK.uid in browser.get("/alerts?state=all&level=%22&rule=x").text
    assert "/acknowledgement" not in browser.get("/alerts").text


def test_records_are_opened_from_an_alert_by_whoever_may_search_them(rung: Stations, as_person: AS) -> None:
    assert 'href="/audit/records/7"' in as_person(Role.AUDITOR).get("/alerts").text
    assert 'href="/audit/records/10"' in as_person(Role.QUALITY).get("/alerts?rule=break-glass").text


def test_whoever_may_not_see_alerts_meets_neither_page_nor_banner(rung: Stations, as_person: AS) -> None:
    browser = as_person(Role.PRODUCTION)

    assert browser.get("/alerts").status_code == 403
    assert "/alerts" not in browser.get("/").text
    form = {"csrf_token": browser.get("/test/csrf").text}
    assert browser.post(f"/alerts/{GLASS.uid}/acknowledgement", data=form).status_code == 403


def test_promise_nobody_silences_a_rule_alone_and_who_may_not_rings(
    stations: Stations, client: FlaskClient, tokens: Tokens, as_person: AS
) -> None:
    """Whoever may ask gets an approval that waits, or is told who is missing; the rule rings on."""
    header, body = {"Authorization": tokens(Role.ADMIN)}, {"hours": 4, "reason": "It rings whenever the interface is slow."}
    address = "/api/v1/alerts/rules/{}/silence"

    alone = client.post(address.format("denials"), headers=header, json=body)
    for role in (Role.QUALITY, Role.AUDITOR):
        as_person(role)
    waits = client.post(address.format("denials"), headers=header, json=body)
    critical = client.post(address.format("record-altered"), headers=header, json=body)
    unknown = client.post(address.format("no-such-rule"), headers=header, json=body)
    refused = client.post(address.format("denials"), headers={"Authorization": tokens(Role.AUDITOR)}, json=body)

    replies = (alone, waits, critical, unknown, refused)
    assert [reply.status_code for reply in replies] == [403, 200, 400, 404, 403]
    assert "Not enough persons" in alone.get_json()["detail"]
    assert waits.get_json()["state"] == "requested"
    assert [one["outcome"] for one in records(stations, act="alert:silence")] == ["denied"]
    watch = LedgerWatch(replace(build_watch(stations.settings), ledger=stations.ledger))
    while watch.read():
        pass
    found = [one.alert.rule for one in stations.alerts.list_alerts(AlertFilter(), 9)]
    assert found == ["silence-asked", "approver-made", "approver-made"]


def test_a_page_is_drawn_though_the_alerts_cannot_be_counted(rung: Stations, as_person: AS) -> None:
    browser = as_person(Role.QUALITY)
    (rung.settings.home / "alerts.sqlite").write_bytes(b"no database, but as long as the head of one, and longer than that" * 20)

    assert browser.get("/").status_code == 200
    assert browser.get("/alerts").status_code == 500


def test_an_alert_of_the_real_watch_is_on_the_page_with_its_record(stations: Stations, as_person: AS) -> None:
    browser = as_person(Role.QUALITY)
    seq = stations.ledger.append(LedgerEntry("break_glass:begin", "done", {"account": "f" * 32, "username": "<b>wang"})).seq
    watch = LedgerWatch(replace(build_watch(stations.settings), ledger=stations.ledger))
    while watch.read():
        pass
    watch.read()

    page = browser.get("/alerts").text

    assert f">{seq}<" in page
    assert "&lt;b&gt;wang" in page
    assert f"{records(stations, act='alert:raise')[0]['seq']}" in page

"""Every address is called, and the record that it promises is there; where it promises none, there is none."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.policy.document import read_content
from traceapp.recorded_page import recorded_endpoints
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.accounts.review_access import begin_review
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations
from traceapp.web.access import open_door
from traceapp.web.session import begin_session, client_of_request

pytestmark = pytest.mark.one_store

EVERYWHERE = frozenset({"*"})
PASSWORD = "correct horse battery"
ELSEWHERE = {"provider.come_back", "provider.leave"}
"""They need an identity provider: tests/attack/test_identity_provider.py looks at their records."""
SIGNED = {
    "webhook-id": "NO-SUCH:1",
    "webhook-timestamp": "1767225600",
    "webhook-signature": "v1a,",
    "Content-Type": "text/csv",
}
REASON = "a recall is on, and the site does not answer"

OTHER = read_content("default").decode().replace("version = 1", "version = 2", 1)
APPROVAL = "/api/v1/approvals/{approval}"
RECIPIENT = {"organisation": "Klinik Nord", "person": "Dr. Eva Lind", "country": "DE"}
MOVE = {"site": "LYON", "to_site": "SUZHOU"}
SILENCE = {"rule": "denials", "hours": 4}


@dataclass(frozen=True)
class Call:
    """A request to an endpoint; what stands in braces is known once the plant is filled. before: endpoints called first."""

    path: str
    method: str = "GET"
    form: dict[str, str] | None = None
    json: Any = None
    role: Role | None = None
    before: tuple[str, ...] = ()
    signed_in: bool = True
    headers: dict[str, str] = field(default_factory=dict)


DECISION = {"username": "anna", "decision": "confirmed", "digest": "0" * 64, "reason": REASON}
CALLS = {
    "access_review.begin": Call("/access-reviews", "POST", {}),
    "access_review.decide": Call("/access-reviews/{review}/accounts/ben", "POST", {**DECISION, "username": "ben"}),
    "access_review.look": Call("/access-reviews/{review}/accounts/ben"),
    "access_review.open_one": Call("/access-reviews/{review}"),
    "access_review.sheet": Call("/access-reviews/{review}/sheet?form=csv"),
    "access_review.show": Call("/access-reviews"),
    "access_reviews.begin": Call("/api/v1/access-reviews", "POST"),
    "access_reviews.decide": Call("/api/v1/access-reviews/{review}/decisions", "POST", json=DECISION),
    "access_reviews.sheet": Call("/api/v1/access-reviews/{review}/sheet?form=csv"),
    "access_reviews.show": Call("/api/v1/access-reviews/{review}"),
    "access_reviews.show_all": Call("/api/v1/access-reviews"),
    "account.change_role": Call("/accounts/anna/role", "POST", {"role": "viewer", "reason": REASON}, role=Role.ADMIN),
    "account.come_back": Call("/accounts/anna/return", "POST", {"reason": REASON}, role=Role.ADMIN),
    "account.leave": Call("/accounts/anna/leave", "POST", {"reason": REASON}, role=Role.ADMIN),
    "account.open_one": Call("/accounts/anna"),
    "account.show": Call("/accounts"),
    "account.suspend": Call("/accounts/anna/suspension", "POST", {"reason": REASON}, role=Role.ADMIN),
    "accounts.change_role": Call(
        "/api/v1/accounts/anna/role",
        "POST",
        json={"role": "viewer", "sites": ["*"], "lines": ["*"], "reason": REASON},
        role=Role.ADMIN,
    ),
    "accounts.come_back": Call("/api/v1/accounts/anna/return", "POST", json={"reason": REASON}, role=Role.ADMIN),
    "accounts.leave": Call("/api/v1/accounts/anna/leave", "POST", json={"reason": REASON}, role=Role.ADMIN),
    "accounts.show_all": Call("/api/v1/accounts"),
    "accounts.suspend": Call("/api/v1/accounts/anna/suspend", "POST", json={"reason": REASON}, role=Role.ADMIN),
    "alert.acknowledge": Call(f"/alerts/{'0' * 32}/acknowledgement", "POST", {}, role=Role.COORDINATOR),
    "alert.show": Call("/alerts"),
    "alerts.acknowledge": Call(f"/api/v1/alerts/{'0' * 32}/acknowledgement", "POST", role=Role.COORDINATOR),
    "alerts.show": Call("/api/v1/alerts", role=Role.AUDITOR),
    "alerts.silence": Call("/api/v1/alerts/rules/denials/silence", "POST", json={"hours": 4, "reason": REASON}),
    "approval.ask": Call("/approvals", "POST", {"rule": "denials", "hours": "4", "reason": REASON}),
    "approval.cancel": Call("/approvals/{approval}/cancellation", "POST", {"reason": REASON}),
    "approval.decide": Call("/approvals/{approval}/decision", "POST", {"reason": REASON, "decision": "deny"}),
    "approval.execute": Call("/approvals/{approval}/execution", "POST", {}),
    "approval.file": Call("/approvals/{approval}/file"),
    "approval.open_one": Call("/approvals/{approval}"),
    "approval.show": Call("/approvals"),
    "approval.value": Call("/approvals/{approval}/value", "POST", {}),
    "approvals.approve": Call(f"{APPROVAL}/approve", "POST", json={"digest": "0" * 64, "seen": "0" * 64, "reason": REASON}),
    "approvals.cancel": Call(f"{APPROVAL}/cancel", "POST", json={"reason": REASON}),
    "approvals.deny": Call(f"{APPROVAL}/deny", "POST", json={"reason": REASON}),
    "approvals.execute": Call(f"{APPROVAL}/execute", "POST"),
    "approvals.file": Call(f"{APPROVAL}/file"),
    "approval.sign": Call("/approvals/{approval}/signature", "POST", {"reason": REASON, "digest": "0" * 64}),
    "approvals.sign": Call(f"{APPROVAL}/sign", "POST", json={"digest": "0" * 64, "reason": REASON}),
    "approvals.request": Call(
        "/api/v1/approvals", "POST", json={"operation": "alert_silence", "parameters": SILENCE, "reason": REASON}
    ),
    "approvals.show": Call(APPROVAL),
    "approvals.show_all": Call("/api/v1/approvals"),
    "approvals.value": Call(f"{APPROVAL}/value", "POST"),
    "approvals.withdraw": Call(f"{APPROVAL}/withdraw", "POST", json={"reason": REASON}),
    "audit.export": Call("/api/v1/audit/export", role=Role.AUDITOR),
    "audit.request": Call("/api/v1/audit/export", "POST", json={"reason": REASON}, role=Role.AUDITOR),
    "audit.proof": Call("/api/v1/audit/records/1/proof", role=Role.AUDITOR),
    "audit.search": Call("/api/v1/audit/records", role=Role.AUDITOR),
    "audit.show": Call("/api/v1/audit/records/1", role=Role.AUDITOR),
    "audit_trail.export": Call("/audit/export", role=Role.AUDITOR),
    "audit_trail.request_file": Call("/audit/export", "POST", {"reason": REASON}, role=Role.AUDITOR),
    "audit_trail.proof": Call("/audit/records/1/proof", role=Role.AUDITOR),
    "audit_trail.search": Call("/audit", role=Role.AUDITOR),
    "audit_trail.show": Call("/audit/records/1", role=Role.AUDITOR),
    "batch.ask_value": Call("/batches/{lot}/value", "POST", {"property": "formulation", "reason": REASON}),
    "batch.find": Call("/batches?number=S-9"),
    "batch.show": Call("/batches/{lot}"),
    "batches.search": Call("/api/v1/batches?number=S-9"),
    "batches.show": Call("/api/v1/batches/S-9"),
    "batches.trace": Call("/api/v1/batches/S-9/trace?direction=backward"),
    "break_glass.begin": Call("/break-glass", "POST", {"reason": REASON, "minutes": "10", "tier": "T2"}),
    "break_glass.end": Call("/break-glass/end", "POST", {}, before=("break_glass.begin",)),
    "break_glass.show": Call("/break-glass"),
    "change.compare": Call("/changes/comparison", "POST", {"document": "policy", "text": OTHER}),
    "change.propose": Call("/changes/proposals", "POST", {"document": "policy", "text": OTHER, "reason": REASON}),
    "change.show": Call("/changes"),
    "changes.compare": Call("/api/v1/changes/policy/comparison", "POST", json={"text": OTHER}),
    "changes.propose": Call("/api/v1/changes/policy/proposals", "POST", json={"text": OTHER, "reason": REASON}),
    "changes.show": Call("/api/v1/changes/policy/versions/1"),
    "changes.show_all": Call("/api/v1/changes"),
    "deliveries.acknowledge": Call(
        f"/api/v1/deliveries/{'0' * 16}/acknowledgement", "POST", json={"by": "Li", "at": "2026-01-01T00:00:00Z"}
    ),
    "deliveries.ask": Call("/api/v1/recipients", "POST", json={**RECIPIENT, "reason": REASON}),
    "deliveries.end": Call(f"/api/v1/recipients/{'0' * 16}/end", "POST"),
    "deliveries.enter": Call("/api/v1/deliveries", "POST", json={"record": 1, "channel": "mail", "recipient": "0" * 16}),
    "deliveries.export": Call("/api/v1/deliveries/export"),
    "deliveries.request": Call("/api/v1/deliveries/export", "POST", json={"reason": REASON}),
    "deliveries.recipients": Call("/api/v1/recipients"),
    "deliveries.show": Call("/api/v1/deliveries"),
    "delivery.acknowledge": Call(f"/deliveries/{'0' * 16}/acknowledgement", "POST", {"by": "Li", "at": "2026-01-01"}),
    "delivery.ask": Call("/recipients", "POST", {**RECIPIENT, "reason": REASON}),
    "delivery.end": Call(f"/recipients/{'0' * 16}/end", "POST", {}),
    "delivery.enter": Call("/deliveries", "POST", {"record": "1", "channel": "mail", "recipient": "0" * 16}),
    "delivery.export": Call("/deliveries/export"),
    "delivery.request_file": Call("/deliveries/export", "POST", {"reason": REASON}),
    "delivery.request_trace": Call("/traces/delivery", "POST", {"number": "S-9", "recipient": "0" * 16, "channel": "mail"}),
    "delivery.show": Call("/deliveries"),
    "delivery.trace": Call("/traces/delivery?number=S-9"),
    "events.source": Call("/api/v1/events/{event}/source"),
    "factors.begin_codes": Call("/factors/codes", "POST", {"password": PASSWORD}),
    "factors.confirm_codes": Call("/factors/codes/confirm", "POST", {"code": "000000"}),
    "factors.drop_codes": Call("/factors/codes/drop", "POST", {}),
    "factors.form": Call("/second-factor"),
    "factors.list_all": Call("/factors"),
    "factors.show": Call("/second-factor", "POST", {"code": "000000"}),
    "own_password.change": Call("/password", "POST", {"old": "not the password", "new": "a", "again": "a"}),
    "own_password.form": Call("/password"),
    "passwords.change": Call("/api/v1/password", "POST", json={"old": "not the password", "new": "another horse"}),
    "feeds.send": Call("/api/v1/feeds/NO-SUCH/messages", "POST", role=Role.INTEGRATOR, headers=SIGNED),
    "feeds.show": Call("/api/v1/feeds", role=Role.ADMIN),
    "health.live": Call("/healthz", signed_in=False),
    "health.ready": Call("/readyz", signed_in=False),
    "languages.choose": Call("/language", "POST", {"language": "en", "next": "/"}),
    "metrics.local": Call("/metrics", signed_in=False),
    "metrics.remote": Call("/metrics/remote", role=Role.ADMIN),
    "openapi.show": Call("/openapi.json", signed_in=False),
    "passkeys.add": Call(
        "/factors/passkeys",
        "POST",
        {"password": "a wrong one entirely", "credential": "{}", "label": "mine"},
        before=("passkeys.make",),
    ),
    "passkeys.ask": Call("/second-factor/passkey/options", "POST", {}),
    "passkeys.drop": Call("/factors/passkeys/drop", "POST", {"credential_id": "none"}),
    "passkeys.make": Call("/factors/passkeys/options", "POST", {}),
    "passkeys.show": Call("/second-factor/passkey", "POST", {"credential": "{}"}, before=("passkeys.ask",)),
    "place.compare": Call("/places/comparison", "POST", MOVE),
    "place.propose": Call("/places/proposals", "POST", {**MOVE, "reason": REASON}),
    "place.show": Call("/places"),
    "places.compare": Call("/api/v1/places/comparison", "POST", json=MOVE),
    "places.show_all": Call("/api/v1/places"),
    "policy.explain": Call("/policy?user=anna&action=batch:show", role=Role.ADMIN),
    "purposes.choose": Call("/purpose", "POST", {"purpose": "{purpose}", "next": "/"}),
    "referral.refer": Call("/referrals", "POST", {"asked": "N-1"}),
    "referral.show": Call("/referrals"),
    "referrals.refer": Call("/api/v1/referrals", "POST", json={"asked": "N-1"}),
    "search.export": Call("/search/export?number=S-9"),
    "search.request_file": Call("/search/export", "POST", {"number": "S-9", "reason": REASON}),
    "search.search": Call("/search?number=S-9"),
    "search.start": Call("/"),
    "searches.export": Call("/api/v1/searches/export?number=S-9"),
    "searches.request": Call("/api/v1/searches/export", "POST", json={"number": "S-9", "reason": REASON}),
    "sessions.end": Call("/sessions/{session}/end", "POST", {}),
    "sessions.end_others": Call("/sessions/end-others", "POST", {}),
    "sessions.show": Call("/sessions"),
    "sign_in.enter": Call("/sign-in", "POST", {"username": "anna", "password": PASSWORD}, signed_in=False),
    "sign_in.form": Call("/sign-in", signed_in=False),
    "sign_in.leave": Call("/sign-out", "POST", {}),
    "signature.show": Call("/approvals/{approval}/signatures"),
    "signature.show_all": Call("/signatures", role=Role.AUDITOR),
    "signatures.verify_all": Call("/api/v1/signatures", role=Role.AUDITOR),
    "signatures.verify_one": Call(f"{APPROVAL}/signatures"),
    "source.show": Call("/events/{event}/source"),
    "static": Call("/static/mark.svg", signed_in=False),
    "trace.export": Call("/traces/export?number=S-9"),
    "trace.request_file": Call("/traces/export", "POST", {"number": "S-9", "reason": REASON, "form": "csv"}),
    "trace.show": Call("/traces?number=S-9&direction=backward"),
    "traces.ask": Call("/api/v1/traces", "POST", json={"seeds": [{"number": "S-9"}]}),
    "traces.export": Call("/api/v1/traces/export?number=S-9"),
    "traces.request": Call("/api/v1/traces/export", "POST", json={"seeds": [{"number": "S-9"}], "reason": REASON}),
    "traces.search": Call("/api/v1/traces?number=S-9"),
}


@dataclass
class House:
    """The application over the filled plant, and a person of quality in a session whose second factor is fresh."""

    app: Flask
    stations: Stations
    browser: FlaskClient
    headers: dict[Role, str]
    names: dict[str, str]

    def call(self, endpoint: str) -> int:
        said = CALLS[endpoint]
        if said.role is not None:
            header = {"Authorization": self.headers[said.role], **said.headers}
            path = said.path.format(**self.names)
            sent: dict[str, Any] = {"json": said.json} if said.json is not None else {"data": said.form}
            return _status(self.app.test_client().open(path, method=said.method, headers=header, **sent))
        browser = self.browser if said.signed_in else self.app.test_client()
        given: dict[str, Any] = {}
        if said.form is not None:
            given["data"] = {name: self.names.get(value.strip("{}"), value) for name, value in said.form.items()}
        if said.json is not None:
            given["json"] = said.json
        if said.method == "POST":
            given["headers"] = {"X-CSRFToken": browser.get("/test/csrf").text}
        return _status(browser.open(said.path.format(**self.names), method=said.method, **given))

    def review(self) -> str:
        """A review of accounts, begun at the terminal, with somebody of quality more in it."""
        create_account(self.stations, terminal_actor(), "ben", PASSWORD, "Ben", Role.QUALITY, EVERYWHERE, EVERYWHERE)
        return begin_review(self.stations, terminal_actor()).value.uid

    def ask(self) -> str:
        """Somebody else of quality asks for an approval."""
        made = create_account(self.stations, terminal_actor(), "ben", PASSWORD, "Ben", Role.QUALITY, EVERYWHERE, EVERYWHERE)
        account = self.stations.accounts.get_account(made.value)
        assert account is not None
        actor = make_session(self.stations, account, Client("", "")).actor
        return request_approval(self.stations, actor, Operation.ALERT_SILENCE, SILENCE, REASON).value.uid


def _status(reply: TestResponse) -> int:
    reply.close()
    return reply.status_code


@pytest.fixture
def house(app: Flask, filled: Stations, tokens: Tokens) -> House:
    stations = filled
    made = create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna K", Role.QUALITY, EVERYWHERE, EVERYWHERE).value

    @open_door
    def begin() -> str:
        account = stations.accounts.get_account(made)
        assert account is not None
        opened = make_session(stations, account, client_of_request(), factor_at=stations.clock.now())
        stations.sessions.append_session(opened.session)
        begin_session(opened)
        return opened.session.uid

    @open_door
    def csrf() -> str:
        return generate_csrf()

    for view in (begin, csrf):
        app.add_url_rule(f"/test/{view.__name__}", f"test.{view.__name__}", view)
    other, browser = app.test_client().get("/test/begin").text, app.test_client()
    browser.get("/test/begin")
    event = app.test_client().get("/api/v1/batches/CSV-1", headers={"Authorization": tokens(Role.COORDINATOR)}).get_json()
    lot = records(stations, act="batch:show")[-1]["object"][0]["uid"]
    names = {"lot": lot, "event": event["facts"][0]["event_uid"], "session": other, "purpose": "recall"}
    headers = {role: tokens(role) for role in (Role.ADMIN, Role.AUDITOR, Role.COORDINATOR, Role.INTEGRATOR)}
    return House(app, stations, browser, headers, names)


def test_every_address_has_a_call(app: Flask) -> None:
    assert recorded_endpoints(app).keys() == CALLS.keys() | ELSEWHERE


@pytest.mark.parametrize("endpoint", CALLS)
def test_promise_every_address_is_on_record_as_it_says(endpoint: str, house: House) -> None:
    _, promised = recorded_endpoints(house.app)[endpoint]
    assert promised is not None
    for before in CALLS[endpoint].before:
        house.call(before)
    if "{approval}" in CALLS[endpoint].path:
        house.names["approval"] = house.ask()
    if "{review}" in CALLS[endpoint].path:
        house.names["review"] = house.review()
    head = house.stations.ledger.get_head().seq

    status = house.call(endpoint)

    assert status < 500, status
    found = {record["act"] for record in records(house.stations, after=head)}
    assert found <= {act.value for act in promised.acts}
    assert bool(found) == bool(promised.acts), (endpoint, status)

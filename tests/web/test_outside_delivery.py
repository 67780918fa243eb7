"""Files that go to somebody outside: registered by two, sealed to his key, entered, acknowledged; and what is refused."""

import io
import json
import tempfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask, request
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from tests.age_reader import open_age
from tests.approving import agree
from tests.recorded import records
from tests.signing import signed_by
from tests.web.conftest import MovingClock
from tests.web.desks import hire, session_of
from tests.web.test_approved_file import SEEN
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import ApprovalState
from traceapp.domain.rights import Role
from traceapp.formats.bech32 import bech32_encode
from traceapp.usecases.accounts.hand_over import NO_FACTOR
from traceapp.usecases.accounts.leave_account import leave_account
from traceapp.usecases.approvals.requester_history import read_history
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.sessions.open_session import make_session
from traceapp.usecases.stations import Stations
from traceapp.web.access import open_door
from traceapp.web.session import begin_session, client_of_request

pytestmark = pytest.mark.one_store

WHY = "The authority asks for it in writing."
BASIS = "Regulation (EU) 2017/745, article 87"
IDENTITY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = bech32_encode("age", IDENTITY.public_key().public_bytes_raw())
HOME = {"organisation": "省药监局", "person": "Wang Fang", "country": "CN", "key": KEY}
ABROAD = {"organisation": "BfArM", "person": "Eva Lind", "country": "DE", "key": KEY}
TRACE = {"seeds": [{"number": "RM-1"}], "direction": "forward", "form": "json", "reason": WHY}


class Office:
    """A coordinator in a browser whose second factor is fresh, and two persons who may agree."""

    def __init__(self, browser: FlaskClient, stations: Stations, deciders: list[str]) -> None:
        self.browser, self.stations, self.deciders = browser, stations, deciders

    def ask(self, path: str, method: str = "GET", **said: Any) -> Any:
        headers = {"X-CSRFToken": self.browser.get("/test/csrf").text} if method == "POST" else {}
        return self.browser.open(path, method=method, headers=headers, **said)

    def agree(self, asked: Any) -> str:
        assert asked.status_code == 200, asked.text
        return self.agree_to(asked.get_json())

    def agree_to(self, told: dict[str, Any]) -> str:
        for person in self.deciders:
            signer = session_of(self.stations, person)
            signed = agree(self.stations, signer, told["uid"], SEEN, signed_by(signer))
            if signed.value.state is ApprovalState.APPROVED:
                break
        return str(told["uid"])

    def execute(self, uid: str) -> Any:
        return self.ask(f"/api/v1/approvals/{uid}/execute", "POST")

    def recipient(self, **said: str) -> str:
        uid = self.agree(self.ask("/api/v1/recipients", "POST", json={**HOME, **said, "reason": WHY}))
        assert self.execute(uid).status_code == 200
        return uid


@pytest.fixture
def office(app: Flask, filled: Stations, clock: MovingClock) -> Office:
    ours = replace(filled, clock=clock)
    names = (("rc", Role.COORDINATOR), ("anna", Role.QUALITY), ("ben", Role.AUDITOR), ("cleo", Role.COORDINATOR))
    uids = {name: hire(filled, name, role) for name, role in names}

    @open_door
    def begin() -> str:
        account = filled.accounts.get_account(uids[request.args["who"]])
        assert account is not None
        opened = make_session(ours, account, client_of_request(), factor_at=clock.now())
        filled.sessions.append_session(opened.session)
        begin_session(opened)
        return ""

    @open_door
    def csrf() -> str:
        return generate_csrf()

    for view in (begin, csrf):
        app.add_url_rule(f"/test/{view.__name__}", f"test.{view.__name__}", view)
    clock.ahead += timedelta(hours=30)
    browser = app.test_client()
    browser.get("/test/begin?who=rc")
    return Office(browser, ours, [uids["anna"], uids["ben"]])


def test_story_a_file_for_the_authority_at_home_is_sealed_to_its_key_and_registered(office: Office) -> None:
    recipient = office.recipient()
    asked = office.ask(
        "/api/v1/traces/export",
        "POST",
        json={**TRACE, "tier": "T3", "fields": ["number", "name", "contact"], "recipient": recipient, "channel": "mail"}
        | {"personal": True, "legal_basis": "医疗器械召回管理办法 第二十条"},
    )
    uid = office.agree(asked)
    assert office.execute(uid).status_code == 200
    taken = office.ask(f"/api/v1/approvals/{uid}/file")

    assert taken.status_code == 200, taken.text
    assert taken.headers["Content-Disposition"].endswith('.json.age"')
    assert b"consignees" not in taken.data
    told = json.loads(open_age(taken.data, IDENTITY))
    assert told["head"]["recipient"] == "Wang Fang, 省药监局 (CN)"
    assert told["head"]["holder"] == "rc"
    contacts = [row["contact"] for row in told["tables"]["records"] if row.get("contact") is not None]
    assert all(isinstance(one, str) for one in contacts)
    (entered,) = office.ask("/api/v1/deliveries").get_json()["deliveries"]
    left = records(office.stations, act="batch:export")[-1]
    assert (entered["record"], entered["file"], entered["copy_id"]) == (left["seq"], left["result"]["file"], told["head"]["copy"])
    assert (entered["organisation"], entered["tier"], entered["state"]) == ("省药监局", "T3", "sent")
    assert left["result"]["sealed_to"] == KEY
    assert office.ask(f"/api/v1/approvals/{uid}/file").status_code == 409
    at = office.stations.clock.now().isoformat().replace("+00:00", "Z")
    said = office.ask(f"/api/v1/deliveries/{entered['uid']}/acknowledgement", "POST", json={"by": "Wang Fang", "at": at})
    assert said.get_json()["delivery"]["state"] == "acknowledged"
    again = office.ask(f"/api/v1/deliveries/{entered['uid']}/acknowledgement", "POST", json={"by": "Li", "at": at})
    assert again.status_code == 400
    assert "省药监局" in office.ask("/deliveries").text


def test_story_a_file_for_another_country_takes_ground_and_number_and_leaves_persons_out(office: Office) -> None:
    recipient = office.recipient(**ABROAD)
    abroad = {**TRACE, "tier": "T3", "fields": ["number", "contact"], "recipient": recipient, "channel": "portal"}
    assert office.ask("/api/v1/traces/export", "POST", json=abroad).status_code == 400
    without = office.ask("/api/v1/traces/export", "POST", json=abroad | {"legal_basis": BASIS})
    assert "authority_number" in without.get_json()["detail"]
    ground = {"legal_basis": BASIS, "authority_number": "BfArM-2026-117"}
    asked = office.ask("/api/v1/traces/export", "POST", json=abroad | ground)
    assert asked.get_json()["operation"] == "outside_delivery"
    shown = office.ask(f"/api/v1/approvals/{asked.get_json()['uid']}").get_json()["approval"]["parameters"]
    assert (shown["personal"], shown["authority_number"]) == (False, "BfArM-2026-117")
    uid = office.agree(asked)
    office.execute(uid)
    told = json.loads(open_age(office.ask(f"/api/v1/approvals/{uid}/file").data, IDENTITY))
    contacts = [row["contact"] for row in told["tables"]["records"] if row.get("contact") is not None]
    assert contacts
    assert all(one == {"masked": True, "tier": "T3"} for one in contacts), "what is about single persons stays"
    (entered,) = office.ask("/api/v1/deliveries").get_json()["deliveries"]
    assert (entered["country"], entered["legal_basis"], entered["personal"]) == ("DE", BASIS, False)


def test_story_whoever_took_a_file_alone_enters_where_it_went(office: Office, app: Flask) -> None:
    taken = office.ask("/api/v1/traces/export?number=RM-1&form=csv")
    record = int(taken.headers["Traceapp-Ledger"].split()[0])
    entry = {"record": record, "channel": "in_person", "organisation": "市人民医院", "person": "Li Na", "country": "CN"}
    abroad = office.ask("/api/v1/deliveries", "POST", json=entry | {"country": "DE"})
    assert abroad.status_code == 403
    entered = office.ask("/api/v1/deliveries", "POST", json=entry).get_json()["delivery"]
    assert (entered["record"], entered["entered_by"], entered["subject"], entered["tier"]) == (record, "rc", "trace", "")
    again = office.ask("/api/v1/deliveries", "POST", json=entry)
    assert [one["field"] for one in again.get_json()["errors"]] == ["record"], "it is entered already"
    page = office.ask("/deliveries", "POST", data={**entry, "record": str(record), "recipient": ""})
    assert page.status_code == 400
    came = records(office.stations, act="batch:export")[-1]["time"]
    noted = {"by": "Li Na", "at": came}
    assert office.ask(f"/api/v1/deliveries/{entered['uid']}/acknowledgement", "POST", json=noted).status_code == 200
    told = json.loads(office.ask("/api/v1/deliveries/export?form=json").data)["tables"]["deliveries"]
    assert [(row["country"], row["person"]["masked"], row["file"]) for row in told] == [("CN", True, entered["file"])]
    uid = office.agree(office.ask("/api/v1/deliveries/export", "POST", json={"form": "json", "reason": WHY}))
    assert office.execute(uid).status_code == 200
    left = office.ask(f"/api/v1/approvals/{uid}/file")
    assert {row["person"] for row in json.loads(left.data)["tables"]["deliveries"]} == {"Li Na"}
    register = {**entry, "record": int(left.headers["Traceapp-Ledger"].split()[0])}
    told = office.ask("/api/v1/deliveries", "POST", json=register).get_json()["delivery"]
    assert (told["subject"], told["tier"], told["approval"]) == ("deliveries", "T2", uid), "as its record says"
    other = Office(app.test_client(), office.stations, office.deciders)
    other.browser.get("/test/begin?who=cleo")
    assert other.ask("/api/v1/deliveries", "POST", json=entry).status_code == 403, "it is not his file"
    assert len(other.ask("/api/v1/deliveries").get_json()["deliveries"]) == 2
    requester = office.stations.accounts.get_account_by_username("rc")
    index_ledger(office.stations, lambda _: None, lambda: True)
    assert requester is not None
    history = {one.name: one.lately for one in read_history(office.stations, requester.uid, office.stations.clock.now())}
    assert history["files"] == 3, "two of the register and one of a trace; asking for one is none"


def test_promise_no_t3_value_leaves_without_a_recipient_who_has_a_key(office: Office) -> None:
    keyless = office.recipient(key="", person="Zhao")
    for said in ({}, {"recipient": keyless, "channel": "mail"}, {"recipient": "0" * 16, "channel": "mail"}):
        refused = office.ask("/api/v1/traces/export", "POST", json={**TRACE, "tier": "T3", **said})
        assert refused.status_code == 400
        assert "recipient" in {one["field"] for one in refused.get_json()["errors"]}


def test_promise_a_sealed_workbook_is_in_clear_in_no_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where temporary files would lie nothing can be written; what lies in the home is sealed."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    recipient = office.recipient()
    body = {**TRACE, "tier": "T3", "form": "xlsx", "recipient": recipient, "channel": "media"}
    uid = office.agree(office.ask("/api/v1/traces/export", "POST", json=body))
    office.execute(uid)
    book = openpyxl.load_workbook(io.BytesIO(open_age(office.ask(f"/api/v1/approvals/{uid}/file").data, IDENTITY)))
    first = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert first["For"] == "Wang Fang, 省药监局 (CN)"
    assert book.worksheets[1]["A2"].value


def test_promise_an_ended_recipient_gets_nothing_that_was_approved(office: Office) -> None:
    recipient = office.recipient()
    body = {**TRACE, "tier": "T3", "recipient": recipient, "channel": "mail"}
    waiting, ready = (
        office.agree(office.ask("/api/v1/traces/export", "POST", json=body)),
        office.agree(office.ask("/api/v1/traces/export", "POST", json=body)),
    )
    assert office.execute(ready).status_code == 200
    assert office.ask(f"/api/v1/recipients/{recipient}/end", "POST").status_code == 200
    assert office.execute(waiting).status_code == 409
    assert office.ask(f"/api/v1/approvals/{waiting}").get_json()["approval"]["state"] == "superseded"
    assert office.ask(f"/api/v1/approvals/{ready}/file").status_code == 409
    assert office.ask("/api/v1/deliveries").get_json()["deliveries"] == []


def test_promise_a_t3_file_goes_to_no_colleague_of_whom_nobody_can_tell_whether_he_gets_the_same(office: Office) -> None:
    """It ends with whoever leaves, and that is said; he leaves all the same."""
    body = {**TRACE, "tier": "T3", "recipient": office.recipient(), "channel": "mail"}
    uid = office.ask("/api/v1/traces/export", "POST", json=body).get_json()["uid"]

    left = leave_account(office.stations, terminal_actor(), "rc", WHY, "cleo").value

    assert [(one.uid, one.heir_uid, one.because) for one in left.passed] == [(uid, None, NO_FACTOR)]


def test_promise_t3_is_taken_with_a_fresh_second_factor_and_nothing_is_lost_without(office: Office, clock: MovingClock) -> None:
    recipient = office.recipient()
    body = {**TRACE, "tier": "T3", "recipient": recipient, "channel": "mail"}
    uid = office.agree(office.ask("/api/v1/traces/export", "POST", json=body))
    clock.ahead += timedelta(minutes=14)
    office.ask("/approvals")
    clock.ahead += timedelta(minutes=14)
    stale = office.execute(uid)
    assert (stale.status_code, stale.get_json()["type"]) == (403, "urn:traceapp:problem:factor-needed")
    office.browser.get("/test/begin?who=rc")
    assert office.execute(uid).status_code == 200
    assert office.ask(f"/api/v1/approvals/{uid}/file").status_code == 200

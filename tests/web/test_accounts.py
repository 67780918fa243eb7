"""Accounts on their pages: given by two, reviewed by somebody else, withdrawn at once, and closed for good."""

import io
import json
import re
from html import escape

import openpyxl
import pytest

from tests.recorded import records
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Role
from traceapp.policy.page import MEANINGS
from traceapp.usecases.stations import Stations

__all__ = ["sit"]

pytestmark = pytest.mark.one_store

WHY = "Takes over the work of a colleague who is on leave."


def digest_on(desk: Desk, page: str) -> str:
    (found,) = re.findall(r'name="digest" value="([0-9a-f]{64})"', desk.browser.get(page).text)
    return str(found)


def decide(desk: Desk, run: str, name: str, decision: str, **said: str) -> int:
    page = f"{run}/accounts/{name}"
    return desk.post(page, decision=decision, digest=digest_on(desk, page), reason=WHY, **said).status_code


def test_promise_a_role_is_given_by_two_on_the_pages(sit: Sit, stations: Stations) -> None:
    for name, role in (("ada", Role.ADMIN), ("anna", Role.QUALITY), ("ben", Role.AUDITOR), ("vic", Role.VIEWER)):
        sit(name, role)
    ada, anna = sit("ada", Role.ADMIN), sit("anna", Role.QUALITY)

    asked = ada.post("/accounts/vic/role", role="coordinator", sites="*", lines="*", reason=WHY)
    page = asked.headers["Location"]

    assert asked.status_code == 303
    assert "/approvals/" in page
    shown = anna.browser.get(page).text
    assert "vic" in shown
    told, _ = MEANINGS[Permission.BREAK_GLASS_BEGIN]
    assert (escape(told) in shown, "break_glass:begin" in shown) == (True, False), "in words, as everywhere"
    assert "sees values up to T" in shown
    assert anna.decide(page, "approve").status_code == 303
    assert ada.post(f"{page}/execution").status_code == 303
    account = stations.accounts.get_account_by_username("vic")
    assert account is not None
    assert account.role is Role.COORDINATOR
    direct = ada.post("/accounts/vic/role", role="viewer", sites="*", lines="*", reason=WHY)
    assert direct.headers["Location"].endswith("/accounts/vic")
    assert ada.post("/accounts/vic/suspension", reason="short").status_code == 400
    assert ada.post("/accounts/vic/suspension", reason=WHY).status_code == 303
    assert ada.post("/accounts/vic/return", reason=WHY).status_code == 303
    left = ada.post("/accounts/vic/leave", reason=WHY)
    assert (left.status_code, "vic" in left.text) == (200, True)
    assert anna.post("/accounts/vic/leave", reason=WHY).status_code == 403


def test_promise_a_review_is_gone_through_account_by_account_and_taken_out_as_a_sheet(sit: Sit, stations: Stations) -> None:
    for name, role in (("ada", Role.ADMIN), ("anna", Role.QUALITY), ("ben", Role.AUDITOR), ("vic", Role.LAB), ("wei", Role.LAB)):
        sit(name, role)
    ada, anna, ben = sit("ada", Role.ADMIN), sit("anna", Role.QUALITY), sit("ben", Role.AUDITOR)
    vic = sit("vic", Role.LAB)

    opened = ada.post("/access-reviews")
    run = opened.headers["Location"]

    assert opened.status_code == 303
    assert ada.post("/access-reviews").status_code == 409
    assert anna.browser.get(f"{run}/sheet").status_code == 409
    assert decide(ben, run, "ada", "confirmed") == 303
    assert decide(ben, run, "anna", "confirmed") == 303
    assert decide(ben, run, "vic", "suspended") == 303
    assert vic.browser.get("/").status_code in {302, 303, 401}
    page = f"{run}/accounts/wei"
    assert decide(ben, run, "wei", "narrowed", role="quality") == 400
    assert decide(ben, run, "wei", "narrowed", role="viewer") == 303
    assert "Yours" in ben.browser.get(f"{run}/accounts/ben").text
    assert anna.browser.get(page).status_code == 200
    assert decide(anna, run, "ben", "tokens_revoked") == 303

    (listed,) = anna.browser.get("/api/v1/access-reviews").get_json()["reviews"]
    assert (listed["state"], listed["uid"]) == ("finished", run.rsplit("/", 1)[1])
    taken = anna.browser.get(f"{run}/sheet?form=json")
    rows = json.loads(taken.data)["tables"]["accounts"]
    assert [(row["username"], row["decision"], row["by"], row["role"]) for row in rows] == [
        ("ada", "confirmed", "ben", "admin"),
        ("anna", "confirmed", "ben", "quality"),
        ("ben", "tokens_revoked", "anna", "auditor"),
        ("vic", "suspended", "ben", "lab"),
        ("wei", "narrowed", "ben", "lab"),
    ]
    book = openpyxl.load_workbook(io.BytesIO(anna.browser.get(f"{run}/sheet").data))
    assert len(book.worksheets) == 2
    states = {name: stations.accounts.get_account_by_username(name) for name in ("vic", "wei")}
    assert {name: (one.role, one.disabled) for name, one in states.items() if one is not None} == {
        "vic": (Role.LAB, True),
        "wei": (Role.VIEWER, False),
    }
    begun, *meant = [one for one in records(stations, act="account:review") if one["outcome"] == "intended"]
    assert begun["request"]["accounts"] == 5
    assert len(meant) == 5
    assert all("reason" in {value["field"] for value in one["values"]} for one in meant), "the reason is kept beside each"

"""A form that comes back with an error keeps what was typed, in that form alone, and leads to the field that is wrong."""

import re

import pytest

from tests.imported import take_in
from tests.web.conftest import MovingClock
from tests.web.test_approvals import Sit, sit
from tests.web.test_places import ROWS
from traceapp.domain.governed import DocumentKind
from traceapp.domain.rights import Role
from traceapp.usecases.governed.governed_documents import GOVERNED
from traceapp.usecases.stations import Stations

__all__ = ["sit"]
pytestmark = pytest.mark.one_store

SHORT = "too short"
CHINESE = {"Accept-Language": "zh-CN"}
VIEWER = 'permissions = ["batch:look_up", "batch:show", "batch:trace"'


def typed(page: str) -> dict[str, str]:
    """Id → what stands in each text field of a page that holds something."""
    areas = re.findall(r'<textarea[^>]* id="([^"]+)"[^>]*>([^<]+)<|<textarea id="([^"]+)"[^>]*>([^<]+)<', page)
    lines = re.findall(r'<input id="([^"]+)"[^>]*type="text"[^>]* value="([^"]+)"', page)
    return {one[0] or one[2]: one[1] or one[3] for one in areas} | dict(lines)


def wrong(page: str) -> tuple[list[str], list[str]]:
    """Ids of the fields that are marked as wrong, and where the error leads to."""
    marked = re.findall(r'<(?:input|textarea|select)[^>]*? id="([^"]+)"[^>]*aria-invalid', page)
    (error,) = re.findall(r'<p class="error after" id="error" role="alert">.*?</p>', page)
    return marked, re.findall(r'<a href="#([^"]+)"', error)


def test_promise_of_four_forms_the_one_that_came_back_keeps_its_words(sit: Sit) -> None:
    sit("lea", Role.VIEWER)
    ada = sit("ada", Role.ADMIN)

    reply = ada.post("/accounts/lea/leave", reason=SHORT, successor="")
    other = ada.post("/accounts/lea/leave", reason="She went to another firm.", successor="nobody-at-all")

    assert (reply.status_code, other.status_code) == (400, 400)
    assert {name: text for name, text in typed(reply.text).items() if "reason" in name} == {"leave-reason": SHORT}
    assert wrong(reply.text) == (["leave-reason"], ["leave-reason"])
    assert typed(other.text)["successor"] == "nobody-at-all"
    assert wrong(other.text) == (["successor"], ["successor"])


def test_promise_an_account_is_told_by_what_it_may_do_not_by_codes(sit: Sit) -> None:
    sit("lea", Role.VIEWER)
    ada = sit("ada", Role.ADMIN)

    english = ada.browser.get("/accounts/lea").text
    chinese = ada.browser.get("/accounts/lea", headers=CHINESE).text

    assert "look a number up" in english
    assert "按编号查询" in chinese
    assert "batch:look_up" not in english + chinese


def test_promise_a_word_that_was_not_signed_keeps_its_reason_and_its_name(sit: Sit) -> None:
    sit("ben", Role.AUDITOR)
    page = sit("anna", Role.QUALITY).ask()
    ben = sit("ben", Role.AUDITOR)
    shown = ben.browser.get(page).text
    digest, seen = (re.findall(rf'name="{name}" value="([0-9a-f]+)"', shown)[0] for name in ("digest", "seen"))

    reply = ben.post(
        *(f"{page}/decision",),
        decision="approve",
        digest=digest,
        seen=seen,
        reason="I looked at it, and it is right.",
        sign_username="bem",
        sign_password="no password",
    )

    assert reply.status_code == 403
    assert typed(reply.text) == {"reason": "I looked at it, and it is right.", "sign-username": "bem"}
    assert wrong(reply.text)[1] == ["sign-password"]
    assert "no password" not in reply.text


def test_promise_whoever_has_to_show_a_factor_is_told_before_he_writes(sit: Sit) -> None:
    """What he writes before is lost, since it is asked for on a page of its own."""
    sit("ben", Role.AUDITOR)
    page = sit("anna", Role.QUALITY).ask()
    before = "Show your second factor first"

    stale = sit("ben", Role.AUDITOR, fresh=False).browser.get(page).text
    fresh = sit("ben", Role.AUDITOR).browser.get(page).text

    assert 0 < stale.index(before) < stale.index('id="reason"')
    assert before not in fresh


def test_promise_a_move_that_cannot_be_is_said_in_the_language_of_the_page(sit: Sit, stations: Stations) -> None:
    take_in(stations, ROWS)
    quin = sit("quin", Role.QUALITY)

    unknown = quin.post("/places/comparison", site="NOWHERE", to_site="SUZHOU")
    same = quin.post("/places/comparison", site="LYON", to_site="LYON")
    mixed = quin.post("/places/comparison", site="LYON", to_line="PUMP")
    quin.post("/language", language="zh_Hans", next="/")
    chinese = quin.post("/places/comparison", site="NOWHERE", to_site="SUZHOU")

    assert "No record belongs to this place." in unknown.text
    assert wrong(unknown.text) == (["site"], ["site"])
    assert wrong(same.text)[1] == ["to_site"]
    assert "Wanted a site for a site" in mixed.text
    assert "没有记录属于该位置" in chinese.text
    assert not re.search(r"wanted|found", chinese.text)


def test_promise_a_proposal_that_came_back_stands_under_what_it_is_about(sit: Sit, stations: Stations) -> None:
    take_in(stations, ROWS)
    sit("anna", Role.QUALITY)
    quin = sit("quin", Role.QUALITY)
    policy = GOVERNED[DocumentKind.POLICY].content(stations).decode()
    said = policy.replace(VIEWER, VIEWER + ', "batch:export"', 1)

    moved = quin.post("/places/proposals", site="LYON", to_site="SUZHOU", reason=SHORT)
    changed = quin.post("/changes/proposals", document="policy", text=said, reason=SHORT)

    for reply, told in ((moved, "Records that change place"), (changed, "What the document would say otherwise")):
        assert reply.status_code == 400
        assert told in reply.text
        assert typed(reply.text)["reason"] == SHORT
        assert wrong(reply.text) == (["reason"], ["reason"])


def test_promise_a_recipient_that_is_asked_for_fills_no_other_form(sit: Sit) -> None:
    rita = sit("rita", Role.COORDINATOR)
    said = {"kind": "person", "organisation": "BfArM", "person": "Eva Lind", "country": "Germany"}

    reply = rita.post("/recipients", **said, reason="The authority asks for it in writing.")

    assert reply.status_code == 400
    kept = {f"r-{name}": text for name, text in said.items() if name != "kind"}
    assert typed(reply.text) == kept | {"r-reason": "The authority asks for it in writing."}
    assert wrong(reply.text) == (["r-country"], ["r-country"])
    assert "two letters" in reply.text


def test_promise_who_waits_for_a_review_is_told_why_the_glass_does_not_break(sit: Sit, clock: MovingClock) -> None:
    reason = "Ambulance crew asks whose set this is."
    night = sit("night", Role.WAREHOUSE)
    assert night.post("/break-glass", reason=reason, minutes="30", tier="T2").status_code == 303
    assert night.post("/break-glass/end").status_code == 303

    again = night.post("/break-glass", reason=reason, minutes="30", tier="T2")

    assert again.status_code == 403
    assert "still waits for its review" in again.text
    assert typed(again.text)["reason"] == reason

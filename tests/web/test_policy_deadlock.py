"""A policy that asks for more persons than there are: refused on proposing and on carrying out, by operation and step."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.attack.test_accepted_policy import both
from tests.recorded import records
from tests.story.test_policy_change import CHAIN, agreed
from tests.web.conftest import MovingClock, app, clock
from tests.web.test_approvals import Desk, Sit, sit
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.errors import InputError, PolicyError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.rights import Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import parse_policy, read_content
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.approvals.missing_persons import deadlocks
from traceapp.usecases.governed.accept_policy import accept_policy
from traceapp.usecases.governed.propose_document import propose_document
from traceapp.usecases.stations import Stations

__all__ = ["app", "clock", "sit"]
pytestmark = pytest.mark.one_store

WHY = "Silencing a rule shall take more persons."


def asking_for(count: int, operation: str = "alert_silence") -> str:
    """The default policy, in which one step of this operation takes so many of quality."""
    before, head, rest = read_content("default").decode().partition(f"[approvals.{operation}]\n")
    row, _, after = rest.partition("steps = [")
    _, _, after = after.partition("\n\n")
    return f'{before}{head}{row}steps = [{{ roles = ["quality"], count = {count} }}]\n\n{after}'


@pytest.fixture
def quin(sit: Sit) -> Desk:
    """Of quality, as anna of the chain is: two of them."""
    for name, role in (*CHAIN, ("quin", Role.QUALITY)):
        sit(name, role)
    return sit("quin", Role.QUALITY)


def test_promise_a_policy_that_takes_more_persons_than_there_are_is_not_proposed(quin: Desk, stations: Stations) -> None:
    by_api = quin.send("/api/v1/changes/policy/proposals", text=asking_for(3), reason=WHY)
    by_page = quin.post("/changes/proposals", document="policy", text=asking_for(3), reason=WHY)
    in_chinese = quin.browser.post(
        "/changes/proposals",
        data={
            "document": "policy",
            "text": asking_for(3),
            "reason": WHY,
            "csrf_token": quin.browser.get("/test/csrf").text,
        },
        headers={"Accept-Language": "zh-CN"},
    )
    with pytest.raises(InputError, match=r"alert_silence, step 1 \(3 × quality\)"):
        propose_document(stations, terminal_actor(), DocumentKind.POLICY, asking_for(3).encode(), WHY)

    assert [one.status_code for one in (by_api, by_page, in_chinese)] == [400, 400, 400]
    assert "alert_silence, step 1 (3 × quality)" in by_api.text
    assert "make the accounts first" in by_page.text
    assert "可审批者不足：alert_silence, step 1 (3 × quality)" in in_chinese.text
    enough = quin.send("/api/v1/changes/policy/proposals", text=asking_for(2), reason=WHY)
    assert enough.status_code == 200, enough.text


def test_promise_a_policy_without_a_way_to_the_next_one_is_not_proposed(quin: Desk) -> None:
    before, _, rest = read_content("default").decode().partition("[approvals.policy_change]\n")
    text = before + "[approvals." + rest.partition("\n[approvals.")[2]

    refused = quin.send("/api/v1/changes/policy/proposals", text=text, reason=WHY)

    assert (refused.status_code, "policy_change, no step" in refused.text) == (400, True)


def test_promise_what_deadlocks_since_it_was_agreed_to_waits_until_there_are_enough(
    quin: Desk, stations: Stations, sit: Sit, clock: MovingClock
) -> None:
    """Somebody of quality was suspended meanwhile: it is not carried out, it is not spent either."""
    sit("olga", Role.QUALITY)
    desk = sit("quin", Role.QUALITY)
    asked = desk.send("/api/v1/changes/policy/proposals", text=asking_for(3), reason=WHY)
    assert asked.json is not None, asked.text
    uid = asked.json["uid"]
    agreed(sit, uid)
    ours = replace(stations, clock=clock)
    set_disabled(ours, terminal_actor(), "olga", disabled=True)

    refused = desk.send(f"/api/v1/approvals/{uid}/execute")

    assert (refused.status_code, "alert_silence, step 1 (3 × quality)" in refused.text) == (409, True)
    set_disabled(ours, terminal_actor(), "olga", disabled=False)
    done = desk.send(f"/api/v1/approvals/{uid}/execute")
    assert done.status_code == 200, done.text


def test_promise_what_is_stuck_today_stops_no_other_change(quin: Desk, stations: Stations, clock: MovingClock) -> None:
    """The policy in force takes three where there are two: another row may be mended all the same, this one not to four."""
    there = Policy(parse_policy(asking_for(3).encode()), stations.dictionary)
    ours = replace(stations, clock=clock, policy=there)
    other = asking_for(3).replace("every_days = 180", "every_days = 90")
    assert other != asking_for(3)

    assert set(deadlocks(ours, parse_policy(other.encode()))) == set()
    assert set(deadlocks(ours, parse_policy(asking_for(4).encode()))) == {Operation.ALERT_SILENCE}


def test_promise_officers_accept_no_policy_that_deadlocks_unless_they_say_why(
    quin: Desk, stations: Stations, clock: MovingClock, tmp_path: Path
) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(asking_for(3), encoding="utf-8")
    path.chmod(0o600)
    settings = stations.settings.model_copy(update={"policy": str(path)})
    ours = replace(stations, clock=clock, settings=settings)
    officers = both(stations, tmp_path)

    with pytest.raises(PolicyError, match=r"alert_silence, step 1 \(3 × quality\).*--anyway"):
        accept_policy(ours, terminal_actor(), officers)

    assert records(stations, act="policy:accept")[-1]["outcome"] == "failed"
    accept_policy(ours, terminal_actor(), officers, "Two more of quality begin on Monday.")
    done = records(stations, act="policy:accept")[-1]
    assert (done["outcome"], done["request"]["anyway"]) == ("done", "Two more of quality begin on Monday.")


def deciding_by_nobody() -> str:
    """The default policy, but the lab decides everything; and of the lab there is nobody."""
    text = read_content("default").decode().replace('"approval:decide", ', "")
    before, head, rows = text.partition("\n[approvals.")
    before = re.sub(r"(\[roles\.lab\][^\[]*permissions = \[)", r'\1"approval:decide", "approval:list", ', before)
    rows = re.sub(r"roles = \[[^\]]*\]", 'roles = ["lab"]', rows)
    return before + head + re.sub(r", deputies = \[[^\]]*\], escalates_after_hours = [0-9]+", "", rows)


def test_promise_officers_accept_no_policy_under_which_nobody_decides_unless_they_say_why(
    quin: Desk, stations: Stations, clock: MovingClock, tmp_path: Path
) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(deciding_by_nobody(), encoding="utf-8")
    path.chmod(0o600)
    ours = replace(stations, clock=clock, settings=stations.settings.model_copy(update={"policy": str(path)}))
    officers = both(stations, tmp_path)

    with pytest.raises(PolicyError, match=r"policy_change, step 1 \(1 × lab\).*--anyway"):
        accept_policy(ours, terminal_actor(), officers)

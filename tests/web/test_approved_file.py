"""A trace with confidential values leaves as a file: asked for, agreed to by others, taken once, and by nobody else."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.approving import agree
from tests.attack.test_notices import Kept
from tests.bearers import bearer
from tests.property.later_events import later_events
from tests.recorded import records
from tests.signing import signed_by
from tests.web.conftest import MovingClock
from tests.web.desks import hire, session_of
from traceapp.composition import terminal_actor
from traceapp.dictionary.entries import Tier
from traceapp.domain.errors import PermissionDeniedError, StoreTimeoutError
from traceapp.domain.exports import Subject
from traceapp.domain.rights import Actor, Role
from traceapp.ledger.notice_book import NoticeBook
from traceapp.usecases.accounts.change_account import set_disabled
from traceapp.usecases.approvals.decide_approval import deny_approval
from traceapp.usecases.approvals.held_things import NOT_CLEARED, NOTHING_HELD, OUT_OF_VIEW, Holding, why_not_cleared
from traceapp.usecases.approvals.list_approvals import count_waiting, list_approvals, show_approval
from traceapp.usecases.approvals.request_approval import MOST_WAITING
from traceapp.usecases.approvals.tell_of_approvals import Notices, deliver_notices, note_notices
from traceapp.usecases.exports.export_claim import FOLDER
from traceapp.usecases.exports.take_export import may_take, take_export
from traceapp.usecases.exports.taken import Sending
from traceapp.usecases.stations import Stations
from traceapp.web.trace_tables import trace_tables

pytestmark = pytest.mark.one_store

WHY = "The authority wants the list of consignees."
BODY = {
    "seeds": [{"number": "RM-1"}],
    "direction": "forward",
    "form": "json",
    "reason": "The authority wants the list of consignees.",
}
SEEN = "The list is what the authority asked for."


class Desk:
    """A coordinator's program, and two persons who may agree."""

    def __init__(self, client: FlaskClient, stations: Stations, header: str, deciders: list[Actor]) -> None:
        self.client, self.stations, self.header, self.deciders = client, stations, header, deciders

    def ask(self, path: str, method: str = "GET", header: str | None = None, **said: Any) -> Any:
        return self.client.open(path, method=method, headers={"Authorization": header or self.header}, **said)

    def token(self, role: Role) -> str:
        return bearer(self.stations, role)

    def request(self) -> dict[str, Any]:
        made = self.ask("/api/v1/traces/export", "POST", json=BODY)
        assert made.status_code == 200, made.text
        asked: dict[str, Any] = made.get_json()
        return asked

    def approved(self) -> str:
        asked = self.request()
        for person in self.deciders:
            agree(self.stations, person, asked["uid"], SEEN, signed_by(person))
        return str(asked["uid"])

    def executed(self) -> str:
        uid = self.approved()
        done = self.ask(f"/api/v1/approvals/{uid}/execute", "POST")
        assert done.status_code == 200, done.text
        return uid


@pytest.fixture
def desk(app: Flask, filled: Stations, clock: MovingClock) -> Desk:
    ours = replace(filled, clock=clock)
    uids = [hire(filled, name, role) for name, role in (("anna", Role.QUALITY), ("ben", Role.AUDITOR))]
    clock.ahead += timedelta(hours=30)
    return Desk(app.test_client(), ours, bearer(ours, Role.COORDINATOR), [session_of(ours, uid) for uid in uids])


def test_story_a_file_is_asked_for_seen_agreed_to_and_taken_once(desk: Desk) -> None:
    uid = desk.executed()
    file = f"/api/v1/approvals/{uid}/file"

    with pytest.raises(PermissionDeniedError):
        take_export(desk.stations, desk.deciders[0], uid, {Subject.TRACE: partial(trace_tables, {})})
    taken = desk.ask(file)
    again = desk.ask(file)

    assert taken.status_code == 200, taken.text
    head = json.loads(taken.data)["head"]
    signed = [head[f"signature_{number}"] for number in range(1, len(desk.deciders) + 1)]
    assert [one.partition(" | ")[0] for one in signed] == ["Anna (anna)", "Ben (ben)"], "who signed stands on the first sheet"
    assert all("I agree that exactly this happens." in one and SEEN in one for one in signed)
    told = json.loads(taken.data)["tables"]["consignees"]
    assert told
    assert all(isinstance(line["number"], str) for line in told), "what is masked in a file that one person takes alone"
    assert again.status_code == 409
    counted, *exports = [one for one in records(desk.stations) if one["act"] == "batch:export"]
    assert (counted["outcome"], counted.get("approval")) == ("answered", None), "whoever asks learns how much it is"
    assert [one["outcome"] for one in exports] == ["done", "denied", "answered", "failed"]
    assert {one["approval"] for one in exports} == {uid}
    assert taken.headers["Traceapp-Ledger"].split()[0] == str(exports[2]["seq"])


def test_promise_whoever_decides_sees_how_much_would_leave(desk: Desk) -> None:
    asked = desk.request()
    shown = desk.ask(f"/api/v1/approvals/{asked['uid']}").get_json()["approval"]["parameters"]

    assert shown["of"] == ["RM-1"]
    assert (shown["tier"], shown["form"], shown["completeness"]) == ("T2", "json", "COMPLETE")
    traced = desk.ask("/api/v1/traces?number=RM-1&direction=forward").get_json()
    assert {name: len(traced[name]) for name in ("nodes", "links", "consignees", "suppliers")} == {
        name: shown[name] for name in ("nodes", "links", "consignees", "suppliers")
    }


def test_promise_whoever_decides_sees_tiers_and_some_rows_masked_as_for_himself(desk: Desk) -> None:
    """Of whom he sees he reads the names; of whom he does not see, nothing, and neither does the record of his look."""
    uid = desk.request()["uid"]
    outsider = session_of(desk.stations, hire(desk.stations, "li", Role.QUALITY, frozenset({"SUZHOU"})))
    seen, unseen = (show_approval(desk.stations, one, uid).value for one in (desk.deciders[0], outsider))
    leaves = desk.ask("/api/v1/traces?number=RM-1&direction=forward").get_json()

    values = seen.listed.parameters["values"]
    assert values["T2"] >= len(leaves["consignees"]) > 0
    assert {row["kind"] for row in seen.sample} > {"Party"}
    names = {line["name"] for line in leaves["consignees"]}
    assert {row["name"] for row in seen.sample if row["kind"] == "Party"} <= names
    rows = [(row["kind"], row["number"], row["name"]) for row in seen.sample]
    assert len(set(rows)) == len(rows), "each thing once"
    assert [*unseen.sample] == [{"outside": True}] * len(seen.sample)


def test_promise_what_is_denied_or_not_agreed_to_yet_gives_no_file(desk: Desk) -> None:
    waiting, denied = desk.request()["uid"], desk.request()
    deny_approval(desk.stations, desk.deciders[0], denied["uid"], "It names more customers than they asked for.")

    for uid in (waiting, denied["uid"]):
        assert desk.ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 409
        refused = desk.ask(f"/api/v1/approvals/{uid}/file")
        assert refused.status_code == 409
        assert b"consignees" not in refused.data


def test_promise_a_file_that_was_not_carried_out_in_time_is_gone(desk: Desk, clock: MovingClock) -> None:
    uid = desk.executed()
    clock.ahead += timedelta(hours=25)

    refused = desk.ask(f"/api/v1/approvals/{uid}/file")
    assert refused.status_code == 409
    assert b"consignees" not in refused.data


def test_promise_an_answer_as_of_its_moment_leaves_whatever_came_later(desk: Desk) -> None:
    """What was approved is the answer of then: later events do not change it, and do not leave with it."""
    uid = desk.approved()
    later = later_events(Random(1), 100, 6)
    desk.stations.events.append(later, desk.stations.sealer, "later", desk.stations.clock.now())
    assert desk.ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 200
    assert "consignees" in json.loads(desk.ask(f"/api/v1/approvals/{uid}/file").data)["tables"]


def test_promise_a_file_that_broke_off_can_be_taken_again(desk: Desk) -> None:
    uid = desk.executed()
    broken = desk.client.open(f"/api/v1/approvals/{uid}/file", headers={"Authorization": desk.header}, buffered=False)
    broken.close()

    (cut,) = records(desk.stations, act="export:send")
    assert (cut["outcome"], cut["approval"], cut["result"]["bytes"]) == ("failed", uid, 0)
    assert cut["request"]["record"] == int(broken.headers["Traceapp-Ledger"].split()[0])
    assert "consignees" in json.loads(desk.ask(f"/api/v1/approvals/{uid}/file").data)["tables"]
    assert desk.ask(f"/api/v1/approvals/{uid}/file").status_code == 409


def test_promise_how_a_file_ended_is_on_record_with_the_bytes_that_were_handed_over(desk: Desk) -> None:
    uid = desk.executed()

    taken = desk.ask(f"/api/v1/approvals/{uid}/file")
    size = len(taken.data)
    taken.close()

    (sent,) = records(desk.stations, act="export:send")
    assert (sent["outcome"], sent["result"]) == ("done", {"bytes": size, "of": size})


def test_attacker_who_takes_the_marks_out_of_the_home_takes_no_file_twice(desk: Desk) -> None:
    """Whoever has the home deletes whatever lies there beside the ledger; it is not that which says that a file was taken."""
    uid = desk.executed()
    file = f"/api/v1/approvals/{uid}/file"
    assert desk.ask(file).status_code == 200

    shutil.rmtree(desk.stations.settings.home / FOLDER)

    refused = desk.ask(file)
    assert refused.status_code == 409
    assert b"consignees" not in refused.data
    assert not may_take(desk.stations, show_approval(desk.stations, desk.deciders[0], uid).value.listed.approval)


def test_promise_a_file_whose_sender_died_counts_as_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its try is on record, its end is not: how much came through nobody knows. Its lock is gone with the process."""
    uid = desk.executed()
    file = f"/api/v1/approvals/{uid}/file"
    with monkeypatch.context() as died:
        died.setattr(Sending, "end", lambda sending, handed: sending.claim.end())
        assert desk.ask(file).status_code == 200

    assert desk.ask(file).status_code == 409


def test_promise_a_store_that_is_late_as_it_is_carried_out_ends_no_approval(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*asked: object) -> None:
        raise StoreTimeoutError("The statement ran longer than it may.")

    uid = desk.approved()
    with monkeypatch.context() as slow:
        slow.setattr("traceapp.usecases.exports.approved_export.asked_again", late)
        assert desk.ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 503

    assert desk.ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 200


def test_attacker_who_asks_for_more_than_may_leave_is_refused(desk: Desk) -> None:
    refused = desk.ask("/api/v1/traces/export", "POST", json=BODY | {"tier": "T3"})
    forged = desk.ask(
        "/api/v1/approvals",
        "POST",
        json={"operation": "trace_export", "parameters": {"sha256": "0" * 64, "nodes": 1}, "reason": WHY},
    )

    assert refused.status_code == 400
    assert forged.status_code == 400


def test_attacker_who_decides_reads_no_name_outside_his_view(desk: Desk, clock: MovingClock) -> None:
    uid = hire(desk.stations, "li", Role.QUALITY, frozenset({"SUZHOU"}))
    asked = desk.request()
    shown = show_approval(desk.stations, session_of(desk.stations, uid), asked["uid"]).value

    assert shown.listed.parameters["of"] == [None]
    assert "RM-1" not in str(shown)
    opened = records(desk.stations, act="approval:open")[-1]
    assert opened["disclosed"] == {}
    show_approval(desk.stations, desk.deciders[0], asked["uid"])
    assert records(desk.stations, act="approval:open")[-1]["disclosed"]["Material"] == ["number"]


def test_attacker_who_sees_nothing_of_what_leaves_has_no_say_in_it(desk: Desk, clock: MovingClock) -> None:
    """He agrees and denies nothing, is told why, and is neither told that it waits nor counted among those who could agree."""
    uid = hire(desk.stations, "li", Role.QUALITY, frozenset({"SUZHOU"}))
    clock.ahead += timedelta(hours=30)
    asked, blind = desk.request(), session_of(desk.stations, uid)

    (listed,) = list_approvals(desk.stations, blind).value.approvals
    assert (listed.may, listed.barred, count_waiting(desk.stations, blind)) == (frozenset(), OUT_OF_VIEW, 0)
    decisions = (
        lambda: agree(desk.stations, blind, asked["uid"], SEEN, signed_by(blind)),
        lambda: deny_approval(desk.stations, blind, asked["uid"], SEEN),
    )
    for decide in decisions:
        with pytest.raises(PermissionDeniedError, match="outside your view"):
            decide()
        assert records(desk.stations, act="approval:decide")[-1]["outcome"] == "denied"
    sink = Kept("mail")
    note_notices(desk.stations, Notices(NoticeBook(desk.stations.settings.home), [sink], clock))
    deliver_notices(Notices(NoticeBook(desk.stations.settings.home), [sink], clock), lambda said: None)
    assert {who for _, who in sink.got} == {"anna", "ben"}

    set_disabled(desk.stations, terminal_actor(), "ben", True)
    short = desk.ask("/api/v1/traces/export", "POST", json=BODY)
    assert (short.status_code, "may see what it holds" in short.get_json()["detail"]) == (403, True), (
        "Li is open, and does not count"
    )


def test_attacker_who_is_not_cleared_for_a_tier_agrees_to_nothing_of_it(desk: Desk) -> None:
    """Each role as the policy clears it, whatever a row of the policy might name it for."""
    holding = Holding(Tier.T2)
    told = {}
    for name, role in (("quin", Role.QUALITY), ("ida", Role.IT)):
        account = desk.stations.accounts.get_account(hire(desk.stations, name, role))
        assert account is not None
        told[role] = [
            why_not_cleared(desk.stations, account, one) for one in (NOTHING_HELD, holding, replace(holding, tier=Tier.T3))
        ]

    assert told == {Role.QUALITY: [None, None, None], Role.IT: [None, NOT_CLEARED, NOT_CLEARED]}


def test_attacker_whose_approver_lost_sight_of_it_gets_no_file(desk: Desk) -> None:
    """He saw it as he agreed, and does not when it is carried out: his word does not count any more."""
    uid = desk.approved()
    account = desk.stations.accounts.get_account_by_username("ben")
    assert account is not None
    desk.stations.accounts.put_account(replace(account, sites=frozenset({"SUZHOU"})), account)

    assert desk.ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 403


def test_attacker_with_another_token_of_the_terminal_takes_and_cancels_nothing(desk: Desk) -> None:
    uid, waiting = desk.executed(), desk.request()["uid"]
    other = bearer(desk.stations, Role.COORDINATOR)

    assert desk.ask(f"/api/v1/approvals/{uid}/file", header=other).status_code == 404
    cancelled = desk.ask(f"/api/v1/approvals/{waiting}/cancel", "POST", header=other, json={"reason": WHY})
    assert cancelled.status_code == 404


def test_promise_nothing_leaves_once_one_of_those_who_agreed_may_not_any_more(desk: Desk) -> None:
    uid = desk.executed()
    set_disabled(desk.stations, terminal_actor(), "ben", True)

    assert desk.ask(f"/api/v1/approvals/{uid}/file").status_code == 403


def test_promise_one_person_does_not_fill_the_inbox_of_all(desk: Desk, app: Flask) -> None:
    for _ in range(MOST_WAITING - 1):
        desk.request()
    ready = Barrier(2)

    def ask(_: int) -> int:
        ready.wait()
        asked = app.test_client().post("/api/v1/traces/export", json=BODY, headers={"Authorization": desk.header})
        return int(asked.status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, range(2))) == [200, 403], "one more, of two at once too"

"""The audit trail over HTTP: what is found, what is masked, what leaves as a file, and that each look is on record."""

import csv
import hashlib
import io
import json
import re
from base64 import b64decode
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.composition import terminal_actor
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import OUTCOMES, LedgerEntry
from traceapp.domain.rights import Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import ExportRow
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.exports import exported_ledger
from traceapp.usecases.stations import Stations
from traceapp.verifiers import verify_ledger
from traceapp.web.pages.record_words import ACTS
from traceapp.web.pages.record_words import OUTCOMES as OUTCOME_WORDS

pytestmark = pytest.mark.one_store

API = "/api/v1/audit"


class Trail:
    """The API as one role, over an index that is brought up before every question."""

    def __init__(self, client: FlaskClient, stations: Stations, header: str) -> None:
        self._client, self._stations, self._header = client, stations, header

    def get(self, path: str, **said: Any) -> Any:
        index_ledger(self._stations, lambda _: None, lambda: True)
        return self._client.get(path, headers={"Authorization": self._header}, **said)

    def found(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.get(f"{API}/records", query_string=query)
        assert answer.status_code == 200, answer.text
        listed: list[dict[str, Any]] = answer.get_json()["records"]
        return listed


@pytest.fixture
def trail(app: Flask, filled: Stations, tokens: Tokens) -> Any:
    """`trail(Role.AUDITOR)`; before it, coordinators looked at B-1, and a viewer asked for what he may not."""
    client = app.test_client()
    for path, role in (
        ("/api/v1/batches/B-1", Role.COORDINATOR),
        ("/api/v1/batches/B-1", Role.VIEWER),
        ("/api/v1/batches/S-9/trace?direction=backward", Role.COORDINATOR),
        (f"{API}/records", Role.VIEWER),
    ):
        client.get(path, headers={"Authorization": tokens(role)})
    return lambda role, **scope: Trail(client, filled, tokens(role, **scope))


def test_promise_who_looked_at_a_batch_is_found_by_its_number(trail: Any) -> None:
    looked = trail(Role.AUDITOR).found(number="B-1", act="batch:show")

    assert [one["actor"]["role"] for one in looked] == ["viewer", "coordinator"]
    assert all(one["request"]["number"] == "B-1" and not one["masked"] for one in looked)


def test_promise_who_saw_a_field_of_a_batch_is_told_from_what_each_answer_showed(trail: Any) -> None:
    auditor = trail(Role.AUDITOR)

    saw = auditor.found(number="B-1", field="number", act="batch:trace")
    assert [one["request"]["seeds"][0].get("number") for one in saw] == ["S-9"], "B-1 was shown in the trace of another lot"
    saw = auditor.found(number="HOSP-1", field="Party.number")
    assert [one["actor"]["role"] for one in saw] == ["coordinator"], "it stood on the page of B-1, and the viewer saw a mask"
    assert auditor.found(number="HOSP-1", field="Party.contact") == []


def test_promise_what_was_denied_is_found(trail: Any) -> None:
    (denied,) = trail(Role.AUDITOR).found(outcome="denied")

    assert (denied["act"], denied["actor"]["role"]) == ("ledger:search", "viewer")


def test_promise_pages_follow_each_other_without_a_gap(trail: Any) -> None:
    auditor = trail(Role.AUDITOR)
    whole = [one["seq"] for one in auditor.found(act="token:create")]
    found, before = [], {}
    while True:
        page = auditor.get(f"{API}/records", query_string={"act": "token:create", "limit": 2, **before}).get_json()
        found += [one["seq"] for one in page["records"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}

    assert len(whole) > 4
    assert found == whole


def test_promise_every_search_is_itself_on_record(trail: Any, filled: Stations) -> None:
    answer = trail(Role.AUDITOR).get(f"{API}/records", query_string={"number": "B-1", "field": "number"}).get_json()

    made = records(filled, act="ledger:search")[-1]
    assert made["seq"] == answer["ledger"]["seq"]
    assert made["request"]["field"] == "number"
    assert "B-1" not in json.dumps(made), "what was typed may be any number: a MAC of it is kept"
    assert made["result"]["records"] == len(answer["records"])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COORDINATOR, Role.SUPPLIER, Role.REGULATOR, Role.INTEGRATOR])
def test_attacker_without_the_right_learns_of_nobody(trail: Any, role: Role) -> None:
    asker = trail(role)

    for path in (f"{API}/records", f"{API}/records/1", f"{API}/records/1/proof", f"{API}/export", "/audit", "/audit/records/1"):
        assert asker.get(path).status_code == 403, path


def test_attacker_who_runs_the_service_finds_no_number_in_the_audit_trail(trail: Any) -> None:
    admin = trail(Role.ADMIN)
    told = admin.get(f"{API}/records", query_string={"limit": 500})
    page = admin.get("/audit").text + admin.get("/audit?act=batch:show").text
    seqs = [one["seq"] for one in told.get_json()["records"] if one["act"].startswith("batch:")]
    for seq in seqs:
        page += admin.get(f"/audit/records/{seq}").text + admin.get(f"{API}/records/{seq}").text

    assert len(seqs) == 3
    assert '"masked":true' in told.text
    for number in ("B-1", "S-9"):
        assert number not in told.text
        assert number not in page
    assert admin.found(number="B-1") == [], "nor does the search tell that there is one"


def test_attacker_at_one_site_reads_no_number_of_another(trail: Any) -> None:
    lyon = trail(Role.AUDITOR, sites=frozenset({"LYON"}))

    shown = {one["seq"]: one for one in lyon.found(act="batch:show")}
    (traced,) = lyon.found(act="batch:trace")
    assert {one["request"].get("number") for one in shown.values()} == {"B-1"}
    assert "S-9" not in json.dumps(traced)
    assert lyon.found(number="S-9") == []


def test_attacker_who_reads_a_change_finds_neither_the_old_value_nor_the_new(trail: Any, filled: Stations) -> None:
    """What somebody was called is T3: the trail tells that it was made, and a number that nobody can try guesses against."""
    create_account(
        filled, terminal_actor(), "anna", "correct horse battery", "Anna Kovács", Role.VIEWER, frozenset({"*"}), frozenset({"*"})
    )

    for role in (Role.AUDITOR, Role.ADMIN):
        reader = trail(role)
        seqs = [one["seq"] for one in reader.found(act="account:create")]
        told = [reader.get(f"{API}/records/{seq}").get_json() for seq in seqs]
        page = "".join(reader.get(f"/audit/records/{seq}").text for seq in seqs)
        assert "Kovács" not in json.dumps(told, ensure_ascii=False) + page
        changed = [value for one in told for value in one["record"].get("values") or []]
        assert {side for one in changed for side in ("old", "new") if one[side] is not None} == {"new"}
        assert all(len(one["new"]) == 64 for one in changed)


def test_promise_one_record_can_be_read_and_proven(trail: Any, filled: Stations) -> None:
    auditor = trail(Role.AUDITOR)
    seq = auditor.found(act="batch:trace")[0]["seq"]

    told = auditor.get(f"{API}/records/{seq}").get_json()["record"]
    proof = auditor.get(f"{API}/records/{seq}/proof").get_json()["proof"]
    file = auditor.get(f"/audit/records/{seq}/proof")

    assert told["request"]["seeds"][0]["number"] == "S-9"
    assert f"index {seq - 1}\n" in proof
    assert file.text.startswith("c2sp.org/tlog-proof")
    assert file.headers["Content-Disposition"] == f'attachment; filename="record-{seq}.tlog-proof"'
    kept = next(record for record in records(filled) if record["seq"] == seq)
    assert told["act"] == kept["act"]


def test_promise_a_record_that_is_not_there_is_said_to_be_so(trail: Any) -> None:
    auditor = trail(Role.AUDITOR)

    for path in (f"{API}/records/999999", f"{API}/records/999999/proof"):
        answer = auditor.get(path)
        assert (answer.status_code, answer.get_json()["type"]) == (404, "urn:traceapp:problem:no-such-record")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_promise_a_file_is_what_its_record_says(trail: Any, filled: Stations, form: str) -> None:
    auditor = trail(Role.AUDITOR)
    answer = auditor.get(f"{API}/export", query_string={"form": form, "number": "B-1"})

    made = records(filled, act="ledger:export")[-1]
    digest = hashlib.sha256(answer.data).hexdigest()
    assert made["result"]["file"] == digest
    assert b64decode(answer.headers["Repr-Digest"].split(":")[1]).hex() == digest
    assert answer.headers["Traceapp-Ledger"].split()[0] == str(made["seq"])
    seqs = [one["seq"] for one in auditor.found(number="B-1")]
    if form == "csv":
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        rows = lines[lines.index(["Records"]) + 2 :]
        assert [int(row[0]) for row in rows] == seqs
        assert ["Completeness", "TRUNCATED"] in lines or ["Completeness", "COMPLETE"] in lines
    else:
        told = json.loads(answer.data)
        assert [row["seq"] for row in told["tables"]["records"]] == seqs
        assert told["head"]["copy"] == made["result"]["copy"]
        assert told["head"]["policy"] == filled.policy.digest
        assert set(made["disclosed"]["LedgerRecord"]) <= {*told["tables"]["records"][0], "actor", "v"}
    assert made["result"]["records"] == len(seqs)


def test_promise_a_checkpoint_covers_the_record_of_an_export(trail: Any, filled: Stations) -> None:
    trail(Role.AUDITOR).get(f"{API}/export")

    seq = records(filled, act="ledger:export")[-1]["seq"]
    notes = (filled.settings.home / "ledger" / "checkpoints").read_text()
    assert max(map(int, re.findall(r"^traceapp/.*\n([0-9]+)\n", notes, re.MULTILINE))) >= seq


def test_attacker_who_plants_a_formula_gets_text(trail: Any, filled: Stations) -> None:
    """Wherever in a record it came to stand."""
    planted = '=HYPERLINK("http://evil")'
    filled.ledger.append(LedgerEntry("session:start", "denied", {"username": planted, "address": "+1"}, reason="@SUM(1)"))
    answer = trail(Role.AUDITOR).get(f"{API}/export")

    cells = {cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in row}
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert {f"'{planted}", "'+1", "'@SUM(1)"} <= cells


def test_promise_no_more_leaves_at_once_than_one_file_takes(
    trail: Any, filled: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported_ledger, "MOST", 3)
    answer = trail(Role.AUDITOR).get(f"{API}/export")

    assert answer.status_code == 400
    assert records(filled, act="ledger:export")[-1]["outcome"] == "failed"


def test_promise_more_records_than_one_person_takes_leave_nothing_until_others_agree(
    trail: Any, filled: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = filled.policy.document.model_copy(update={"exports": ExportRow(tier="T1", rows=2)})
    monkeypatch.setattr(Policy, "document", few)
    refused = trail(Role.AUDITOR).get(f"{API}/export")

    assert refused.status_code == 400
    assert "at most 2 rows" in refused.get_json()["detail"]
    assert records(filled, act="ledger:export")[-1]["outcome"] == "failed"


def test_promise_only_who_may_export_finds_the_way_to_it(trail: Any) -> None:
    assert "/audit/export" in trail(Role.AUDITOR).get("/audit").text
    assert "/audit/export" not in trail(Role.QUALITY).get("/audit").text
    assert trail(Role.QUALITY).get(f"{API}/export").status_code == 403


def test_promise_the_page_says_a_record_in_words(trail: Any) -> None:
    auditor = trail(Role.AUDITOR)
    seq = auditor.found(act="batch:trace")[0]["seq"]

    page = auditor.get(f"/audit/records/{seq}").text
    for words in ("traced", "S-9", "Left in clear", "Download the proof", "recall coordinator"):
        assert words in page


WRONG = {"act": "nothing", "since": "yesterday", "field": "*", "uid": "B-1", "request_id": "1", "limit": "0", "outcome": "fine"}


@pytest.mark.parametrize("name", WRONG)
def test_promise_a_wrong_field_is_named(trail: Any, name: str) -> None:
    answer = trail(Role.AUDITOR).get(f"{API}/records", query_string={name: WRONG[name]})

    assert answer.status_code == 400
    assert [one["field"] for one in answer.get_json()["errors"]] == [name]


def test_the_ledger_verifies_after_all_of_it(trail: Any, filled: Stations) -> None:
    trail(Role.AUDITOR).get(f"{API}/export")

    assert not verify_ledger.verify(filled.settings.home / "ledger").findings


def test_promise_every_act_is_said_in_words() -> None:
    assert {*ACTS} == {*Permission, *Act}
    assert {*OUTCOME_WORDS} == {*OUTCOMES}


@pytest.mark.parametrize(
    ("path", "act"),
    [
        (f"{API}/records/999999", "ledger:search"),
        (f"{API}/records/999999/proof", "ledger:search"),
        (f"/api/v1/approvals/{'0' * 16}", "approval:open"),
    ],
)
def test_promise_a_look_for_what_is_not_there_is_on_record(trail: Any, filled: Stations, path: str, act: str) -> None:
    assert trail(Role.AUDITOR).get(path).status_code == 404

    assert [one["outcome"] for one in records(filled, act=act)][-1] == "failed"

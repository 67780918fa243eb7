"""A trace as a file: what leaves, what stays masked, that it is on record, and that no cell is a formula."""

import csv
import hashlib
import io
import json
from base64 import b64decode
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.domain.rights import Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import ExportRow
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

API = "/api/v1/traces/export"
QUESTION = {"number": "RM-1", "direction": "forward"}


@pytest.fixture
def take(app: Flask, filled: Stations, tokens: Tokens) -> Any:
    """`take(form="xlsx")` as the coordinator of all sites."""

    def send(role: Role = Role.COORDINATOR, language: str = "en", **query: str) -> Any:
        headers = {"Authorization": tokens(role), "Accept-Language": language}
        return app.test_client().get(API, query_string=QUESTION | query, headers=headers)

    return send


def test_promise_a_file_is_on_record_by_its_digest_before_it_leaves(take: Any, filled: Stations) -> None:
    made = take(form="csv")

    assert made.status_code == 200, made.text
    (told,) = [one for one in records(filled) if one["act"] == "batch:export"]
    digest = hashlib.sha256(made.data).hexdigest()
    assert told["result"]["file"] == digest
    assert b64decode(made.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")).hex() == digest
    assert made.headers["Traceapp-Ledger"].split()[0] == str(told["seq"])
    assert told["result"]["copy"] in made.text
    assert told["roll"]["things"] == told["result"]["nodes"]
    assert "Party" in told["withheld"]


def test_promise_the_head_says_how_complete_it_is_and_by_which_policy(take: Any, filled: Stations) -> None:
    head = json.loads(take(form="json").data)["head"]
    book = openpyxl.load_workbook(io.BytesIO(take(form="xlsx").data))

    assert head["completeness"] == "COMPLETE"
    assert head["policy"] == filled.policy.digest
    first = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert first["Completeness"] == "COMPLETE"
    assert first["Digest of the policy"] == filled.policy.digest
    assert [sheet.title for sheet in book.worksheets[1:]] == ["Records", "Consignees", "Links"]


def test_promise_all_forms_hold_the_same_rows(take: Any) -> None:
    tables = json.loads(take(form="json").data)["tables"]
    book = openpyxl.load_workbook(io.BytesIO(take(form="xlsx").data))
    lines = list(csv.reader(io.StringIO(take(form="csv").data.decode("utf-8-sig"))))

    rows = sum(len(told) for told in tables.values())
    assert rows == sum(sheet.max_row - 1 for sheet in book.worksheets[1:])
    parts = [number for number, line in enumerate(lines) if line in (["Records"], ["Consignees"], ["Links"])]
    assert rows == len([line for line in lines[parts[0] :] if line]) - 2 * len(parts)
    assert {row["number"] for row in tables["records"] if row["kind"] == "Batch"} >= {"B-1"}


def test_promise_what_others_have_to_agree_to_stays_masked_and_visible_as_masked(take: Any, ask: Any) -> None:
    shown = ask("/api/v1/traces", query_string=QUESTION).get_json()["consignees"]
    told = json.loads(take(form="json").data)["tables"]["consignees"]
    sheet = openpyxl.load_workbook(io.BytesIO(take(form="xlsx").data))["Consignees"]

    assert shown
    assert all(isinstance(line["number"], str) for line in shown), "on the page the coordinator sees them"
    assert all(line["number"]["masked"] and line["number"]["tier"] == "T2" for line in told)
    assert all(str(row[1]).startswith("Masked ") for row in sheet.iter_rows(min_row=2, values_only=True))
    for line in shown:
        assert line["number"] not in take(form="csv").text


def test_promise_more_rows_than_the_policy_says_leave_nothing(
    app: Flask, filled: Stations, take: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = filled.policy.document.model_copy(update={"exports": ExportRow(tier="T1", rows=2)})
    monkeypatch.setattr(Policy, "document", few)
    refused = take(form="csv")

    assert refused.status_code == 400
    assert "at most 2 rows" in refused.get_json()["detail"]
    assert [one["outcome"] for one in records(filled) if one["act"] == "batch:export"] == ["failed"]


def test_promise_words_are_those_of_the_reader(take: Any) -> None:
    assert "完备性" in take(form="csv", language="zh-CN").data.decode("utf-8-sig")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.WAREHOUSE, Role.CUSTOMER, Role.ADMIN])
def test_attacker_without_the_permission_takes_nothing_out(take: Any, role: Role) -> None:
    assert take(role).status_code == 403


@pytest.mark.parametrize("query", [{"form": "pdf"}, {"form": ""}, {"rows": "9"}, {"uid": "0" * 32}])
def test_a_wrong_question_says_what_was_wanted(take: Any, query: dict[str, str]) -> None:
    refused = take(**query)
    assert refused.status_code == 400
    assert refused.get_json()["errors"]


def test_page_offers_the_file_to_those_who_may(client: FlaskClient, filled: Stations, tokens: Tokens) -> None:
    def page(role: Role) -> str:
        return client.get("/traces?number=RM-1&direction=forward", headers={"Authorization": tokens(role)}).text

    assert "/traces/export?" in page(Role.COORDINATOR)
    assert "/traces/export?" not in page(Role.WAREHOUSE)

"""What carries a number, and records of the ledger, leave by the road of a trace: alone, or once others agreed."""

import io
import json
from typing import Any

import openpyxl
import pytest

from tests.approving import agree
from tests.recorded import records
from tests.signing import signed_by
from tests.web.test_approved_file import SEEN, Desk, desk  # noqa: F401 - the fixture
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.policy.decisions import Policy
from traceapp.policy.document import ExportRow
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.exports.name_copy import name_copy

pytestmark = pytest.mark.one_store

WHY = "The authority wants it as a list of its own."


def agreed(desk: Desk, asked: dict[str, Any]) -> str:  # noqa: F811
    for person in desk.deciders:
        agree(desk.stations, person, asked["uid"], SEEN, signed_by(person))
    return str(asked["uid"])


def test_story_what_carries_a_number_leaves_masked_alone_and_in_clear_by_approval(desk: Desk) -> None:  # noqa: F811
    alone = desk.ask("/api/v1/searches/export?number=RM-1&form=xlsx")
    assert alone.status_code == 200, alone.text
    book = openpyxl.load_workbook(io.BytesIO(alone.data))
    first = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert first["Completeness"] == "WITHHELD", "sealed numbers are looked up by nobody who may not take them out"
    assert first["Digest of the policy"] == desk.stations.policy.digest
    assert [list(row[:2]) for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)] == [["RM-1", "Material lot"]]

    asked = desk.ask("/api/v1/searches/export", "POST", json={"number": "RM-1", "form": "json", "reason": WHY}).get_json()
    shown = desk.ask(f"/api/v1/approvals/{asked['uid']}").get_json()["approval"]["parameters"]
    assert (shown["of"], shown["candidates"], shown["tier"]) == (["RM-1"], 1, "T2")
    assert "number" not in shown["question"]
    uid = agreed(desk, asked)
    assert desk.ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 200
    taken = desk.ask(f"/api/v1/approvals/{uid}/file")
    told = json.loads(taken.data)
    assert [row["number"] for row in told["tables"]["candidates"]] == ["RM-1"]
    assert told["head"]["completeness"] == "COMPLETE"
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="search-')
    assert desk.ask(f"/api/v1/approvals/{uid}/file").status_code == 409
    last = [one for one in records(desk.stations, act="batch:export") if one["outcome"] == "answered"][-1]
    assert (last["approval"], last["result"]["candidates"]) == (uid, 1)


def test_story_more_records_than_one_person_takes_leave_by_approval_as_of_their_moment(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = desk.stations.policy.document.model_copy(update={"exports": ExportRow(tier="T1", rows=2)})
    monkeypatch.setattr(Policy, "document", few)
    index_ledger(desk.stations, lambda _: None, lambda: True)
    auditor = desk.token(Role.AUDITOR)

    def ask(path: str, method: str = "GET", **said: Any) -> Any:
        return desk.ask(path, method, auditor, **said)

    assert ask("/api/v1/audit/export").status_code == 400
    asked = ask("/api/v1/audit/export", "POST", json={"form": "json", "reason": WHY}).get_json()
    shown = ask(f"/api/v1/approvals/{asked['uid']}").get_json()["approval"]["parameters"]
    uid = agreed(desk, asked)
    index_ledger(desk.stations, lambda _: None, lambda: True)
    assert ask(f"/api/v1/approvals/{uid}/execute", "POST").status_code == 200
    rows = json.loads(ask(f"/api/v1/approvals/{uid}/file").data)["tables"]["records"]
    assert len(rows) == shown["found"] > 2
    assert max(row["seq"] for row in rows) == shown["question"]["upto"], "what came later is no part of it"
    done = records(desk.stations, act="ledger:export")[-1]
    assert (done["approval"], done["result"]["rows"]) == (uid, len(rows))


def test_attacker_whose_own_right_to_the_records_went_takes_no_file_of_them(desk: Desk) -> None:  # noqa: F811
    """An approval of others gives nobody the right to ask."""
    refused = desk.ask("/api/v1/audit/export", "POST", json={"reason": WHY})
    forged = desk.ask(
        "/api/v1/approvals",
        "POST",
        json={"operation": "ledger_export", "parameters": {"question": {}, "form": "csv", "tier": "T1"}, "reason": WHY},
    )
    assert (refused.status_code, forged.status_code) == (403, 400)


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_attacker_who_leaks_a_changed_copy_is_named_by_the_mark_in_it(desk: Desk, form: str) -> None:  # noqa: F811
    """Two persons hold the same rows; the head is torn off a workbook, a line is added to the others."""
    other = desk.token(Role.AUDITOR)
    mine = desk.ask(f"/api/v1/traces/export?number=S-9&form={form}")
    theirs = desk.ask(f"/api/v1/traces/export?number=S-9&form={form}", header=other)
    assert mine.status_code == theirs.status_code == 200
    leaked = theirs.data + b"\n# passed on"
    if form == "xlsx":
        book, kept = openpyxl.load_workbook(io.BytesIO(theirs.data)), io.BytesIO()
        book.remove(book.worksheets[0])
        book.save(kept)
        leaked = kept.getvalue()

    (named,) = name_copy(desk.stations, terminal_actor(), leaked).value
    (whole,) = name_copy(desk.stations, terminal_actor(), mine.data).value
    assert (named.seq, named.role, named.whole) == (int(theirs.headers["Traceapp-Ledger"].split()[0]), "auditor", False)
    assert (whole.seq, whole.role, whole.whole) == (int(mine.headers["Traceapp-Ledger"].split()[0]), "coordinator", True)
    assert named.copy != whole.copy
    assert name_copy(desk.stations, terminal_actor(), named.copy.encode()).value == (named,)
    assert name_copy(desk.stations, terminal_actor(), b"0" * 32).value == ()

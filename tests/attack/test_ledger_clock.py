"""The clock of the host is set back: the order of the ledger stands, and each record that was written then says so."""

from pathlib import Path
from typing import Any

from tests.clockwork import Clockwork
from tests.recorded import documents
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.records import plain_entry
from traceapp.ledger.storage import LedgerStorage, Wanted
from traceapp.verifiers.verify_ledger import verify

HOUR = 3600.0


def append(storage: LedgerStorage, name: str) -> None:
    entry = LedgerEntry(act="batch:show", outcome="answered", actor={"username": name})
    storage.append([Wanted(name, plain_entry(entry))])


def test_attacker_who_sets_the_clock_back_changes_no_order_and_is_on_record(tmp_path: Path) -> None:
    """Over a restart of the writer, until time has caught up; a second is put right without a word."""
    clock = Clockwork()
    storage = LedgerStorage(tmp_path, clock)
    append(storage, "before")
    clock.go_on(-1)
    append(storage, "a second")
    clock.go_on(1 - HOUR)
    append(storage, "an hour")
    storage.close()
    storage = LedgerStorage(tmp_path, clock)
    append(storage, "restarted")
    clock.go_on(HOUR + 1)
    append(storage, "caught up")
    storage.checkpoint()
    storage.close()

    found = documents(tmp_path)
    behind: dict[str, Any] = {one["actor"]["username"]: one.get("clock") for one in found if one["act"] == "batch:show"}
    assert [name for name, said in behind.items() if said is not None] == ["an hour", "restarted"]
    assert behind["restarted"] == behind["an hour"]
    assert behind["an hour"]["newest"] > behind["an hour"]["since"]
    assert [one["seq"] for one in found] == list(range(1, len(found) + 1))
    report = verify(tmp_path / "ledger")
    assert (report.findings, report.records) == ([], len(found))


def test_a_clock_that_was_ahead_by_a_year_is_doubted_for_a_day(tmp_path: Path) -> None:
    clock = Clockwork()
    clock.go_on(365 * 24 * HOUR)
    storage = LedgerStorage(tmp_path, clock)
    clock.go_on(-365 * 24 * HOUR)
    append(storage, "put right")
    clock.go_on(25 * HOUR)
    append(storage, "a day later")
    storage.close()

    said = {one["actor"]["username"]: "clock" in one for one in documents(tmp_path) if one["act"] == "batch:show"}
    assert said == {"put right": True, "a day later": False}

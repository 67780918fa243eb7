"""Ledgers of these tests: real files, made by the real storage in a home of their own."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import kept_records
from traceapp.domain.clock import SystemClock
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.records import plain_entry
from traceapp.ledger.storage import LedgerStorage, Wanted

OpenStorage = Callable[[], LedgerStorage]


@pytest.fixture
def open_storage(tmp_path: Path) -> Iterator[OpenStorage]:
    """Open the ledger of this test's home for writing; whatever is still open at the end is closed."""
    opened: list[LedgerStorage] = []

    def start() -> LedgerStorage:
        opened.append(LedgerStorage(tmp_path, SystemClock()))
        return opened[-1]

    yield start
    for storage in opened:
        storage.close()


def wanted(number: int, *, message_id: str = "", **said: Any) -> Wanted:
    """A record about the lot of this number, under a fresh request id."""
    entry = LedgerEntry(
        act="batch:trace", outcome="answered", actor={"username": "rc"}, **{"request": {"number": f"B-{number}"}, **said}
    )
    return Wanted(message_id or uuid.uuid4().hex, plain_entry(entry))


def lines_of(home: Path) -> list[bytes]:
    return kept_records(home)


def records_of(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines_of(home)]

"""Break-glass accesses that wait for their review, on every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clockwork import Clockwork
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.grants import GrantRecord, GrantState, Verdict
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault, Waiting
from traceapp.graph import grant_store
from traceapp.graph.connection import Graph
from traceapp.graph.grant_store import LABEL, GrantStore
from traceapp.host.row_register import LATE, RowRegister

NOW = datetime(2026, 3, 2, 10, 0, 0, 1, UTC)
PERSON = "f" * 32
FIRST = GrantRecord("9" * 16, PERSON, Role.QUALITY, "T2", b"\x01" * 60, NOW, NOW + timedelta(hours=1))
OTHERS = [replace(FIRST, uid=str(number) * 16, begun_at=NOW + timedelta(minutes=number)) for number in range(1, 5)]


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def register(home: Path, clock: Clockwork) -> RowRegister:
    return RowRegister(home, clock)


@pytest.fixture
def grants(store: Graph, sealer: DictionarySealer, register: RowRegister) -> GrantStore:
    found = GrantStore(store, sealer.macs, register)
    for grant in (*reversed(OTHERS), FIRST):
        found.append_grant(grant, PERSON)
    return found


@pytest.mark.parametrize("rows", [1, 3, 200])
def test_all_that_wait_are_listed_the_oldest_first(rows: int, grants: GrantStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those too that lie behind the rows that are read at once."""
    monkeypatch.setattr(grant_store, "ROWS", rows)

    assert [one.record for one in grants.list_waiting()] == [FIRST, *OTHERS]


def test_what_was_reviewed_or_never_came_to_be_waits_no_more(grants: GrantStore, register: RowRegister, clock: Clockwork) -> None:
    reviewed = replace(
        FIRST, state=GrantState.REVIEWED, reviewed_by=PERSON, reviewed_at=NOW, verdict=Verdict.JUSTIFIED, note=b"n" * 60
    )
    assert grants.put_grant(reviewed)
    register.note(LABEL, "a" * 16, b"never written")
    register.put_waiting(LABEL, Waiting("a" * 16, PERSON, PERSON))
    listed = [(one.uid, one.fault) for one in grants.list_waiting()]
    assert listed == [*((one.uid, None) for one in OTHERS), ("a" * 16, RowFault.GONE)], "its COMMIT may still arrive"

    clock.moment += LATE + timedelta(seconds=1)

    assert [one.record for one in grants.list_waiting()] == OTHERS

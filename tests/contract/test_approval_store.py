"""Approvals, on every store: kept whole, moved by one writer at a time, worth nothing once changed outside the service."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from tests.clockwork import Clockwork
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain import approvals
from traceapp.domain.approvals import Approval, ApprovalState, Operation, Person, Step
from traceapp.domain.rights import Role
from traceapp.graph.approval_store import ApprovalStore
from traceapp.graph.connection import Graph
from traceapp.host.row_register import RowRegister

NOW = datetime(2026, 3, 2, 10, 0, 0, 1, UTC)
ANNA, BEN, CLEO = (
    Person(letter * 32, letter * 32, role, letter * 16)
    for letter, role in zip("abc", (Role.COORDINATOR, Role.QUALITY, Role.QUALITY), strict=True)
)
ASKED = Approval(
    uid="4" * 16,
    operation=Operation.ALERT_SILENCE,
    digest="d" * 64,
    document=b"\x01" * 60,
    words=b"\x02" * 60,
    requester=ANNA,
    steps=(Step(frozenset({Role.QUALITY}), 1, frozenset({Role.AUDITOR}), timedelta(hours=2)),),
    requested_at=NOW,
    expires_at=NOW + timedelta(hours=4),
)
RACERS = 64


@pytest.fixture
def kept(store: Graph, sealer: DictionarySealer, home: Path) -> ApprovalStore:
    found = ApprovalStore(store, sealer.macs, RowRegister(home, Clockwork()))
    found.append_approval(ASKED)
    return found


def test_an_approval_is_read_as_it_was_written(kept: ApprovalStore) -> None:
    assert kept.get_approval(ASKED.uid) == ASKED
    signed = approvals.approve(ASKED, BEN, NOW + timedelta(minutes=1), ASKED.digest)
    assert kept.put_approval(signed)
    assert kept.get_approval(ASKED.uid) == replace(signed, version=1)
    assert kept.list_approvals(ApprovalState.APPROVED, 10) == [replace(signed, version=1)]
    assert kept.list_approvals(ApprovalState.REQUESTED, 10) == []


def test_promise_of_many_moves_at_once_one_is_made(kept: ApprovalStore) -> None:
    """64 approve, cancel and carry out what they all read in one state: one of them writes."""
    signed = approvals.approve(ASKED, BEN, NOW, ASKED.digest)
    assert kept.put_approval(signed)
    stood = kept.get_approval(ASKED.uid)
    assert stood is not None
    moves: list[Callable[[], Approval]] = [
        lambda: approvals.execute(stood, ANNA, NOW, ASKED.digest, [BEN]),
        lambda: approvals.cancel(stood, ANNA, NOW),
        lambda: approvals.withdraw(stood, BEN, NOW),
        lambda: approvals.deny(stood, CLEO, NOW),
    ]
    line = Barrier(RACERS)

    def move(number: int) -> ApprovalState | None:
        moved = moves[number % len(moves)]()
        line.wait()
        return moved.state if kept.put_approval(moved) else None

    with ThreadPoolExecutor(RACERS) as pool:
        made = [state for state in pool.map(move, range(RACERS)) if state is not None]

    assert len(made) == 1
    now = kept.get_approval(ASKED.uid)
    assert now is not None
    assert (now.state, now.version) == (made[0], stood.version + 1)

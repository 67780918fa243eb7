"""Ledgers that are older than anything must be kept, made by the real storage on a clock that is moved."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.clockwork import Clockwork
from traceapp.domain.clock import SystemClock
from traceapp.domain.recorded import LedgerEntry
from traceapp.ledger.pruning import Plan, plan_pruning, prune_segments
from traceapp.ledger.records import plain_entry
from traceapp.ledger.storage import LedgerStorage, Wanted

LARGEST: Final = 2500
"""Bytes of a segment: a new one every four records or so."""
BEGAN: Final = datetime(2004, 1, 1, tzinfo=UTC)


def wanted(name: str, act: str = "batch:trace", outcome: str = "answered", **said: Any) -> Wanted:
    entry = LedgerEntry(act=act, outcome=outcome, actor={"username": "rc"}, request={"number": name}, **said)
    return Wanted(uuid.uuid4().hex, plain_entry(entry))


def make_old_ledger(home: Path, *, old: int = 40, fresh: int = 12, seed: int = 1) -> str:
    """`old` records that have passed their date, a change of the key amid them, then `fresh` ones and another key.

    returns  the verifier key of the first day.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, draw = Clockwork(), random.Random(seed)
    clock.moment = BEGAN
    storage = LedgerStorage(home, clock, largest=LARGEST)
    key = storage.verifier_key
    for number in range(old):
        clock.go_on(draw.randint(1, 5) * 86_400)
        storage.append([wanted(f"old-{number}")])
        if draw.random() < 0.3:
            storage.checkpoint()
        if number == old // 2:
            storage.rotate_key()
    storage.close()
    storage = LedgerStorage(home, SystemClock(), largest=LARGEST)
    storage.rotate_key()
    for number in range(fresh):
        storage.append([wanted(f"fresh-{number}")])
    storage.close()
    return key


def planned(home: Path, now: datetime | None = None) -> Plan:
    """What has passed its date, with the newest record as the writer would say it."""
    storage = LedgerStorage(home, SystemClock(), largest=LARGEST)
    head = storage.head.seq
    storage.close()
    return plan_pruning(home, now or datetime.now(UTC), head)


def agreed(home: Path, plan: Plan, approval: str | None = "a" * 32) -> None:
    """The record of the act, before it begins."""
    assert plan.range is not None
    request = {"first": plan.range.first_seq, "upto": plan.range.last_seq, "leaves": plan.digest}
    entry = LedgerEntry(act="ledger:prune", outcome="intended", actor={"username": "qm"}, request=request, approval=approval)
    storage = LedgerStorage(home, SystemClock(), largest=LARGEST)
    storage.append([Wanted(uuid.uuid4().hex, plain_entry(entry))])
    storage.close()


def prune(home: Path, now: datetime | None = None) -> Plan:
    """All that has passed its date, as two persons would; what went."""
    plan = planned(home, now)
    assert plan.segments, plan.blocked
    agreed(home, plan)
    prune_segments(home, plan)
    return plan


def years(number: float) -> timedelta:
    return timedelta(days=number * 366)

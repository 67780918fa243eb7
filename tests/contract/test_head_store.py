"""The counter of records and its past, on every store."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.clock import stored_time
from traceapp.domain.record_macs import Made
from traceapp.graph.connection import Graph, Transaction
from traceapp.graph.head_store import HeadStore
from traceapp.graph.record_groups import RecordGroup
from traceapp.graph.record_head import RecordHead, advance_head
from traceapp.host.row_register import RowRegister

FIRST = datetime(2026, 3, 2, 10, 0, 0, 0, UTC)
SECOND = FIRST + timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def commit_group(graph: Graph, sealer: DictionarySealer, first: int, seq: int, record_time: datetime) -> None:
    """What the event store does at the end of a group."""
    command, moment = uuid.uuid4().hex, stored_time(record_time)

    def work(transaction: Transaction) -> None:
        group = RecordGroup(command, first, seq, moment)
        transaction.run("event.append_command", **group.row(sealer.macs), act="event:append")
        advance_head(transaction, sealer, RecordHead(seq, moment, Made(), Made(), True))

    graph.write(work, command=command)


def test_head_of_an_empty_store_is_zero(store: Graph, sealer: DictionarySealer, register: RowRegister) -> None:
    heads = HeadStore(store, sealer.macs, register)
    assert heads.get_head() == 0
    assert heads.get_head_at(FIRST) == 0


def test_head_is_the_last_of_the_last_group(store: Graph, sealer: DictionarySealer, register: RowRegister) -> None:
    commit_group(store, sealer, 1, 3, FIRST)
    commit_group(store, sealer, 4, 10, SECOND)
    assert HeadStore(store, sealer.macs, register).get_head() == 10


def test_head_at_a_moment_is_what_was_known_then(store: Graph, sealer: DictionarySealer, register: RowRegister) -> None:
    commit_group(store, sealer, 1, 3, FIRST)
    commit_group(store, sealer, 4, 10, SECOND)
    heads = HeadStore(store, sealer.macs, register)
    assert heads.get_head_at(FIRST - MICROSECOND) == 0
    assert heads.get_head_at(FIRST) == 3
    assert heads.get_head_at(SECOND - MICROSECOND) == 3
    assert heads.get_head_at(SECOND) == 10
    assert heads.get_head_at(SECOND + timedelta(days=4000)) == 10


def test_groups_of_one_moment_count_together(store: Graph, sealer: DictionarySealer, register: RowRegister) -> None:
    for first, seq in ((1, 4), (5, 7), (8, 9)):
        commit_group(store, sealer, first, seq, FIRST)
    assert HeadStore(store, sealer.macs, register).get_head_at(FIRST) == 9


def test_moment_in_another_zone_is_the_same_moment(store: Graph, sealer: DictionarySealer, register: RowRegister) -> None:
    commit_group(store, sealer, 1, 3, FIRST)
    shanghai = timezone(timedelta(hours=8))
    assert HeadStore(store, sealer.macs, register).get_head_at(FIRST.astimezone(shanghai)) == 3


def test_writes_that_are_no_groups_are_no_part_of_the_past(store: Graph, sealer: DictionarySealer, register: RowRegister) -> None:
    """Accounts and migrations keep commands too, without a record sequence."""
    commit_group(store, sealer, 1, 3, FIRST)
    store.write(lambda transaction: None, command=uuid.uuid4().hex, act="account:put")
    assert HeadStore(store, sealer.macs, register).get_head_at(SECOND) == 3


class Meanwhile(RowRegister):
    """Before it says how far the counter had come, another process adds a group."""

    def __init__(self, home: Path, add: Callable[[], int]) -> None:
        super().__init__(home)
        self._add = add

    def get_reached(self, counter: str) -> int:
        self.put_reached(counter, self._add())
        return super().get_reached(counter)


def test_a_group_that_is_added_while_somebody_asks_makes_no_counter_unproven(
    store: Graph, sealer: DictionarySealer, home: Path
) -> None:
    last = [0]

    def add() -> int:
        commit_group(store, sealer, last[0] + 1, last[0] + 2, FIRST)
        last[0] += 2
        return last[0]

    heads = HeadStore(store, sealer.macs, Meanwhile(home, add))
    assert [heads.get_head(), heads.get_head()] == [2, 4]

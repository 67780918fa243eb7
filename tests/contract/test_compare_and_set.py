"""What several write at once, on every store: one of them writes, what the others read is not old, and nothing is torn."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import TypeVar

from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.accounts import Account
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import ConcurrentChangeError
from traceapp.domain.grants import GrantRecord, GrantState
from traceapp.domain.record_macs import Made
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Session
from traceapp.graph.account_store import AccountStore
from traceapp.graph.connection import Graph, Transaction
from traceapp.graph.grant_store import GrantStore
from traceapp.graph.record_head import RecordHead
from traceapp.graph.session_store import SessionStore
from traceapp.host.row_register import RowRegister

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
T = TypeVar("T")
WRITERS = 6
ROUNDS = 12
ANNA = Account(
    uid="a" * 32,
    username="anna",
    password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
    printed_name=b"\x00sealed\xff",
    role=Role.COORDINATOR,
    sites=frozenset({"LYON"}),
    lines=frozenset({"*"}),
    created_at=NOW,
)
HERS = Session(
    uid="1" * 16,
    secret_hash="2" * 64,
    account_uid=ANNA.uid,
    binding="3" * 64,
    begun_at=NOW,
    seen_at=NOW,
    ends_at=NOW + timedelta(hours=12),
    address="192.0.2.17",
    agent="a browser",
)
GRANT = GrantRecord(
    uid="4" * 16,
    account_uid=ANNA.uid,
    role=Role.COORDINATOR,
    tier="T3",
    reason=b"\x00sealed\xff",
    begun_at=NOW,
    ends_at=NOW + timedelta(hours=1),
    state=GrantState.OPEN,
)
UNPROVEN_HEAD = RecordHead(0, stored_time(NOW), Made(), Made(), False).row | {"mac": None}


def at_once(writes: list[Callable[[], T]]) -> list[T]:
    """What each of the writes returned; they begin together."""
    line = Barrier(len(writes))

    def run(write: Callable[[], T]) -> T:
        line.wait()
        return write()

    with ThreadPoolExecutor(len(writes)) as pool:
        return list(pool.map(run, writes))


def test_record_sequence_is_given_out_once(store: Graph) -> None:
    def take() -> int:
        def work(transaction: Transaction) -> int:
            (head,) = transaction.run("event.lock_head")
            seq = int(head["seq"]) + 1
            transaction.run("event.advance_head", **{**UNPROVEN_HEAD, "seq": seq})
            return seq

        return store.write(work, command=uuid.uuid4().hex)

    taken = [seq for _ in range(ROUNDS) for seq in at_once([take] * WRITERS)]
    assert sorted(taken) == list(range(1, ROUNDS * WRITERS + 1))


def test_second_factors_are_written_once_a_version(store: Graph, sealer: DictionarySealer, home: Path) -> None:
    accounts = AccountStore(store, sealer.macs, RowRegister(home))
    accounts.put_account(ANNA)
    for version in range(ROUNDS):

        def write(version: int = version) -> bool:
            return accounts.put_factors(ANNA.uid, b"\x00factors", version)

        assert sum(map(bool, at_once([write] * WRITERS))) == 1


def test_session_is_written_once_a_version(store: Graph, home: Path) -> None:
    sessions = SessionStore(store, RowRegister(home))
    sessions.append_session(HERS)
    for version in range(ROUNDS):
        rotated = [replace(HERS, secret_hash=f"{writer:064x}", version=version) for writer in range(WRITERS)]
        kept = at_once([lambda one=one: sessions.put_session(one) for one in rotated])  # type: ignore[misc]
        assert len([one for one in kept if one is not None]) == 1


def test_break_glass_access_is_written_once_a_version(store: Graph, sealer: DictionarySealer, home: Path) -> None:
    grants = GrantStore(store, sealer.macs, RowRegister(home))
    grants.append_grant(GRANT, ANNA.uid)
    for version in range(ROUNDS):
        ended = replace(GRANT, ends_at=NOW + timedelta(minutes=version), version=version)
        assert sum(map(bool, at_once([lambda: grants.put_grant(ended)] * WRITERS))) == 1  # noqa: B023 - run within the round


def test_change_of_an_account_that_was_read_before_another_change_is_refused(
    store: Graph, sealer: DictionarySealer, home: Path
) -> None:
    """Somebody closes it while a sign-in follows the groups of its person: it stays closed."""
    accounts = AccountStore(store, sealer.macs, RowRegister(home))
    accounts.put_account(ANNA)
    for number in range(ROUNDS):
        read = replace(ANNA, sites=frozenset({f"S{number}"}))
        accounts.put_account(read)
        outcomes = at_once(
            [
                lambda: refused(accounts, replace(read, disabled=True), read),  # noqa: B023 - run within the round
                lambda: refused(accounts, replace(read, role=Role.VIEWER), read),  # noqa: B023
            ]
        )
        assert sorted(outcomes) == [False, True]


def refused(accounts: AccountStore, changed: Account, read: Account) -> bool:
    try:
        accounts.put_account(changed, read)
    except ConcurrentChangeError:
        return True
    return False


def test_account_that_several_change_in_different_ways_stays_proven(store: Graph, sealer: DictionarySealer, home: Path) -> None:
    """Each of them proves the whole row, so each must have read what the others wrote."""
    accounts = AccountStore(store, sealer.macs, RowRegister(home))
    accounts.put_account(ANNA)
    for version in range(ROUNDS):
        at_once(
            [
                lambda: accounts.put_factors(ANNA.uid, b"\x00factors", version),  # noqa: B023 - run within the round
                lambda: accounts.advance_session_epoch(ANNA.uid),
                lambda: accounts.put_account(replace(ANNA, password_hash=f"another {version}")),  # noqa: B023
                lambda: accounts.advance_session_epoch(ANNA.uid),
            ]
        )
        kept = accounts.get_account(ANNA.uid)
        assert kept is not None
        assert kept.factor_version == version + 1
    assert accounts.get_account(ANNA.uid) is not None

"""Rows that decide rights, written and read by many at once, on every store."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.accounts import Account
from traceapp.domain.errors import ConcurrentChangeError, RowAlteredError
from traceapp.domain.rights import Role
from traceapp.graph.account_store import AccountStore
from traceapp.graph.connection import Graph
from traceapp.host.row_register import RowRegister

ANNA = Account(
    uid="a" * 32,
    username="anna",
    password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
    printed_name=b"\x00sealed\xff",
    role=Role.COORDINATOR,
    sites=frozenset({"LYON"}),
    lines=frozenset({"*"}),
    created_at=datetime(2026, 3, 2, 10, tzinfo=UTC),
)


def test_a_row_that_was_altered_is_not_made_good_by_writing_it_again(store: Graph, sealer: DictionarySealer, home: Path) -> None:
    """It is told apart from a write that met another one."""
    accounts = AccountStore(store, sealer.macs, RowRegister(home))
    accounts.put_account(ANNA)
    with pytest.raises(ConcurrentChangeError, match="somebody else"):
        accounts.put_account(replace(ANNA, disabled=True), replace(ANNA, role=Role.VIEWER))
    store.administer("MATCH (a:Account {username: 'anna'}) SET a.disabled = true", "attack")

    with pytest.raises(RowAlteredError, match="outside the service"):
        accounts.put_account(ANNA)


def test_promise_many_writers_at_once_deny_no_honest_row(store: Graph, sealer: DictionarySealer, home: Path) -> None:
    """Accounts overwritten, factors kept and sessions ended by several at once, read by others all the while."""
    first = AccountStore(store, sealer.macs, RowRegister(home))
    first.put_account(ANNA)
    denied: list[str] = []
    done = threading.Event()

    def write(seed: int) -> None:
        draw = random.Random(seed)
        mine = AccountStore(store, sealer.macs, RowRegister(home))
        for _ in range(8):
            stood = mine.get_account(ANNA.uid)
            if stood is None:
                denied.append(f"writer {seed}")
                return
            match draw.randrange(3):
                case 0:
                    mine.put_account(replace(stood, disabled=draw.random() < 0.5))
                case 1:
                    mine.put_factors(ANNA.uid, draw.randbytes(40), stood.factor_version)
                case _:
                    mine.advance_session_epoch(ANNA.uid)

    def read(seed: int) -> None:
        mine = AccountStore(store, sealer.macs, RowRegister(home))
        while not done.is_set():
            if mine.get_account(ANNA.uid) is None or mine.find_by_username("anna")[0] is None:
                denied.append(f"reader {seed}: {mine.fault(ANNA.uid)}")
                return

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(3)]
    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()

    assert denied == []
    assert first.fault(ANNA.uid) is None

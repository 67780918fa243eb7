"""Accounts and tokens, on every store."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.accounts import Account, Token
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.graph.account_store import AccountStore, _account_row
from traceapp.graph.connection import Graph
from traceapp.host.row_register import RowRegister

NOW = datetime(2026, 3, 2, 10, 0, 0, 123456, UTC)
ANNA = Account(
    uid="a" * 32,
    username="anna",
    password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
    printed_name=b"\x00sealed\xff",
    role=Role.COORDINATOR,
    sites=frozenset({"SUZHOU", "LYON"}),
    lines=frozenset({"*"}),
    created_at=NOW,
)
BERT = replace(ANNA, uid="b" * 32, username="bert", role=Role.VIEWER)
TOKEN = Token(
    uid="0123456789abcdef",
    token_hash="c" * 64,
    account_uid=ANNA.uid,
    role=Role.INTEGRATOR,
    sites=frozenset({"LYON"}),
    lines=frozenset({"INF"}),
    label="press line 3",
    created_at=NOW,
    expires_at=NOW + timedelta(days=90),
)


@pytest.fixture
def accounts(store: Graph, sealer: DictionarySealer, home: Path) -> AccountStore:
    return AccountStore(store, sealer.macs, RowRegister(home))


def test_account_comes_back_as_it_was_put(accounts: AccountStore) -> None:
    accounts.put_account(ANNA)
    accounts.put_account(BERT)
    assert accounts.get_account(ANNA.uid) == ANNA
    assert accounts.get_account_by_username("anna") == ANNA
    assert accounts.get_account_by_username("bert") == BERT


def test_lots_that_were_approved_come_back_and_nobody_adds_one_by_hand(accounts: AccountStore, store: Graph) -> None:
    approved = frozenset({"d" * 32, "e" * 32})
    accounts.put_account(replace(ANNA, lots=approved))
    accounts.put_token(replace(TOKEN, lots=approved))

    kept, token = accounts.get_account(ANNA.uid), accounts.get_token(TOKEN.token_hash)
    assert kept is not None
    assert token is not None
    assert (kept.lots, token.lots) == (approved, approved)
    assert kept.binding != ANNA.binding, "a session ends with them"

    row = _account_row(replace(ANNA, lots=approved | {"f" * 32}))
    mac = store.read("account.get_account", uid=ANNA.uid)[0]["mac"]
    store.overwrite("account.put_account", **row, oldest_key="d1", mac=bytes(mac))
    assert accounts.get_account(ANNA.uid) is None


def test_absent_account_is_none(accounts: AccountStore) -> None:
    assert accounts.get_account(ANNA.uid) is None
    assert accounts.get_account_by_username("anna") is None


def test_username_is_compared_to_the_letter(accounts: AccountStore) -> None:
    accounts.put_account(ANNA)
    assert accounts.get_account_by_username("Anna") is None
    assert accounts.get_account_by_username("anna' OR 1=1 //") is None


def test_account_is_overwritten_by_uid(accounts: AccountStore) -> None:
    accounts.put_account(ANNA)
    changed = replace(ANNA, username="anna.k", role=Role.AUDITOR, sites=frozenset(), disabled=True)
    accounts.put_account(changed)
    assert accounts.get_account(ANNA.uid) == changed
    assert accounts.get_account_by_username("anna") is None


def test_ended_sessions_stay_ended(accounts: AccountStore) -> None:
    accounts.put_account(ANNA)
    accounts.put_account(BERT)

    accounts.advance_session_epoch(ANNA.uid)
    accounts.advance_session_epoch(ANNA.uid)
    accounts.put_account(ANNA)
    accounts.advance_session_epoch("c" * 32)

    assert accounts.get_account(ANNA.uid) == accounts.get_account_by_username("anna") == replace(ANNA, session_epoch=2)
    assert accounts.get_account(BERT.uid) == BERT
    assert accounts.get_account("c" * 32) is None


def test_taken_username_is_refused_and_nothing_changes(accounts: AccountStore) -> None:
    accounts.put_account(ANNA)
    with pytest.raises(InputError, match="username"):
        accounts.put_account(replace(BERT, username="anna"))
    assert accounts.get_account(BERT.uid) is None
    assert accounts.get_account_by_username("anna") == ANNA


def test_one_of_several_who_want_a_username_at_once_gets_it(accounts: AccountStore) -> None:
    wanted = [replace(ANNA, uid=f"{number:032x}") for number in range(6)]
    refused: list[Account] = []

    def put(account: Account) -> None:
        try:
            accounts.put_account(account)
        except InputError:
            refused.append(account)

    threads = [threading.Thread(target=put, args=(account,)) for account in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5
    kept = [account for account in wanted if accounts.get_account(account.uid)]
    assert [accounts.get_account_by_username("anna")] == kept


def test_token_comes_back_as_it_was_put(accounts: AccountStore) -> None:
    accounts.put_token(TOKEN)
    assert accounts.get_token(TOKEN.token_hash) == TOKEN
    assert accounts.get_token("d" * 64) is None


def test_token_of_one_thing_comes_back_whole(accounts: AccountStore) -> None:
    narrow = replace(
        TOKEN, only=frozenset({Permission.BATCH_SHOW}), purpose=Purpose.RECALL, networks=("192.0.2.0/24", "2001:db8::/32")
    )
    accounts.put_token(narrow)
    accounts.note_token_use(narrow.uid, NOW)
    assert accounts.get_token_by_uid(narrow.uid) == replace(narrow, used_at=NOW)
    accounts.put_token(replace(narrow, only=frozenset()))
    assert accounts.get_token(narrow.token_hash) == replace(narrow, only=frozenset(), used_at=NOW)
    assert accounts.get_token_by_uid("d" * 16) is None


def test_tokens_are_listed_until_they_expire(accounts: AccountStore) -> None:
    accounts.put_token(TOKEN)
    assert accounts.list_tokens(NOW, row_limit=10) == (TOKEN,)
    assert accounts.list_tokens(TOKEN.expires_at, row_limit=10) == ()
    accounts.put_token(replace(TOKEN, uid="f" * 16, token_hash="d" * 64, account_uid=BERT.uid))
    assert accounts.list_tokens_of_account(ANNA.uid, NOW) == (TOKEN,)
    assert accounts.list_tokens_of_account(ANNA.uid, TOKEN.expires_at) == ()


def test_token_can_be_revoked(accounts: AccountStore) -> None:
    accounts.put_token(TOKEN)
    accounts.put_token(replace(TOKEN, revoked=True))
    found = accounts.get_token(TOKEN.token_hash)
    assert found is not None
    assert not found.is_valid(NOW)
    assert TOKEN.is_valid(NOW)
    assert not TOKEN.is_valid(TOKEN.expires_at)


def test_secrets_are_in_no_representation() -> None:
    said = repr(ANNA) + repr(TOKEN)
    assert ANNA.password_hash not in said
    assert "sealed" not in said
    assert TOKEN.token_hash not in said

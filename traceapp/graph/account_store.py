"""Accounts and bearer tokens. One that is not what the service wrote last is none: it opens nothing."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from traceapp.domain.accounts import Account, Token
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import ConcurrentChangeError, InputError, RowAlteredError
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.rights import Role
from traceapp.domain.row_register import RowFault
from traceapp.graph.connection import Graph, Row, Transaction
from traceapp.graph.kept_rows import KeptRows
from traceapp.host.row_register import RowRegister

ACCOUNT: Final = "Account"
TOKEN: Final = "Token"  # noqa: S105 - a label
DECIDING: Final = (
    "uid",
    "username",
    "password_hash",
    "role",
    "sites",
    "lines",
    "lots",
    "created_at",
    "disabled",
    "session_epoch",
    "person",
    "granted_at",
    "left_at",
    "provisional",
    "former_persons",
)
ABSENT: Final = frozenset({"lots", "person", "granted_at", "left_at", "provisional", "former_persons"})
"""Of these none, and an empty one, say the same."""


class AccountStore:
    def __init__(self, graph: Graph, macs: RecordMacs, register: RowRegister) -> None:
        self._graph = graph
        self._register = register
        self._accounts = KeptRows(graph, macs, register, ACCOUNT, "account.get_account", _deciding)
        self._tokens = KeptRows(graph, macs, register, TOKEN, "account.get_token_by_uid", _deciding_of_token)

    def put_account(self, account: Account, read: Account | None = None) -> None:
        """Make an account, or overwrite the one with its uid; its factors and the epoch of its sessions are kept as they are.

        One that was shut without keys is closed or open from then on as `account` says.

        read    what was there when the change was decided.
        raises  InputError: another account has this username. ConcurrentChangeError: what stands there is not what was read.
                RowAlteredError: it is not what the service wrote last.
        """

        def work(transaction: Transaction) -> bytes:
            transaction.run("account.lock_account", uid=account.uid)
            taken = transaction.run("account.get_account_by_username", username=account.username)
            if taken and taken[0]["uid"] != account.uid:
                raise InputError(f"username: {account.username} is taken", (("username", "one that nobody has yet"),))
            stood = transaction.run("account.get_account", uid=account.uid)
            if stood and not self._accounts.stands(stood[0]):
                raise RowAlteredError("the account was changed outside the service")
            if stood and read is not None and _account_row(self._as_it_counts(stood[0])) != _account_row(read):
                raise ConcurrentChangeError("the account was changed by somebody else at this moment")
            kept = {name: stood[0][name] if stood else None for name in ("factors", "factor_version", "session_epoch")}
            oldest_key, row = _oldest_key(account.printed_name, kept["factors"]), _account_row(account)
            mac = self._accounts.note(account.uid, row | kept)
            transaction.run("account.put_account", **row, oldest_key=oldest_key, mac=mac)
            return mac

        self._accounts.write(account.uid, work, "account:put", lambda: self._register.reopen(ACCOUNT, account.uid))

    def get_account(self, uid: str) -> Account | None:
        """The account with this uid, disabled or not; None where there is none, or it is not what the service wrote last."""
        return self._account(self._graph.read("account.get_account", uid=uid))

    def get_account_by_username(self, username: str) -> Account | None:
        """The account with exactly this username, as `get_account`."""
        return self._account(self._graph.read("account.get_account_by_username", username=username))

    def find_by_username(self, username: str) -> tuple[Account | None, RowFault | None]:
        """The same, and what is wrong with the account of this name; in one reading where nothing is."""
        rows = self._graph.read("account.get_account_by_username", username=username)
        found = self._account(rows)
        return found, self._accounts.fault(rows[0]["uid"]) if rows and found is None else None

    def fault(self, uid: str) -> RowFault | None:
        """What is wrong with the account of this uid; None where nothing is, or there never was one."""
        return self._accounts.fault(uid)

    def fault_of_token(self, uid: str) -> RowFault | None:
        """The same of a token, by its public part."""
        return self._tokens.fault(uid)

    def put_factors(self, uid: str, factors: bytes | None, version: int) -> bool:
        """Keep the sealed second factors of a person; False where they were written since `version` was read."""

        def work(transaction: Transaction) -> bytes | None:
            transaction.run("account.lock_account", uid=uid)
            stood = transaction.run("account.get_account", uid=uid)
            if not stood or not self._accounts.stands(stood[0]):
                return None
            oldest_key = _oldest_key(stood[0]["printed_name"], factors)
            mac = self._accounts.note(uid, {**stood[0], "factors": factors, "factor_version": version + 1})
            written = transaction.run(
                "account.put_factors", uid=uid, factors=factors, oldest_key=oldest_key, version=version, mac=mac
            )
            return mac if written else None

        return self._accounts.write(uid, work, "account:factors")

    def advance_session_epoch(self, uid: str) -> None:
        """End every session that the account with this uid has; raises StoreUnavailableError and its kin.

        Of an account that is not what the service wrote last the MAC stays as it is, and proves nothing any more.
        """

        def work(transaction: Transaction) -> bytes | None:
            transaction.run("account.lock_account", uid=uid)
            stood = transaction.run("account.get_account", uid=uid)
            stands = bool(stood) and self._accounts.stands(stood[0])
            if not transaction.run("account.advance_session_epoch", uid=uid) or not stands:
                return None
            (ended,) = transaction.run("account.get_account", uid=uid)
            mac = self._accounts.note(uid, ended)
            transaction.run("account.put_account_mac", uid=uid, mac=mac)
            return mac

        self._accounts.write(uid, work, "session:end")

    def put_token(self, token: Token) -> None:
        """Keep a new token, or overwrite the one with its uid, for instance to revoke it; raises RowAlteredError."""
        row = _token_row(token)

        def work(transaction: Transaction) -> bytes:
            stood = transaction.run("account.get_token_by_uid", uid=token.uid)
            if stood and not self._tokens.stands(stood[0]):
                raise RowAlteredError("the token was changed outside the service")
            mac = self._tokens.note(token.uid, row)
            transaction.run("account.put_token", **row, mac=mac)
            return mac

        self._tokens.write(token.uid, work, "token:put")

    def get_token(self, token_hash: str) -> Token | None:
        """The token whose secret has this SHA-256 (hex), expired and revoked ones too.

        None where there is none, or where it is not what the service wrote last.
        """
        return self._token(self._graph.read("account.get_token", token_hash=token_hash))

    def get_token_by_uid(self, uid: str) -> Token | None:
        """The token with this public part, as `get_token`."""
        return self._token(self._graph.read("account.get_token_by_uid", uid=uid))

    def list_tokens(self, now: datetime, *, row_limit: int) -> tuple[Token, ...]:
        """Every token that has not expired, revoked ones too, in the order of their making."""
        rows = self._graph.read("account.list_tokens", now=stored_time(now), row_limit=row_limit)
        return tuple(_token(row) for row in map(self._tokens.believed, rows) if row is not None)

    def list_tokens_of_account(self, account_uid: str, now: datetime) -> tuple[Token, ...]:
        """The same of one account: all of them, however many others there are."""
        rows = self._graph.read("account.list_tokens_of_account", account_uid=account_uid, now=stored_time(now))
        return tuple(_token(row) for row in map(self._tokens.believed, rows) if row is not None)

    def note_token_use(self, uid: str, used_at: datetime) -> None:
        """Keep when a token was used last."""
        self._graph.overwrite("account.put_token_use", uid=uid, used_at=stored_time(used_at))

    def counting(self, row: Row) -> Account | None:
        """What counts of a row as it was read; None where it is not what the service wrote last."""
        believed = self._accounts.believed(row)
        return self._as_it_counts(believed) if believed is not None else None

    def _account(self, rows: list[Row]) -> Account | None:
        return self.counting(rows[0]) if rows else None

    def _as_it_counts(self, row: Row) -> Account:
        """A proven row; one that was shut without keys is a closed account, whatever it says."""
        account = _account(row)
        return replace(account, disabled=True) if self._register.is_shut(ACCOUNT, account.uid) else account

    def _token(self, rows: list[Row]) -> Token | None:
        row = self._tokens.believed(rows[0]) if rows else None
        return _token(row) if row is not None else None


def _deciding(row: Row) -> Row:
    """What of an account decides what it may do; its ciphertexts come under new keys now and then, and prove themselves."""
    kept = {name: row[name] for name in DECIDING} | {"session_epoch": row["session_epoch"] or 0}
    sealed = {name: row[name] is not None for name in ("printed_name", "factors")}
    return _proven(kept) | sealed | {"factor_version": row["factor_version"] or 0}


def _deciding_of_token(row: Row) -> Row:
    """All of it but when it was used last."""
    return _proven({name: value for name, value in row.items() if name not in {"used_at", "mac"}})


def _proven(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ABSENT or value}


def _oldest_key(*ciphertexts: bytes | bytearray | None) -> str | None:
    """What a rotation looks for; None where nothing is sealed."""
    return oldest_of(key_named(bytes(one)) for one in ciphertexts if one is not None)


def _account_row(account: Account) -> Row:
    return {
        "uid": account.uid,
        "username": account.username,
        "password_hash": account.password_hash,
        "printed_name": account.printed_name,
        "role": account.role.value,
        "sites": sorted(account.sites),
        "lines": sorted(account.lines),
        "lots": sorted(account.lots),
        "created_at": stored_time(account.created_at),
        "disabled": account.disabled,
        "person": account.person,
        "granted_at": stored_time(account.granted_at) if account.granted_at is not None else None,
        "left_at": stored_time(account.left_at) if account.left_at is not None else None,
        "provisional": account.provisional or None,
        "former_persons": sorted(account.former_persons) or None,
    }


def _account(row: Row) -> Account:
    told = _typed(row, "created_at")
    del told["mac"]
    factors = bytes(told["factors"]) if told["factors"] is not None else None
    for name in ("granted_at", "left_at"):
        told[name] = parse_stored_time(row[name]) if row[name] else None
    told |= {"provisional": bool(row["provisional"]), "former_persons": frozenset(row["former_persons"] or ())}
    return Account(**{**told, "factors": factors, "factor_version": told["factor_version"] or 0})


def _token_row(token: Token) -> Row:
    return {
        "uid": token.uid,
        "token_hash": token.token_hash,
        "account_uid": token.account_uid,
        "role": token.role.value,
        "sites": sorted(token.sites),
        "lines": sorted(token.lines),
        "lots": sorted(token.lots),
        "only": sorted(one.value for one in token.only) if token.only is not None else None,
        "purpose": token.purpose.value if token.purpose else None,
        "networks": list(token.networks),
        "label": token.label,
        "created_at": stored_time(token.created_at),
        "expires_at": stored_time(token.expires_at),
        "revoked": token.revoked,
    }


def _token(row: Row) -> Token:
    told = _typed(row, "created_at", "expires_at")
    del told["mac"]
    told["only"] = frozenset(map(Permission, row["only"])) if row["only"] is not None else None
    told["purpose"] = Purpose(row["purpose"]) if row["purpose"] else None
    told["networks"] = tuple(row["networks"] or ())
    told["used_at"] = parse_stored_time(row["used_at"]) if row["used_at"] else None
    return Token(**told)


def _typed(row: Row, *times: str) -> dict[str, Any]:
    """The columns with their types of the domain."""
    return {
        **row,
        "role": Role(row["role"]),
        "sites": frozenset(row["sites"]),
        "lines": frozenset(row["lines"]),
        "lots": frozenset(row["lots"] or ()),
        **{name: parse_stored_time(row[name]) for name in times},
    }

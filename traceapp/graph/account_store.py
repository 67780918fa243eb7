"""Accounts and bearer tokens. One that somebody changed in the store by hand is none: it opens nothing.

What is proven is all that decides what somebody may do: whoever keeps more such records gives them a MAC by
`RecordMacs.row(label, row)` when they are written, and asks `RecordMacs.proves_row` whenever they are read.
"""

import uuid
from datetime import datetime
from typing import Any, Final

from traceapp.domain.accounts import Account, Token
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import InputError
from traceapp.domain.keys import key_named, oldest_of
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.record_macs import RecordMacs
from traceapp.domain.rights import Role
from traceapp.graph.connection import Graph, Row, Transaction

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
)


class AccountStore:
    def __init__(self, graph: Graph, macs: RecordMacs) -> None:
        self._graph = graph
        self._macs = macs

    def put_account(self, account: Account) -> None:
        """Make an account, or overwrite the one with its uid; the epoch of its sessions is kept as it is.

        raises  InputError: another account has this username.
        """

        def work(transaction: Transaction) -> None:
            transaction.run("account.lock_account", uid=account.uid)
            taken = transaction.run("account.get_account_by_username", username=account.username)
            if taken and taken[0]["uid"] != account.uid:
                raise InputError(f"username: {account.username} is taken", (("username", "one that nobody has yet"),))
            stood = transaction.run("account.get_account", uid=account.uid)
            kept = {name: stood[0][name] if stood else None for name in ("factors", "factor_version", "session_epoch")}
            oldest_key, row = _oldest_key(account.printed_name, kept["factors"]), _account_row(account)
            mac = self._macs.row(ACCOUNT, _deciding(row | kept))
            transaction.run("account.put_account", **row, oldest_key=oldest_key, mac=mac)

        self._graph.write(work, command=uuid.uuid4().hex, act="account:put")

    def get_account(self, uid: str) -> Account | None:
        """The account with this uid, disabled or not; None where there is none, or where it is not as it was written."""
        return self._account(self._graph.read("account.get_account", uid=uid))

    def get_account_by_username(self, username: str) -> Account | None:
        """The account with exactly this username, as `get_account`."""
        return self._account(self._graph.read("account.get_account_by_username", username=username))

    def find_by_username(self, username: str) -> tuple[Account | None, bool]:
        """The same, and whether there is an account of this name that is not as it was written; in one reading."""
        rows = self._graph.read("account.get_account_by_username", username=username)
        found = self._account(rows)
        return found, bool(rows) and found is None

    def is_altered(self, uid: str) -> bool:
        """Whether there is an account with this uid that is not as it was written."""
        rows = self._graph.read("account.get_account", uid=uid)
        return bool(rows) and not self._proves_account(rows[0])

    def is_altered_token(self, token_hash: str) -> bool:
        """The same of a token, by the hash of its secret."""
        rows = self._graph.read("account.get_token", token_hash=token_hash)
        return bool(rows) and not self._proves_token(rows[0])

    def put_factors(self, uid: str, factors: bytes | None, version: int) -> bool:
        """Keep the sealed second factors of a person; False where they were written since `version` was read."""

        def work(transaction: Transaction) -> list[Row]:
            transaction.run("account.lock_account", uid=uid)
            stood = transaction.run("account.get_account", uid=uid)
            if not stood or not self._proves_account(stood[0]):
                return []
            oldest_key = _oldest_key(stood[0]["printed_name"], factors)
            mac = self._macs.row(ACCOUNT, _deciding({**stood[0], "factors": factors, "factor_version": version + 1}))
            return transaction.run(
                "account.put_factors", uid=uid, factors=factors, oldest_key=oldest_key, version=version, mac=mac
            )

        return bool(self._graph.write(work, command=uuid.uuid4().hex, act="account:factors"))

    def advance_session_epoch(self, uid: str) -> None:
        """End every session that the account with this uid has; raises StoreUnavailableError and its kin.

        Of an account that is not as it was written the MAC stays as it is: nothing is made good by writing it again.
        """

        def work(transaction: Transaction) -> None:
            ended = transaction.run("account.advance_session_epoch", uid=uid)
            if not ended:
                return
            (stood,) = transaction.run("account.get_account", uid=uid)
            if self._proves_account({**stood, "session_epoch": stood["session_epoch"] - 1}):
                transaction.run("account.put_account_mac", uid=uid, mac=self._macs.row(ACCOUNT, _deciding(stood)))

        self._graph.write(work, command=uuid.uuid4().hex, act="session:end")

    def put_token(self, token: Token) -> None:
        """Keep a new token, or overwrite the one with its uid, for instance to revoke it."""
        row = _token_row(token)
        self._graph.write(
            lambda transaction: transaction.run("account.put_token", **row, mac=self._macs.row(TOKEN, _proven(row))),
            command=uuid.uuid4().hex,
            act="token:put",
        )

    def get_token(self, token_hash: str) -> Token | None:
        """The token whose secret has this SHA-256 (hex), expired and revoked ones too.

        None where there is none, or where it is not as it was written.
        """
        rows = self._graph.read("account.get_token", token_hash=token_hash)
        return _token(rows[0]) if rows and self._proves_token(rows[0]) else None

    def get_token_by_uid(self, uid: str) -> Token | None:
        """The token with this public part, as `get_token`."""
        rows = self._graph.read("account.get_token_by_uid", uid=uid)
        return _token(rows[0]) if rows and self._proves_token(rows[0]) else None

    def list_tokens(self, now: datetime, *, row_limit: int) -> tuple[Token, ...]:
        """Every token that has not expired, revoked ones too, in the order of their making."""
        rows = self._graph.read("account.list_tokens", now=stored_time(now), row_limit=row_limit)
        return tuple(_token(row) for row in rows if self._proves_token(row))

    def note_token_use(self, uid: str, used_at: datetime) -> None:
        """Keep when a token was used last."""
        self._graph.overwrite("account.put_token_use", uid=uid, used_at=stored_time(used_at))

    def _account(self, rows: list[Row]) -> Account | None:
        return _account(rows) if rows and self._proves_account(rows[0]) else None

    def _proves_account(self, row: Row) -> bool:
        return self._macs.proves_row(ACCOUNT, _deciding(row) | {"mac": _mac(row)})

    def _proves_token(self, row: Row) -> bool:
        told = {name: value for name, value in row.items() if name != "used_at"}
        return self._macs.proves_row(TOKEN, _proven(told) | {"mac": _mac(row)})


def _mac(row: Row) -> Any:
    mac = row["mac"]
    return bytes(mac) if isinstance(mac, bytearray) else mac


def _deciding(row: Row) -> Row:
    """What of an account decides what it may do; its ciphertexts come under new keys now and then, and prove themselves."""
    kept = {name: row[name] for name in DECIDING} | {"session_epoch": row["session_epoch"] or 0}
    sealed = {name: row[name] is not None for name in ("printed_name", "factors")}
    return _proven(kept) | sealed | {"factor_version": row["factor_version"] or 0}


def _proven(row: Row) -> Row:
    """Without the lots where there are none: no list, and an empty one, say the same."""
    return {name: value for name, value in row.items() if name != "lots" or value}


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
    }


def _account(rows: list[Row]) -> Account | None:
    if not rows:
        return None
    told = _typed(rows[0], "created_at")
    del told["mac"]
    factors = bytes(told["factors"]) if told["factors"] is not None else None
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

"""The key provider is away, and somebody must be shut out all the same: whoever has the service's files does it, on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from traceapp.domain.accounts import normal_username
from traceapp.domain.errors import InputError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.domain.rights import Actor
from traceapp.graph.revocation_store import RevocationStore
from traceapp.ledger.client import LedgerClient
from traceapp.usecases.changes import carry_out_as


@dataclass(frozen=True, slots=True)
class KeylessStations:
    """What of the stations needs no key. No policy either, which is proven by one: nobody's role is asked."""

    store: RevocationStore
    ledger: LedgerClient
    request_id: str | None = None


def revoke_session(stations: KeylessStations, actor: Actor, uid: str) -> LedgerReceipt:
    """End one session; an unknown one changes nothing. raises LedgerUnavailableError, StoreError and its kinds."""
    return _carry_out(stations, actor, Permission.SESSION_STOP, {"ended": uid}, lambda: stations.store.revoke_session(uid))


def revoke_sessions_of(stations: KeylessStations, actor: Actor, username: str) -> LedgerReceipt:
    """End all sessions of a person. raises what `revoke_session` raises; InputError: nobody has this name."""

    def work() -> None:
        if not stations.store.revoke_sessions_of(normal_username(username)):
            raise InputError("username: nobody has this name", (("username", "the name of an account"),))

    return _carry_out(stations, actor, Permission.SESSION_STOP, {"username": username}, work)


def close_account(stations: KeylessStations, actor: Actor, username: str) -> LedgerReceipt:
    """Close an account until it is opened again, with the keys; its sessions end. raises what `revoke_sessions_of` raises."""

    def work() -> None:
        if not stations.store.shut_account(normal_username(username)):
            raise InputError("username: nobody has this name", (("username", "the name of an account"),))

    return _carry_out(stations, actor, Permission.ACCOUNT_CHANGE, {"username": username, "changed": "closed"}, work)


def revoke_token(stations: KeylessStations, actor: Actor, uid: str) -> LedgerReceipt:
    """Refuse a token from the next request on, for good. raises what `revoke_session` raises; InputError: none has this id."""

    def work() -> None:
        if not stations.store.revoke_token(uid):
            raise InputError("token: none has this id", (("token", "the 16 digits after tat_"),))

    return _carry_out(stations, actor, Permission.TOKEN_REVOKE, {"token": uid}, work)


def _carry_out(
    stations: KeylessStations, actor: Actor, act: Permission, request: Mapping[str, str], work: Callable[[], None]
) -> LedgerReceipt:
    """As `changes.carry_out`, without the policy and dictionary that a decision would stand on."""
    who = {"account": actor.account_uid, "username": actor.username, "role": actor.role.value, "through": actor.through}

    def entry(outcome: str, told: Mapping[str, Any], **said: Any) -> LedgerEntry:
        return LedgerEntry(act=act.value, outcome=outcome, actor=who, request=told, request_id=stations.request_id, **said)

    return carry_out_as(stations.ledger, entry, {**request, "keys": "away"}, work).receipt

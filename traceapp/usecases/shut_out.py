"""The key provider is away, and somebody must be shut out all the same: whoever has the service's files does it, on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from traceapp.domain.accounts import normal_username
from traceapp.domain.errors import InputError, TraceappError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, LedgerReceipt
from traceapp.domain.rights import Actor
from traceapp.graph.door_store import DoorStore
from traceapp.ledger.client import LedgerClient


@dataclass(frozen=True, slots=True)
class Doors:
    """What of the stations needs no key. No policy either, which is proven by one: nobody's role is asked."""

    store: DoorStore
    ledger: LedgerClient


def shut_session(doors: Doors, actor: Actor, uid: str) -> LedgerReceipt:
    """End one session; an unknown one changes nothing. raises LedgerUnavailableError, StoreError and its kinds."""
    return _carry_out(doors, actor, Permission.SESSION_STOP, {"ended": uid}, lambda: doors.store.end_session(uid))


def shut_person(doors: Doors, actor: Actor, username: str) -> LedgerReceipt:
    """End all sessions of a person. raises what `shut_session` raises; InputError: nobody has this name."""

    def work() -> None:
        if not doors.store.end_sessions_of(normal_username(username)):
            raise InputError("username: nobody has this name", (("username", "the name of an account"),))

    return _carry_out(doors, actor, Permission.SESSION_STOP, {"username": username}, work)


def shut_token(doors: Doors, actor: Actor, uid: str) -> LedgerReceipt:
    """Refuse a token from the next request on, for good. raises what `shut_session` raises; InputError: none has this id."""

    def work() -> None:
        if not doors.store.take_token_away(uid):
            raise InputError("token: none has this id", (("token", "the 16 digits after tat_"),))

    return _carry_out(doors, actor, Permission.TOKEN_REVOKE, {"token": uid}, work)


def _carry_out(
    doors: Doors, actor: Actor, act: Permission, request: Mapping[str, str], work: Callable[[], None]
) -> LedgerReceipt:
    """As `access.carry_out`, without the policy and dictionary that a decision would stand on."""
    who = {"account": actor.account_uid, "username": actor.username, "role": actor.role.value, "through": actor.through}
    told = {**request, "keys": "away"}

    def entry(outcome: str, reason: str | None = None, **more: int) -> LedgerEntry:
        return LedgerEntry(act=act.value, outcome=outcome, actor=who, request={**told, **more}, reason=reason)

    intent = doors.ledger.append(entry("intended"))
    try:
        work()
    except TraceappError as error:
        doors.ledger.append(entry("failed", type(error).__name__, intent=intent.seq))
        raise
    return doors.ledger.append(entry("done", intent=intent.seq))

"""How often somebody may try: per address, per account and over all, counted for all workers together.

Only what failed counts. An account is counted under the name that was typed, whether it exists or not, so that being
turned away tells nothing; and it is kept as an HMAC, since people type passwords into the wrong field.
"""

import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, Storage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from traceapp.domain.accounts import fold_username
from traceapp.domain.sessions import network_of
from traceapp.web.limit_store import FILE, SCHEME, SharedCounts, seconds_until

REFUSALS_A_MINUTE: Final = 120
_REFUSALS: Final = tuple(parse_many(f"{REFUSALS_A_MINUTE}/minute"))
_OF_ADDRESS: Final = tuple(parse_many("10/minute;100/hour"))
_OF_ACCOUNT: Final = tuple(parse_many("10/15 minutes"))
_OF_ALL: Final = tuple(parse_many("100/5 minutes"))
_OF_FACTOR: Final = tuple(parse_many("5/minute;30/hour"))
_ONCE: Final = tuple(parse_many("1/10 minutes"))
_ALARM: Final = tuple(parse_many("1/minute"))
_KNOWN_SECONDS: Final = 30 * 24 * 3600
_EXTENSION: Final = "traceapp.limits"


class Limits:
    """The counts of one service."""

    def __init__(self, storage: Storage, key: bytes) -> None:
        self._storage = storage
        self._windows = MovingWindowRateLimiter(storage)
        self._key = key

    def check(self, limits: tuple[RateLimitItem, ...], *whom: str) -> None:
        """Raises TooManyRequests where one of these limits is used up; counts nothing."""
        for limit in limits:
            if not self._windows.test(limit, *whom):
                raise TooManyRequests(retry_after=seconds_until(self._windows.get_window_stats(limit, *whom).reset_time))

    def count(self, limits: tuple[RateLimitItem, ...], *whom: str) -> bool:
        """One more try; whether it was within all of these limits."""
        within = [self._windows.hit(limit, *whom) for limit in limits]
        return all(within)

    def take(self, limits: tuple[RateLimitItem, ...], *whom: str) -> None:
        """Count first and look then, so that many tries at one moment are not let in together; raises TooManyRequests."""
        if not self.count(limits, *whom):
            self.check(limits, *whom)

    def forget(self, limits: tuple[RateLimitItem, ...], *whom: str) -> None:
        for limit in limits:
            self._windows.clear(limit, *whom)

    def is_open(self, limits: tuple[RateLimitItem, ...], *whom: str) -> bool:
        return all(self._windows.test(limit, *whom) for limit in limits)

    def know(self, network: str) -> None:
        """Somebody signed in from here."""
        self._storage.incr(f"known/{network}", _KNOWN_SECONDS)

    def knows(self, network: str) -> bool:
        return self._storage.get(f"known/{network}") > 0

    def veiled(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()


def take_sign_in(username: str, alarm: Callable[[], None]) -> None:
    """Before a password is looked at.

    The limit over all is for a spray from many addresses: while it is used up, only networks from which somebody signed
    in within 30 days are let through.
    alarm   called once a minute while that is so.
    raises  TooManyRequests.
    """
    _check_address(alarm)
    _limits().take(_OF_ACCOUNT, "account", _veiled(username))


def _check_address(alarm: Callable[[], None]) -> None:
    limits, address = _limits(), _address()
    limits.check(_OF_ADDRESS, "sign-in", address)
    if not limits.is_open(_OF_ALL, "sign-in") and not limits.knows(network_of(address)):
        if limits.count(_ALARM, "alarm"):
            alarm()
        limits.check(_OF_ALL, "sign-in")


def count_failed_sign_in() -> None:
    """One more wrong password, of this address and over all."""
    limits = _limits()
    limits.count(_OF_ADDRESS, "sign-in", _address())
    limits.count(_OF_ALL, "sign-in")


def count_signed_in(username: str) -> None:
    """Whoever gets in does not count: a whole office may share one address. Its network is known from now on."""
    limits = _limits()
    limits.forget(_OF_ACCOUNT, "account", _veiled(username))
    limits.know(network_of(_address()))


def take_component(account_uid: str, alarm: Callable[[], None]) -> None:
    """Before a user name, a password or a second factor of somebody in a session is looked at.

    By address and over all as at the door, and by the account of the session. Tries of others at its name do not count here: a
    stranger who guesses at the door keeps nobody from signing.
    raises  TooManyRequests.
    """
    _limits().take(_OF_FACTOR, "factor", account_uid)
    _check_address(alarm)


def count_wrong_component(username: str) -> None:
    """It was wrong: one more try at this name as well, so that whoever guesses in a session does not go on at the door."""
    count_failed_sign_in()
    _limits().count(_OF_ACCOUNT, "account", _veiled(username))


def forget_component(account_uid: str) -> None:
    """It was right."""
    _limits().forget(_OF_FACTOR, "factor", account_uid)


def use_once(what: str) -> bool:
    """Whether this was not used within the last ten minutes; it is now."""
    return _limits().count(_ONCE, "once", what)


def count_refusal() -> None:
    """One more caller with wrong credentials; raises TooManyRequests, so that nobody fills the ledger or tires the store."""
    limits = _limits()
    if not limits.count(_REFUSALS, "refusal", _address()):
        limits.check(_REFUSALS, "refusal", _address())


def register(app: Flask, home: Path | None) -> None:
    """home  where the counts are shared between workers; None for one process, which keeps them in its memory."""
    storage: Storage = SharedCounts(f"{SCHEME}://{home / FILE}") if home is not None else MemoryStorage()
    app.extensions[_EXTENSION] = Limits(storage, cast("Any", app.secret_key))


def _limits() -> Limits:
    return cast("Limits", current_app.extensions[_EXTENSION])


def _veiled(username: str) -> str:
    return _limits().veiled(fold_username(username))


def _address() -> str:
    return request.remote_addr or ""

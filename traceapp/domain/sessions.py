"""A person's stay in one browser: when it ends, and how it is known to be in other hands."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from traceapp.domain.clock import stored_time
from traceapp.domain.purposes import Purpose

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=12)
HALF_WAY: Final = timedelta(minutes=5)
"""How long the second factor is waited for."""
COARSE: Final = timedelta(minutes=1)
"""Last use is written no more often than this, so that a read does not become a write each time."""
TWO_PLACES: Final = timedelta(minutes=2)
"""Back on a network that was left less than this ago: two clients at once, not one that travels."""
LONGEST_AGENT: Final = 200
_V4_PREFIX: Final = 24
_V6_PREFIX: Final = 48


@dataclass(frozen=True, slots=True)
class Client:
    """Who holds the other end: network address as the service saw it, and what the browser calls itself."""

    address: str
    agent: str

    @property
    def network(self) -> str:
        return network_of(self.address)


@dataclass(frozen=True, slots=True)
class Session:
    """uid         16 hex digits, told in lists and in the ledger; opens nothing.
    secret_hash    SHA-256 (hex) of the 256 bits in the cookie; another one after every rotation.
    binding        MAC over what it may do and over the account's state in which it was begun; where one of them changes
                   by another hand than ours, the session is over.
    factor_due     the password was right and the second factor is still waited for: nobody is signed in yet.
    seen_at        last use, coarse.   ends_at: the latest end, whatever happens.
    address        of the last request that was noted; agent: the browser's own words, cut to 200 characters.
    grant          uid of a break-glass access that was begun in it; it may have ended.
    left_network   the network before this one, and moved_at when it was left; empty where it never moved.
    signed_at      when something was signed in it last; None where nothing was, or it came to another network since.
    version        how often it was written; a write names the one that it has read.
    factors        what proved the person, in order: "password", "provider", "passkey", "code", "recovery code".
    """

    uid: str
    secret_hash: str = field(repr=False)
    account_uid: str
    binding: str = field(repr=False)
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str
    factor_due: bool = False
    factor_at: datetime | None = None
    purpose: Purpose | None = None
    grant: str = ""
    left_network: str = ""
    moved_at: datetime | None = None
    version: int = 0
    factors: tuple[str, ...] = ()
    signed_at: datetime | None = None

    def bound_text(self, account_state: str) -> str:
        """What the MAC is over: whoever can write into the store alone can neither make nor widen a session."""
        times = (self.begun_at, self.ends_at, self.factor_at, self.seen_at, self.moved_at)
        said = (
            "session",
            account_state,
            self.uid,
            self.secret_hash,
            self.account_uid,
            *(stored_time(moment) if moment is not None else "" for moment in times),
            str(self.factor_due),
            self.purpose.value if self.purpose is not None else "",
            self.grant,
            self.agent,
            self.address,
            self.left_network,
            ",".join(self.factors),
            *((stored_time(self.signed_at),) if self.signed_at is not None else ()),
        )
        return "".join(f"{len(part)}:{part}" for part in said)

    def with_factor(self, kind: str) -> Session:
        """The same once this proved the person as well."""
        return self if kind in self.factors else replace(self, factors=(*self.factors, kind))

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at or now - self.seen_at > IDLE

    def is_of(self, client: Client, now: datetime) -> bool:
        """Whether this is the browser that it was begun in, and in one place.

        A browser may change its network: telephones do. It may not change what it calls itself, nor be met again on a
        network that it left moments ago.
        """
        back = client.network == self.left_network and self.moved_at is not None and now - self.moved_at <= TWO_PLACES
        return self.agent == client.agent[:LONGEST_AGENT] and not back

    def has_moved(self, client: Client) -> bool:
        return client.network != network_of(self.address)

    def is_worth_noting(self, client: Client, now: datetime) -> bool:
        return self.has_moved(client) or now - self.seen_at >= COARSE

    def seen(self, client: Client, now: datetime) -> Session:
        """The same after this use. On another network what was proven before counts no more, for a signature either."""
        if not self.has_moved(client):
            return replace(self, seen_at=now, address=client.address)
        left = network_of(self.address)
        return replace(self, seen_at=now, address=client.address, factor_at=None, signed_at=None, left_network=left, moved_at=now)


def network_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one; anything else stands for itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = mapped or found
    prefix = _V4_PREFIX if found.version == 4 else _V6_PREFIX
    return str(ipaddress.ip_network(f"{found}/{prefix}", strict=False))

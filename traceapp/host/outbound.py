"""Which addresses the service may call by itself: hosts by name from a list, over TLS, never into the inner network.

An address that somebody else chose (an identity provider's key set, a web hook) could point at a machine that only
this host can reach. So a host must be on the list, and what its name resolves to must be public, or in a network that the
administrator opened. Between the check and the call the name may change what it resolves to: connect to the address
that was checked (`Destination.addresses`, or `connect`), and follow no redirect without asking again.
"""

import ipaddress
import socket
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from traceapp.domain.errors import OutboundError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Iterable[str]]
LONGEST: Final = 2000
CONNECT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that may be called: `addresses` are what its host resolved to when it was checked, at least one."""

    url: str
    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]


def resolve(host: str, port: int) -> tuple[str, ...]:
    """What the system says the name stands for; raises OutboundError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise OutboundError(f"the host {host} is not known") from None
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class OutboundGuard:
    """hosts     names that may be called, small letters; nothing else is.
    networks  ranges that are not public and may be called all the same; http is taken there too."""

    hosts: Collection[str]
    networks: Collection[Network] = ()

    def check(self, url: str, look_up: Resolve = resolve) -> Destination:
        """Take the address apart and look at every part.

        raises  OutboundError: not https (http only in an opened network), with a user in it, a host that is not on the
                list or is not known, or one that resolves to an inner address.
        """
        host, port, scheme = _parts(url)
        if host not in self.hosts:
            raise OutboundError(f"the host {host} is not on the list of hosts that may be called")
        addresses = tuple(look_up(host, port))
        found = [_plain(address) for address in addresses]
        if not found:
            raise OutboundError(f"the host {host} is not known")
        for address in found:
            opened = any(address.version == network.version and address in network for network in self.networks)
            if not opened and not _is_public(address):
                raise OutboundError(f"the host {host} resolves to an address of an inner network")
            if scheme == "http" and not opened:
                raise OutboundError(f"the address of {host} wants https")
        return Destination(url, scheme, host, port, addresses)

    def connect(self, url: str, look_up: Resolve = resolve) -> socket.socket:
        """A connection to the address that was checked, not to what the name says a moment later; raises OutboundError."""
        wanted = self.check(url, look_up)
        for address in wanted.addresses:
            try:
                return socket.create_connection((address, wanted.port), timeout=CONNECT_SECONDS)
            except OSError:
                continue
        raise OutboundError(f"the host {wanted.host} does not answer")


def parse_networks(text: str) -> tuple[Network, ...]:
    """`10.1.0.0/16, fd00::/8`; raises ValueError saying which of them is none."""
    found = []
    for place, word in enumerate((part.strip() for part in text.split(",")), 1):
        if not word:
            continue
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError:
            raise ValueError(f"wanted networks such as 10.1.0.0/16, separated by commas; number {place} is none") from None
    return tuple(found)


def _parts(url: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise OutboundError("the address cannot be read") from None
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or "\\" in url or " " in url:
        raise OutboundError("the address cannot be read")
    if parts.scheme not in {"http", "https"} or not host:
        raise OutboundError("the address wants https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise OutboundError("the address carries a user or password")
    return host, port or {"http": 80, "https": 443}[parts.scheme], parts.scheme


def _plain(text: str) -> Address:
    """The address itself: an IPv4 address in IPv6 clothes is the IPv4 one."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise OutboundError("the host resolves to no address") from None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        nat64 = ipaddress.IPv6Network("64:ff9b::/96")
        if address in nat64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)

"""Whose address a request has: the other end of the connection, unless that is a proxy that the settings name.

Whoever is no such proxy can write any address into `X-Forwarded-For`: what he claims is passed over, and noted in the
records of what he did.
"""

import ipaddress
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from flask import request

from traceapp.host.outbound import Network

CLAIMS: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_TRUE_CLIENT_IP")
"""Headers by which somebody says that he is somebody else; from a trusted proxy the first one counts."""
MOST_HOPS: Final = 20
_CLAIMED: Final = "traceapp.claimed_address"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ClientAddress:
    """Puts the address that counts into `REMOTE_ADDR` before anything else sees the request."""

    def __init__(self, application: Application, proxies: Collection[Network]) -> None:
        self._application = application
        self._proxies = proxies

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        if self._is_proxy(peer):
            environ["REMOTE_ADDR"] = self._behind(peer, environ.get("HTTP_X_FORWARDED_FOR", ""))
        else:
            said = next((environ[name] for name in CLAIMS if environ.get(name)), None)
            if said is not None:
                environ[_CLAIMED] = _first_address(said)
        return self._application(environ, start_response)

    def _behind(self, peer: str, forwarded: str) -> str:
        """From the nearest hop outwards, as long as each one was named by a proxy of ours."""
        found = peer
        for hop in reversed(forwarded.split(",")[-MOST_HOPS:]):
            try:
                found = str(ipaddress.ip_address(hop.strip()))
            except ValueError:
                break
            if not self._is_proxy(found):
                break
        return found

    def _is_proxy(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        plain = mapped or address
        return any(plain.version == network.version and plain in network for network in self._proxies)


def claimed_address() -> str:
    """What the caller said that he is, where that did not count; empty where he claimed nothing."""
    return str(request.environ.get(_CLAIMED, ""))


def _first_address(said: str) -> str:
    """Never his own words: an address, or that it was none."""
    try:
        return str(ipaddress.ip_address(said.split(",", 1)[0].strip()))
    except ValueError:
        return "no address"

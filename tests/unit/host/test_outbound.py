"""What the service may call by itself: names on the list, over TLS, and no machine that only this host can reach."""

from ipaddress import ip_network

import pytest

from traceapp.domain.errors import OutboundError
from traceapp.host.outbound import OutboundGuard, parse_networks

PUBLIC = "93.184.215.14"
INNER = ip_network("10.1.0.0/16")
GUARD = OutboundGuard(("id.example.org", "10.1.0.7", "169.254.169.254", "::1"))
OPENED = OutboundGuard(("id.example.org", "10.1.0.7"), (INNER,))


def test_a_listed_host_over_tls_may_be_called() -> None:
    found = GUARD.check("https://ID.example.org/keys?x=1", lambda host, port: [PUBLIC])

    assert (found.host, found.port, found.addresses) == ("id.example.org", 443, (PUBLIC,))


REFUSED = {
    "another host": "https://evil.example.org/",
    "a host that begins like it": "https://id.example.org.evil.example/",
    "a user part": "https://id.example.org@evil.example/",
    "a user of the listed host": "https://x:y@id.example.org/",
    "plain http": "http://id.example.org/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://id.example.org/",
    "no host": "https:///x",
    "a backslash": "https://id.example.org\\@evil.example/",
    "a port that is none": "https://id.example.org:99999/",
    "a line break": "https://id.example.org/\r\nHost: x",
    "too long": "https://id.example.org/" + "x" * 2000,
    "loopback": "https://[::1]/",
    "the cloud's own address": "https://169.254.169.254/latest/meta-data/",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_an_odd_address_is_refused(url: str) -> None:
    with pytest.raises(OutboundError):
        GUARD.check(url, lambda host, port: [host] if host in {"::1", "169.254.169.254"} else [PUBLIC])


NOT_PUBLIC = [
    "127.0.0.1", "10.1.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
    "no address",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_listed_name_that_stands_for_an_inner_address_is_refused(address: str) -> None:
    with pytest.raises(OutboundError):
        GUARD.check("https://id.example.org/", lambda host, port: [PUBLIC, address])


def test_an_opened_network_may_be_called_even_without_tls() -> None:
    assert OPENED.check("http://10.1.0.7:8080/", lambda host, port: [host]).port == 8080


def test_the_next_network_may_not() -> None:
    with pytest.raises(OutboundError, match="inner network"):
        OPENED.check("https://id.example.org/", lambda host, port: ["10.2.0.7"])


def test_an_opened_network_does_not_open_plain_http_to_the_world() -> None:
    with pytest.raises(OutboundError, match="https"):
        OPENED.check("http://id.example.org/", lambda host, port: [PUBLIC])


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that stands for another address a moment later is not asked again."""
    asked: list[str] = []
    guard = OutboundGuard(("id.example.org",), (ip_network("127.0.0.1"),))

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]

    with pytest.raises(OutboundError, match="does not answer"):
        guard.connect("https://id.example.org:1/", rebinding)
    assert asked == ["id.example.org"]


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"^wanted networks such as 10.1.0.0/16, separated by commas; number 2 is none$"):
        parse_networks("10.1.0.0/16, ten")

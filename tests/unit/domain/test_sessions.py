"""When a session is over, and when it is in other hands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from traceapp.domain.sessions import IDLE, LONGEST, Client, Session, network_of

NOW = datetime(2026, 3, 2, 10, 0, 0, 0, UTC)
HOME, STREET, ELSEWHERE = "192.0.2.17", "2001:db8:1:2::9", "203.0.113.5"
PHONE = "Mozilla/5.0 (Android 15) Firefox/140.0"
SESSION = Session("a" * 16, "1" * 64, "f" * 32, "b" * 64, NOW, NOW, NOW + LONGEST, HOME, PHONE, factor_at=NOW)


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def test_a_session_is_over_by_idleness_or_by_age() -> None:
    assert not SESSION.is_over(NOW + IDLE)
    assert SESSION.is_over(NOW + IDLE + timedelta(seconds=1))
    assert replace(SESSION, seen_at=NOW + LONGEST).is_over(NOW + LONGEST)


@pytest.mark.parametrize("address", [HOME, "192.0.2.200", STREET, ELSEWHERE])
def test_a_telephone_may_change_its_network(address: str) -> None:
    assert SESSION.is_of(Client(address, PHONE), minutes(1))


def test_another_browser_is_another_client() -> None:
    assert not SESSION.is_of(Client(HOME, PHONE + " x"), minutes(1))


@pytest.mark.parametrize(("after", "same"), [(1, False), (2, False), (2.1, True), (60, True)])
def test_two_networks_at_once_are_two_clients(after: float, same: bool) -> None:
    moved = SESSION.seen(Client(STREET, PHONE), NOW)

    assert moved.is_of(Client(STREET, PHONE), minutes(after))
    assert moved.is_of(Client(ELSEWHERE, PHONE), minutes(after))
    assert moved.is_of(Client(HOME, PHONE), minutes(after)) is same


def test_a_second_factor_does_not_travel() -> None:
    assert SESSION.seen(Client("192.0.2.99", PHONE), minutes(1)).factor_at == NOW
    assert SESSION.seen(Client(STREET, PHONE), minutes(1)).factor_at is None


def test_a_use_is_worth_noting_once_a_minute_or_on_another_network() -> None:
    same, moved = Client(HOME, PHONE), Client(STREET, PHONE)

    assert not SESSION.is_worth_noting(same, NOW + timedelta(seconds=59))
    assert SESSION.is_worth_noting(same, minutes(1))
    assert SESSION.is_worth_noting(moved, NOW)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.17", "192.0.2.0/24"),
        ("::ffff:192.0.2.17", "192.0.2.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network

"""Somebody who rang an alert wants it gone."""

import pytest

from tests.conftest import MakeActor
from tests.recorded import records
from traceapp.composition import terminal_actor
from traceapp.domain.alerts import Alert, AlertLevel
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import PermissionDeniedError
from traceapp.domain.rights import Actor, Role
from traceapp.ledger.alert_book import Progress, Rung
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.alerts.acknowledge_alert import acknowledge_alert
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store
EVERYWHERE = frozenset({"*"})


def about(stations: Stations, group: str) -> Alert:
    alert = Alert("d" * 32, "break-glass", AlertLevel.HIGH, SystemClock().now(), group, "", (1,), 1)
    stations.alerts.put([Rung(alert)], (), Progress(1, "", {}), SystemClock().now())
    return alert


def account(stations: Stations, name: str, role: Role, *, person: str | None = None) -> Actor:
    same = {"person": person} if person is not None else {}
    uid = create_account(
        stations, terminal_actor(), name, "correct horse battery", name, role, EVERYWHERE, EVERYWHERE, **same
    ).value
    return Actor(uid, name, role, EVERYWHERE, EVERYWHERE, through="session", session="0" * 16)


def stays_open(stations: Stations, actor: Actor, alert: Alert) -> None:
    with pytest.raises(PermissionDeniedError):
        acknowledge_alert(stations, actor, alert.uid)
    kept = stations.alerts.get_alert(alert.uid)
    assert kept is not None
    assert kept.acknowledged_at is None
    assert [one["outcome"] for one in records(stations, act="alert:acknowledge")] == ["denied"]


def test_attacker_does_not_acknowledge_an_alert_about_himself(stations: Stations) -> None:
    mallory = account(stations, "mallory", Role.QUALITY)

    stays_open(stations, mallory, about(stations, mallory.account_uid))


def test_attacker_does_not_acknowledge_an_alert_that_names_him_among_two(stations: Stations) -> None:
    mallory = account(stations, "mallory", Role.QUALITY)

    stays_open(stations, mallory, about(stations, f"{'e' * 32} {mallory.account_uid}"))


def test_attacker_does_not_acknowledge_it_by_his_second_account(stations: Stations) -> None:
    first = account(stations, "mallory", Role.COORDINATOR)
    second = account(stations, "mallory-q", Role.QUALITY, person=first.account_uid)

    stays_open(stations, second, about(stations, first.account_uid))


def test_attacker_does_not_acknowledge_it_by_a_token(stations: Stations, actor: MakeActor) -> None:
    token = Actor("1" * 16, "token:x", Role.ADMIN, EVERYWHERE, EVERYWHERE, through="token", owner="2" * 32)

    stays_open(stations, token, about(stations, "e" * 32))


def test_attacker_without_the_right_does_not_acknowledge_it(stations: Stations, actor: MakeActor) -> None:
    stays_open(stations, actor(Role.AUDITOR), about(stations, "e" * 32))

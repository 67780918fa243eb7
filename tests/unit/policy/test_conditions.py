"""What must hold beside a clearance; what is missing or cannot be read does not hold."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from traceapp.domain.rights import Actor, Role
from traceapp.policy.conditions import unmet
from traceapp.policy.document import Conditions

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OFFICE = Conditions.model_validate({"networks": ["10.1.0.0/16", "fd00::/8"]})


def asking(address: str = "", factor_at: datetime | None = None) -> Actor:
    return Actor("0" * 32, "somebody", Role.QUALITY, frozenset("*"), frozenset("*"), "session", address, factor_at=factor_at)


def test_no_condition_is_never_unmet() -> None:
    assert unmet(Conditions(), asking(), MORNING) == ()


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("10.2.2.3", False),
        ("fd00::1", True),
        ("fe80::1", False),
        ("", False),
        ("10.1.2.3, 10.9.9.9", False),
        ("localhost", False),
    ],
)
def test_a_request_must_come_from_a_named_network(address: str, inside: bool) -> None:
    assert (unmet(OFFICE, asking(address), MORNING) == ()) == inside


@pytest.mark.parametrize(
    ("begins", "ends", "within"),
    [
        ("06:00", "14:00", True),
        ("09:30", "09:31", True),
        ("08:00", "09:30", False),
        ("22:00", "06:00", False),
        ("22:00", "10:00", True),
        ("09:00", "09:00", True),
    ],
)
def test_a_shift_may_end_on_the_next_day(begins: str, ends: str, within: bool) -> None:
    shift = Conditions.model_validate({"shift": [begins, ends]})

    assert (unmet(shift, asking(), MORNING) == ()) == within
    assert (unmet(shift, asking(), MORNING.astimezone(timezone(timedelta(hours=8)))) == ()) == within


def test_all_conditions_must_hold_and_each_is_named() -> None:
    strict = Conditions.model_validate({"factor_minutes": 5, "shift": ["22:00", "06:00"], "networks": ["10.1.0.0/16"]})
    night = MORNING.replace(hour=23)

    assert len(unmet(strict, asking("192.0.2.1"), MORNING)) == 3
    assert unmet(strict, asking("10.1.0.1", MORNING), night) == ("A second factor must have been shown within 5 minutes.",)
    assert unmet(strict, asking("10.1.0.1", night), night) == ()

"""Break-glass: wider for a while, never for longer, never for what keeps watch, and never judged by who did it."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.clockwork import Clockwork
from tests.glass import REASON, Enter, come_in, resumed, waiting_alone
from tests.recorded import records
from traceapp.dictionary.entries import Tier
from traceapp.domain.errors import (
    FactorNeededError,
    InputError,
    PermissionDeniedError,
)
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.rights import Grant, Role
from traceapp.policy.compilation import widened
from traceapp.usecases.access import authorise, rights_for
from traceapp.usecases.sessions.break_glass import break_glass, end_break_glass, list_break_glass
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store


@pytest.fixture
def enter(clocked: Stations) -> Enter:
    """`enter("wang", Role.WAREHOUSE)`: actor and cookie, second factor just shown."""
    return partial(come_in, clocked)


def test_promise_the_glass_opens_every_site_and_the_tier_and_marks_every_record(enter: Enter, clocked: Stations) -> None:
    actor, _ = enter("lina", Role.COORDINATOR, factor_age=timedelta())
    assert not rights_for(clocked, actor, Permission.BATCH_TRACE).everywhere

    opened = break_glass(clocked, actor, REASON, 30, "T3").value

    wide = resumed(clocked, opened.secret)
    assert wide.grant is not None
    rights = rights_for(clocked, wide, Permission.BATCH_TRACE)
    assert rights.everywhere
    assert rights.shows(NodeKind.OPERATOR, "name")
    before = clocked.ledger.get_head().seq
    with pytest.raises(PermissionDeniedError):
        authorise(clocked, wide, Permission.TOKEN_CREATE)
    (record,) = records(clocked, after=before)
    assert record["actor"]["break_glass"] == wide.grant.uid


def test_attacker_cannot_stretch_break_glass_beyond_an_hour(enter: Enter, clocked: Stations, clockwork: Clockwork) -> None:
    """More minutes are asked for, one access follows another, and the end in the store is moved."""
    actor, _ = enter("lina", Role.COORDINATOR)
    for minutes in (0, 61, 600):
        with pytest.raises(InputError):
            break_glass(clocked, actor, REASON, minutes, "T2")
    opened = break_glass(clocked, actor, REASON, 60, "T2").value
    with pytest.raises(PermissionDeniedError):
        break_glass(clocked, resumed(clocked, opened.secret), REASON, 60, "T2")
    kept = waiting_alone(clocked)
    assert clocked.grants.put_grant(replace(kept, ends_at=kept.ends_at + timedelta(hours=5)))

    for _ in range(6):
        clockwork.moment += timedelta(minutes=10) - timedelta(microseconds=1)
        assert resumed(clocked, opened.secret).grant is not None
    clockwork.moment += timedelta(microseconds=6)

    narrow = resumed(clocked, opened.secret)
    assert narrow.grant is None
    assert not rights_for(clocked, narrow, Permission.BATCH_TRACE).everywhere
    with pytest.raises(PermissionDeniedError):
        break_glass(clocked, replace(narrow, factor_at=clockwork.moment), REASON, 60, "T2")


WATCHERS = {
    permission
    for permission in Permission
    if permission.partition(":")[0] in {"account", "token", "session", "ledger", "policy", "event", "key", "job"}
}


@pytest.mark.parametrize("permission", sorted(WATCHERS))
def test_attacker_gains_no_key_ledger_policy_or_account_by_break_glass(
    permission: Permission, enter: Enter, clocked: Stations
) -> None:
    """The view becomes wider; what a role may do does not."""
    actor, _ = enter("lina", Role.COORDINATOR)
    wide = resumed(clocked, break_glass(clocked, actor, REASON, 60, "T3").value.secret)

    with pytest.raises(PermissionDeniedError):
        authorise(clocked, wide, permission)


@pytest.mark.parametrize(("role", "tier"), [(Role.WAREHOUSE, "T3"), (Role.COORDINATOR, "T4"), (Role.LAB, "")])
def test_attacker_cannot_open_a_tier_beyond_the_cap(role: Role, tier: str, enter: Enter, clocked: Stations) -> None:
    """The tier is capped by the policy, at the asking and again at every answer."""
    actor, _ = enter("wang", role)

    with pytest.raises(PermissionDeniedError):
        break_glass(clocked, actor, REASON, 30, tier)
    row = clocked.policy.document.roles[Role.WAREHOUSE]
    now = clocked.clock.now()
    assert widened(row, replace(actor, grant=Grant("a", "T3", now + timedelta(minutes=1))), now) is Tier.T2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPPLIER, Role.CUSTOMER, Role.REGULATOR, Role.INTEGRATOR, Role.ADMIN])
def test_attacker_of_another_role_cannot_break_the_glass(role: Role, enter: Enter, clocked: Stations) -> None:
    """Whoever is outside, or has no work with batches, has no emergency here."""
    actor, _ = enter("mallory", role)

    with pytest.raises(PermissionDeniedError):
        break_glass(clocked, actor, REASON, 30, "T2")


@pytest.mark.parametrize("age", [None, timedelta(minutes=6)], ids=repr)
def test_attacker_with_a_stolen_session_cannot_break_the_glass(age: timedelta | None, enter: Enter, clocked: Stations) -> None:
    """A second factor must have been shown in the last five minutes; a token has none and no session."""
    actor, _ = enter("lina", Role.COORDINATOR, factor_age=age)

    with pytest.raises(FactorNeededError):
        break_glass(clocked, actor, REASON, 30, "T2")
    with pytest.raises(PermissionDeniedError):
        break_glass(clocked, replace(actor, session=None, factor_at=clocked.clock.now()), REASON, 30, "T2")


def test_attacker_does_not_break_the_glass_again_by_a_second_account(enter: Enter, clocked: Stations) -> None:
    """His first access waits for its review; another account of the same printed name opens no second one."""
    first, _ = enter("coco", Role.QUALITY, "Coco Lefevre")
    second, _ = enter("coco-2", Role.QUALITY, "Coco  LEFEVRE")
    break_glass(clocked, first, REASON, 30, "T2")

    with pytest.raises(PermissionDeniedError, match="still waits for its review"):
        break_glass(clocked, second, REASON, 30, "T2")


def test_an_early_end_leaves_the_review(enter: Enter, clocked: Stations) -> None:
    actor, _ = enter("lina", Role.COORDINATOR)
    other, _ = enter("zhou", Role.QUALITY)
    opened = break_glass(clocked, actor, REASON, 60, "T2").value

    ended = end_break_glass(clocked, resumed(clocked, opened.secret)).value

    assert resumed(clocked, ended.secret).grant is None
    (waiting,) = list_break_glass(clocked, other).value
    assert (waiting.username, waiting.reason, waiting.lasts, waiting.own) == ("lina", REASON, False, False)


def test_a_grant_is_its_persons_alone(enter: Enter, clocked: Stations) -> None:
    actor, _ = enter("lina", Role.COORDINATOR)
    break_glass(clocked, actor, REASON, 60, "T2")
    kept = waiting_alone(clocked)

    assert kept.given_to(actor.account_uid, clocked.clock.now()) is not None
    assert kept.given_to("f" * 32, clocked.clock.now()) is None
    assert REASON.encode() not in kept.reason

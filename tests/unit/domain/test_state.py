"""The state of a lot at a moment is computed from what its live events say, and each state names the event that set it."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest

from traceapp.domain.clock import stored_time
from traceapp.domain.events import PropertyValue
from traceapp.domain.kinds import NodeKind
from traceapp.domain.projection import Claim, stamp
from traceapp.domain.state import compute_states

LOT = "a" * 32
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def uid(number: int) -> str:
    return f"{number:032x}"


def claim(number: int, hour: float, **properties: PropertyValue) -> Claim:
    """What event `number` says at this hour."""
    return Claim(LOT, NodeKind.BATCH, stamp(stored_time(at(hour)), uid(number)), False, None, properties)


def inspected(number: int, hour: float, result: str) -> Claim:
    return claim(number, hour, inspection_result=result)


def decided(number: int, hour: float, stage: str | None, decision: str | None) -> Claim:
    said: dict[str, PropertyValue] = {"release_stage": stage or "", "release_decision": decision or ""}
    return claim(number, hour, **{name: value for name, value in said.items() if value})


def held(number: int, hour: float, act: str, hold: str | None = None) -> Claim:
    return claim(number, hour, hold=act, **({"hold_number": hold} if hold else {}))


def dated(number: int, hour: float, expiry: datetime) -> Claim:
    return claim(number, hour, expiry_date=expiry)


Fact = tuple[str, str | None]
"""value, uid of the event that set it"""
NOTHING = {"hold": ("none", None), "expiry": ("unknown", None), "inspection": ("none", None), "release": ("none", None)}


def states(claims: list[Claim], now: datetime, characteristics: dict[str, str] | None = None) -> dict[str, Fact]:
    return {fact.name: (fact.value, fact.event_uid) for fact in compute_states(claims, now, characteristics or {})}


def state(name: str, claims: list[Claim], hour: float, characteristics: dict[str, str] | None = None) -> Fact:
    """One state at an hour; the other three must not have been touched, and the order of events must not matter."""
    first, *others = [states(list(order), at(hour), characteristics) for order in permutations(claims)]
    assert all(other == first for other in others)
    assert {**first, name: NOTHING[name]} == NOTHING
    return first[name]


def test_without_events_nothing_is_known() -> None:
    assert states([], at(0)) == NOTHING
    assert [fact.name for fact in compute_states([], at(0))] == ["hold", "expiry", "inspection", "release"]
    assert {fact.event_time for fact in compute_states([], at(0))} == {None}


def test_a_state_names_the_event_that_set_it_and_its_time() -> None:
    claims = [held(1, 1, "placed"), dated(2, 2, at(1000)), inspected(3, 3, "passed"), decided(4, 4, "market", "released")]

    facts = compute_states(claims, at(5))

    assert [(fact.name, fact.value, fact.event_uid, fact.event_time) for fact in facts] == [
        ("hold", "held", uid(1), at(1)),
        ("expiry", "valid", uid(2), at(2)),
        ("inspection", "passed", uid(3), at(3)),
        ("release", "market", uid(4), at(4)),
    ]


HOLDS = [held(1, 1, "placed", "H-1"), held(2, 2, "placed", "H-2"), held(3, 3, "lifted", "H-1"), held(4, 4, "lifted", "H-2")]


@pytest.mark.parametrize(
    ("claims", "hour", "expected"),
    [
        (HOLDS, 0.5, ("none", None)),
        (HOLDS, 1, ("held", uid(1))),
        (HOLDS, 2, ("held", uid(2))),
        (HOLDS, 3, ("held", uid(2))),
        (HOLDS, 4, ("none", uid(4))),
        ([held(1, 1, "placed"), held(2, 2, "lifted")], 3, ("none", uid(2))),
        ([held(1, 1, "placed"), held(2, 2, "lifted"), held(3, 3, "placed")], 4, ("held", uid(3))),
        ([held(1, 1, "placed", "H-1"), held(2, 2, "lifted", "H-9")], 3, ("held", uid(1))),
        ([held(1, 1, "placed", "H-1"), held(2, 2, "lifted")], 3, ("held", uid(1))),
        ([held(1, 1, "lifted", "H-1")], 2, ("none", uid(1))),
        ([held(1, 1, "placed"), held(2, 1, "lifted")], 2, ("none", uid(2))),
        ([held(2, 1, "placed"), held(1, 1, "lifted")], 2, ("held", uid(2))),
    ],
)
def test_a_lot_is_held_until_every_hold_is_lifted_under_its_own_number(claims: list[Claim], hour: float, expected: Fact) -> None:
    assert state("hold", claims, hour) == expected


MIDNIGHT = datetime(2027, 1, 31, tzinfo=UTC)
NOON = datetime(2027, 1, 31, 12, tzinfo=UTC)
IN_LYON = datetime(2027, 1, 31, tzinfo=timezone(timedelta(hours=1)))
A_DAY, AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("expiry", "now", "expected"),
    [
        (MIDNIGHT, MIDNIGHT - AN_INSTANT, "valid"),
        (MIDNIGHT, MIDNIGHT, "valid"),
        (MIDNIGHT, MIDNIGHT + A_DAY - AN_INSTANT, "valid"),
        (MIDNIGHT, MIDNIGHT + A_DAY, "expired"),
        (NOON, NOON - AN_INSTANT, "valid"),
        (NOON, NOON, "expired"),
        (IN_LYON, IN_LYON, "expired"),
    ],
)
def test_a_lot_may_be_used_on_its_last_day_and_not_after(expiry: datetime, now: datetime, expected: str) -> None:
    """A date is midnight UTC and stands for its whole day; a time is a moment."""
    assert states([dated(1, 0, expiry)], now)["expiry"] == (expected, uid(1))


def test_the_latest_stated_expiry_counts_even_where_it_is_earlier() -> None:
    claims = [dated(1, 1, MIDNIGHT), dated(2, 2, at(24))]

    assert state("expiry", claims, 1) == ("valid", uid(1))
    assert state("expiry", claims, 48) == ("expired", uid(2))


SEAL, SIZE = "seal strength", "diameter"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([("passed", "")], ("passed", uid(1))),
        ([("failed", ""), ("passed", "")], ("passed", uid(2))),
        ([("passed", ""), ("failed", "")], ("failed", uid(2))),
        ([("failed", SEAL), ("passed", SIZE)], ("failed", uid(1))),
        ([("failed", SEAL), ("passed", SIZE), ("passed", SEAL)], ("passed", uid(3))),
        ([("failed", SEAL), ("passed", "")], ("failed", uid(1))),
        ([("conditional", SEAL), ("passed", SIZE)], ("conditional", uid(1))),
        ([("conditional", SEAL), ("failed", SIZE)], ("failed", uid(2))),
        ([("failed", SEAL), ("failed", SIZE)], ("failed", uid(2))),
        ([("passed", SEAL), ("passed", SIZE)], ("passed", uid(2))),
    ],
)
def test_the_worst_of_the_latest_verdicts_is_the_state(results: list[tuple[str, str]], expected: Fact) -> None:
    claims = [inspected(number, number, result) for number, (result, _) in enumerate(results, start=1)]
    characteristics = {uid(number): name for number, (_, name) in enumerate(results, start=1) if name}

    assert state("inspection", claims, 9, characteristics) == expected


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([("production", "released")], ("production", uid(1))),
        ([("market", "released")], ("market", uid(1))),
        ([("production", "released"), ("market", "released")], ("market", uid(2))),
        ([("market", "released"), ("production", "released")], ("market", uid(1))),
        ([("market", "rejected")], ("rejected", uid(1))),
        ([("production", "released"), ("market", "rejected")], ("rejected", uid(2))),
        ([("market", "rejected"), ("market", "released")], ("market", uid(2))),
        ([("market", "released"), ("market", "rejected")], ("rejected", uid(2))),
        ([("market", "rejected"), ("production", "released")], ("production", uid(2))),
        ([("production", None)], ("production", uid(1))),
        ([("market", None)], ("market", uid(1))),
        ([(None, "released")], ("production", uid(1))),
        ([(None, "rejected")], ("rejected", uid(1))),
    ],
)
def test_a_lot_is_released_in_two_stages_and_a_refusal_stands(
    decisions: list[tuple[str | None, str | None]], expected: Fact
) -> None:
    claims = [decided(number, number, stage, decision) for number, (stage, decision) in enumerate(decisions, start=1)]

    assert state("release", claims, 9) == expected


def test_promise_each_state_is_as_of_the_moment_asked_about() -> None:
    story = [
        inspected(1, 1, "failed"),
        held(2, 2, "placed", "H-1"),
        inspected(3, 3, "passed"),
        decided(4, 4, "production", "released"),
        held(5, 5, "lifted", "H-1"),
        decided(6, 6, "market", "released"),
        decided(7, 7, "market", "rejected"),
    ]
    told = [states(story, at(hour)) for hour in range(8)]

    assert [moment["inspection"][0] for moment in told] == ["none", "failed", "failed"] + ["passed"] * 5
    assert [moment["hold"][0] for moment in told] == ["none", "none", "held", "held", "held", "none", "none", "none"]
    assert [moment["release"][0] for moment in told] == ["none"] * 4 + ["production", "production", "market", "rejected"]
    assert [moment["release"][1] for moment in told[4:]] == [uid(4), uid(4), uid(6), uid(7)]


def test_an_event_that_says_none_of_this_changes_no_state() -> None:
    assert states([claim(1, 1, model="M-1", ncr_number="N-1", hold_number="H-1")], at(2)) == NOTHING

"""The state of a lot, computed from what its live events say, each with the event that set it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from traceapp.domain.batch import StateFact
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.projection import Claim

INSPECTION: Final = "inspection"
RELEASE: Final = "release"
HOLD: Final = "hold"
EXPIRY: Final = "expiry"
STATE_NAMES: Final = frozenset({INSPECTION, RELEASE, HOLD, EXPIRY})
STATED_BY: Final = frozenset({"hold", "inspection_result", "release_decision", "release_stage"})
"""Properties whose every event counts; of `expiry_date` the latest alone does."""
WORST_LAST: Final = ("passed", "conditional", "failed")
NO_CHARACTERISTICS: Final[Mapping[str, str]] = {}


class LotStatus(StrEnum):
    """One word for a lot, the gravest that holds; UNKNOWN where no record says any of them."""

    REJECTED = "rejected"
    HELD = "held"
    EXPIRED = "expired"
    RELEASED = "released"
    PRODUCTION = "production"
    CONDITIONAL = "conditional"
    PASSED = "passed"
    UNKNOWN = "unknown"


GRAVEST_FIRST: Final = (
    ((RELEASE, "rejected"), LotStatus.REJECTED),
    ((INSPECTION, "failed"), LotStatus.REJECTED),
    ((HOLD, "held"), LotStatus.HELD),
    ((EXPIRY, "expired"), LotStatus.EXPIRED),
    ((RELEASE, "market"), LotStatus.RELEASED),
    ((RELEASE, "production"), LotStatus.PRODUCTION),
    ((INSPECTION, "conditional"), LotStatus.CONDITIONAL),
    ((INSPECTION, "passed"), LotStatus.PASSED),
)


def lot_status(states: Iterable[StateFact]) -> LotStatus:
    """What `compute_states` found, in one word."""
    found = {(fact.name, fact.value) for fact in states}
    return next((status for fact, status in GRAVEST_FIRST if fact in found), LotStatus.UNKNOWN)


def compute_states(
    claims: Iterable[Claim], now: datetime, characteristics: Mapping[str, str] = NO_CHARACTERISTICS
) -> tuple[StateFact, ...]:
    """Hold, expiry, inspection and release, in this order, as they stand at `now`.

    claims           what the live events known at the moment asked about say of the lot, in any order; of two that speak
                     of the same thing the later event counts, ties by event uid. An event after `now` has not happened yet.
    characteristics  event uid → what its inspection measured; events that name none speak of the lot as a whole.

    inspection  per characteristic the latest verdict; the worst of them is the state: a dimension that passes does not
                make up for a seal that failed.
    release     a refusal stands until a later release; the market stage outranks the production stage.
    hold        each hold is lifted under its own number; one that is not lifted holds the lot.
    expiry      the latest stated date. A lot may be used on its last day (GS1 AI 17): midnight UTC stands for that day.
    """
    known = sorted((claim for claim in claims if _time(claim) <= now), key=lambda claim: claim.event_stamp)
    return (_hold(known), _expiry(known, now), _inspection(known, characteristics), _release(known))


def _hold(claims: Iterable[Claim]) -> StateFact:
    latest = {str(claim.properties.get("hold_number", "")): claim for claim in claims if "hold" in claim.properties}
    placed = [claim for claim in latest.values() if claim.properties["hold"] == "placed"]
    if placed:
        return _fact(HOLD, "held", max(placed, key=_stamp))
    return _fact(HOLD, "none", max(latest.values(), key=_stamp, default=None))


def _expiry(claims: Iterable[Claim], now: datetime) -> StateFact:
    stating = [claim for claim in claims if isinstance(claim.properties.get("expiry_date"), datetime)]
    if not stating:
        return _fact(EXPIRY, "unknown", None)
    end = stating[-1].properties["expiry_date"]
    assert isinstance(end, datetime)  # noqa: S101  for the type checker
    if end.time() == time.min and end.utcoffset() == timedelta():
        end += timedelta(days=1)
    return _fact(EXPIRY, "expired" if now >= end else "valid", stating[-1])


def _inspection(claims: Iterable[Claim], characteristics: Mapping[str, str]) -> StateFact:
    latest = {characteristics.get(claim.event_uid, ""): claim for claim in claims if "inspection_result" in claim.properties}
    if not latest:
        return _fact(INSPECTION, "none", None)
    worst = max(latest.values(), key=lambda claim: (WORST_LAST.index(_verdict(claim)), claim.event_stamp))
    return _fact(INSPECTION, _verdict(worst), worst)


def _verdict(claim: Claim) -> str:
    return str(claim.properties["inspection_result"])


def _release(claims: Iterable[Claim]) -> StateFact:
    latest: dict[str, Claim] = {}
    for claim in claims:
        if not {"release_stage", "release_decision"}.isdisjoint(claim.properties):
            latest[str(claim.properties.get("release_stage", "production"))] = claim
    newest = max(latest.values(), key=_stamp, default=None)
    if newest is None or newest.properties.get("release_decision") == "rejected":
        return _fact(RELEASE, "none" if newest is None else "rejected", newest)
    released = {stage: claim for stage, claim in latest.items() if claim.properties.get("release_decision") != "rejected"}
    stage = "market" if "market" in released else "production"
    return _fact(RELEASE, stage, released[stage])


def _fact(name: str, value: str, claim: Claim | None) -> StateFact:
    if claim is None:
        return StateFact(name, value)
    return StateFact(name, value, claim.event_uid, _time(claim))


def _stamp(claim: Claim) -> str:
    return claim.event_stamp


def _time(claim: Claim) -> datetime:
    return parse_stored_time(claim.event_stamp.partition("|")[0])

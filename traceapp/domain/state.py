"""The state of a lot, computed from what its live events say, each with the event that set it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from traceapp.domain.batch import StateFact
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.projection import Claim

INSPECTION, RELEASE, HOLD, EXPIRY = "inspection", "release", "hold", "expiry"
STATES = (HOLD, EXPIRY, INSPECTION, RELEASE)


def compute_states(claims: Iterable[Claim], now: datetime) -> tuple[StateFact, ...]:
    """Hold, expiry, inspection and release, in this order, as they stand at `now`.

    claims  what the live events known at the moment asked about say of the lot, in any order; of two that speak of one
            state the later event counts, ties by event uid. An event after `now` has not happened yet.
    now     the moment asked about; a lot expires with the end of its expiry date's instant.
    """
    latest: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda claim: claim.event_stamp):
        if _time(claim) > now:
            continue
        for name, speaking in SAYS.items():
            if not speaking.isdisjoint(claim.properties):
                latest[name] = claim
    return tuple(_fact(name, latest.get(name), now) for name in STATES)


SAYS: Mapping[str, frozenset[str]] = {
    INSPECTION: frozenset({"inspection_result"}),
    RELEASE: frozenset({"release_stage", "release_decision"}),
    HOLD: frozenset({"hold"}),
    EXPIRY: frozenset({"expiry_date"}),
}
"""Which properties speak of which state."""
NOTHING_SAID = {INSPECTION: "none", RELEASE: "none", HOLD: "none", EXPIRY: "unknown"}


def _fact(name: str, claim: Claim | None, now: datetime) -> StateFact:
    if claim is None:
        return StateFact(name, NOTHING_SAID[name])
    return StateFact(name, _value(name, claim, now), claim.event_uid, _time(claim))


def _value(name: str, claim: Claim, now: datetime) -> str:
    said = claim.properties
    if name == INSPECTION:
        return str(said["inspection_result"])
    if name == HOLD:
        return "held" if said["hold"] == "placed" else "none"
    if name == RELEASE:
        return "rejected" if said.get("release_decision") == "rejected" else str(said.get("release_stage", "production"))
    expiry = said["expiry_date"]
    return "expired" if isinstance(expiry, datetime) and expiry < now else "valid"


def _time(claim: Claim) -> datetime:
    return parse_stored_time(claim.event_stamp.partition("|")[0])

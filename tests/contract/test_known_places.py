"""Where a thing was known to be, as of a moment of the past: told as of then, while what is seen goes by what is known today."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import MakeActor
from tests.flows import LYON, SUZHOU, Flows, batch, order
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.identifiers import Identity, local_identity
from traceapp.domain.kinds import Direction, LinkType
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

THEN = datetime(2026, 6, 1, tzinfo=UTC)
LATER = THEN + timedelta(days=1)
DESCRIBED, MENTIONED, WRONG, UNTOLD, MADE = (batch(number) for number in ("DESCRIBED", "MENTIONED", "WRONG", "UNTOLD", "MADE"))
STORE = local_identity("location", "LYON", "STORE-1")
THINGS = {"DESCRIBED": DESCRIBED, "MENTIONED": MENTIONED, "WRONG": WRONG, "UNTOLD": UNTOLD, "MADE": MADE, "STORE-1": STORE}
KNOWN_THEN = {**dict.fromkeys(THINGS, "LYON"), "UNTOLD": None}
KNOWN_TODAY = {**dict.fromkeys(THINGS, "LYON, SUZHOU"), "MENTIONED": "SUZHOU", "WRONG": None, "UNTOLD": "SUZHOU"}


@pytest.fixture
def told(stations: Stations) -> Stations:
    """Four lots go into MADE, which lies in STORE-1; a day later, most of them were told of at another site as well."""
    first, run = Flows(), order("RUN")
    first.event([], describes=[DESCRIBED])
    wrong = first.event([], describes=[WRONG])
    for lot in (DESCRIBED, MENTIONED, WRONG, UNTOLD):
        first.link(LinkType.CONSUMED_IN, lot, run, 1, describes=[run], scope=LYON if lot is MENTIONED else None)
    first.make(run, MADE)
    first.link(LinkType.STOCKED_AT, MADE, STORE, 1, describes=[STORE])
    stations.events.append(first.events, stations.sealer, "first", THEN)
    second = Flows()
    for lot in (DESCRIBED, MENTIONED, UNTOLD, MADE, STORE):
        second.event([], describes=[lot], scopes={lot: SUZHOU}, key=f"second {lot.number}")
    second.event([], mentions=[WRONG], scopes={WRONG: None}, key="taken back", voids=wrong)
    stations.events.append(second.events, stations.sealer, "second", LATER)
    return stations


def sites(stations: Stations, who: Actor, as_of: datetime | None) -> dict[str | None, str | None]:
    """By number, in a trace; those of lots on their own page are the same."""
    seed = Seed(uid=stations.sealer.uid(MADE))
    answer = trace_batch(stations, who, TraceQuestion((seed,), Direction.BOTH, as_of)).value
    found = {node.number: node.site for node in answer.nodes if node.number in THINGS}
    for number, identity in THINGS.items():
        if identity is not STORE and number in found:
            assert ", ".join(page(stations, who, identity, as_of)) == (found[number] or ""), number
    return found


def page(stations: Stations, who: Actor, identity: Identity, as_of: datetime | None) -> tuple[str, ...]:
    return show_batch(stations, who, BatchQuery(uid=stations.sealer.uid(identity), as_of=as_of)).value.candidate.sites


def test_promise_a_site_is_told_as_it_was_known_then(told: Stations, actor: MakeActor) -> None:
    coordinator = actor(Role.COORDINATOR)

    assert sites(told, coordinator, None) == KNOWN_TODAY
    assert sites(told, coordinator, THEN) == KNOWN_THEN


def test_promise_what_is_seen_of_the_past_goes_by_what_is_known_today(told: Stations, actor: MakeActor) -> None:
    suzhou = actor(Role.VIEWER, sites={"SUZHOU"})

    assert page(told, suzhou, DESCRIBED, None) == ("SUZHOU",)
    assert page(told, suzhou, DESCRIBED, THEN) == (), "it is his to see today; where it was then lies outside his view"
    with pytest.raises(BatchNotFoundError):
        page(told, actor(Role.VIEWER, sites={"LYON"}), WRONG, THEN)

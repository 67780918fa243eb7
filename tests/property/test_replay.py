"""Promise: what was answered then is answered again, whatever was imported since; and a changed answer is told."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import MakeActor
from tests.effort import LONG
from tests.property.later_events import THINGS, later_events
from tests.recorded import records
from tests.web.plant import B1, FIRST_HOSPITAL, MATERIAL, S9, fill
from traceapp.domain.errors import BatchAmbiguousError, BatchNotFoundError, InputError, RecordNotFoundError
from traceapp.domain.kinds import TRACEABLE, Direction, NodeKind
from traceapp.domain.rights import Role
from traceapp.domain.trace import Budget, Seed, TraceQuestion, Window
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.replay_trace import replay_trace
from traceapp.usecases.trace.trace_batch import trace_batch

SEEDS_OF_CHANCE = range(100) if LONG else (0, 24, 36)
"""24 and 36 each found something once."""
STEPS = 3
ASKERS = [
    (Role.COORDINATOR, "*"),
    (Role.QUALITY, "*"),
    (Role.AUDITOR, "SUZHOU"),
    (Role.VIEWER, "LYON"),
    (Role.WAREHOUSE, "SUZHOU"),
    (Role.CUSTOMER, "LYON"),
    (Role.REGULATOR, "SUZHOU"),
]
USUAL = [B1, S9, MATERIAL, FIRST_HOSPITAL]
SEEDS = [identity for identity, kind in THINGS.items() if kind in TRACEABLE | {NodeKind.EQUIPMENT, NodeKind.OPERATOR}]
NUMBERS = ("B-1", "S-9", "RM-1")
FIELDS = (None, None, None, frozenset({"number", "site"}), frozenset({"status", "hold", "expiry_date", "name"}))


def draw_question(stations: Stations, draw: random.Random) -> TraceQuestion:
    now = stations.clock.now()
    things = [draw.choice(USUAL if draw.random() < 0.6 else SEEDS) for _ in range(draw.choice((1, 1, 1, 2)))]
    seeds = tuple(Seed(uid=stations.sealer.uid(thing)) for thing in things)
    return TraceQuestion(
        seeds if draw.random() < 0.8 else (Seed(number=draw.choice(NUMBERS)),),
        draw.choice([*Direction]),
        now - timedelta(seconds=3 * draw.random()) if draw.random() < 0.2 else None,
        window=Window(now - timedelta(days=draw.randint(1, 300)), None) if draw.random() < 0.2 else Window(),
        budget=Budget(draw.randint(1, 12), draw.randint(1, 20)) if draw.random() < 0.1 else Budget(),
        fields=draw.choice(FIELDS),
    )


def ask(stations: Stations, actor: MakeActor, draw: random.Random) -> list[int]:
    """Some traces by several people; the records of those that were answered."""
    before = stations.ledger.get_head().seq
    for role, site in ASKERS:
        lots = frozenset(map(stations.sealer.uid, draw.sample(list(THINGS), 4))) if role is Role.REGULATOR else frozenset[str]()
        for _ in range(2):
            try:
                trace_batch(stations, replace(actor(role, sites={site}), lots=lots), draw_question(stations, draw))
            except (BatchNotFoundError, BatchAmbiguousError):
                continue  # nothing to replay
    return [one["seq"] for one in records(stations, act="batch:trace", after=before) if one["outcome"] == "answered"]


@pytest.mark.parametrize("random_seed", SEEDS_OF_CHANCE)
def test_promise_a_trace_is_answered_again_as_it_was(
    stations: Stations, tmp_path: Path, actor: MakeActor, random_seed: int
) -> None:
    draw, asked, told = random.Random(random_seed), list[int](), 0
    fill(stations, tmp_path)
    for step in range(STEPS):
        asked += ask(stations, actor, draw)
        later = later_events(draw, told, draw.randint(1, 8))
        stations.events.append(later, stations.sealer, f"later {step}", stations.clock.now())
        told += len(later)

    assert len(asked) > STEPS
    found = [replay_trace(stations, actor(Role.ADMIN), seq).value for seq in asked]
    assert [one for one in found if not one.same or one.changed] == []
    replays = records(stations, act="ledger:replay")
    assert [one["request"]["record"] for one in replays] == asked
    assert all(one["result"]["same"] for one in replays)


def test_promise_an_answer_that_is_another_one_today_is_told(stations: Stations, tmp_path: Path, actor: MakeActor) -> None:
    fill(stations, tmp_path)
    trace_batch(stations, actor(Role.COORDINATOR), TraceQuestion((Seed(number="B-1"),), Direction.FORWARD))
    seq = records(stations, act="batch:trace")[-1]["seq"]
    stations.graph.administer("MATCH ()-[link:SHIPPED_IN]->() DELETE link", "test")

    found = replay_trace(stations, actor(Role.ADMIN), seq).value

    assert not found.same
    assert records(stations, act="ledger:replay")[-1]["result"]["same"] is False


def test_promise_numbers_that_are_on_record_as_digests_can_be_given(stations: Stations, tmp_path: Path, actor: MakeActor) -> None:
    fill(stations, tmp_path)
    trace_batch(stations, actor(Role.COORDINATOR), TraceQuestion((Seed(number="HOSP-1"),), Direction.BACKWARD))
    seq = records(stations, act="batch:trace")[-1]["seq"]

    with pytest.raises(InputError, match="number"):
        replay_trace(stations, actor(Role.ADMIN), seq, ("HOSP-2",))
    assert replay_trace(stations, actor(Role.ADMIN), seq, ("HOSP-1",)).value.same


def test_promise_only_an_answered_trace_is_replayed(stations: Stations, actor: MakeActor) -> None:
    with pytest.raises(InputError):
        replay_trace(stations, actor(Role.ADMIN), 1)
    with pytest.raises(RecordNotFoundError):
        replay_trace(stations, actor(Role.ADMIN), 10_000)

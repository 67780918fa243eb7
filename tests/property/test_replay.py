"""Promise: what was answered is answered again; and a changed answer is told."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import MakeActor
from tests.recorded import records
from tests.web.plant import fill
from traceapp.domain.errors import BatchNotFoundError, InputError, RecordNotFoundError
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, TraceQuestion, Window
from traceapp.usecases.replay_trace import replay_trace
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import trace_batch

ASKED = ("B-1", "S-9", "HOSP-1")
ASKERS = [
    (Role.COORDINATOR, "*", ASKED),
    (Role.QUALITY, "*", ASKED),
    (Role.VIEWER, "LYON", ("B-1",)),
    (Role.AUDITOR, "SUZHOU", ("S-9",)),
    (Role.CUSTOMER, "LYON", ("B-1",)),
]


def ask(stations: Stations, actor: MakeActor, draw: random.Random) -> list[int]:
    """Some traces by several people; the records of those that were answered."""
    before = stations.ledger.get_head().seq
    for role, site, numbers in ASKERS:
        window = Window(stations.clock.now() - timedelta(days=draw.randint(1, 3000)), None) if draw.random() < 0.3 else Window()
        question = TraceQuestion((Seed(number=draw.choice(numbers)),), draw.choice([*Direction]), window=window)
        try:
            trace_batch(stations, actor(role, sites=frozenset({site})), question)
        except BatchNotFoundError:
            continue  # nothing describes it any more: on record, and nothing to replay
    return [one["seq"] for one in records(stations, act="batch:trace", after=before) if one["outcome"] == "answered"]


def test_promise_a_trace_is_answered_again_as_it_was(stations: Stations, tmp_path: Path, actor: MakeActor) -> None:
    fill(stations, tmp_path)
    asked = ask(stations, actor, random.Random(1))

    assert len(asked) == len(ASKERS)
    assert all(replay_trace(stations, actor(Role.ADMIN), seq).value.same for seq in asked)
    assert [one["request"]["record"] for one in records(stations, act="ledger:replay")] == asked


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

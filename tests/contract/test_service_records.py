"""What the service does by itself is on record: its start, and the migration of its store."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.conftest import MakeActor
from tests.recorded import records
from tests.servers import StoreLeg
from traceapp import __version__
from traceapp.domain.rights import Role
from traceapp.graph.schema import load_steps
from traceapp.host.row_register import FILE, RowRegister
from traceapp.usecases.governed.accept_policy import record_first_policy
from traceapp.usecases.migrate_store import migrate_store
from traceapp.usecases.record_start import record_missing_register, record_start
from traceapp.usecases.stations import Stations


@pytest.fixture
def bare(store_leg: StoreLeg, stations: Stations) -> Iterator[Stations]:
    """Stations over a store that no migration was run on."""
    store_leg.strip()
    yield stations
    store_leg.strip()


def test_a_migration_is_recorded_before_it_begins_and_when_it_is_done(bare: Stations, actor: MakeActor) -> None:
    versions = [step.version for step in load_steps()]

    done = migrate_store(bare, actor(Role.ADMIN, username="os:anna"))

    assert done is not None
    assert list(done.value) == versions
    intended, outcome = records(bare, act="store:migrate")
    assert (intended["outcome"], intended["request"]) == ("intended", {"steps": versions})
    assert (outcome["outcome"], outcome["request"]) == ("done", {"steps": versions, "intent": intended["seq"]})
    assert outcome["actor"]["username"] == "os:anna"
    assert migrate_store(bare, actor(Role.ADMIN)) is None
    assert len(records(bare, act="store:migrate")) == 2


def test_a_register_of_rows_that_is_missing_is_recorded_once_and_on_no_first_start(stations: Stations, actor: MakeActor) -> None:
    def start() -> bool:
        begun = replace(stations, register=RowRegister(stations.settings.home))
        missing = record_missing_register(begun, actor(Role.ADMIN, username="os:anna"))
        record_first_policy(stations, actor(Role.ADMIN))
        return missing

    file = stations.settings.home / FILE
    file.unlink(missing_ok=True)
    assert [start(), start(), file.exists()] == [False, False, True]

    file.rename(file.with_name("away"))

    assert [start(), start(), file.exists()] == [True, False, True]
    (record,) = records(stations, act="rows:trust")
    assert (record["outcome"], record["actor"]["username"]) == ("done", "os:anna")


def test_a_start_is_recorded(stations: Stations, actor: MakeActor) -> None:
    record_start(stations, actor(Role.ADMIN, username="os:anna"), "http://127.0.0.1:8000")

    (start,) = records(stations, act="service:start")
    said = {"version": __version__, "store": "neo4j", "url": "http://127.0.0.1:8000", "certificate": "none"}
    assert start["request"] == said
    assert (start["policy"], start["dictionary"]) == (stations.policy.digest, stations.dictionary.digest)

"""What does he get who takes the keys away, moves a ciphertext, or brings back what was destroyed?"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from tests.servers import StoreLeg
from tests.softhsm import SoftToken
from traceapp.composition import build_stations, key_store
from traceapp.domain.batch import BatchQuery
from traceapp.domain.clock import SystemClock
from traceapp.domain.disclosure import Unavailable
from traceapp.domain.errors import KeyUnavailableError
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceQuestion
from traceapp.ledger.process import WriterProcess
from traceapp.usecases.look_up_batches import look_up_batches
from traceapp.usecases.show_batch import show_batch
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace_batch import trace_batch
from traceapp.web.problems import problem_of

ROWS = """\
form,supplier,owner,product,number,receipt_number,from_owner,from_product,from_number,to_owner,to_product,to_number,order,party,name,shipment,consignee,stage,decision,releaser,formulation,quantity,unit,site,time
receipt,ACME,,RESIN,S-77,R-1,,,,,,,,,,,,,,,,500,KGM,LYON,2026-03-01T08:00:00Z
consumption,,,,,,ACME,RESIN,S-77,LYON,PUMP,B-1,O-1,,,,,,,,,5,KGM,LYON,2026-03-01T09:00:00Z
batch-record,,LYON,PUMP,B-1,,,,,,,,,,,,,,,,a secret mixture,,,LYON,2026-03-01T10:00:00Z
release,,LYON,PUMP,B-1,,,,,,,,,,,,,market,released,Dr Vogel,,,,LYON,2026-03-02T10:00:00Z
shipment,,LYON,PUMP,B-1,,,,,,,,,,,SH-1,CLINIC,,,,,7,EA,LYON,2026-03-03T10:00:00Z
party,,,,,,,,,,,,,CLINIC,Clinic of the Lake,,,,,,,,,,2026-03-01T08:00:00Z
"""


@pytest.fixture(params=["file", "pkcs11"])
def taken_in(request: pytest.FixtureRequest, empty_leg: StoreLeg, tmp_path: Path) -> Iterator["Taken"]:
    """A service with a few records, and a way to take its key provider away."""
    home = tmp_path / "home"
    if request.param == "file":
        more: dict[str, object] = {}
        kek = home / "keys" / "key-encryption-key"
        lose, bring_back = lambda: kek.rename(tmp_path / "away"), lambda: (tmp_path / "away").rename(kek)
    else:
        token: SoftToken = request.getfixturevalue("soft_token")
        more, lose, bring_back = token.settings, token.take_away, token.bring_back
    home.mkdir(mode=0o700)
    (home / "organisation.toml").write_bytes((Path(__file__).parents[1] / "organisation.toml").read_bytes())
    settings = empty_leg.settings(home).model_copy(update=more)
    assert key_store(settings).create(SystemClock().now(), settings.key_provider)
    writer = WriterProcess.start(home)
    try:
        stations = build_stations(settings)
        with contextlib.closing(stations.graph), contextlib.closing(stations.ledger):
            take_in(stations, ROWS)
            yield Taken(stations, lose, bring_back)
    finally:
        writer.stop()


class Taken:
    def __init__(self, stations: Stations, lose: Callable[[], object], bring_back: Callable[[], object]) -> None:
        self.stations = stations
        self._lose = lose
        self._bring_back = bring_back

    def lose_provider(self) -> None:
        """Now, not in five minutes: a ring that was touched is read again at once."""
        self._lose()
        os.utime(self.stations.keys.ring_path)

    def bring_provider_back(self) -> None:
        self._bring_back()


def answers(stations: Stations, who: Actor) -> tuple[object, ...]:
    """What is told of the batch, apart from moments and stub ids."""
    shown = show_batch(stations, who, BatchQuery(number="B-1")).value
    traced = trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), Direction.BOTH)).value
    found = look_up_batches(stations, who, BatchQuery(number="S-77")).value
    return shown.properties, shown.states, shown.degraded, traced.nodes, traced.consignees, traced.completeness, found


def test_attacker_who_takes_the_key_provider_down_stops_no_recall(taken_in: Taken, actor: MakeActor) -> None:
    """Without its key provider the service tells what is plain, says what it cannot open, writes nothing half, and recovers."""
    stations, who = taken_in.stations, actor(Role.AUDITOR, factor=True)
    before = answers(stations, who)

    taken_in.lose_provider()
    shown = show_batch(stations, who, BatchQuery(number="B-1")).value
    traced = trace_batch(stations, who, TraceQuestion((Seed(number="B-1"),), Direction.BOTH)).value
    found = look_up_batches(stations, who, BatchQuery(number="S-77")).value

    assert shown.degraded
    assert shown.properties["formulation"] == Unavailable("T3")
    assert shown.candidate.number == "B-1"
    assert traced.completeness.status is Status.DEGRADED
    assert traced.completeness.unavailable
    assert {node.number for node in traced.nodes} >= {"B-1", "R-1", "SH-1"}
    assert [(line.name, dict(line.quantities)) for line in traced.consignees] == [
        (Unavailable("T2"), dict(before[4][0].quantities))  # type: ignore[index]
    ]
    assert [one.number for one in found] == ["R-1"], "a sealed number is found by its index, and not told"
    with pytest.raises(KeyUnavailableError) as refused:
        take_in(stations, ROWS.replace("B-1", "B-2"), "more.csv")
    assert problem_of(refused.value).status == 503

    taken_in.bring_provider_back()
    deadline = time.monotonic() + 20
    while answers(stations, who) != before:
        assert time.monotonic() < deadline, "it recovers without a restart"
    assert not show_batch(stations, who, BatchQuery(number="B-1")).value.degraded

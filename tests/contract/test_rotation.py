"""Rotation on every store: everything comes under the new keys, nothing changes, nobody waits."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MakeActor
from tests.imported import take_in
from tests.servers import StoreLeg
from traceapp.composition import terminal_actor
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import HomeError, KeyStateError, KeyUnavailableError
from traceapp.domain.keys import KeyState, key_named
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Role
from traceapp.domain.trace import Seed, Status, TraceQuestion
from traceapp.graph.event_rows import LABELS as LABEL_OF_KIND
from traceapp.graph.record_head import MAC, whole
from traceapp.graph.sealed_store import LABELS, NODE_LABELS
from traceapp.host.home_lock import only_run
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.keys.resealing import LOCK
from traceapp.usecases.keys.retire_key import SETTLED, retire_key
from traceapp.usecases.keys.rotate_keys import count_left, reencrypt, rotate_keys
from traceapp.usecases.keys.show_keys import show_keys
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

FORM = "form,supplier,owner,product,number,receipt_number,party,name,formulation,releaser,stage,quantity,unit,site,time"
EVERYTHING = frozenset({"*"})


def rows(count: int, start: int = 0) -> str:
    lines = [FORM]
    for at in range(start, start + count):
        lines += [
            f"receipt,ACME,,RESIN,S-{at},R-{at},,,,,,5,KGM,LYON,2026-03-01T08:00:00Z",
            f"batch-record,,LYON,PUMP,B-{at},,,,mixture {at},,,,,LYON,2026-03-01T10:00:00Z",
            f"release,,LYON,PUMP,B-{at},,,,,Dr Vogel,market,,,LYON,2026-03-02T10:00:00Z",
        ]
    return "\n".join(lines) + "\n"


def never(_seconds: float) -> bool:
    return False


def finish(stations: Stations) -> int:
    return reencrypt(stations, terminal_actor(), 1e9, never).done


def stored(leg: StoreLeg) -> list[dict[str, Any]]:
    with leg.session() as session:
        return [whole(record["found"]) for record in session.run("MATCH (n) RETURN properties(n) AS found")]


def keys_in(leg: StoreLeg) -> set[str]:
    """Ids of all keys that any ciphertext of the store names."""
    return {
        key_named(value)
        for row in stored(leg)
        for name, value in row.items()
        if isinstance(value, bytes) and name not in {MAC} and not name.endswith("_mac")
    }


def told(stations: Stations, actor: MakeActor, numbers: range) -> list[object]:
    who = actor(Role.COORDINATOR)
    return [show_batch(stations, who, BatchQuery(number=f"B-{at}")).value.properties for at in numbers]


def test_promise_a_rotation_changes_every_ciphertext_and_no_value(
    stations: Stations, empty_leg: StoreLeg, actor: MakeActor
) -> None:
    take_in(stations, rows(30))
    create_account(stations, actor(Role.ADMIN), "rc-1", "a long password 1", "R. C.", Role.COORDINATOR, EVERYTHING, EVERYTHING)
    before, macs = (
        told(stations, actor, range(30)),
        {row["uid"]: row[MAC] for row in stored(empty_leg) if MAC in row and "uid" in row},
    )
    assert keys_in(empty_leg) == {"T2.1", "T3.1", "S3.1"}

    fresh = rotate_keys(stations, terminal_actor()).value
    take_in(stations, rows(5, start=30), "more.csv")

    assert fresh == ("T2.2", "T3.2")
    assert show_keys(stations).named["T2.1"] == 30 + 30 + 1, "batches, materials, a party"
    assert finish(stations) >= 120
    assert count_left(stations) == 0
    assert keys_in(empty_leg) == {"T2.2", "T3.2", "S3.1"}
    assert told(stations, actor, range(30)) == before
    assert {row["uid"]: row[MAC] for row in stored(empty_leg) if row.get("uid") in macs} == macs
    traced = trace_batch(stations, actor(Role.COORDINATOR), TraceQuestion((Seed(number="R-3"),), Direction.BOTH)).value
    assert traced.completeness.status is not Status.UNVERIFIED


def test_second_factors_are_brought_under_the_new_keys(stations: Stations, empty_leg: StoreLeg, actor: MakeActor) -> None:
    who = actor(Role.ADMIN)
    uid = create_account(stations, who, "rc-1", "a long password 1", "R. C.", Role.COORDINATOR, EVERYTHING, EVERYTHING).value
    sealed = stations.sealer.seal_document("Account", uid, "factors", b"a shared secret")
    assert stations.accounts.put_factors(uid, sealed, 0)
    rotate_keys(stations, terminal_actor())

    assert (finish(stations), count_left(stations), keys_in(empty_leg)) == (1, 0, {"S3.1", "T3.2"})
    found = stations.accounts.get_account(uid)
    assert found is not None
    assert found.factors is not None
    assert stations.sealer.open_document("Account", uid, "factors", found.factors) == b"a shared secret"
    assert stations.sealer.open_document("Account", uid, "printed_name", found.printed_name) == b"R. C."
    assert stations.accounts.put_factors(uid, sealed, found.factor_version), "sealed before the rotation, written after it"
    assert count_left(stations) == 1


def test_promise_whoever_reads_while_keys_rotate_reads_on(stations: Stations, actor: MakeActor) -> None:
    take_in(stations, rows(60))
    who = actor(Role.COORDINATOR)
    wanted, failed, read = told(stations, actor, range(60)), [], []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for at in range(0, 60, 7):
                try:
                    found = show_batch(stations, who, BatchQuery(number=f"B-{at}")).value
                    read.append(found.properties == wanted[at] and not found.degraded)
                except Exception as error:  # whatever it is, it is what this test looks for
                    failed.append(repr(error))

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(3):
            rotate_keys(stations, terminal_actor())
            finish(stations)
    finally:
        stop.set()
        for reader in readers:
            reader.join()

    assert failed == []
    assert read
    assert all(read)


def test_a_run_that_is_told_to_stop_goes_on_where_it_stopped(stations: Stations) -> None:
    take_in(stations, rows(150))
    rotate_keys(stations, terminal_actor())
    steps: list[tuple[int, int]] = []

    first = reencrypt(stations, terminal_actor(), 1e9, lambda seconds: True, lambda done, left: steps.append((done, left)))
    second = reencrypt(stations, terminal_actor(), 1e9, never)

    assert 0 < first.done <= 200
    assert steps == [(first.done, first.left)]
    assert (second.left, second.is_finished) == (0, True)
    assert second.done == first.left


def test_a_run_keeps_to_its_rate(stations: Stations) -> None:
    take_in(stations, rows(100))
    rotate_keys(stations, terminal_actor())
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return False

    reencrypt(stations, terminal_actor(), 1000, wait)

    assert set(waited) == {0.2}, "chunks of 200 at 1,000 a second"


def test_two_runs_at_once_are_one_too_many(stations: Stations) -> None:
    with only_run(stations.settings.home, LOCK, "it is done"), pytest.raises(HomeError, match="already"):
        reencrypt(stations, terminal_actor(), 1e9, never)


def test_promise_a_key_that_anything_names_is_not_retired(
    stations: Stations, actor: MakeActor, later: Callable[[], None]
) -> None:
    take_in(stations, rows(3))
    with pytest.raises(KeyStateError, match="only such a one"):
        retire_key(stations, terminal_actor(), "T2.1")
    rotate_keys(stations, terminal_actor())
    with pytest.raises(KeyStateError, match="ten minutes"):
        retire_key(stations, terminal_actor(), "T2.1")
    later()
    with pytest.raises(KeyStateError, match="still seals 7 records"):
        retire_key(stations, terminal_actor(), "T2.1")
    before = told(stations, actor, range(3))
    finish(stations)

    assert retire_key(stations, terminal_actor(), "T2.1").value.state is KeyState.RETIRED
    assert told(stations, actor, range(3)) == before
    with pytest.raises(KeyUnavailableError):
        stations.keys.load().opening_key("T2.1")


@pytest.fixture
def later(stations: Stations, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Moves the clock past the time in which a write may still be under way."""
    now = stations.clock.now

    def move() -> None:
        moved: Callable[[object], datetime] = lambda _: now() + SETTLED + timedelta(seconds=1)  # noqa: E731
        monkeypatch.setattr(type(stations.clock), "now", moved)

    return move


def test_attacker_who_puts_a_foreign_ciphertext_there_stops_no_rotation(stations: Stations, empty_leg: StoreLeg) -> None:
    """It is named and left alone, everything else is done, and the old key stays until that is mended."""
    take_in(stations, rows(6))
    with empty_leg.session() as session:
        session.run(
            "MATCH (a:Traceable {number: 'B-1'}), (b:Traceable {number: 'B-2'}) SET a.formulation = b.formulation"
        ).consume()
        moved = session.run("MATCH (a:Traceable {number: 'B-1'}) RETURN a.uid AS uid").single(strict=True)["uid"]
    rotate_keys(stations, terminal_actor())

    made = reencrypt(stations, terminal_actor(), 1e9, never)

    assert made.broken == (moved,)
    assert made.left == 1
    assert not made.is_finished


def test_every_label_that_holds_a_ciphertext_is_rotated() -> None:
    dictionary = read_dictionary()
    sealed = set(LABEL_OF_KIND.values())  # of any kind, since another dictionary can seal what is plain by this one
    sealed |= {
        label for label, entries in dictionary.service.properties.items() if any(entry.encrypted for entry in entries.values())
    }

    assert sealed == set(LABELS)
    assert set(LABEL_OF_KIND.values()) == set(NODE_LABELS)


def test_every_chunk_is_on_record(stations: Stations, tmp_path: Path) -> None:
    take_in(stations, rows(10))
    before = stations.ledger.get_head().seq
    rotate_keys(stations, terminal_actor())
    steps: list[int] = []
    reencrypt(stations, terminal_actor(), 1e9, never, lambda done, left: steps.append(done))

    assert stations.ledger.get_head().seq == before + 2 + 2 * len(steps), "an intent and an outcome of each act"

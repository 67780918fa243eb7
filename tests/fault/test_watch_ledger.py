"""The watch over the ledger is killed, its book is lost, the writer is away: no alert is lost, and none rings twice."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.alert_records import MONDAY, RINGING, Record, numbered, record
from tests.clockwork import Clockwork
from tests.effort import examples
from tests.processes import wait_until
from tests.recorded import documents, put_records
from traceapp.composition import build_watch, check_policy, prepare_home, terminal_actor
from traceapp.domain.alerts import Alert, AlertFilter
from traceapp.domain.errors import AlertDeliveryError, AlertNotFoundError
from traceapp.domain.recorded import LedgerEntry
from traceapp.jobs.watch_ledger import WatchLedger
from traceapp.ledger.alert_book import FILE
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.records import GENESIS, canonical, record_hash
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.settings import read_settings
from traceapp.usecases.alerts.alert_records import raised_entry
from traceapp.usecases.alerts.alerts_without_store import acknowledge_without_store, list_alerts_without_store
from traceapp.usecases.alerts.deliver_alerts import deliver_alerts
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.watch_stations import WatchStations

GLASS = LedgerEntry("break_glass:begin", "done", {"account": "1" * 32, "username": "wang", "through": "session"})
DENIED = LedgerEntry("source:show", "denied", {"account": "2" * 32, "username": "li", "through": "session"})


class Sink:
    """Takes alerts while it is `there`."""

    name = "test"

    def __init__(self) -> None:
        self.there = True
        self.taken: list[str] = []

    def send(self, alert: Alert, title: str, now: object) -> None:
        if not self.there:
            raise AlertDeliveryError("not there")
        self.taken.append(alert.rule)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def watched(tmp_path: Path, sink: Sink) -> Iterator[WatchStations]:
    """On a home with keys; the ledger is begun by whoever needs it."""
    settings = read_settings(home=tmp_path)
    prepare_home(settings)
    check_policy(settings)
    stations = replace(build_watch(settings), clock=Clockwork(), sinks=(sink,))
    yield stations
    stations.ledger.close()


@pytest.fixture
def writer(watched: WatchStations) -> Iterator[Callable[[], WriterProcess]]:
    """Starts the ledger's writer; the last one that was started is stopped at the end."""
    started: list[WriterProcess] = []

    def start() -> WriterProcess:
        started.append(WriterProcess.start(watched.settings.home))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def read_all(watch: LedgerWatch) -> None:
    """Until a look finds nothing new, so that what rang is on record and that record is read."""
    while watch.read():
        pass
    while watch.read():
        pass


def rules(stations: WatchStations) -> list[str]:
    return [one.alert.rule for one in reversed(stations.book.list_alerts(AlertFilter(), 100))]


def raised(stations: WatchStations) -> list[str]:
    return [one["request"]["rule"] for one in documents(stations.settings.home) if one["act"] == "alert:raise"]


def chained(records: list[Record]) -> list[bytes]:
    prev, made = GENESIS, []
    for _, one in numbered(records):
        made.append(canonical({**one, "prev": prev}))
        prev = record_hash(made[-1])
    return made


def test_promise_an_alert_is_kept_recorded_and_handed_on_once(
    watched: WatchStations, writer: Callable[[], WriterProcess], sink: Sink
) -> None:
    writer()
    seq = watched.ledger.append(GLASS).seq

    read_all(LedgerWatch(watched))
    deliver_alerts(watched, print)
    read_all(LedgerWatch(watched))
    deliver_alerts(watched, print)

    (kept,) = watched.book.list_alerts(AlertFilter(), 10)
    assert (kept.alert.rule, kept.alert.records, kept.alert.username) == ("break-glass", (seq,), "wang")
    assert raised(watched) == ["break-glass"]
    assert documents(watched.settings.home)[kept.recorded - 1 if kept.recorded else 0]["request"]["alert"] == kept.alert.uid
    assert sink.taken == ["break-glass"]


@pytest.mark.parametrize("kept", [True, False], ids=["stopped", "killed"])
def test_promise_a_restart_in_the_midst_of_a_window_loses_nothing(
    kept: bool, watched: WatchStations, writer: Callable[[], WriterProcess]
) -> None:
    writer()
    for _ in range(9):
        watched.ledger.append(DENIED)
    watch = LedgerWatch(watched)
    read_all(watch)
    if kept:
        watch.keep()

    watched.ledger.append(DENIED)
    read_all(LedgerWatch(watched))

    assert rules(watched) == ["denials"] == raised(watched)


def test_promise_an_alert_leaves_while_the_ledger_does_not_answer_and_is_recorded_later(
    watched: WatchStations, writer: Callable[[], WriterProcess], sink: Sink
) -> None:
    first = writer()
    watched.ledger.append(GLASS)
    first.stop()

    watch = LedgerWatch(watched)
    read_all(watch)
    deliver_alerts(watched, print)
    assert (raised(watched), sink.taken) == ([], ["break-glass"])

    writer()
    read_all(watch)
    assert raised(watched) == ["break-glass"]


def test_promise_a_kill_between_the_record_and_the_note_of_it_records_nothing_twice(
    watched: WatchStations, writer: Callable[[], WriterProcess]
) -> None:
    first = writer()
    watched.ledger.append(GLASS)
    first.stop()
    read_all(LedgerWatch(watched))
    (kept,) = watched.book.list_alerts(AlertFilter(), 10)
    writer()
    watched.ledger.append(raised_entry(kept.alert))  # as whoever was killed then

    read_all(LedgerWatch(watched))

    assert raised(watched) == ["break-glass"]
    assert watched.book.list_unrecorded() == []


@pytest.mark.parametrize("random_seed", range(examples(4, 60)))
def test_promise_a_watch_that_is_killed_anywhere_rings_as_one_that_was_not(random_seed: int, watched: WatchStations) -> None:
    chance = random.Random(random_seed)
    records = [one for fixture in RINGING.values() for one in fixture]
    whole = Evaluation(watched.rules, watched.facts)
    wanted = [alert for seq, one in numbered(records) for alert in whole.take(seq, one)]
    put_records(watched.settings.home, chained(records))

    watch = LedgerWatch(watched, at_most=7)
    for _ in range(30):
        for _ in range(chance.randrange(3)):
            watch.read()
        if chance.random() < 0.3:
            watch.keep()
        watch = LedgerWatch(watched, at_most=chance.randrange(1, 60))
    read_all(watch)

    assert {alert.uid for alert in wanted} == {one.alert.uid for one in watched.book.list_alerts(AlertFilter(), 1000)}


def test_promise_a_lost_book_is_made_anew_from_the_ledger(
    watched: WatchStations, writer: Callable[[], WriterProcess], sink: Sink
) -> None:
    writer()
    watched.ledger.append(GLASS)
    watch = LedgerWatch(watched)
    read_all(watch)
    (kept,) = watched.book.list_alerts(AlertFilter(), 10)
    said = dict(documents(watched.settings.home)[-1]["request"])
    actor = {"account": "3" * 32, "username": "zhao"}
    watched.ledger.append(LedgerEntry("alert:acknowledge", "done", actor, said))
    deliver_alerts(watched, print)
    for file in watched.settings.home.glob(f"{FILE}*"):
        file.unlink()
    clock = watched.clock
    assert isinstance(clock, Clockwork)
    clock.go_on(timedelta(days=2).total_seconds())

    read_all(LedgerWatch(watched))
    deliver_alerts(watched, print)

    (anew,) = watched.book.list_alerts(AlertFilter(), 10)
    assert (anew.alert, anew.recorded, anew.acknowledged_by) == (kept.alert, kept.recorded, "zhao")
    assert raised(watched) == ["break-glass"]
    assert sink.taken == ["break-glass"]


def test_promise_records_that_a_power_cut_took_and_others_replaced_are_evaluated(watched: WatchStations) -> None:
    kept = [record(MONDAY, "batch:show") for _ in range(6)]
    put_records(watched.settings.home, chained([*kept, *kept[:2]]))
    watch = LedgerWatch(watched)
    read_all(watch)
    watch.keep()

    put_records(watched.settings.home, chained([*kept, *RINGING["break-glass"], *kept[:2]]))
    read_all(LedgerWatch(watched))

    assert rules(watched) == ["break-glass"]


def test_attacker_who_cuts_records_off_under_a_running_watch_rings(watched: WatchStations, sink: Sink) -> None:
    path = put_records(watched.settings.home, chained([record(MONDAY, "batch:show") for _ in range(6)]))
    watch = LedgerWatch(watched)
    read_all(watch)

    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 200)
    watch.read()
    watch.look_around()
    deliver_alerts(watched, print)

    assert "ledger-unreadable" in sink.taken


def test_promise_a_sink_that_is_away_is_asked_again_later_and_less_often(
    watched: WatchStations, writer: Callable[[], WriterProcess], sink: Sink
) -> None:
    writer()
    watched.ledger.append(GLASS)
    read_all(LedgerWatch(watched))
    clock = watched.clock
    assert isinstance(clock, Clockwork)
    sink.there = False

    waits = []
    for _ in range(12):
        assert deliver_alerts(watched, lambda text: None) == 0
        assert watched.book.list_due(clock.now()) == []
        waits.append(0)
        while not watched.book.list_due(clock.now()):
            clock.go_on(5)
            waits[-1] += 5
    sink.there = True
    assert deliver_alerts(watched, print) == 1

    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 3600
    assert deliver_alerts(watched, print) == 0


def test_the_job_rings_says_what_fails_once_and_ends_when_it_is_told(
    watched: WatchStations, writer: Callable[[], WriterProcess], sink: Sink
) -> None:
    said: list[str] = []
    job = WatchLedger(watched, said.append, every=0.01)
    job.start()
    try:
        writer()
        sink.there = False
        watched.ledger.append(GLASS)
        wait_until(lambda: bool(said))
        watched.ledger.append(GLASS)
        wait_until(lambda: raised(watched) == ["break-glass"] * 2)
    finally:
        job.stop()

    assert said == ["an alert was not taken by the test: not there; it is offered again"]


def test_promise_alerts_are_seen_and_acknowledged_on_record_while_the_store_is_away(
    watched: WatchStations, writer: Callable[[], WriterProcess]
) -> None:
    """No store was ever started here."""
    writer()
    watched.ledger.append(GLASS)
    read_all(LedgerWatch(watched))

    listed = list_alerts_without_store(watched, terminal_actor(), AlertFilter()).value
    uid = listed.alerts[0].kept.alert.uid
    acknowledge_without_store(watched, terminal_actor(), uid)

    assert [one.kept.alert.rule for one in listed.alerts] == ["break-glass"]
    kept = watched.book.get_alert(uid)
    assert kept is not None
    assert kept.acknowledged_by == terminal_actor().username
    told = [(one["act"], one["outcome"]) for one in documents(watched.settings.home) if one["act"].startswith("alert:")]
    assert told[1:] == [("alert:list", "answered"), ("alert:acknowledge", "done")]
    with pytest.raises(AlertNotFoundError):
        acknowledge_without_store(watched, terminal_actor(), uid)

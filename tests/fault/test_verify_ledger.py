"""The service verifies its ledger by itself: on record, in time, without the store, and a broken one wakes somebody."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clockwork import Clockwork
from tests.processes import wait_until
from tests.recorded import documents
from traceapp.composition import build_watch, check_policy, prepare_home
from traceapp.domain.alerts import AlertFilter
from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import LedgerEntry
from traceapp.jobs.verify_ledger import VerifyLedger
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.segments import segment_path
from traceapp.settings import read_settings
from traceapp.usecases.audit.verify_ledger import verified_at
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.watch_stations import WatchStations

ASKED = LedgerEntry("batch:trace", "answered", {"account": "1" * 32, "username": "rc", "through": "session"}, reason="before")
HOUR = 3600


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchStations]:
    """A home with a ledger of ten records, and no store."""
    settings = read_settings(home=tmp_path)
    prepare_home(settings)
    check_policy(settings)
    writer = WriterProcess.start(tmp_path)
    stations = replace(build_watch(settings), clock=Clockwork())
    for _ in range(9):
        stations.ledger.append(ASKED)
    yield stations
    stations.ledger.close()
    writer.stop()


def verified(stations: WatchStations) -> list[bool]:
    found = [one for one in documents(stations.settings.home) if one["act"] == "ledger:verify"]
    assert all(one["actor"]["username"] == "service" for one in found)
    return [one["result"]["ok"] for one in found]


def go_on(stations: WatchStations, hours: float) -> None:
    assert isinstance(stations.clock, Clockwork)
    stations.clock.go_on(hours * HOUR)


def test_promise_the_ledger_is_verified_by_itself_several_times_a_day(watched: WatchStations) -> None:
    job, said = VerifyLedger(watched, lambda text: said.append(text), first=0), list[str]()
    times = []
    for hours in (0, 5, 2, 2, 5):
        go_on(watched, hours)
        job.work()
        times.append(len(verified(watched)))

    assert times == [1, 1, 2, 2, 3]
    assert verified(watched) == [True] * 3
    assert said == []
    watch = LedgerWatch(watched)
    while watch.read():
        pass
    watch.keep()
    assert verified_at(watched) is not None, "and /metrics tells it"
    go_on(watched, -7)
    VerifyLedger(watched, print, first=0).work()
    assert len(verified(watched)) == 4, "a time that lies ahead, since the clock was set back, puts nothing off"


def test_promise_what_somebody_else_verified_counts_and_a_start_waits(watched: WatchStations) -> None:
    VerifyLedger(watched, print, first=0).work()
    watch = LedgerWatch(watched)
    while watch.read():
        pass
    watch.keep()
    go_on(watched, 5)

    VerifyLedger(watched, print, first=0).work()
    go_on(watched, 2)
    VerifyLedger(watched, print, first=HOUR).work()

    assert len(verified(watched)) == 1


def test_promise_a_broken_ledger_wakes_somebody(watched: WatchStations) -> None:
    watch, said = LedgerWatch(watched), list[str]()
    while watch.read():
        pass
    path = segment_path(watched.settings.home, 1)
    with path.open("r+b") as segment:
        segment.seek(path.read_bytes().index(b"before"))
        segment.write(b"behind")

    VerifyLedger(watched, lambda text: said.append(text), first=0).work()
    while watch.read():
        pass

    assert [text.partition(":")[0] for text in said] == ["the ledger is broken"]
    assert "ledger-broken" in [one.alert.rule for one in watched.book.list_alerts(AlertFilter(), 100)]


def test_promise_a_ledger_that_does_not_answer_is_not_asked_again_at_once(
    watched: WatchStations, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = VerifyLedger(watched, print, first=0)
    with monkeypatch.context() as away:
        away.setattr(watched.ledger, "get_head", refuse)
        with pytest.raises(LedgerUnavailableError):
            job.work()
    job.work()

    assert verified(watched) == []


def refuse() -> None:
    raise LedgerUnavailableError("away")


def test_promise_a_service_that_stops_waits_for_no_verifier(watched: WatchStations, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = watched.settings.home / "endless.py"
    noted = watched.settings.home / "noted"
    endless.write_text(
        "import os, pathlib, signal\n"
        f"pathlib.Path({str(noted)!r}).write_text(f'{{os.getpid()}} {{os.nice(0)}}')\n"
        "while True:\n    signal.pause()\n"
    )
    monkeypatch.setattr("traceapp.ledger.verdict.VERIFIER", endless)
    job = VerifyLedger(watched, print, every=0.01, first=0)
    job.start()
    wait_until(lambda: noted.exists() and len(noted.read_text().split()) == 2)
    pid, nice = map(int, noted.read_text().split())

    job.stop()

    assert nice == 19
    assert not Path(f"/proc/{pid}").exists()
    assert verified(watched) == []

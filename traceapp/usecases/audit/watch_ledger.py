"""The watch: what comes onto the ledger is evaluated by the alert rules, and what rings is kept and recorded.

It needs no store and no data key, so that it goes on while they are away; and a ledger that does not answer is itself an alert.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from traceapp.domain.alerts import Alert, KeptAlert, Surroundings
from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import KeyUnavailableError, LedgerBrokenError, LedgerUnavailableError
from traceapp.domain.governed import DocumentKind
from traceapp.domain.keys import KeyState
from traceapp.domain.ledger_health import LedgerHealth
from traceapp.host.governed_files import FOLDER as GOVERNED
from traceapp.host.governed_files import accepted_file
from traceapp.host.governed_files import stamp as stamp_of
from traceapp.ledger.alert_book import Progress, Rung
from traceapp.ledger.anchors.states import read_states
from traceapp.ledger.records import canonical, record_hash
from traceapp.ledger.tail import MANY, LedgerTail
from traceapp.policy.alert_evaluation import Evaluation
from traceapp.usecases.alerts.alert_records import raised_entry, told_of_alert
from traceapp.usecases.watch_stations import WatchStations

KEEP_EVERY: Final = timedelta(minutes=1)
"""How often the state of the rules is kept where nothing rings; what came since is evaluated again after a crash."""
BACK: Final = 1_000
"""Records that are read again where the last one known is not there: a power cut takes what was not durable yet."""
RECENT: Final = timedelta(days=1)
"""Of a book that was lost, older alerts are kept and handed to no sink a second time."""


@dataclass(slots=True)
class _Writer:
    """What was last heard of the ledger's writer, and when; `health` is None as long as nothing was, `now` while it is silent."""

    health: LedgerHealth | None = None
    heard: float = field(default_factory=time.monotonic)
    now: LedgerHealth | None = None
    restarted: bool = False


class LedgerWatch:
    """One on a home, in one thread. Its place and the state of the rules are kept with every alert."""

    def __init__(self, stations: WatchStations, at_most: int = MANY) -> None:
        """at_most  records that one look evaluates. raises HomeError: what is kept cannot be read."""
        self._stations = stations
        self._at_most = at_most
        progress = stations.book.get_progress()
        self._is_new = progress is None
        known = progress or Progress(0, "", {})
        self._evaluation = Evaluation(stations.rules, stations.facts, known.state or None)
        self._after, self._hash, self._kept_at = known.after, known.hash, stations.clock.now()
        self._tail = LedgerTail(stations.settings.home, known.after)
        self._is_proven = not known.after
        self._broken = False
        self._writer = _Writer()
        self._stamp: tuple[object, ...] = ()
        self._unaccepted = False
        self._edited: dict[str, float] = {}
        self._clocks = (time.monotonic(), stations.clock.now())

    def read(self) -> int:
        """Evaluate what is new; how many records there were.

        A ledger that cannot be read is an alert of the next `look_around`.
        raises  HomeError: what rang is not kept; a watch that is made anew rings it.
        """
        try:
            new = self._tail.read_new(self._at_most)
            self._broken = False
        except LedgerBrokenError:
            if not self._is_proven:
                return self._go_back()
            self._broken = True
            return 0
        except LedgerUnavailableError:
            self._broken = True
            return 0
        if not new:
            self._is_new = False
            self._record()
            return 0
        if not self._is_proven and new[0][1].get("prev") != self._hash:
            return self._go_back()
        self._is_proven = True
        rung: list[Alert] = []
        told: list[KeptAlert] = []
        for seq, record in new:
            rung += self._evaluation.take(seq, record)
            told += told_of_alert(seq, record)
        self._after, self._hash = new[-1][0], record_hash(canonical(new[-1][1]))
        if rung or told or self._stations.clock.now() - self._kept_at >= KEEP_EVERY:
            self._put(rung, told)
        return len(new)

    def look_around(self) -> None:
        """Ask how the ledger, its disk, the clock and the keys are, and what is missing; raises HomeError."""
        self._look_at_documents()
        rung = self._evaluation.look_around(Surroundings(self._stations.clock.now(), self._measures()))
        if rung:
            self._put(rung, ())
            self._record()

    def keep(self) -> None:
        """Keep the place, as at the end; raises HomeError."""
        self._put((), ())

    def _go_back(self) -> int:
        """The last known record is not there, or not as it was: what was read of it was never durable."""
        self._after = max(0, self._after - BACK)
        self._tail = LedgerTail(self._stations.settings.home, self._after)
        self._is_proven = True
        return 1

    def _put(self, rung: Sequence[Alert], told: Sequence[KeptAlert]) -> None:
        """Of a new book on an old ledger, what rang long ago goes nowhere a second time."""
        stations, now = self._stations, self._stations.clock.now()
        names = [sink.name for sink in stations.sinks]
        going = [Rung(alert, () if self._is_new and now - alert.at > RECENT else names) for alert in rung]
        stations.book.put(going, told, Progress(self._after, self._hash, self._evaluation.state), now)
        self._kept_at = now

    def _record(self) -> None:
        """Put every alert on record that is not; only when all that came is read, so that none is twice."""
        for alert in self._stations.book.list_unrecorded():
            try:
                receipt = self._stations.ledger.append(raised_entry(alert))
            except LedgerUnavailableError:
                return
            self._stations.book.put_recorded(alert.uid, receipt.seq)

    def _measures(self) -> dict[str, dict[str, float]]:
        self._hear()
        writer = self._writer
        measures: dict[str, float] = {
            "ledger_silent_seconds": time.monotonic() - writer.heard,
            "ledger_restarts": float(writer.restarted),
            "ledger_unreadable": float(self._broken),
            "clock_step_seconds": self._clock_step(),
            "policy_unaccepted": float(self._unaccepted),
        }
        if (health := writer.now) is not None:
            measures["ledger_queue_used"] = health.queue / health.queue_most
            measures["ledger_disk_used"] = health.disk_used
            measures["ledger_reserve_used"] = 1 - health.reserve / health.reserve_wanted if health.reserve_wanted else 0.0
        return {
            **{name: {"": value} for name, value in measures.items()},
            "document_edited": self._edited,
            "key_age_days": self._key_ages(),
            "anchor_age_hours": self._anchor_ages(),
        }

    def _look_at_documents(self) -> None:
        """Asked again whenever one of their files was touched; while the keys are away, as it was before."""
        stamp = self._documents_stamp()
        if stamp == self._stamp:
            return
        with suppress(KeyUnavailableError, LedgerUnavailableError):
            self._unaccepted = not self._stations.policy()
            self._edited = {kind: float(edited) for kind, edited in self._stations.documents().items()}
            if self._stamp:
                self._evaluation = Evaluation(*self._stations.reload(), self._evaluation.state)
            self._stamp = stamp

    def _documents_stamp(self) -> tuple[object, ...]:
        settings = self._stations.settings
        accepted = [accepted_file(settings.home, kind) for kind in DocumentKind]
        kept = sorted((settings.home / GOVERNED).glob("*/*.toml"))
        return tuple((str(path), stamp_of(path)) for path in (*accepted, Path(settings.policy), *kept))

    def _hear(self) -> None:
        writer = self._writer
        try:
            writer.now = self._stations.ledger.get_health()
        except LedgerUnavailableError:
            writer.now = None
            return
        writer.restarted = writer.health is not None and writer.health.pid != writer.now.pid
        writer.health, writer.heard = writer.now, time.monotonic()

    def _clock_step(self) -> float:
        """Seconds by which the clock on the wall moved otherwise than time did, since the last look."""
        before, self._clocks = self._clocks, (time.monotonic(), self._stations.clock.now())
        passed, moved = self._clocks[0] - before[0], (self._clocks[1] - before[1]).total_seconds()
        return abs(moved - passed)

    def _anchor_ages(self) -> dict[str, float]:
        """Hours since each anchor of the ledger took a checkpoint; of one that never did, nothing is known."""
        now, states = self._stations.clock.now(), read_states(self._stations.settings.home)
        return {state.name: (now - state.at) / timedelta(hours=1) for state in states if state.at is not None}

    def _key_ages(self) -> dict[str, float]:
        """Days since each data key that seals was made."""
        now = self._stations.clock.now()
        try:
            keys = self._stations.keys.record().keys
        except KeyUnavailableError:
            return {}
        sealing = [key for key in keys if key.state is KeyState.ACTIVE and key.alias.startswith("T")]
        return {key.alias: (now - parse_stored_time(key.created_at)) / timedelta(days=1) for key in sealing}

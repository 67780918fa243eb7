"""What comes onto the ledger rings within a moment, and goes out by a thread of its own that nothing waits for."""

import threading
import time
from collections.abc import Callable
from typing import Final

from traceapp.domain.errors import TraceappError
from traceapp.usecases.alerts.deliver_alerts import deliver_alerts
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.watch_stations import WatchStations

EVERY: Final = 0.5
"""Seconds between two looks at the tail; AROUND: between two looks at what no record tells."""
AROUND: Final = 2.0
STOP: Final = 10.0
"""Seconds that a sink may still take at the end; what it did not take is kept."""


class WatchLedger:
    """Two threads of the service; an error is said once and the next look tries again."""

    def __init__(self, stations: WatchStations, say: Callable[[str], None], every: float = EVERY) -> None:
        self._stations = stations
        self._say = say
        self._every = every
        self._said: dict[str, str] = {}
        self._stop = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="watch-ledger", daemon=True)
        self._delivering = threading.Thread(target=self._deliver, name="deliver-alerts", daemon=True)

    def start(self) -> None:
        self._watching.start()
        self._delivering.start()

    def stop(self) -> None:
        """Returns when what is read is evaluated and kept."""
        self._stop.set()
        self._watching.join()
        self._delivering.join(STOP)

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self._watch_on(LedgerWatch(self._stations))
            except TraceappError as error:
                self._tell("watch", f"the ledger is not watched at this moment: {error}")
                self._stop.wait(self._every)
            except Exception as error:  # a defect is said, and ends no watch
                self._tell("watch", f"the ledger is not watched at this moment: {type(error).__name__}")
                self._stop.wait(self._every)

    def _watch_on(self, watch: LedgerWatch) -> None:
        looked = 0.0
        while not self._stop.is_set():
            read = watch.read()
            if time.monotonic() - looked >= AROUND:
                watch.look_around()
                looked = time.monotonic()
            if not read:
                self._stop.wait(self._every)
        watch.keep()

    def _deliver(self) -> None:
        while not self._stop.wait(self._every):
            try:
                deliver_alerts(self._stations, lambda text: self._tell("sink", text))
            except TraceappError as error:
                self._tell("deliver", f"alerts are not handed on at this moment: {error}")
            except Exception as error:  # the same
                self._tell("deliver", f"alerts are not handed on at this moment: {type(error).__name__}")

    def _tell(self, about: str, text: str) -> None:
        if text != self._said.get(about):
            self._said[about] = text
            self._say(text)

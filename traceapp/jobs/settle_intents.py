"""What a crash left between an intent and its outcome is settled by itself, a few seconds later."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from traceapp.domain.errors import TraceappError
from traceapp.domain.rights import Actor
from traceapp.usecases.settle_intents import IntentSweep
from traceapp.usecases.stations import Stations

EVERY: Final = 5.0
"""Seconds between two looks."""


class SettleIntents:
    """A thread of the service; an error is said once and the next look tries again."""

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Stations]],
        actor: Actor,
        say: Callable[[str], None],
        every: float = EVERY,
    ) -> None:
        self._connected = connected
        self._actor = actor
        self._say = say
        self._every = every
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="settle-intents", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                with self._connected() as stations:
                    sweep = IntentSweep(stations.settings.home)
                    self._look(sweep, stations)
                    while not self._stop.wait(self._every):
                        self._look(sweep, stations)
            except TraceappError as error:
                self._tell(f"acts without an outcome are not settled: {error}")

    def _look(self, sweep: IntentSweep, stations: Stations) -> None:
        for seq, outcome in sweep.look(stations, self._actor):
            self._say(f"the act that record {seq} began is {outcome}")

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)

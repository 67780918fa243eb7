"""What a crash left between an intent and its outcome is settled by itself, a few seconds later."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from traceapp.domain.rights import Actor
from traceapp.jobs.service_thread import ServiceThread
from traceapp.usecases.settle_intents import IntentSweep
from traceapp.usecases.stations import Stations

EVERY: Final = 5.0
"""Seconds between two looks."""


class SettleIntents(ServiceThread):
    name = "settle-intents"
    failed = "acts without an outcome are not settled"

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Stations]],
        actor: Actor,
        say: Callable[[str], None],
        every: float = EVERY,
    ) -> None:
        super().__init__(say, every)
        self._connected = connected
        self._actor = actor

    def work(self) -> None:
        if self.wait():
            return
        with self._connected() as stations:
            sweep = IntentSweep(stations.settings.home)
            self._look(sweep, stations)
            while not self.wait():
                self._look(sweep, stations)

    def _look(self, sweep: IntentSweep, stations: Stations) -> None:
        for seq, outcome in sweep.look(stations, self._actor):
            self._say(f"the act that record {seq} began is {outcome}")

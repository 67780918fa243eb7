"""What a crash left between an intent and its outcome, or of an approval that was spent, is settled a few seconds later."""

from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.approvals.settle_spent import SpentSweep
from traceapp.usecases.audit.settle_intents import IntentSweep
from traceapp.usecases.stations import Stations


class SettleIntents(StoreThread):
    name = "settle-intents"
    failed = "acts without an outcome are not settled"
    every = 5.0

    _sweep: IntentSweep | None = None
    _spent: SpentSweep | None = None
    """Of this sitting: they remember what they have read of the ledger."""

    def work(self) -> None:
        self._sweep = self._spent = None
        super().work()

    def look(self, stations: Stations) -> None:
        self._sweep = self._sweep or IntentSweep(stations.settings.home)
        for seq, outcome in self._sweep.look(stations, self._actor):
            self._say(f"the act that record {seq} began is {outcome}")
        self._spent = self._spent or SpentSweep(stations.settings.home)
        for uid in self._spent.look(stations, self._actor):
            self._say(f"what approval {uid} was spent on did not happen: ask for it anew")

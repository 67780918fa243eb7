"""The whole ledger is verified by itself, several times a day, so that a day without it is an alarm and never the usual case."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from traceapp.jobs.service_thread import ServiceThread
from traceapp.usecases.audit.verify_ledger import verified_at, verify_by_itself
from traceapp.usecases.watch_stations import WatchStations

EVERY: Final = 60.0
"""Seconds between two looks whether its time has come."""
FIRST: Final = 300.0
"""Seconds after the start before which nothing is verified: a start has other things to do."""
AGAIN: Final = 900.0
"""Seconds after which it is tried again where it could not be done."""
MOST: Final = 10_800.0
"""Seconds that one check may take; the standalone verifier reads a hundred million records in them."""


class VerifyLedger(ServiceThread):
    """It reads as a process of its own at the lowest priority. Whoever runs `traceapp audit verify` puts it off."""

    name = "verify-ledger"
    failed = "the ledger is not verified at this moment"

    def __init__(self, stations: WatchStations, say: Callable[[str], None], every: float = EVERY, first: float = FIRST) -> None:
        """first  as `FIRST`."""
        super().__init__(say, every)
        self._stations = stations
        self._between = timedelta(hours=stations.settings.verify_every)
        self._not_before = time.monotonic() + first
        self._verified: datetime | None = None

    def work(self) -> None:
        if time.monotonic() < self._not_before or not self._is_due():
            return
        self._not_before = time.monotonic() + AGAIN
        verdict = verify_by_itself(self._stations, MOST, self._stop.is_set).value
        self._verified, self._not_before = self._stations.clock.now(), 0.0
        if not verdict.ok:
            self.tell(f"the ledger is broken: first bad record is {verdict.first_bad_seq}: {verdict.reason}")

    def _is_due(self) -> bool:
        """By the newest check that is known of, whoever made it; one of a clock that was set back since puts nothing off."""
        now = self._stations.clock.now()
        known = [at for at in (self._verified, verified_at(self._stations)) if at is not None and at <= now]
        return not known or now - max(known) >= self._between

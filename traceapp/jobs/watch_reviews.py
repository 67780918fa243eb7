"""That who may see what was not reviewed in time is put on record once a day, so that it rings."""

from datetime import datetime, timedelta
from typing import Final

from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.accounts.review_due import record_overdue
from traceapp.usecases.stations import Stations

AGAIN: Final = timedelta(days=1)
"""After which it is said once more."""


class WatchReviews(StoreThread):
    name = "watch-reviews"
    failed = "whether a review of accounts is overdue was not asked"
    every = 3600.0

    _said_at: datetime | None = None

    def look(self, stations: Stations) -> None:
        now = stations.clock.now()
        if self._said_at is not None and now - self._said_at < AGAIN:
            return
        if record_overdue(stations, self._actor):
            self._said_at = now
            self.tell("a review of who may see what is overdue (/access-reviews)")

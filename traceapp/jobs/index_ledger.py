"""New records can be searched a moment after they were made."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from traceapp.jobs.service_thread import ServiceThread
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.stations import Stations

EVERY: Final = 0.5
"""Seconds between two looks for new records."""


class IndexLedger(ServiceThread):
    name = "index-ledger"
    failed = "the audit trail cannot be searched up to date"

    def __init__(
        self, connected: Callable[[], AbstractContextManager[Stations]], say: Callable[[str], None], every: float = EVERY
    ) -> None:
        super().__init__(say, every)
        self._connected = connected

    def work(self) -> None:
        with self._connected() as stations:
            index_ledger(stations, self.tell, self.wait)

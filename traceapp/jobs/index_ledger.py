"""New records can be searched a moment after they were made."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Final

from traceapp.domain.errors import TraceappError
from traceapp.usecases.index_ledger import index_ledger
from traceapp.usecases.stations import Stations

EVERY: Final = 0.5
"""Seconds between two looks for new records."""


class IndexLedger:
    """A thread of the service; an error is said once and the next look tries again."""

    def __init__(
        self, connected: Callable[[], AbstractContextManager[Stations]], say: Callable[[str], None], every: float = EVERY
    ) -> None:
        self._connected = connected
        self._say = say
        self._every = every
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index-ledger", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the records at hand are in."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connected() as stations:
                    index_ledger(stations, self._tell, partial(self._stop.wait, self._every))
            except TraceappError as error:
                self._tell(f"the audit trail cannot be searched up to date: {error}")
                self._stop.wait(self._every)

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)

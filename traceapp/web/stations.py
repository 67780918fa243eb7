"""The stations of this process: made at the first request after the fork, once; renewed where other documents are in force."""

import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

from flask import Flask, current_app, g

from traceapp.usecases.stations import Stations

_EXTENSION: Final = "traceapp.stations"


class _StationsOnce:
    """A child of a fork makes its own; a failed attempt is repeated at the next request."""

    def __init__(self, factory: Callable[[], Stations]) -> None:
        self._factory = factory
        self._lock = threading.Lock()
        self._pid = 0
        self._made: Stations | None = None

    def get(self) -> Stations:
        made = self._made
        if made is not None and self._pid == os.getpid():
            fresh = made.documents.renewed(made)
            if fresh is not made:
                self._made = fresh
            return fresh
        with self._lock:
            if self._made is None or self._pid != os.getpid():
                self._made = self._factory()
                self._pid = os.getpid()
            return self._made

    def close(self) -> None:
        with self._lock:
            if self._made is not None and self._pid == os.getpid():
                self._made.graph.close()
                self._made.ledger.close()
            self._made = None


def stations() -> Stations:
    """Those of this process, for this request: everything that it puts on record bears one id.

    raises  StoreUnavailableError and its kin while they cannot be made.
    """
    made = cast("_StationsOnce", current_app.extensions[_EXTENSION]).get()
    if "request_id" not in g:
        g.request_id = secrets.token_hex(16)
    return replace(made, request_id=g.request_id)


def close_stations(app: Flask) -> None:
    """Give connections back when the process ends; harmless where none were made."""
    cast("_StationsOnce", app.extensions[_EXTENSION]).close()


def register(app: Flask, factory: Callable[[], Stations]) -> None:
    app.extensions[_EXTENSION] = _StationsOnce(factory)

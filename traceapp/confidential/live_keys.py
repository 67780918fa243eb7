"""The keys of a process that lives on: read again every five minutes, and at once where the ring was changed."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from traceapp.confidential.keys import KeyPurpose, KeyRing
from traceapp.domain.errors import KeyUnavailableError

LIFETIME: Final = 300.0
"""Seconds for which data keys are kept without asking the provider."""
PATIENCE: Final = 1.0
"""Seconds before a provider that did not answer is asked again."""

Stamp = tuple[int, int, int]


class LiveKeys:
    """What a sealer holds instead of a `KeyRing`.

    Data keys are forgotten when the provider does not answer after their five minutes. The keys of purposes stay for the
    life of the process: identities, record MACs and what the ledger keeps of a question need them, or nothing that is plain
    could be served either.
    """

    def __init__(self, load: Callable[[], KeyRing], ring: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        """raises what `load` raises: a process does not begin without its keys."""
        self._load = load
        self._path = ring
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stamp = self._read_stamp()
        self._first = load()
        self._ring: KeyRing | None = self._first
        self._expires = monotonic() + LIFETIME
        self._refusal: KeyUnavailableError | None = None
        self._asked_again = 0.0

    def __repr__(self) -> str:
        return "LiveKeys()"

    @property
    def owner(self) -> str:
        return self._first.owner

    def purpose_key(self, purpose: KeyPurpose) -> bytes:
        """As of the start of the process; raises KeyUnavailableError."""
        return self._first.purpose_key(purpose)

    @property
    def mac_epoch(self) -> int:
        return self._first.mac_epoch

    def mac_key(self, epoch: int) -> bytes:
        return self._first.mac_key(epoch)

    def present(self) -> KeyRing:
        """The ring of this moment. raises KeyUnavailableError: its time is over and the provider does not answer."""
        ring = self._ring
        if ring is not None and self._monotonic() < self._expires and self._read_stamp() == self._stamp:
            return ring
        with self._lock:
            return self._again()

    def _again(self) -> KeyRing:
        stamp, now = self._read_stamp(), self._monotonic()
        if self._ring is not None and now < self._expires and stamp == self._stamp:
            return self._ring
        if self._refusal is not None and stamp == self._stamp and now < self._asked_again + PATIENCE:
            raise KeyUnavailableError(str(self._refusal))
        try:
            ring = self._load()
        except KeyUnavailableError as error:
            self._ring, self._refusal, self._asked_again, self._stamp = None, error, now, stamp
            raise
        self._ring, self._refusal, self._stamp, self._expires = ring, None, stamp, now + LIFETIME
        return ring

    def _read_stamp(self) -> Stamp | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size

"""A new epoch of data keys, and what the former ones sealed brought under it, chunk by chunk."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from traceapp.domain.errors import HomeError
from traceapp.domain.keys import KeyState, age_of
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.sealed_store import LABELS
from traceapp.usecases.access import things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations

CHUNK: Final = 200
"""Records of one transaction: an import waits no longer for it than for another import."""
LOCK: Final = "reencryption.lock"

Show = Callable[[int, int], None]
"""Called with records done and records left."""
Wait = Callable[[float], bool]
"""Waits so many seconds; True where the work is to stop."""


@dataclass(frozen=True, slots=True)
class Reencryption:
    """What one run came to.

    left    records that still name an old key.
    broken  uids of those among them that hold a ciphertext which does not belong there; nothing of them was touched.
    """

    done: int
    left: int
    broken: tuple[str, ...]

    @property
    def is_finished(self) -> bool:
        return not self.left


def rotate_keys(stations: Stations, actor: Actor) -> Recorded[tuple[str, ...]]:
    """Data keys of a new epoch, under which every process seals from now on; returns their ids.

    raises  KeyUnavailableError; HomeError; LedgerUnavailableError: nothing was changed.
    """
    work = partial(stations.keys.rotate, actor.username, stations.clock.now())
    return carry_out(stations, actor, Act.KEY_ROTATE, {}, work)


def rewrap_keys(stations: Stations, actor: Actor) -> Recorded[str]:
    """A new key-encryption key, of the provider that the settings name; no value is touched. Returns its id."""
    provider = stations.settings.key_provider
    return carry_out(stations, actor, Act.KEY_REWRAP, {"provider": provider}, partial(stations.keys.rewrap, provider))


def old_keys(stations: Stations) -> list[str]:
    """Data keys that open and seal no more, the oldest first."""
    found = [key.alias for key in stations.keys.record().keys if key.state is KeyState.DECRYPT_ONLY]
    return sorted(found, key=age_of)


def count_left(stations: Stations) -> int:
    """How many records still name an old key."""
    return sum(stations.sealed.count(key_id) for key_id in old_keys(stations))


def reencrypt(stations: Stations, actor: Actor, rate: float, wait: Wait, show: Show = lambda done, left: None) -> Reencryption:
    """Bring under the newest keys whatever names an old one, until nothing does or `wait` says stop.

    It knows no place where it left off and needs none: what is done names its old key no longer. So after a crash, however
    rude, the next run finds what is left. Each chunk is on record before it begins and when it is done.
    rate    records a second, more or less.
    raises  HomeError: another run is at work; KeyUnavailableError; StoreError and its kinds; LedgerUnavailableError.
    """
    with only_run(stations):
        run = _Run(stations, actor, rate, wait, show)
        for key_id in run.old:
            for label in LABELS:
                run.reseal(label, key_id)
        return Reencryption(run.done, count_left(stations), tuple(run.broken))


@contextmanager
def only_run(stations: Stations) -> Iterator[None]:
    """One run at a time on a home, also after a crash; raises HomeError where one is at work."""
    path = stations.settings.home / LOCK
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError(f"{path} is held: values are being brought under the new keys already") from None
        yield


class _Run:
    def __init__(self, stations: Stations, actor: Actor, rate: float, wait: Wait, show: Show) -> None:
        self.stations = stations
        self.actor = actor
        self.old = old_keys(stations)
        self.done = 0
        self.broken: list[str] = []
        self.broken_of: dict[tuple[str, str], int] = {}
        self._left = sum(map(stations.sealed.count, self.old))
        self._pause = CHUNK / rate
        self._wait = wait
        self._show = show
        self._stopped = False

    def reseal(self, label: str, key_id: str) -> None:
        while not self._stopped and self._next(label, key_id):
            self._show(self.done, max(0, self._left - self.done))
            self._stopped = self._wait(self._pause)

    def _next(self, label: str, key_id: str) -> bool:
        """One chunk; False where there was none."""
        sealed = self.stations.sealed
        if sealed.count_of(label, key_id) <= self.broken_of.get((label, key_id), 0):
            return False
        made = carry_out(
            self.stations,
            self.actor,
            Act.KEY_REENCRYPT,
            {"key": key_id, "label": label, "chunk": CHUNK},
            lambda: sealed.reseal(label, key_id, self.old, self.stations.sealer, self.broken, CHUNK),
            about=things("Key", key_id),
        ).value
        self.done += made.written
        self.broken += made.broken
        self.broken_of[label, key_id] = self.broken_of.get((label, key_id), 0) + len(made.broken)
        return bool(made.written or made.broken)

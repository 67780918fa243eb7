"""A new epoch of data keys, and what the former ones sealed brought under it, chunk by chunk."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from traceapp.domain.keys import KeyState, age_of
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.sealed_store import LABELS
from traceapp.host.home_lock import only_run
from traceapp.usecases.access import things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.chunks import CHUNK, Wait
from traceapp.usecases.keys.resealing import LOCK, SEALING, Resealing
from traceapp.usecases.stations import Stations

Show = Callable[[int, int], None]
"""Called with records done and records left."""


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

    What is done names its old key no longer (`resealing.py`).
    rate    records a second, more or less.
    raises  HomeError: another run is at work; KeyUnavailableError; StoreError and its kinds; LedgerUnavailableError.
    """
    with only_run(stations.settings.home, LOCK, SEALING):
        run = _Rotation(Resealing(stations, actor, Act.KEY_REENCRYPT, rate, wait), old_keys(stations), show)
        for key_id in run.old:
            for label in LABELS:
                run.reseal(label, key_id)
        return Reencryption(run.run.done, count_left(stations), tuple(run.run.broken))


class _Rotation:
    def __init__(self, run: Resealing, old: list[str], show: Show) -> None:
        self.run = run
        self.old = old
        self._sealed = run.stations.sealed
        self._broken_of: dict[tuple[str, str], int] = {}
        self._left = sum(map(self._sealed.count, old))
        self._show = show

    def reseal(self, label: str, key_id: str) -> None:
        while not self.run.stopped and self._next(label, key_id):
            self._show(self.run.done, max(0, self._left - self.run.done))
            self.run.rest()

    def _next(self, label: str, key_id: str) -> bool:
        """One chunk; False where there was none."""
        run, sealed = self.run, self._sealed
        broken = self._broken_of.get((label, key_id), 0)
        if sealed.count_of(label, key_id) <= broken:
            return False
        made = run.chunk(
            {"key": key_id, "label": label, "chunk": CHUNK},
            lambda: sealed.reseal(label, key_id, self.old, run.stations.sealer, run.broken, CHUNK),
            about=things("Key", key_id),
        )
        self._broken_of[label, key_id] = broken + len(made.broken)
        return bool(made.written or made.broken)

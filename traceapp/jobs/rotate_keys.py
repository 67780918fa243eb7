"""What a rotation left to do goes on by itself, however it was broken off."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from traceapp.domain.errors import HomeError
from traceapp.domain.rights import Actor
from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.keys.rotate_keys import count_left, reencrypt
from traceapp.usecases.stations import Stations

EVERY: Final = 15.0
"""Seconds between two looks."""


class RotateKeys(StoreThread):
    name = "rotate-keys"
    failed = "values are not brought under the new keys"

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Stations]],
        actor: Actor,
        say: Callable[[str], None],
        every: float = EVERY,
    ) -> None:
        super().__init__(connected, say, every)
        self._actor = actor

    def look(self, stations: Stations) -> None:
        if not count_left(stations):
            return
        try:
            made = reencrypt(stations, self._actor, stations.settings.reencrypt_rate, self._stop.wait)
        except HomeError:
            return  # somebody does it at the terminal
        if made.broken:
            self.tell(f"{len(made.broken)} records hold a ciphertext that does not belong there: {', '.join(made.broken[:5])}")
        elif made.is_finished:
            self.tell(f"{made.done} records were brought under the new keys; nothing names an old one any more")

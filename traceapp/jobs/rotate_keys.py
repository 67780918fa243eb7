"""What a rotation left to do goes on by itself, however it was broken off."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from traceapp.domain.errors import HomeError, TraceappError
from traceapp.domain.rights import Actor
from traceapp.usecases.rotate_keys import count_left, reencrypt
from traceapp.usecases.stations import Stations

EVERY: Final = 15.0
"""Seconds between two looks."""


class RotateKeys:
    """A thread of the service; an error is said once and the next look tries again."""

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Stations]],
        actor: Actor,
        say: Callable[[str], None],
        every: float = EVERY,
    ) -> None:
        self._connected = connected
        self._actor = actor
        self._say = say
        self._every = every
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rotate-keys", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the chunk at hand is written."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                with self._connected() as stations:
                    self._look(stations)
                    while not self._stop.wait(self._every):
                        self._look(stations)
            except TraceappError as error:
                self._tell(f"values are not brought under the new keys: {error}")

    def _look(self, stations: Stations) -> None:
        if not count_left(stations):
            return
        try:
            made = reencrypt(stations, self._actor, stations.settings.reencrypt_rate, self._stop.wait)
        except HomeError:
            return  # somebody does it at the terminal
        if made.broken:
            self._tell(f"{len(made.broken)} records hold a ciphertext that does not belong there: {', '.join(made.broken[:5])}")
        elif made.is_finished:
            self._tell(f"{made.done} records were brought under the new keys; nothing names an old one any more")

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)

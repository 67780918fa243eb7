"""What a rotation left to do goes on by itself, however it was broken off."""

from traceapp.domain.errors import HomeError
from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.keys.rotate_keys import count_left, reencrypt
from traceapp.usecases.stations import Stations


class RotateKeys(StoreThread):
    name = "rotate-keys"
    failed = "values are not brought under the new keys"
    every = 15.0

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

"""What a change of the data dictionary left to bring in its form goes on by itself, however it was broken off."""

from traceapp.domain.errors import HomeError
from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.governed.migrate_values import migrate_values
from traceapp.usecases.stations import Stations


class MigrateValues(StoreThread):
    name = "migrate-values"
    failed = "stored values are not brought to the data dictionary"
    every = 5.0

    def look(self, stations: Stations) -> None:
        if not stations.dictionary.moving:
            return
        try:
            made = migrate_values(stations, self._actor, stations.settings.reencrypt_rate, self._stop.wait)
        except HomeError as error:
            self.tell(f"{self.failed}: {error}")
            return  # somebody does it at the terminal, or keys are being rotated
        if made.broken:
            self.tell(f"{len(made.broken)} records are not as they were written: {', '.join(made.broken[:5])}")
        elif made.number is not None:
            self.tell(f"{made.done} records were brought to version {made.number} of the data dictionary; none has another form")

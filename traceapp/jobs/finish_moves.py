"""What a move of a site or product line left to rewrite goes on by itself, however it was broken off."""

from traceapp.domain.errors import HomeError
from traceapp.jobs.service_thread import StoreThread
from traceapp.usecases.places.finish_moves import finish_moves
from traceapp.usecases.stations import Stations


class FinishMoves(StoreThread):
    name = "finish-moves"
    failed = "records are not brought to the place that they were moved to"
    every = 15.0

    def look(self, stations: Stations) -> None:
        if not stations.acls.places.unfinished:
            return
        try:
            made = finish_moves(stations, self._actor, stations.settings.reencrypt_rate, self._stop.wait)
        except HomeError as error:
            self.tell(f"{self.failed}: {error}")
            return  # somebody does it at the terminal
        if made.broken:
            self.tell(f"{len(made.broken)} records are not as they were written: {', '.join(made.broken[:5])}")
        elif made.finished:
            self.tell(f"{made.done} records were rewritten; nothing names the place any more that was moved")

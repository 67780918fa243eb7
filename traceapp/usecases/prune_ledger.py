"""What of the ledger has passed its date. To let it go takes two persons, and there is no approval yet: so nothing goes.

To refuse is the safe side: records that are kept too long harm nobody, and what one person alone pruned proves nothing.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import orjson

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import LedgerUnavailableError, PermissionDeniedError
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.retention import is_due, retention_of
from traceapp.domain.rights import Actor
from traceapp.ledger.reading import find_records
from traceapp.ledger.segments import first_of, list_segments, read_segment
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.stations import Stations

TWO: Final = (
    "Pruning the ledger takes a second person who approves it, and this version has no approvals yet. Nothing was pruned."
)


@dataclass(frozen=True, slots=True)
class DueRecords:
    """The oldest segments of which every record has passed its date.

    upto     the last record of them; 0 where nothing is due.
    blocked  the first record that keeps the next segment, with its act and class; None where only the newest segment is left.
    """

    segments: int
    upto: int
    blocked: tuple[int, str, str] | None


def find_due(stations: Stations, actor: Actor) -> Recorded[DueRecords]:
    """What would go, the newest segment never; raises PermissionDeniedError, LedgerUnavailableError, LedgerBrokenError."""
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    due = _due(stations)
    result = {"segments": due.segments, "upto": due.upto}
    return stations.ledger.record(
        due, entry(stations, actor, Act.LEDGER_PRUNE, "answered", request={"dry_run": True}, result=result)
    )


def prune_ledger(stations: Stations, actor: Actor) -> None:
    """Refused, on record; raises PermissionDeniedError."""
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    stations.ledger.append(entry(stations, actor, Act.LEDGER_PRUNE, "denied", reason=TWO))
    raise PermissionDeniedError(TWO)


def _due(stations: Stations) -> DueRecords:
    home, upto, now = stations.settings.home, 0, stations.clock.now()
    segments = list_segments(home)
    newest = cache(lambda act: next((one["seq"] for one in find_records(home, act, 1)), 0))
    try:
        for number, path in enumerate(segments[:-1]):
            records = read_segment(path, closed=True)
            for content in records:
                told = orjson.loads(content)
                stays = retention_of(told["act"]).newest_stays and newest(told["act"]) == told["seq"]
                if stays or not is_due(told["act"], parse_stored_time(told["time"]), now):
                    return DueRecords(number, upto, (told["seq"], told["act"], retention_of(told["act"]).name))
            upto = first_of(path) + len(records) - 1
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None
    return DueRecords(max(0, len(segments) - 1), upto, None)

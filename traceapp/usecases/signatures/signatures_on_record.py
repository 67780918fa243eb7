"""What the ledger says of signatures: which record names each, when it was written, and what became of the act."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from traceapp.domain.clock import parse_stored_time
from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.domain.signatures import LedgerWord
from traceapp.ledger.index_search import find_places
from traceapp.ledger.reading import find_record
from traceapp.ledger.segments import first_kept, read_frame
from traceapp.ledger.tail import LedgerTail
from traceapp.usecases.stations import Stations

ACTS: Final = frozenset({Permission.APPROVAL_DECIDE.value, Permission.APPROVAL_REQUEST.value, Act.APPROVAL_SIGN.value})
MOST: Final = 1_000
"""Records of one approval."""


@dataclass(slots=True)
class OnRecord:
    """Of one approval, by the digest of a signature.

    words  the first record that names it.   given  those that came to be, whatever became of the approval.
    """

    words: dict[str, LedgerWord] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def add(self, told: Mapping[str, Any]) -> None:
        digest = str(told["request"]["signature"])
        word = LedgerWord(int(told["seq"]), digest, parse_stored_time(told["time"]), "clock" in told)
        self.words.setdefault(digest, word)
        if told["outcome"] in CAME_TO_BE:
            self.given.add(digest)


def all_on_record(stations: Stations) -> dict[str, OnRecord]:
    """By approval; the whole ledger is read. raises LedgerUnavailableError, LedgerBrokenError."""
    found: dict[str, OnRecord] = {}
    for told in _records_after(stations, 0):
        _add(found, told)
    return found


def on_record_of(stations: Stations, uid: str) -> OnRecord:
    """Of one approval, by the search index, and what that has not come to yet; raises what `all_on_record` raises."""
    found: dict[str, OnRecord] = {}
    places, state = find_places(stations.settings.home, LedgerQuery(approval=uid), None, MOST)
    for place in reversed(places):
        content = _content(stations, place.segment, place.place)
        if content is not None:
            _add(found, orjson.loads(content))
    for told in _records_after(stations, state.indexed):
        _add(found, told)
    return found.get(uid, OnRecord())


def kept_since(stations: Stations) -> datetime | None:
    """The time of the oldest record that is kept; None where nothing was pruned."""
    home = stations.settings.home
    first = first_kept(home)
    record = find_record(home, first) if first > 1 else None
    return parse_stored_time(orjson.loads(record)["time"]) if record is not None else None


def _add(found: dict[str, OnRecord], told: Mapping[str, Any]) -> None:
    request = told.get("request")
    if told.get("act") in ACTS and isinstance(request, dict) and "signature" in request and "approval" in told:
        found.setdefault(str(told["approval"]), OnRecord()).add(told)


def _records_after(stations: Stations, seq: int) -> Iterator[Mapping[str, Any]]:
    tail = LedgerTail(stations.settings.home, seq)
    while new := tail.read_new():
        yield from (told for _, told in new)


def _content(stations: Stations, segment: int, place: int) -> bytes | None:
    try:
        return read_frame(stations.settings.home, segment, place)
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None

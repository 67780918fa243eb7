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
from traceapp.ledger.index_search import Place, find_places
from traceapp.ledger.reading import find_record
from traceapp.ledger.segments import first_kept, read_frame
from traceapp.ledger.tail import LedgerTail
from traceapp.usecases.stations import Stations

ACTS: Final = frozenset({Permission.APPROVAL_DECIDE.value, Permission.APPROVAL_REQUEST.value, Act.APPROVAL_SIGN.value})
PAGE: Final = 1_000
"""Places that the search index is asked for at once."""


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
    places, indexed = _places_of(stations, uid)
    for place in places:
        content = _content(stations, place.segment, place.place)
        if content is not None:
            _add(found, orjson.loads(content))
    for told in _records_after(stations, indexed):
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


def _places_of(stations: Stations, uid: str) -> tuple[list[Place], int]:
    """Where every record lies by which it may have been signed, in their order, and up to which record all of them are known.

    Only those: anybody who may look at it makes as many records of looks as he likes.
    """
    found: dict[int, Place] = {}
    indexed: list[int] = []
    for act in sorted(ACTS):
        before: int | None = None
        while True:
            places, state = find_places(stations.settings.home, LedgerQuery(approval=uid, act=act), before, PAGE)
            found |= {one.seq: one for one in places}
            indexed.append(state.indexed)
            if len(places) < PAGE:
                break
            before = places[-1].seq
    return [found[seq] for seq in sorted(found)], min(indexed)


def _records_after(stations: Stations, seq: int) -> Iterator[Mapping[str, Any]]:
    tail = LedgerTail(stations.settings.home, seq)
    while new := tail.read_new():
        yield from (told for _, told in new)


def _content(stations: Stations, segment: int, place: int) -> bytes | None:
    try:
        return read_frame(stations.settings.home, segment, place)
    except OSError as error:
        raise LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).") from None

"""Keep the search index up with the ledger; whatever is wrong with it, it is made anew, and said."""

import sqlite3
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from traceapp.domain.errors import KeyUnavailableError, LedgerBrokenError, LedgerUnavailableError, SealBrokenError
from traceapp.domain.ledger_search import ShownThings
from traceapp.ledger.index import LedgerIndex, OpenRoll
from traceapp.ledger.tail import LedgerTail
from traceapp.usecases.audit.open_roll import open_roll
from traceapp.usecases.stations import Stations

TOLD_EVERY: Final = 100_000
"""Records between two words on how far a long rebuild has come."""

Say = Callable[[str], None]


def index_ledger(stations: Stations, say: Say, wait: Callable[[], bool]) -> None:
    """Bring the index up to the newest record, and again whenever `wait` returns False; its True ends it.

    Where another process keeps the index of this home, nothing is done until it has ended.
    raises  HomeError: the home cannot be written.
    """
    while True:
        index = LedgerIndex(stations.settings.home)
        with index.alone() as free:
            try:
                if free and _follow(stations, index, say, wait):
                    return
            except (sqlite3.Error, zlib.error) as error:
                say(f"the search index cannot be used ({type(error).__name__}); it is made anew")
                index.discard()
            except OSError as error:
                say(f"the search index cannot be written ({error.strerror})")
            except (LedgerBrokenError, LedgerUnavailableError) as error:
                say(f"the search index stands still: {error}")
        if wait():
            return


def _follow(stations: Stations, index: LedgerIndex, say: Say, wait: Callable[[], bool]) -> bool:
    reason = index.begin()
    behind = stations.ledger.get_head().seq - index.indexed
    long = behind > TOLD_EVERY
    if reason is not None and index.indexed < behind:
        say(f"the search index is made from the ledger's {behind} records, since {reason}")
    tail = LedgerTail(stations.settings.home, index.indexed)
    things_of: OpenRoll = partial(_rolled_things, stations)
    told = 0
    while True:
        if not index.is_of_kept:
            return _follow(stations, index, say, wait)
        while records := tail.read_placed():
            index.add(records, things_of)
            if long and records[-1].seq // TOLD_EVERY > told:
                told = records[-1].seq // TOLD_EVERY
                say(f"the search index has come to record {records[-1].seq}")
        if long:
            long = False
            say(f"the search index is up to record {index.indexed}")
        if wait():
            return True


def _rolled_things(stations: Stations, told: Mapping[str, Any]) -> tuple[ShownThings, ...] | None:
    """What a record's roll names; None where it cannot be opened now, which is counted."""
    try:
        found = open_roll(stations, told["roll"]["sha256"], told["roll"].get("at"))
    except (KeyUnavailableError, SealBrokenError, LedgerUnavailableError, KeyError):
        return None
    if found is None:
        return None
    return tuple(
        ShownThings(str(one["kind"]), tuple(one["disclosed"]), tuple(one["withheld"]), tuple(one["uids"])) for one in found
    )

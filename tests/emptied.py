"""A store that is emptied while its home goes on: what the home remembers of it is forgotten with it."""

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.servers import StoreLeg
from traceapp.host.row_register import FILE

if TYPE_CHECKING:
    from traceapp.usecases.stations import Stations


def empty(leg: StoreLeg, stations: "Stations") -> None:
    """Nothing is recorded any more, and the counter of records begins anew."""
    leg.empty()
    stations.events._remembered.clear()
    with closing(sqlite3.connect(stations.settings.home / FILE)) as kept, kept:
        kept.execute("CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, reached INTEGER) WITHOUT ROWID")
        kept.execute("DELETE FROM counters")

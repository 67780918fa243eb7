"""A place that is moved as if others had agreed, for tests of what comes of it."""

from traceapp.composition import terminal_actor
from traceapp.domain.places import KeptMove
from traceapp.usecases.places.finish_moves import MoveRun, finish_moves
from traceapp.usecases.places.move_place import check_place_move, move_place
from traceapp.usecases.stations import Stations

APPROVAL = "0f3a0f3a0f3a0f3"


def move(stations: Stations, **said: str | bool) -> KeptMove:
    """From now on everything of a place belongs to another; nothing is rewritten yet. Each move has an approval of its own."""
    parameters = check_place_move(stations, terminal_actor(), said)
    approval = f"{APPROVAL}{len(stations.acls.places.kept):x}"
    return move_place(stations, terminal_actor(), parameters, approval).value


def finish(stations: Stations) -> MoveRun:
    """Rewrite whatever names an old place."""
    return finish_moves(stations, terminal_actor(), 1e9, lambda seconds: False)


def rewrite_one_chunk(stations: Stations) -> MoveRun:
    """Stop after the first chunk."""
    return finish_moves(stations, terminal_actor(), 1e9, lambda seconds: True)

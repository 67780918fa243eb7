"""A command that brings many records about in chunks, killed half-way: what is left then, and that it goes on."""

import signal
from collections.abc import Callable, Iterator

from tests.processes import start_command, wait_until
from traceapp.usecases.stations import Stations


def killed_half_way(stations: Stations, left: Callable[[], int], *command: str) -> Iterator[int]:
    """How many records are left after each of two runs that are killed once they have done something.

    left  counts them.   command  of traceapp, slow enough that it is not done by then.
    """
    lefts = [left()]
    for _ in range(2):
        running = start_command(stations, *command)
        wait_until(lambda so_far=lefts[-1]: left() < so_far)  # type: ignore[misc]
        assert running.poll() is None, "it is not done yet"
        running.send_signal(signal.SIGKILL)
        running.communicate()
        lefts.append(left())
        yield lefts[-1]
    assert lefts[0] > lefts[1] > lefts[2] > 0

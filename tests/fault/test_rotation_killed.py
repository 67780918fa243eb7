"""A rotation that is killed loses nothing, and the next run goes on where it was."""

import signal

from tests.conftest import MakeActor
from tests.imported import take_in
from tests.processes import start_command, wait_until
from traceapp.composition import terminal_actor
from traceapp.domain.batch import BatchQuery
from traceapp.domain.rights import Role
from traceapp.usecases.audit.verify_ledger import verify_ledger
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.keys.rotate_keys import count_left, reencrypt, rotate_keys
from traceapp.usecases.stations import Stations

LOTS = 900
ROWS = "form,owner,product,number,process_parameters,site,time\n" + "".join(
    f"batch-record,LYON,PUMP,B-{at},mixture {at},LYON,2026-03-01T10:00:00Z\n" for at in range(LOTS)
)


def test_promise_a_killed_rotation_loses_nothing_and_goes_on(stations: Stations, actor: MakeActor) -> None:
    take_in(stations, ROWS)
    who = actor(Role.COORDINATOR)
    rotate_keys(stations, terminal_actor())
    whole = count_left(stations)
    lefts = [whole]

    for _ in range(2):
        running = start_command(stations, "keys", "rotate", "--resume", "--rate", "1000")
        wait_until(lambda left=lefts[-1]: count_left(stations) < left)  # type: ignore[misc]
        assert running.poll() is None, "it is not done yet"
        running.send_signal(signal.SIGKILL)
        running.communicate()
        lefts.append(count_left(stations))
        shown = [show_batch(stations, who, BatchQuery(number=f"B-{at}")).value for at in range(0, LOTS, 90)]
        assert [one.properties["process_parameters"] for one in shown] == [f"mixture {at}" for at in range(0, LOTS, 90)]

    assert lefts[0] > lefts[1] > lefts[2] > 0
    done = reencrypt(stations, terminal_actor(), 1e9, lambda seconds: False)
    assert (done.done, done.left) == (lefts[2], 0)
    assert verify_ledger(stations, terminal_actor()).value.ok

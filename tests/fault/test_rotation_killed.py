"""A rotation that is killed loses nothing, and the next run goes on where it was."""

from tests.conftest import MakeActor
from tests.cut_off import killed_half_way
from tests.imported import take_in
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

    for _ in killed_half_way(stations, lambda: count_left(stations), "keys", "rotate", "--resume", "--rate", "1000"):
        shown = [show_batch(stations, who, BatchQuery(number=f"B-{at}")).value for at in range(0, LOTS, 90)]
        assert [one.properties["process_parameters"] for one in shown] == [f"mixture {at}" for at in range(0, LOTS, 90)]

    still = count_left(stations)  # a COMMIT that was on its way at the kill has come by now
    done = reencrypt(stations, terminal_actor(), 1e9, lambda seconds: False)
    assert (done.done, done.left) == (still, 0)
    assert verify_ledger(stations, terminal_actor()).value.ok

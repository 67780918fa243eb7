"""A move that is killed: it holds or it does not, the ledger says which, and the rewriting goes on where it was."""

import pytest

from tests.approving import agree
from tests.conftest import MakeActor
from tests.cut_off import killed_half_way
from tests.fault.test_approvals_killed import WHY, colleague
from tests.fault.test_intents_killed import CLIENT, COMMIT, run_killed, sweep
from tests.imported import take_in
from tests.moved import finish, move
from tests.recorded import records
from tests.signing import signed_by
from traceapp.composition import terminal_actor
from traceapp.domain.approvals import Operation
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.recorded import ABORTED, COMMITTED
from traceapp.domain.rights import Role
from traceapp.usecases.approvals.request_approval import request_approval
from traceapp.usecases.approvals.settle_spent import SpentSweep
from traceapp.usecases.audit.verify_ledger import verify_ledger
from traceapp.usecases.batches.show_batch import show_batch
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.places.move_place import list_moves
from traceapp.usecases.stations import Stations

LOTS = 900
ROWS = "form,owner,product,number,site,time\n" + "".join(
    f"batch-record,LYON,PUMP,B-{at},LYON,2026-03-01T10:00:00Z\n" for at in range(LOTS)
)


def left(stations: Stations) -> int:
    return list_moves(stations, terminal_actor()).value[0].left


def test_promise_a_killed_move_loses_nothing_and_goes_on(stations: Stations, actor: MakeActor) -> None:
    take_in(stations, ROWS)
    move(stations, site="LYON", to_site="SUZHOU")
    old, new = (actor(Role.COORDINATOR, sites={site}) for site in ("LYON", "SUZHOU"))

    for _ in killed_half_way(stations, lambda: left(stations), "site", "finish", "--rate", "1000"):
        for at in range(0, LOTS, 90):
            show_batch(stations, new, BatchQuery(number=f"B-{at}"))
            with pytest.raises(BatchNotFoundError):
                show_batch(stations, old, BatchQuery(number=f"B-{at}"))

    assert finish(stations).finished == (1,)
    assert left(stations) == 0
    assert verify_graph(stations, terminal_actor(), lambda share: None).value.findings == ()
    assert verify_ledger(stations, terminal_actor()).value.ok


STEPS = {
    "before the file": ((CLIENT, 3, False, None), ABORTED),
    "before COMMIT": ((COMMIT, 2, True, None), COMMITTED),
    "after COMMIT": ((COMMIT, 2, False, None), COMMITTED),
    "after the outcome": ((CLIENT, 4, False, None), "done"),
}
"""Where it is killed once the approval is spent, and what the ledger says of the move then."""


@pytest.mark.one_store
@pytest.mark.parametrize("step", STEPS)
def test_promise_a_move_holds_or_does_not_and_the_ledger_says_which(step: str, stations: Stations) -> None:
    take_in(stations, ROWS[: ROWS.index("B-5,")].rpartition("\n")[0] + "\n")
    persons = [
        colleague(stations, "anna", Role.QUALITY),
        colleague(stations, "paul", Role.PRODUCTION),
        colleague(stations, "abel", Role.AUDITOR),
    ]
    said = {"site": "LYON", "to_site": "SUZHOU"}
    asked = request_approval(stations, terminal_actor(), Operation.PLACE_MOVE, said, WHY).value
    for person in persons:
        agree(stations, person, asked.uid, WHY, signed_by(person))
    cut, outcome = STEPS[step]

    run_killed(stations, cut, "approval", "execute", asked.uid)
    sweep(stations)

    assert [record["outcome"] for record in records(stations, act="place:move")] == ["intended", outcome]
    said = SpentSweep(stations.settings.home).look(stations, terminal_actor())
    assert said == ([asked.uid] if outcome == ABORTED else []), "of what happened nobody says that it did not"
    assert [one.approval for one in stations.acls.places.kept] == ([] if outcome == ABORTED else [asked.uid])
    assert finish(stations).finished == (() if outcome == ABORTED else (1,))
    assert verify_graph(stations, terminal_actor(), lambda share: None).value.findings == ()

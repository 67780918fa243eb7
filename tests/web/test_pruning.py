"""What has passed its date is told; nothing goes before it, and nothing goes by one person alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import MakeActor
from tests.recorded import ledger_bytes, records
from tests.web.conftest import MovingClock
from traceapp.domain.errors import PermissionDeniedError
from traceapp.domain.rights import Role
from traceapp.usecases.prune_ledger import find_due, prune_ledger
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store


def test_promise_nothing_goes_by_one_person(stations: Stations, actor: MakeActor) -> None:
    before = ledger_bytes(stations.settings.home)

    with pytest.raises(PermissionDeniedError):
        prune_ledger(stations, actor(Role.ADMIN))

    assert ledger_bytes(stations.settings.home).startswith(before)
    assert records(stations, act="ledger:prune")[-1]["outcome"] == "denied"


@pytest.mark.parametrize("years", [0, 14, 40])
def test_promise_the_newest_segment_is_never_due(stations: Stations, actor: MakeActor, years: int) -> None:
    clock = MovingClock()
    clock.ahead = timedelta(days=366 * years)

    due = find_due(replace(stations, clock=clock), actor(Role.ADMIN)).value

    assert (due.segments, due.upto) == (0, 0)
    assert records(stations, act="ledger:prune")[-1]["request"] == {"dry_run": True}

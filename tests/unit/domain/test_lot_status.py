"""One word for a lot: the gravest of what its states say."""

import pytest

from traceapp.domain.batch import StateFact
from traceapp.domain.state import LotStatus, lot_status

CALM = {"hold": "none", "expiry": "valid", "inspection": "none", "release": "none"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, LotStatus.UNKNOWN),
        ({"inspection": "passed"}, LotStatus.PASSED),
        ({"inspection": "conditional"}, LotStatus.CONDITIONAL),
        ({"inspection": "passed", "release": "production"}, LotStatus.PRODUCTION),
        ({"inspection": "conditional", "release": "market"}, LotStatus.RELEASED),
        ({"release": "market", "expiry": "expired"}, LotStatus.EXPIRED),
        ({"release": "market", "expiry": "expired", "hold": "held"}, LotStatus.HELD),
        ({"release": "market", "hold": "held", "inspection": "failed"}, LotStatus.REJECTED),
        ({"release": "rejected", "inspection": "passed", "hold": "held"}, LotStatus.REJECTED),
    ],
)
def test_the_gravest_that_holds_is_the_status(said: dict[str, str], status: LotStatus) -> None:
    assert lot_status([StateFact(name, value) for name, value in (CALM | said).items()]) is status

"""The web application of `tests/web`, for those who attack its doors, and a plant for those who attack its store."""

from dataclasses import replace

import pytest

from tests.attack.four_lots import plant
from tests.clockwork import Clockwork
from tests.conftest import MakeActor
from tests.web.conftest import app, ask, client, clock, doors, filled, signed_in, tokens
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.stations import Stations

__all__ = ["app", "ask", "client", "clock", "doors", "filled", "signed_in", "tokens"]


@pytest.fixture
def clockwork() -> Clockwork:
    return Clockwork()


@pytest.fixture
def clocked(stations: Stations, clockwork: Clockwork) -> Stations:
    """Stations whose time stands still until a test moves it."""
    return replace(stations, clock=clockwork)


@pytest.fixture
def planted(stations: Stations) -> Stations:
    """Stations over the plant of `four_lots.py`."""
    plant().append_to(stations.events, stations.sealer)
    return stations


@pytest.fixture
def everywhere(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR)


@pytest.fixture
def lyon(actor: MakeActor) -> Actor:
    return actor(Role.COORDINATOR, sites={"LYON"})

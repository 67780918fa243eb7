"""The stations of a process, as `composition.py` builds them, on every store."""

import stat

import pytest

from tests.conftest import MakeActor
from traceapp.domain.rights import Actor, Role
from traceapp.usecases.stations import Stations


def test_stations_meet_an_empty_store_and_a_ledger_that_answers(stations: Stations) -> None:
    assert stations.heads.get_head() == 0
    assert stations.acls.list_entries() == ()
    assert stations.ledger.get_head().seq >= 0
    assert set(stations.organisation.sites) == {"LYON", "SUZHOU"}


def test_password_of_the_store_is_the_owners_alone(stations: Stations) -> None:
    file = stations.settings.neo4j_password_file
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("role", Role)
def test_actors_of_every_role_can_be_made(actor: MakeActor, role: Role) -> None:
    assert actor(role).sites == {"*"}
    assert actor(role, sites=["LYON"], lines=["INF"]).lines == {"INF"}
    assert actor(role) == actor(role)


def test_narrow_viewer_sees_one_site(lyon_viewer: Actor) -> None:
    assert lyon_viewer.sites == {"LYON"}

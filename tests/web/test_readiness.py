"""`/readyz` says how the ledger is, and what is not proven where nothing of it is kept elsewhere, in both languages."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Tokens
from traceapp.domain.ledger_health import AnchorState
from traceapp.domain.rights import Role
from traceapp.ledger.anchors.states import anchors_folder, write_states
from traceapp.usecases.audit.index_ledger import index_ledger
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store


@pytest.mark.usefixtures("filled")
def test_without_an_anchor_it_says_what_is_not_proven(client: FlaskClient) -> None:
    english, chinese = (client.get("/readyz", headers={"Accept-Language": one}).get_json() for one in ("en", "zh-CN"))

    assert english["status"] == "ready"
    assert english["ledger"]["anchors"] == []
    assert datetime.fromisoformat(english["ledger"]["checkpoint_at"]).tzinfo is not None
    assert "not against root of the ledger host" in english["ledger"]["unproven"]
    assert "root 的篡改" in chinese["ledger"]["unproven"]


def test_an_anchor_is_told_with_its_time_and_not_with_its_place(client: FlaskClient, stations: Stations) -> None:
    """What is wrong with one names folders and hosts; an open door tells that something is."""
    moment = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    states = [AnchorState("copy", 7, moment, moment, None), AnchorState("witness", None, None, moment, "/srv/drop is away")]
    write_states(stations.settings.home, states)

    told = client.get("/readyz").get_json()["ledger"]

    assert told["anchors"] == [
        {"name": "copy", "at": "2026-03-02T10:00:00.000000Z", "fails": False},
        {"name": "witness", "at": None, "fails": True},
    ]
    assert told["unproven"] is None
    (anchors_folder(stations.settings.home) / "states.json").write_text("{")
    assert client.get("/readyz").get_json()["ledger"]["unproven"] is not None


@pytest.mark.usefixtures("filled")
def test_the_page_of_the_audit_trail_says_the_same(client: FlaskClient, stations: Stations, tokens: Tokens) -> None:
    header = {"Authorization": tokens(Role.AUDITOR)}
    index_ledger(stations, lambda _: None, lambda: True)
    before = client.get("/audit", headers=header)
    moment = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    write_states(stations.settings.home, [AnchorState("copy", 7, moment, moment, None)])
    index_ledger(stations, lambda _: None, lambda: True)
    after = client.get("/audit", headers=header)

    assert (before.status_code, after.status_code) == (200, 200)
    assert "not against root of the ledger host" in before.text
    assert "not against root of the ledger host" not in after.text
    assert "The newest checkpoint that is kept elsewhere is of" in after.text

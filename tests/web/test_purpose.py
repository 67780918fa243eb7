"""The header in which a single request says why it is made."""

import pytest
from flask import Flask

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.domain.rights import Role
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

SUPPLIERS_LOT = "/api/v1/batches?number=R-77"
PATH = "/api/v1/batches/B-1"


def test_a_request_says_its_own_purpose_and_opens_the_fields_of_that_one(filled: Stations, app: Flask, tokens: Tokens) -> None:
    client, said = app.test_client(), {"Authorization": tokens(Role.WAREHOUSE)}
    before = filled.ledger.get_head().seq

    found = {
        purpose: client.get(SUPPLIERS_LOT, headers={**said, "Traceapp-Purpose": purpose}).status_code
        for purpose in ("inbound", "outbound")
    }

    assert found == {"inbound": 200, "outbound": 404}
    assert [record["actor"]["purpose"] for record in records(filled, after=before)] == ["inbound", "outbound"]


def test_a_purpose_that_is_none_or_not_of_the_role_opens_nothing(filled: Stations, app: Flask, tokens: Tokens) -> None:
    client, said = app.test_client(), {"Authorization": tokens(Role.WAREHOUSE)}
    before = filled.ledger.get_head().seq

    strange = client.get(PATH, headers={**said, "Traceapp-Purpose": "curiosity"})
    foreign = client.get(PATH, headers={**said, "Traceapp-Purpose": "recall"})

    assert strange.status_code == 400
    assert strange.get_json()["errors"][0]["field"] == "purpose"
    assert foreign.status_code == 403
    (denied,) = records(filled, after=before)
    assert (denied["outcome"], denied["actor"]["purpose"]) == ("denied", "recall")

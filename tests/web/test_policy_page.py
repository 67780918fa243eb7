"""The page that says why: for whoever may ask, and with the words of the command."""

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Tokens
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.usecases.create_account import create_account
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store


def test_the_page_says_by_which_rule_and_what_it_stands_on(client: FlaskClient, stations: Stations, tokens: Tokens) -> None:
    everywhere = frozenset({"*"})
    create_account(stations, terminal_actor(), "lin", "correct horse battery", "Lin", Role.LAB, everywhere, everywhere)
    header = {"Authorization": tokens(Role.ADMIN)}

    form = client.get("/policy", headers=header)
    allowed = client.get("/policy?user=lin&action=batch:show&object=&purpose=", headers=header).get_data(as_text=True)
    denied = client.get("/policy?user=lin&action=batch:show&object=B-1", headers=header).get_data(as_text=True)
    unknown = client.get("/policy?user=nobody&action=batch:show", headers=header)

    assert form.status_code == 200
    assert "lab/batch:show" in allowed
    assert "<dd>Inspection</dd>" in allowed
    assert "Goods coming in" in allowed  # as the head of the page says it: in the words of the policy document
    assert "scope/outside" in denied
    assert (unknown.status_code, b"lab/" in unknown.data) == (400, False)
    assert client.get("/policy", headers={"Authorization": tokens(Role.COORDINATOR)}).status_code == 403

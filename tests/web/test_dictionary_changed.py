"""Who asks at the very moment in which another data dictionary comes in force is told so, in his language, and asks again."""

from copy import copy
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.bearers import bearer
from tests.dictionaries import migrate, with_tier
from tests.imported import take_in
from tests.web.conftest import SECRET
from traceapp.app import create_app
from traceapp.domain.rights import Role
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

ROWS = (
    "form,owner,product,number,contract_maker,site,time\nbatch-record,LYON,PUMP,B-1,Makers of Meyrin,LYON,2026-03-01T10:00:00Z\n"
)
QUESTION = "traces?number=B-1&direction=forward&fields=number,contract_maker"
WORDS = {
    "en-GB": (
        "Another data dictionary came in force",
        "Do the same again: the data dictionary that is in force now is taken then.",
    ),
    "zh-CN": ("另一数据字典已生效", "请重新执行同一操作：届时将采用现行的数据字典。"),
}


@pytest.fixture
def overtaken(stations: Stations, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A process in the middle of a question: a tier changes, and what is stored is sealed anew, before it looks again."""
    take_in(stations, ROWS)
    late = copy(stations.documents)
    monkeypatch.setattr(late, "renewed", lambda made: made)
    migrate(with_tier(stations, "Batch", "contract_maker", "T2"))
    return create_app(lambda: replace(stations, documents=late), SECRET).test_client()


def test_promise_who_asks_while_the_dictionary_changes_asks_again_and_is_answered(
    overtaken: FlaskClient, stations: Stations, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = {"Authorization": bearer(stations, Role.COORDINATOR)}

    refused = overtaken.get(f"/api/v1/{QUESTION}", headers=header)
    monkeypatch.undo()
    again = overtaken.get(f"/api/v1/{QUESTION}", headers=header)

    assert (refused.status_code, again.status_code) == (503, 200), again.text
    assert refused.headers["Retry-After"] == "5"
    problem = refused.get_json(force=True)
    assert (problem["type"], problem["next_step"]) == ("urn:traceapp:problem:dictionary-changed", WORDS["en-GB"][1])
    assert "Makers of Meyrin" not in refused.text
    assert "Makers of Meyrin" in again.text


@pytest.mark.parametrize("language", WORDS)
def test_promise_the_page_says_so_in_the_language_of_its_reader(
    language: str, overtaken: FlaskClient, stations: Stations
) -> None:
    headers = {"Authorization": bearer(stations, Role.COORDINATOR), "Accept-Language": language}

    page = overtaken.get(f"/{QUESTION}", headers=headers)

    assert page.status_code == 503
    assert all(words in page.text for words in WORDS[language])

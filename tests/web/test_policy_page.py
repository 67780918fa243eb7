"""The page that says why: for whoever may ask, and with the words of the command."""

import ast
import inspect

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Tokens
from traceapp.composition import terminal_actor
from traceapp.domain.rights import Role
from traceapp.policy import conditions, decisions
from traceapp.usecases import explain_decision
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.stations import Stations
from traceapp.web.pages.policy_words import SENTENCES

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
    assert "If it exists and lies within" in denied
    assert (unknown.status_code, b"lab/" in unknown.data) == (400, False)
    assert client.get("/policy", headers={"Authorization": tokens(Role.COORDINATOR)}).status_code == 403


def test_promise_the_reasons_of_the_policy_are_said_in_chinese(client: FlaskClient, stations: Stations, tokens: Tokens) -> None:
    """Allowed, denied, on a number, and what must hold for T3."""
    everywhere = frozenset({"*"})
    create_account(stations, terminal_actor(), "quin", "correct horse battery", "Quin", Role.QUALITY, everywhere, everywhere)
    client.post("/language", data={"language": "zh_Hans", "next": "/"})
    header = {"Authorization": tokens(Role.ADMIN), "Accept-Language": "zh-CN"}

    said = "".join(
        client.get(f"/policy?user=quin&{asked}", headers=header).text
        for asked in ("action=batch:show", "action=account:create", "action=batch:show&object=B-1")
    )

    for words in (
        "角色 quality 允许 batch:show。",
        "角色 quality 不允许 account:create。",
        "若其存在且在此人",
        "15 分钟内出示第二因素",
    ):
        assert words in said
    for english in ("The role", "If it exists", "A second factor"):
        assert english not in said


def test_promise_every_reason_of_the_policy_has_its_words() -> None:
    """Whatever a decision or condition can say stands in the table that the catalogue is made from."""
    written = {
        call.args[0].value
        for module in (decisions, conditions)
        for call in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Sentence"
        and isinstance(call.args[0], ast.Constant)
    }

    assert len(written) > 8
    assert written | {explain_decision.NOT_WITHIN, explain_decision.IF_IT_EXISTS, decisions.ONLY_READING} == set(SENTENCES)

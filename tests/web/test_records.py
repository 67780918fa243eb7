"""What a record says of who asked, from where, in which request, and about what."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.composition import connected, terminal_actor
from traceapp.domain.rights import Role
from traceapp.domain.sessions import Client
from traceapp.usecases.access import recorded_name
from traceapp.usecases.accounts.create_account import create_account
from traceapp.usecases.sessions.second_factors import begin_totp
from traceapp.usecases.sessions.sign_in import sign_in
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store

PASSWORD = "correct horse battery"
EVERYWHERE = frozenset({"*"})


def test_promise_a_record_names_the_real_person_and_what_proved_him(stations: Stations) -> None:
    create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna Kovács", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    browser = Client("192.0.2.17", "a browser")
    actor = sign_in(stations, "anna", PASSWORD, browser).value.actor

    begin_totp(stations, actor, PASSWORD)

    for record in records(stations, act="factor:change"):
        who = record["actor"]
        assert (who["username"], who["role"], who["address"]) == ("anna", "coordinator", "192.0.2.17")
        assert (who["factors"], who["organisation"]) == (["password"], stations.organisation.name)
        assert recorded_name(stations, who) == "Anna Kovács"
        assert record["object"] == [{"kind": "Account", "uid": actor.account_uid}]


def test_promise_the_name_in_a_record_goes_with_the_key_of_its_person(stations: Stations) -> None:
    made = create_account(stations, terminal_actor(), "anna", PASSWORD, "Anna Kovács", Role.COORDINATOR, EVERYWHERE, EVERYWHERE)
    sign_in(stations, "anna", PASSWORD, Client("192.0.2.17", "a browser"))
    (record,) = records(stations, act="session:start")

    stations.keys.destroy(f"account:{made.value}", stations.clock.now())
    with connected(stations.settings) as later:
        assert recorded_name(later, record["actor"]) is None


def test_promise_what_one_request_did_bears_one_id_and_the_next_another(
    ask: Callable[..., TestResponse], filled: Stations
) -> None:
    before = filled.ledger.get_head().seq

    assert ask("/api/v1/batches/S-9/trace?direction=backward").status_code == 200
    assert ask("/api/v1/batches/S-9").status_code == 200

    told = records(filled, after=before)
    ids = [record["request_id"] for record in told]
    assert len({record["append_id"] for record in told}) == len(told)
    assert [record["act"] for record in told] == ["batch:trace", "batch:show"]
    assert len(set(ids)) == 2
    assert all(len(bytes.fromhex(one)) == 16 for one in ids)
    assert [[one["kind"] for one in record["object"]] for record in told] == [["Batch"], ["Batch"]]


def test_promise_two_records_of_one_request_bear_the_same_id(app: Flask, filled: Stations, tokens: Tokens) -> None:
    """What is withheld is handed on to quality, on a record of its own beside that of the answer."""
    narrow = tokens(Role.WAREHOUSE, sites=frozenset({"LYON"}))
    before = filled.ledger.get_head().seq

    assert (
        app.test_client().get("/api/v1/batches/B-1/trace?direction=forward", headers={"Authorization": narrow}).status_code == 200
    )

    routed, answered = records(filled, after=before)
    assert (routed["act"], answered["act"]) == ("withheld:route", "batch:trace")
    assert routed["request_id"] == answered["request_id"]


def test_promise_the_address_is_that_of_the_very_request(doors: Flask, signed_in: FlaskClient, stations: Stations) -> None:
    """A session notes its address once a minute; a record does not wait for that."""
    before = stations.ledger.get_head().seq

    signed_in.get("/api/v1/batches/N", environ_base={"REMOTE_ADDR": "127.0.0.99"})

    (record,) = records(stations, after=before)
    assert record["actor"]["address"] == "127.0.0.99"


def test_a_token_names_whose_it_is(ask: Callable[..., TestResponse], filled: Stations) -> None:
    ask("/api/v1/batches/S-9")

    who = records(filled, act="batch:show")[-1]["actor"]
    assert (who["factors"], who["owner"]) == (["token"], terminal_actor().account_uid)

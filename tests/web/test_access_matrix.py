"""Closed unless opened: every endpoint declares its door, and every role meets the policy at every door."""

from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.recorded import records
from tests.web.conftest import Tokens
from traceapp.domain.rights import Role
from traceapp.usecases.stations import Stations
from traceapp.web.access import door_of, permission_of

pytestmark = pytest.mark.one_store

OPEN = {
    "health.live",
    "health.ready",
    "metrics.local",
    "openapi.show",
    "sign_in.form",
    "sign_in.enter",
    "languages.choose",
    "static",
    "passkeys.ask",
    "passkeys.show",
    "provider.leave",
    "provider.come_back",
    "factors.form",
    "factors.show",
}
SIGNED_IN = {
    "sign_in.leave",
    "search.start",
    "sessions.show",
    "sessions.end",
    "sessions.end_others",
    "factors.list_all",
    "factors.begin_codes",
    "factors.confirm_codes",
    "factors.drop_codes",
    "passkeys.make",
    "passkeys.add",
    "passkeys.drop",
    "purposes.choose",
    "break_glass.show",
    "break_glass.end",
    "own_password.form",
    "own_password.change",
    "passwords.change",
}


def test_promise_no_door_without_a_declaration(closed_app: Flask) -> None:
    endpoints = {rule.endpoint for rule in closed_app.url_map.iter_rules()}
    doors = {endpoint: door_of(closed_app, endpoint) for endpoint in endpoints}

    assert {endpoint for endpoint, door in doors.items() if door is None} == set()
    assert {endpoint for endpoint, door in doors.items() if door is not None and door.open} == OPEN
    assert {endpoint for endpoint in endpoints if permission_of(closed_app, endpoint) is None} == OPEN | SIGNED_IN


@pytest.mark.parametrize("path", ["/undeclared", "/api/v1/undeclared"])
def test_promise_an_undeclared_endpoint_is_refused_and_recorded(
    path: str, app: Flask, stations: Stations, tokens: Tokens
) -> None:
    app.add_url_rule(path, "undeclared", lambda: "secret")
    header = tokens(Role.ADMIN)
    before = stations.ledger.get_head().seq

    reply = app.test_client().get(path, headers={"Authorization": header})

    assert reply.status_code in {403, 404}
    assert b"secret" not in reply.data
    refused = records(stations, after=before)
    assert [record["act"] for record in refused] == ["request:refuse"]
    assert {(record["policy"], record["dictionary"]) for record in refused} == {
        (stations.policy.digest, stations.dictionary.digest)
    }


def test_every_role_meets_the_policy_at_every_door_of_the_api(app: Flask, stations: Stations, tokens: Tokens) -> None:
    client = app.test_client()
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") and rule.endpoint not in SIGNED_IN]
    for role, rule in product(Role, rules):
        wanted = permission_of(app, rule.endpoint)
        assert wanted is not None
        allowed = wanted in stations.policy.document.roles[role].permissions
        path = rule.rule.replace("<number>", "N").replace("<username>", "n").replace("<uid>", "0" * 32)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            before = stations.ledger.get_head().seq
            reply = client.open(path, method=method, headers={"Authorization": tokens(role)})
            assert (reply.status_code == 403) == (not allowed), (role, rule.rule, method)
            assert allowed or stations.ledger.get_head().seq > before, "the refusal is recorded"


REFUSED_TOKENS = {
    "nothing": "",
    "scheme alone": "Bearer",
    "another scheme": "Basic eDp5",
    "garbage": "Bearer \xff\xfe",
    "cut": "Bearer tat_00",
}


@pytest.mark.parametrize("header", REFUSED_TOKENS.values(), ids=REFUSED_TOKENS)
def test_a_wrong_token_is_nobody(header: str, client: FlaskClient) -> None:
    reply = client.get("/api/v1/batches/N", headers={"Authorization": header})

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="traceapp", error="invalid_token"'


def test_a_wrong_token_is_not_mended_by_a_session(client: FlaskClient, signed_in: FlaskClient) -> None:
    assert signed_in.get("/api/v1/batches/N").status_code == 404
    assert signed_in.get("/api/v1/batches/N", headers={"Authorization": "Bearer x"}).status_code == 401

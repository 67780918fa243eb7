"""An address that could be read in two ways is refused, never answered for another lot."""

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.one_store

TOKEN = {"Authorization": "Bearer nobody"}

REFUSED = {
    "slash before trace": "/api/v1/batches/A%2Ftrace",
    "slash in the middle": "/api/v1/batches/A%2fB",
    "slash in a longer number": "/api/v1/batches/A%2FB/trace?direction=forward",
    "slash on an address that nobody knows": "/nowhere/A%2FB",
    "no UTF-8": "/api/v1/batches/%FF",
    "no UTF-8 in the query": "/api/v1/batches?number=%FF",
    "overlong UTF-8 slash": "/api/v1/batches/A%C0%AFtrace",
    "NUL": "/api/v1/batches/A%00",
    "line end": "/api/v1/batches/A%0D%0AX-Header:%201",
}


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_promise_an_address_with_two_readings_is_refused(address: str, closed: FlaskClient) -> None:
    reply = closed.get(address, headers=TOKEN)

    assert reply.status_code == 400
    assert reply.is_json or not address.startswith("/api")


def test_a_refused_slash_names_the_query_forms(closed: FlaskClient) -> None:
    problem = closed.get("/api/v1/batches/A%2FB").get_json()

    assert problem["type"] == "urn:traceapp:problem:input"
    assert "/api/v1/batches?number=" in problem["next_step"]
    assert "/api/v1/traces?number=" in problem["next_step"]
    assert problem["errors"][0]["field"] == "path"


def test_a_server_that_hides_the_raw_path_gets_no_answer(closed: FlaskClient) -> None:
    reply = closed.get("/api/v1/batches/A", environ_overrides={"RAW_URI": None, "REQUEST_URI": None})

    assert reply.status_code == 400


def test_two_slashes_are_not_one(closed: FlaskClient) -> None:
    assert closed.get("/api/v1/batches/A//trace").status_code == 404


@pytest.mark.parametrize("address", ["/api/v1/batches/A%252Ftrace", "/api/v1/batches/%E6%89%B9%20%231"])
def test_an_address_with_one_reading_comes_to_the_door(address: str, closed: FlaskClient) -> None:
    assert closed.get(address).status_code in {401, 503}

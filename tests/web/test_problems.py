"""Every error of ours has its row, and whatever goes wrong has one shape."""

import inspect
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from traceapp.domain import errors
from traceapp.domain.errors import TraceappError
from traceapp.web.answer_models import Problem
from traceapp.web.problems import PROBLEMS, answer_of, problem_bytes, problem_of
from traceapp.web.reading import MAX_BODY

pytestmark = pytest.mark.one_store

EVERY_ERROR = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, TraceappError)]


def test_promise_every_error_has_its_row() -> None:
    assert set(EVERY_ERROR) == set(PROBLEMS)


def test_every_row_has_a_name_of_its_own() -> None:
    names = [problem.name for problem in PROBLEMS.values()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_promise_an_inner_error_keeps_its_words_inside(kind: type[TraceappError]) -> None:
    answer = answer_of(kind("secret-host:7687"))
    document = json.loads(problem_bytes(answer))

    Problem.model_validate(document)
    assert document["status"] == problem_of(kind("")).status
    assert ("secret-host" in document["detail"]) == (document["status"] < 500 and document["status"] != 404)
    assert document["next_step"] == kind.next_step


def test_an_error_that_is_new_takes_the_row_of_its_base() -> None:
    class TornNumberError(errors.IdentifierError):
        pass

    assert problem_of(TornNumberError("")) is PROBLEMS[errors.IdentifierError]


WRONG = {
    "no such address": ("GET", "/api/v1/nothing", {}, 404, "no-such-address"),
    "wrong method": ("DELETE", "/api/v1/traces", {}, 405, "method"),
    "method that nobody knows": ("BREW", "/api/v1/traces", {}, 405, "method"),
    "no credentials": ("GET", "/api/v1/batches/A", {}, 401, "not-signed-in"),
    "basic credentials": ("GET", "/api/v1/batches/A", {"headers": {"Authorization": "Basic eDp5"}}, 401, "not-signed-in"),
    "the store is down": ("GET", "/readyz", {}, 503, "store-unavailable"),
    "a token, and the store is down": (
        "GET",
        "/api/v1/batches/A",
        {"headers": {"Authorization": "Bearer x"}},
        503,
        "store-unavailable",
    ),
}


@pytest.mark.parametrize(("method", "path", "said", "status", "name"), WRONG.values(), ids=WRONG)
def test_whatever_goes_wrong_is_one_shape(
    method: str, path: str, said: dict[str, object], status: int, name: str, closed: FlaskClient
) -> None:
    reply = closed.open(path, method=method, **said)  # type: ignore[arg-type]

    assert reply.status_code == status
    assert reply.content_type == "application/problem+json"
    problem = json.loads(reply.data)
    Problem.model_validate(problem)
    assert problem["type"] == f"urn:traceapp:problem:{name}"
    assert problem["status"] == status
    assert b"10.1.2.3" not in reply.data


def test_a_wrong_method_says_which_are_right(closed: FlaskClient) -> None:
    assert {"GET", "POST"} <= set(closed.delete("/api/v1/traces").headers["Allow"].split(", "))


def test_401_says_how_to_come_in(closed: FlaskClient) -> None:
    assert closed.get("/api/v1/batches/A").headers["WWW-Authenticate"] == 'Bearer realm="traceapp"'


def test_503_says_when_to_come_again(closed: FlaskClient) -> None:
    assert closed.get("/readyz").headers["Retry-After"] == "5"


def test_a_defect_is_one_shape_and_tells_nothing(closed_app: Flask) -> None:
    from traceapp.web.access import open_door

    @open_door
    def broken() -> str:
        raise RuntimeError("planted-secret")

    closed_app.add_url_rule("/api/v1/broken", "broken", broken)

    reply = closed_app.test_client().get("/api/v1/broken")

    assert reply.status_code == 500
    assert reply.get_json(force=True)["type"] == "urn:traceapp:problem:internal"
    assert b"planted-secret" not in reply.data


def test_a_huge_body_is_413(closed_app: Flask) -> None:
    from flask import request

    from traceapp.web.access import open_door

    @open_door
    def read() -> str:
        return str(len(request.get_data()))

    closed_app.config["WTF_CSRF_ENABLED"] = False
    closed_app.add_url_rule("/api/v1/read", "read", read, methods=["PUT"])

    reply = closed_app.test_client().put("/api/v1/read", data=b"x" * (MAX_BODY + 1))

    assert reply.status_code == 413
    assert reply.content_type == "application/problem+json"

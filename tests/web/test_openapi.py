"""The document is OpenAPI 3.1 and says what the code does."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from traceapp.web.access import door_of, permission_of
from traceapp.web.inputs import BatchSearchInput, TraceBody, TraceSearchInput
from traceapp.web.openapi import build_document
from traceapp.web.operations import operation_of

pytestmark = pytest.mark.one_store


@pytest.fixture
def document(closed: FlaskClient) -> dict[str, Any]:
    return dict(closed.get("/openapi.json").get_json())


def test_it_is_openapi_31(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_promise_every_address_of_the_api_is_described(closed_app: Flask) -> None:
    described = {rule.rule for rule in closed_app.url_map.iter_rules() if operation_of(closed_app, rule.endpoint) is not None}
    addresses = {rule.rule for rule in closed_app.url_map.iter_rules() if rule.rule.startswith("/api/")}

    assert addresses
    assert addresses <= described


def test_a_described_address_takes_what_the_code_takes(document: dict[str, Any]) -> None:
    def names(path: str) -> set[str]:
        parameters = document["paths"][path]["get"]["parameters"]
        return {parameter["name"] for parameter in parameters if parameter["in"] != "header"}

    assert names("/api/v1/batches") == set(BatchSearchInput.model_fields)
    assert names("/api/v1/traces") == set(TraceSearchInput.model_fields)
    assert set(document["components"]["schemas"]["TraceBody"]["properties"]) == set(TraceBody.model_fields)


def test_every_closed_address_says_its_permission_and_its_refusals(closed_app: Flask, document: dict[str, Any]) -> None:
    endpoints = {rule.endpoint.replace(".", "_"): rule.endpoint for rule in closed_app.url_map.iter_rules()}
    for path in document["paths"].values():
        for operation in path.values():
            endpoint = endpoints[operation["operationId"]]
            door = door_of(closed_app, endpoint)
            assert door is not None
            wanted = permission_of(closed_app, endpoint)
            assert operation.get("x-permission") == (wanted.value if wanted else None)
            assert door.open or {"400", "401", "403", "500", "503"} <= set(operation["responses"])


def test_every_refusal_has_the_one_shape(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status != "200":
                    assert response["content"] == {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    }


def test_the_document_is_the_same_every_time(closed_app: Flask) -> None:
    assert build_document(closed_app) == build_document(closed_app)

"""`/openapi.json`: OpenAPI 3.1, generated from the operations that the endpoints declare."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
from flask import Blueprint, Flask, Response, current_app
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from traceapp import __version__
from traceapp.dictionary.properties import running_dictionary
from traceapp.domain.purposes import Purpose
from traceapp.web.access import PURPOSE, door_of, open_door, records_nothing
from traceapp.web.answer_models import Problem
from traceapp.web.operations import Operation, operation_of
from traceapp.web.problems import CONTENT_TYPE

TEMPLATE: Final = "#/components/schemas/{model}"
_CACHE: Final = "traceapp.openapi"
_ALWAYS: Final = (400, 429, 500)
_BEHIND_THE_DOOR: Final = (401, 403, 503)
_WITH_BODY: Final = (413, 415)
_SAID: Final = {
    400: "Wrong input; `errors` names every wrong field.",
    401: "No valid token or session.",
    403: "The policy says no.",
    404: "Unknown, or outside your view: the same bytes.",
    409: "The number fits more than one, and `candidates` lists all; or the state of it does not allow this.",
    413: "The body is larger than 1 MiB.",
    415: "The body is of another type.",
    429: "Too many tries without valid credentials from this address.",
    500: "A defect, noted for the administrator.",
    503: "Store, keys or ledger cannot be asked; no data.",
}

openapi = Blueprint("openapi", __name__)

Document = dict[str, Any]


@openapi.get("/openapi.json")
@open_door
@records_nothing("describes the API; the same for everybody")
def show() -> Response:
    dictionary, made = current_app.extensions.get(_CACHE, ("", b""))
    if dictionary != running_dictionary().digest:
        dictionary, made = running_dictionary().digest, orjson.dumps(build_document(current_app))
        current_app.extensions[_CACHE] = dictionary, made
    return Response(made, content_type="application/json")


def build_document(app: Flask) -> Document:
    """The document of every endpoint that declares an operation."""
    described = list(_operations(app))
    models: set[type[BaseModel]] = {Problem}
    for _, operation in described:
        models |= {model for model in (operation.answer, operation.body) if model is not None}
    inputs = {operation.body for _, operation in described if operation.body}
    modes = [(model, "validation" if model in inputs else "serialization") for model in sorted(models, key=lambda m: m.__name__)]
    references, definitions = models_json_schema(modes, ref_template=TEMPLATE)  # type: ignore[arg-type]
    schemas: Document = definitions.get("$defs", {})
    paths: Document = {}
    for rule, operation in described:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            paths.setdefault(path, {})[method.lower()] = _describe(app, rule, operation, schemas)
    assert all(reference for reference in references.values())  # noqa: S101  every model is a component
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "traceapp",
            "version": __version__,
            "description": "Where did a batch come from, where did it go, what state is it in, who touched it. "
            "Every answer says how complete it is, and was recorded before it left.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "Made by `traceapp token create --role ROLE`."}
            },
            "schemas": dict(sorted(schemas.items())),
        },
    }


_PURPOSE: Final[Document] = {
    "name": PURPOSE,
    "in": "header",
    "required": False,
    "description": "Why this is asked, in the place of what the session or token says; the role must allow it.",
    "schema": {"type": "string", "enum": [purpose.value for purpose in Purpose]},
}


def _operations(app: Flask) -> Iterator[tuple[Rule, Operation]]:
    for rule in app.url_map.iter_rules():
        operation = operation_of(app, rule.endpoint)
        if operation is not None:
            yield rule, operation


def _describe(app: Flask, rule: Rule, operation: Operation, schemas: Document) -> Document:
    text = inspect.cleandoc(app.view_functions[rule.endpoint].__doc__ or rule.endpoint)
    summary, _, description = text.partition("\n")
    door = door_of(app, rule.endpoint)
    closed = door is None or not door.open
    statuses = {*_ALWAYS, *operation.refuses} | ({*_BEHIND_THE_DOOR} if closed else set())
    said: Document = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": summary,
        "parameters": [
            *_parameters(operation.path, "path", schemas),
            *_parameters(operation.query, "query", schemas),
            *_parameters(operation.headers, "header", schemas),
            *([_PURPOSE] if closed else []),
        ],
        "responses": {"200": _answer(operation)},
    }
    if description.strip():
        said["description"] = description.strip()
    if not closed:
        said["security"] = []
    elif door is not None and door.permission is not None:
        said["x-permission"] = door.permission.value
    if operation.body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": _reference(operation.body)}}}
        statuses |= {*_WITH_BODY}
    if operation.content:
        kinds = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in operation.content}
        said["requestBody"] = {"required": True, "content": kinds}
        statuses |= {*_WITH_BODY}
    for status in sorted(statuses):
        said["responses"][str(status)] = _response(_SAID[status], CONTENT_TYPE, Problem)
    return said


def _answer(operation: Operation) -> Document:
    if operation.answer is None:
        kinds = {kind: {"schema": {"type": "object" if kind == "application/json" else "string"}} for kind in operation.files}
        return {"description": "The file.", "content": kinds}
    return _response("The answer.", "application/json", operation.answer)


def _response(text: str, content_type: str, model: type[BaseModel]) -> Document:
    return {"description": text, "content": {content_type: {"schema": _reference(model)}}}


def _reference(model: type[BaseModel]) -> Document:
    return {"$ref": TEMPLATE.format(model=model.__name__)}


def _parameters(model: type[BaseModel], place: str, schemas: Document) -> Iterator[Document]:
    schema = model.model_json_schema(ref_template=TEMPLATE)
    for name, definition in schema.get("$defs", {}).items():
        schemas.setdefault(name, definition)
    required = schema.get("required", [])
    for name, said in schema.get("properties", {}).items():
        parameter: Document = {"name": name, "in": place, "required": place == "path" or name in required}
        parameter["schema"] = _without_null(said)
        description = parameter["schema"].pop("description", None)
        yield parameter | ({"description": description} if description else {})


def _without_null(schema: Mapping[str, Any]) -> Document:
    """A query parameter is absent or said, never null."""
    kept = {
        name: value
        for name, value in schema.items()
        if name not in {"anyOf", "title"} and not (name == "default" and value is None)
    }
    branches = [branch for branch in schema.get("anyOf", []) if branch != {"type": "null"}]
    return {**branches[0], **kept} if branches else kept

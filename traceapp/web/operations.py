"""What an API endpoint takes, answers and refuses, said once: it reads the request by it and OpenAPI is made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from flask import Flask, Response
from pydantic import BaseModel

from traceapp.domain.errors import InputError
from traceapp.web.inputs import NoInput
from traceapp.web.message_inputs import read_content, read_headers
from traceapp.web.reading import read_body, read_path, read_query

_MARK: Final = "__traceapp_operation__"

View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """path, query and body are the models that the request is read by; refuses names statuses beside the common ones; files,
    in place of an answer that is a document, the types that a file comes in; content, where the body is read by no model, the
    types that it may have.
    """

    answer: type[BaseModel] | None
    path: type[BaseModel]
    query: type[BaseModel]
    body: type[BaseModel] | None
    refuses: tuple[int, ...]
    files: tuple[str, ...] = ()
    headers: type[BaseModel] = NoInput
    content: tuple[str, ...] = ()


def operation(
    *,
    answer: type[BaseModel] | None = None,
    path: type[BaseModel] = NoInput,
    query: type[BaseModel] = NoInput,
    body: type[BaseModel] | None = None,
    refuses: tuple[int, ...] = (),
    files: tuple[str, ...] = (),
    headers: type[BaseModel] = NoInput,
    content: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Read path, query, body and headers before the view; it is called with those that the operation has, in this order, and
    with the bytes of the body where `content` says their types.

    The view's docstring is the text of the document. Wrong input anywhere is one InputError with all fields.
    """
    said = Operation(answer, path, query, body, refuses, files, headers, content)

    def declare(view: View) -> View:
        @wraps(view)
        def checked(**parts: str) -> Response:
            found = _read(said, parts)
            return view(*found, read_content(said.content)) if said.content else view(*found)

        setattr(checked, _MARK, said)
        return checked

    return declare


def operation_of(app: Flask, endpoint: str) -> Operation | None:
    """The operation that an endpoint declares."""
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def _read(said: Operation, parts: dict[str, str]) -> list[BaseModel]:
    readers: list[tuple[type[BaseModel], Callable[[], BaseModel]]] = [
        (said.path, lambda: read_path(said.path, dict(parts))),
        (said.query, lambda: read_query(said.query)),
    ]
    if said.body is not None:
        body = said.body
        readers.append((body, lambda: read_body(body)))
    readers.append((said.headers, lambda: read_headers(said.headers)))
    found: list[BaseModel] = []
    wrong: list[InputError] = []
    for model, read in readers:
        try:
            made = read()
        except InputError as error:
            wrong.append(error)
            continue
        if model is not NoInput:
            found.append(made)
    if wrong:
        fields: tuple[Any, ...] = sum((error.fields for error in wrong), ())
        raise InputError("; ".join(map(str, wrong)), fields)
    return found

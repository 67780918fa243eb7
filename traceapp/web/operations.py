"""What an API endpoint takes, answers and refuses, said once: it reads the request by it and OpenAPI is made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from flask import Flask, Response
from pydantic import BaseModel

from traceapp.domain.errors import InputError
from traceapp.web.inputs import NoInput, read_body, read_path, read_query

_MARK: Final = "__traceapp_operation__"

View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """path, query and body are the models that the request is read by; refuses names statuses beside the common ones; files,
    where the answer is no document, the types that it comes in.
    """

    answer: type[BaseModel]
    path: type[BaseModel]
    query: type[BaseModel]
    body: type[BaseModel] | None
    refuses: tuple[int, ...]
    files: tuple[str, ...] = ()


def operation(
    *,
    answer: type[BaseModel],
    path: type[BaseModel] = NoInput,
    query: type[BaseModel] = NoInput,
    body: type[BaseModel] | None = None,
    refuses: tuple[int, ...] = (),
    files: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Read path, query and body before the view; it is called with those that the operation has, in this order.

    The view's docstring is the text of the document. Wrong input anywhere is one InputError with all fields.
    """
    said = Operation(answer, path, query, body, refuses, files)

    def declare(view: View) -> View:
        @wraps(view)
        def checked(**parts: str) -> Response:
            return view(*_read(said, parts))

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

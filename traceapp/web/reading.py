"""Path, query and body are read as a model of the inputs: every field error at once, an unknown field is one of them."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from traceapp.domain.errors import InputError
from traceapp.web.field_names import printable

MAX_BODY: Final = 1024 * 1024
"""Bytes of one body."""

Input = TypeVar("Input", bound=BaseModel)


class Strict(BaseModel):
    """What every input is: nothing is changed in it, and a field that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_query(model: type[Input]) -> Input:
    """The query string as `model`.

    raises  InputError: with every wrong, unknown or repeated parameter.
    """
    return read_said(model, _said_once(request.args))


def read_form(model: type[Input]) -> Input:
    """The query string of a page's form as `model`: a field left empty was not said; raises InputError."""
    return read_said(model, {name: value for name, value in _said_once(request.args).items() if value.strip()})


def read_posted(model: type[Input]) -> Input:
    """The form that a page posted as `model`, without its CSRF token; raises InputError."""
    return read_said(model, {name: value for name, value in _said_once(request.form).items() if name != "csrf_token"})


def read_path(model: type[Input], said: dict[str, Any]) -> Input:
    """The variable parts of the path as `model`; raises InputError."""
    return read_said(model, said)


def read_body(model: type[Input]) -> Input:
    """The JSON body as `model`.

    raises  InputError: no UTF-8, no JSON, a member twice, or wrong fields. UnsupportedMediaType: no JSON by its own word.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    content = request.get_data(cache=False)
    try:
        json.loads(content.decode("utf-8"), object_pairs_hook=_members_once, parse_constant=_no_constant)
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise _field_errors([("body", f"wanted JSON in UTF-8; it breaks off or goes wrong{where}")]) from None
    try:
        return model.model_validate_json(content, strict=True)
    except ValidationError as error:
        raise _wrong(model, error, "body") from None


def read_said(model: type[Input], said: dict[str, Any]) -> Input:
    """What was said elsewhere, by name, as `model`; raises InputError."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise _wrong(model, error, "address") from None


def _said_once(said: MultiDict[str, str]) -> dict[str, str]:
    repeated = [name for name in said if len(said.getlist(name)) > 1]
    if repeated:
        raise _field_errors((_name([name]), "wanted once, found more than once") for name in repeated)
    return said.to_dict()


def _members_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise _field_errors([(_name([twice]), "wanted once, found more than once")])
    return made


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _wrong(model: type[BaseModel], error: ValidationError, whole: str) -> InputError:
    return _field_errors((_name(item["loc"]) or whole, _sentence(model, item)) for item in error.errors(include_url=False))


def _field_errors(found: Iterable[tuple[str, str]]) -> InputError:
    fields = tuple(found)
    return InputError("; ".join(f"{name}: {wanted}" for name, wanted in fields[:5]), fields)


def _name(place: Iterable[int | str]) -> str:
    """`seeds.0.number`."""
    return printable(".".join(map(str, place)))


def _sentence(model: type[BaseModel], item: ErrorDetails) -> str:
    if item["type"] == "extra_forbidden":
        known = ", ".join(sorted(model.model_fields))
        return "this field is not known" + (f"; known are {known}" if len(item["loc"]) == 1 and known else "")
    if item["type"] == "missing":
        return "this field is required"
    if item["type"] == "string_pattern_mismatch":
        return f"wanted text of the form {item['ctx']['pattern']}"
    said = item["msg"].removeprefix("Value error, ").replace("Input should be", "wanted")
    return said[:1].lower() + said[1:]

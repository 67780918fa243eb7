"""A signed message of a feed, as it comes in: its headers by a model, its body as the bytes that they are."""

from typing import Annotated, Final, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.exceptions import UnsupportedMediaType

from traceapp.web.reading import Strict, read_said

JSON_LD: Final = "application/ld+json"
CONTENT: Final = ("application/json", JSON_LD, "text/csv")
Input = TypeVar("Input", bound=BaseModel)


class FeedInput(Strict):
    """The name of a feed in a path."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$", examples=["MES-LYON"])]


class SignedHeaders(Strict):
    """As Standard Webhooks 1.0 names them."""

    model_config = ConfigDict(populate_by_name=True)

    id: Annotated[
        str,
        Field(
            alias="webhook-id",
            pattern=r"^[A-Za-z0-9_-]{1,64}:[1-9][0-9]{0,15}$",
            description="The feed, a colon, the sequence of the message; the same whenever it is sent again.",
            examples=["MES-LYON:41"],
        ),
    ]
    timestamp: Annotated[
        str,
        Field(
            alias="webhook-timestamp",
            pattern=r"^[0-9]{1,12}$",
            description="Seconds since 1970 at which it was signed, five minutes from now at most.",
            examples=["1767225600"],
        ),
    ]
    signature: Annotated[
        str,
        Field(
            alias="webhook-signature",
            max_length=2000,
            description="`v1a,` and base64 of the Ed25519 signature over id, timestamp and body with full stops between; "
            "several are parted by blanks, and one has to fit.",
        ),
    ]


def read_headers(model: type[Input]) -> Input:
    """Of the headers, those that the model names; raises InputError."""
    names = [str(field.alias) for field in model.model_fields.values()]
    return read_said(model, {name: request.headers[name] for name in names if name in request.headers})


def read_content(types: tuple[str, ...]) -> bytes:
    """The exact bytes of the body; raises UnsupportedMediaType: none of these types."""
    if request.mimetype not in types:
        raise UnsupportedMediaType
    return request.get_data(cache=False)

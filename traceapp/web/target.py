"""The address as it was sent: what cannot be read in one way only is refused before anything is answered.

A printed number may hold `/`. In a path, `%2F` reaches the application already decoded: `/batches/A%2Ftrace` would be
the trace of lot `A`, and not lot `A/trace`. So the raw address is looked at.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import request

from traceapp.domain.errors import InputError

QUERY_FORMS: Final = "/api/v1/batches?number=… or /api/v1/traces?number=…"
SECRET_NAMES: Final = frozenset(
    {"access_token", "api_key", "apikey", "authorization", "bearer", "bearer_token", "passwd", "password", "secret", "token"}
)
"""Query parameters that are passed over nowhere: an address stays in histories, bookmarks, referrers and the logs of proxies."""
_TOKEN: Final = re.compile(rb"tat_[0-9a-f]{8}", re.IGNORECASE)
_CONTROL: Final = frozenset(range(32)) | {127}


class SlashInPathError(InputError):
    """A `%2F` in a path."""

    next_step = f"Send the number as a query parameter: {QUERY_FORMS}"


class SecretInAddressError(InputError):
    """A token or a password in an address."""

    next_step = "Send it in the Authorization header, and make another one: this one stood in an address."


def check_target() -> None:
    """Refuse an address that could be taken for another one, or that holds a secret.

    raises  SlashInPathError: `%2F` in the path, or a server that hides the raw path.
            InputError: bytes that are no UTF-8, or control characters.
            SecretInAddressError: a token, or a parameter that is named like one; nothing of it is repeated.
    """
    raw: str | None = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if raw is None:
        raise SlashInPathError("path: this server does not pass it on as it was sent, so a number in it cannot be trusted")
    path, _, query = raw.partition("?")
    if "%2f" in path.lower():
        sentence = "a slash within a path element (%2F) would be read as another address"
        raise SlashInPathError(f"path: {sentence}", (("path", sentence),))
    _check_text("path", path)
    _check_text("query", query)
    named = {unquote_to_bytes(part.partition("=")[0]).lower().decode("latin-1") for part in query.split("&")}
    if named & SECRET_NAMES or _TOKEN.search(unquote_to_bytes(raw.encode("latin-1", "replace"))):
        sentence = "a token or password has no place in an address"
        raise SecretInAddressError(f"query: {sentence}", (("query", sentence),))


def _check_text(part: str, raw: str) -> None:
    plain = unquote_to_bytes(raw.encode("latin-1", "replace"))
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        raise _wrong(part, "wanted UTF-8, percent-encoded; found bytes that are none") from None
    if part == "path" and _CONTROL & set(plain):
        raise _wrong(part, "wanted printable characters; found control characters")


def _wrong(part: str, sentence: str) -> InputError:
    return InputError(f"{part}: {sentence}", ((part, sentence),))

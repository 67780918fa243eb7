"""The address as it was sent: what cannot be read in one way only is refused before anything is answered.

A printed number may hold `/`. In a path, `%2F` reaches the application already decoded: `/batches/A%2Ftrace` would be
the trace of lot `A`, and not lot `A/trace`. So the raw address is looked at.
"""

from typing import Final
from urllib.parse import unquote_to_bytes

from flask import request

from traceapp.domain.errors import InputError

QUERY_FORMS: Final = "/api/v1/batches?number=… or /api/v1/traces?number=…"
_CONTROL: Final = frozenset(range(32)) | {127}


class SlashInPathError(InputError):
    """A `%2F` in a path."""

    next_step = f"Send the number as a query parameter: {QUERY_FORMS}"


def check_target() -> None:
    """Refuse an address that could be taken for another one.

    raises  SlashInPathError: `%2F` in the path, or a server that hides the raw path.
            InputError: bytes that are no UTF-8, or control characters.
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

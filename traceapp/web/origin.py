"""An unsafe request of a browser must come from a page of ours: by what the browser itself says of it, beside the token.

A page cannot set these headers. `Sec-Fetch-Site` is sent by every browser since 2023, `Origin` with every unsafe request
long before; a program that sends neither has no cookie that somebody else could ride on.
"""

from typing import Final

from flask import request

from traceapp.domain.errors import CrossSiteError

_OURS: Final = frozenset({"same-origin", "none"})


def check_origin() -> None:
    """raises  CrossSiteError: the browser says that a page of another site sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site.lower() not in _OURS:
        raise CrossSiteError("Your browser says that another site sent this request; nothing was done.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() not in _own_origins():
        raise CrossSiteError("Your browser says that a page of another address sent this request; nothing was done.")


def _own_origins() -> frozenset[str]:
    """Under a proxy that is not named in the settings the page is https and the request is not."""
    host = request.host.lower()
    return frozenset({f"https://{host}"} if request.is_secure else {f"https://{host}", f"http://{host}"})

"""One POST to a host that may be called: to the address that was checked, over TLS, and no redirect is followed."""

import ssl
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlsplit

from traceapp.domain.errors import OutboundError
from traceapp.host.outbound import OutboundGuard

LARGEST: Final = 1024 * 1024
SECONDS: Final = 10.0


def post(guard: OutboundGuard, url: str, body: bytes, kind: str) -> tuple[int, bytes]:
    """Status and body of the reply, at most 1 MiB.

    kind    media type of what is sent.
    raises  OutboundError: the host may not be called, or does not answer.
    """
    wanted = guard.check(url)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = HTTPConnection(wanted.host, wanted.port, timeout=SECONDS)
    try:
        opened = guard.connect(url)
        opened.settimeout(SECONDS)
        connection.sock = opened
        if wanted.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(opened, server_hostname=wanted.host)
        connection.request("POST", path, body, {"Content-Type": kind, "Connection": "close"})
        reply = connection.getresponse()
        found = reply.read(LARGEST + 1)
    except (OSError, HTTPException):
        raise OutboundError(f"the host {wanted.host} does not answer") from None
    finally:
        connection.close()
    if len(found) > LARGEST:
        raise OutboundError(f"the host {wanted.host} answers with more than {LARGEST} bytes")
    return reply.status, found

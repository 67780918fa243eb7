"""The terminal as a person over HTTP: one GET with a bearer token, errors as the service words them."""

import json
import ssl
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from traceapp.domain.errors import InputError, ServiceNotRunningError, TraceappError
from traceapp.host.certificates import TlsFolder
from traceapp.host.tls import client_context
from traceapp.settings import Settings


def direct(context: ssl.SSLContext | None = None) -> OpenerDirector:
    """Past any proxy that the environment names: a bearer token is for the service alone. A redirect is not followed
    either: the token would go with it."""
    return build_opener(ProxyHandler({}), HTTPSHandler(context=context or client_context()), _NoRedirect)


def trust(settings: Settings) -> ssl.SSLContext:
    """The authorities of the system, that of the home where it has one, and the service's own certificate where it is set."""
    own = TlsFolder(settings.home).authority
    found = client_context(*(path for path in (own, settings.tls_cert_file) if path is not None and path.exists()))
    found.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return found


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class RefusedError(TraceappError):
    """The service answered with a problem document; its own words are kept."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('title', 'refused')} ({problem.get('status')}): {problem.get('detail', '')}")
        self.next_step = str(problem.get("next_step") or "See the service's own log.")
        self.problem = problem


def get_json(base_url: str, path: str, token: str, context: ssl.SSLContext | None = None, **query: str | None) -> dict[str, Any]:
    """GET base_url + path with those query parameters that are not None.

    context  whom to trust over https; the authorities of the system where it is absent.
    raises  InputError: no address of ours. ServiceNotRunningError: nobody listens. RefusedError: a problem document.
    """
    said = {name: value for name, value in query.items() if value is not None}
    if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).hostname:
        raise InputError(f"--url wants an address such as http://127.0.0.1:8000, found {base_url!r}")
    url = f"{base_url}{path}" + (f"?{urlencode(said)}" if said else "")
    request = Request(url, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})  # noqa: S310 (http to our own service)
    try:
        with direct(context).open(request, timeout=120) as reply:
            return dict(json.load(reply))
    except HTTPError as error:
        raise RefusedError(_problem(error)) from None
    except (URLError, OSError) as error:
        raise ServiceNotRunningError(f"no service answers at {base_url} ({getattr(error, 'reason', error)})") from None


def _problem(error: HTTPError) -> dict[str, Any]:
    body = error.read()
    try:
        return dict(json.loads(body))
    except ValueError:
        return {"title": error.reason, "status": error.code, "detail": body[:200].decode("utf-8", "replace")}

"""Headers on every answer: nothing from elsewhere, nothing inline, nothing kept by a cache."""

from typing import Final

from flask import Flask, Response, g, request

_CONTENT: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_ALWAYS: Final = {
    "Content-Security-Policy": _CONTENT,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
_STATIC: Final = "static"


def register(app: Flask) -> None:
    app.after_request(_add)


def _add(response: Response) -> Response:
    actor = g.get("actor")
    if actor is not None and actor.grant is not None:
        response.headers["Traceapp-Break-Glass"] = actor.grant.uid  # whatever was answered was answered under it
    response.headers.update(_ALWAYS)
    if request.endpoint != _STATIC:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response

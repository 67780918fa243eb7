"""The web application of `tests/web`, for those who attack its doors."""

from tests.web.conftest import app, ask, client, clock, doors, filled, signed_in, tokens

__all__ = ["app", "ask", "client", "clock", "doors", "filled", "signed_in", "tokens"]

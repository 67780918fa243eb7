"""How often one address may try: kept in the memory of each worker."""

import math
import time
from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from werkzeug.exceptions import TooManyRequests

REFUSALS_A_MINUTE: Final = 120
_REFUSALS: Final = parse(f"{REFUSALS_A_MINUTE}/minute")

_limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True)


def _is_refused(response: Response) -> bool:
    return response.status_code >= 400


sign_in_limit = _limiter.limit("10/minute;100/hour", methods=["POST"], deduct_when=_is_refused)
"""Decorator of the view that takes a password: nearest to the route, above the door's declaration. Whoever gets in does not
count: a whole office may share one address."""


def count_refusal() -> None:
    """One more caller with wrong credentials; raises TooManyRequests, so that nobody fills the ledger or tires the store."""
    caller = ("refusal", request.remote_addr or "")
    if not _limiter.limiter.hit(_REFUSALS, *caller):
        opens_at = _limiter.limiter.get_window_stats(_REFUSALS, *caller).reset_time
        raise TooManyRequests(retry_after=max(1, math.ceil(opens_at - time.time())))


def register(app: Flask) -> None:
    _limiter.init_app(app)
    _limiter.reset()

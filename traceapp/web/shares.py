"""How much one person or token may ask, so that nobody fills the ledger alone: counted in the memory of each worker.

Every request is a record of about a kilobyte; 3 MB a minute and worker is the most that one can write.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

from flask import Flask, current_app
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from traceapp.domain.errors import PermissionDeniedError, TooManyQuestionsError
from traceapp.domain.rights import Actor

REQUESTS_A_MINUTE: Final = 3000
REFUSALS_A_MINUTE: Final = 120
_REQUESTS: Final = parse(f"{REQUESTS_A_MINUTE}/minute")
_REFUSALS: Final = parse(f"{REFUSALS_A_MINUTE}/minute")
_EXTENSION: Final = "traceapp.shares"


def count_request(actor: Actor) -> None:
    """One more request of this person or token, which will be a record; raises TooManyQuestionsError, recorded nowhere."""
    if not _windows().hit(_REQUESTS, "request", actor.account_uid):
        raise TooManyQuestionsError(f"You send more than {REQUESTS_A_MINUTE} requests a minute.")


@contextmanager
def refusals_of(actor: Actor) -> Iterator[None]:
    """What is refused inside counts; who was refused too often is turned away before anything is recorded again.

    raises  TooManyQuestionsError.
    """
    who = ("denied", actor.account_uid)
    if not _windows().test(_REFUSALS, *who):
        raise TooManyQuestionsError(f"You were refused more than {REFUSALS_A_MINUTE} times within a minute.")
    try:
        yield
    except PermissionDeniedError:
        _windows().hit(_REFUSALS, *who)
        raise


def register(app: Flask) -> None:
    app.extensions[_EXTENSION] = FixedWindowRateLimiter(MemoryStorage())


def _windows() -> FixedWindowRateLimiter:
    return cast("FixedWindowRateLimiter", current_app.extensions[_EXTENSION])

"""What somebody types as he signs: it is looked at as seldom as a second factor, whether it came by a page or by the API."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from traceapp.domain.signatures import NOTHING_SHOWN, Shown
from traceapp.web.access import current_actor
from traceapp.web.limits import forget_factor, take_factor


@contextmanager
def looked_at(shown: Shown) -> Iterator[Shown]:
    """Around the act that is signed; raises TooManyRequests: this person was wrong too often."""
    if shown == NOTHING_SHOWN:
        yield shown
        return
    account_uid = current_actor().account_uid
    take_factor(account_uid)
    yield shown
    forget_factor(account_uid)


def shown_in_form() -> Shown:
    """The fields of `_parts/signing.html`."""
    return Shown(request.form.get("sign_username", "").strip(), request.form.get("sign_password", ""))

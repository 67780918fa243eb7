"""Whatever somebody in a session shows of himself anew is looked at as seldom as at the door, on whatever page or by the API."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from traceapp.domain.errors import FactorRefusedError, SignatureComponentsError, SignInError
from traceapp.domain.rights import Actor
from traceapp.domain.signatures import NOTHING_SHOWN, WRONG_COMPONENTS, Shown
from traceapp.usecases.record_refusal import record_spray
from traceapp.web.access import current_actor, stations
from traceapp.web.limits import count_wrong_component, forget_component, take_component


@contextmanager
def component_shown(actor: Actor) -> Iterator[None]:
    """Around whatever looks at a user name, password or second factor of this actor, who is in a session or half-way in.

    raises  TooManyRequests: it was wrong too often, of this account or from this address.
    """
    take_component(actor.account_uid, lambda: record_spray(stations(), request.remote_addr or ""))
    try:
        yield
    except (FactorRefusedError, SignInError):
        count_wrong_component(actor.username)
        raise
    except SignatureComponentsError as error:
        if str(error) == WRONG_COMPONENTS:
            count_wrong_component(actor.username)
        raise
    forget_component(actor.account_uid)


@contextmanager
def looked_at(shown: Shown) -> Iterator[Shown]:
    """Around the act that is signed; raises TooManyRequests."""
    if shown == NOTHING_SHOWN:
        yield shown
        return
    with component_shown(current_actor()):
        yield shown


def shown_in_form() -> Shown:
    """The fields of `_parts/signing.html`."""
    return Shown(request.form.get("sign_username", "").strip(), request.form.get("sign_password", ""))

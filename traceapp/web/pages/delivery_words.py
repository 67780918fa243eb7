"""Recipients and deliveries in words."""

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext

from traceapp.domain.deliveries import Channel, DeliveryState
from traceapp.domain.errors import InputError
from traceapp.domain.exports import Subject
from traceapp.domain.recipients import RecipientKind
from traceapp.web.pages.refusals import refusal
from traceapp.web.pages.wording import N_, sentence_gap

CHANNELS: Final = {
    Channel.IN_PERSON: N_("in person"),
    Channel.INTERFACE: N_("by an interface"),
    Channel.MAIL: N_("by mail"),
    Channel.MEDIA: N_("on a medium"),
    Channel.PORTAL: N_("by the recipient’s portal"),
}
KINDS: Final = {RecipientKind.PERSON: N_("Person"), RecipientKind.INTERFACE: N_("Interface")}
STATES: Final = {
    DeliveryState.SENT: ("held", "degraded", N_("Not acknowledged")),
    DeliveryState.ACKNOWLEDGED: ("released", "released", N_("Acknowledged")),
}
SUBJECTS: Final[Mapping[str, str]] = {
    Subject.TRACE: N_("Trace"),
    Subject.SEARCH: N_("Look-up of a number"),
    Subject.LEDGER: N_("Audit trail"),
    Subject.REVIEW: N_("Review of who may see what"),
    Subject.DELIVERIES: N_("Register of deliveries"),
}
FIELDS: Final = {
    "recipient": N_("Wanted a recipient that is registered, with a key where values of T3 go there."),
    "key": N_("Wanted a public key as age writes it: age1 and 58 letters."),
    "country": N_("Wanted a country in two letters, such as CN."),
    "legal_basis": N_("Wanted the ground on which it goes there, in 10 characters at least."),
    "authority_number": N_("Wanted the number under which the authority knows of it."),
    "reason": N_("Wanted a reason of 10 to 1000 characters."),
    "channel": N_("Wanted the way by which it goes."),
    "record": N_("Wanted the number of a record of the ledger."),
    "organisation": N_("Wanted an organisation, by 1 to 200 printable characters."),
    "person": N_("Wanted a person or an interface, by 1 to 200 printable characters."),
    "by": N_("Wanted who said so, by 1 to 200 printable characters."),
    "at": N_("Wanted a moment between then and now, in UTC, such as 2026-05-19 08:02."),
    "tier": N_("Wanted T0, T1, T2 or T3."),
}
"""Field → what it takes."""


def wrong_fields(error: Exception | None) -> tuple[str, ...]:
    """The fields that it is about, in the order in which they were found wrong."""
    found = error.fields if isinstance(error, InputError) else ()
    return tuple(dict.fromkeys(field for field, _ in found if field in FIELDS))


def wrong_of(error: Exception) -> str:
    """What was wrong, in the language of the page."""
    if isinstance(error, InputError):
        said = dict.fromkeys(FIELDS[field] for field in wrong_fields(error))
        return sentence_gap().join(gettext(words) for words in said) or gettext("The question cannot be understood.")
    return refusal(error)

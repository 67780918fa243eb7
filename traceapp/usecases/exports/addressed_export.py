"""A file that goes to somebody outside: to whom, by which way and on which ground; what others agree to is that as well."""

from collections.abc import Mapping
from typing import Any, Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.deliveries import Channel, Destination
from traceapp.domain.errors import FactorNeededError, InputError, PermissionDeniedError
from traceapp.domain.recipients import Recipient
from traceapp.domain.rights import Actor
from traceapp.policy.compilation import clearance_of
from traceapp.usecases.exports.recipients import find_recipient, is_abroad, registered_recipient, text_of
from traceapp.usecases.stations import Stations

ADDRESS: Final = ("recipient", "channel", "legal_basis", "authority_number", "personal")
SHORTEST_BASIS: Final = 10
NOT_CLEARED: Final = "Your role is shown no T3 value, and so takes none out."
NO_FACTOR: Final = "T3 values are opened for whoever has shown a second factor a short time ago, as the policy says."


def check_address(stations: Stations, tier: Tier, said: Mapping[str, Any], *, outside: bool) -> dict[str, Any]:
    """What is signed of it: the recipient as he is registered now, the way, the ground, and whether personal fields go too.

    outside  whether it is asked for as a delivery to another country than the plant's.
    raises   InputError: T3 without a recipient who has a key, a recipient who is none, a way or ground that is missing.
    """
    if not any(name in said for name in ADDRESS):
        if tier is Tier.T3 or outside:
            raise InputError.wanted("recipient", "whom it goes to: a registered recipient with a key")
        return {}
    recipient = registered_recipient(stations, text_of("recipient", said.get("recipient")))
    if is_abroad(stations, recipient.country) is not outside:
        raise InputError.wanted("recipient", "outside_delivery for another country than the plant's, and an export for its own")
    if tier is Tier.T3 and not recipient.public_key:
        raise InputError.wanted("recipient", "one who has a key: T3 values leave sealed to it")
    channel = Channel.parse(said.get("channel", ""))
    personal = said.get("personal", False)
    if not isinstance(personal, bool):
        raise InputError.wanted("personal", "true or false")
    least = SHORTEST_BASIS if outside or personal else 0
    return {
        "recipient": recipient_document(recipient),
        "channel": channel.value,
        "legal_basis": text_of("legal_basis", said.get("legal_basis", ""), least),
        "authority_number": text_of("authority_number", said.get("authority_number", ""), 1 if outside else 0),
        "personal": personal,
    }


def address_state(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The recipient as he stands: another key, another country, or an end is another operation. None where there is none.

    Everything else stands among the parameters: whoever signs them signs it.
    """
    if "recipient" not in parameters:
        return None
    found = find_recipient(stations, parameters["recipient"]["uid"])
    return recipient_document(found) if found is not None else {"gone": parameters["recipient"]["uid"]}


def is_address_as_signed(stations: Stations, parameters: Mapping[str, Any]) -> bool:
    """Whether the recipient is who others agreed to."""
    return "recipient" not in parameters or address_state(stations, parameters) == dict(parameters["recipient"])


def destination_of(parameters: Mapping[str, Any]) -> Destination | None:
    """None where the file goes to nobody but whoever takes it."""
    if "recipient" not in parameters:
        return None
    told = parameters["recipient"]
    return Destination(
        told["organisation"],
        told["person"],
        told["country"],
        Channel(parameters["channel"]),
        told["uid"],
        parameters["legal_basis"],
        parameters["authority_number"],
        parameters["personal"],
    )


def key_of(parameters: Mapping[str, Any]) -> str | None:
    """The key that the file is sealed to; None where it goes to nobody who has one."""
    return parameters["recipient"]["key"] or None if "recipient" in parameters else None


def check_clearance(stations: Stations, actor: Actor, tier: Tier) -> None:
    """Whether whoever asks is shown values of this tier at this moment.

    raises  PermissionDeniedError: his role never is; FactorNeededError: it is, once he has shown a second factor.
    """
    row = stations.policy.document.roles.get(actor.role)
    if tier < Tier.T3:
        return
    if row is None or row.clearance < Tier.T3:
        raise PermissionDeniedError(NOT_CLEARED)
    if clearance_of(row, actor, stations.clock.now()) < Tier.T3:
        raise FactorNeededError(NO_FACTOR)


def recipient_document(recipient: Recipient) -> dict[str, str]:
    """As it is signed."""
    return {
        "uid": recipient.uid,
        "kind": recipient.kind.value,
        "organisation": recipient.organisation,
        "person": recipient.person,
        "country": recipient.country,
        "key": recipient.public_key,
    }

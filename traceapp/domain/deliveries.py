"""What was delivered outside: which file, to whom, by which way, on which ground, and whether they have said that it came."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from traceapp.domain.errors import InputError


class Channel(StrEnum):
    """By which way it goes."""

    IN_PERSON = "in_person"
    INTERFACE = "interface"
    MAIL = "mail"
    MEDIA = "media"
    PORTAL = "portal"

    @classmethod
    def parse(cls, said: Any) -> "Channel":
        """raises  InputError: no such way."""
        try:
            return cls(said)
        except ValueError:
            raise InputError.wanted("channel", f"one of {', '.join(cls)}") from None


class DeliveryState(StrEnum):
    """Whether it is known to have come."""

    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a file goes.

    recipient         uid of a registered one; None of somebody at home who is none.
    legal_basis       why it may go there; empty where the policy and its approval are enough.
    authority_number  of the authority that allowed it, or was told of it.
    personal          whether it holds what is about single persons.
    """

    organisation: str
    person: str
    country: str
    channel: Channel
    recipient: str | None = None
    legal_basis: str = ""
    authority_number: str = ""
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry of the register.

    record           of the ledger, under which the file left; what follows of the file as it says: its SHA-256 in hex, its copy.
    subject          whose rows: `exports.Subject`.
    tier             the highest whose values are in it, where others agreed to that; empty where nobody had to.
    entered_by       user name of whoever took the file.
    acknowledged_by  who said that it came, and acknowledged_at when; None while nobody has. noted_by  who entered that.
    """

    uid: str
    record: int
    subject: str
    form: str
    rows: int
    file: str
    copy: str
    tier: str
    approval: str | None
    to: Destination
    entered_by: str
    entered_at: datetime
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    noted_by: str | None = None

    @property
    def state(self) -> DeliveryState:
        return DeliveryState.ACKNOWLEDGED if self.acknowledged_at is not None else DeliveryState.SENT

"""Answers about recipients and deliveries as OpenAPI describes them. `delivery_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from traceapp.domain.deliveries import Channel, DeliveryState
from traceapp.domain.exports import Subject
from traceapp.domain.recipients import RecipientKind
from traceapp.web.answer_models import Ledger, Said


class Recipient(Said):
    """To whom files may go; once it is ended nothing does."""

    uid: str
    kind: RecipientKind
    organisation: str
    person: str
    country: str
    key: Annotated[str, Field(description="Public key that files are sealed to; empty where there is none.")]
    added_at: datetime
    ended_at: datetime | None


class Recipients(Said):
    recipients: list[Recipient]
    ledger: Ledger


class RecipientChanged(Said):
    recipient: Recipient
    ledger: Ledger


class Delivery(Said):
    """One entry of the register."""

    uid: str
    record: Annotated[int, Field(description="Of the ledger, under which the file left.")]
    subject: Annotated[Subject, Field(description="Whose rows the file holds.")]
    form: str
    rows: int
    file: Annotated[str, Field(description="SHA-256 of the file.")]
    copy_id: Annotated[str, Field(description="Id of the copy, which stands in it.")]
    tier: Annotated[str, Field(description="Highest tier whose values may be in it; empty where nobody had to agree to it.")]
    approval: str | None
    recipient: str | None
    organisation: str
    person: str
    country: str
    channel: Channel
    legal_basis: str
    authority_number: str
    personal: Annotated[bool, Field(description="It holds what is about single persons.")]
    entered_by: str
    entered_at: datetime
    state: DeliveryState
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    noted_by: str | None


class Deliveries(Said):
    """The newest first."""

    deliveries: list[Delivery]
    next: str | None
    ledger: Ledger


class DeliveryChanged(Said):
    delivery: Delivery
    ledger: Ledger

"""Forms about deliveries: what a person types, where an empty field says nothing."""

from typing import Any

from pydantic import field_validator, model_validator

from traceapp.domain.exports import TableForm
from traceapp.web.delivery_inputs import AcknowledgementBody, DeliveryBody, RecipientBody
from traceapp.web.pages.forms import From, TracePageInput


class _Form:
    """An empty field is one that nobody filled in."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, said: Any) -> Any:
        return {name: value for name, value in said.items() if value != ""} if isinstance(said, dict) else said


class _Country(_Form):
    """Small letters of a country count as capitals."""

    @field_validator("country", mode="before", check_fields=False)
    @classmethod
    def _capitals(cls, text: Any) -> Any:
        return text.strip().upper() if isinstance(text, str) else text


class DeliveryForm(_Country, DeliveryBody):
    """Where a file went."""


class RecipientForm(_Country, RecipientBody):
    """To whom files may go."""


class AcknowledgementForm(AcknowledgementBody):
    """Who has said that it came; a bare day begins at midnight."""

    at: From


class TraceDeliveryPageInput(TracePageInput):
    """A trace that shall go to somebody."""


class TraceDeliveryRequestInput(TraceDeliveryPageInput):
    """To whom, and why."""

    form: TableForm = TableForm.XLSX
    tier: str = "T2"
    recipient: str
    channel: str
    legal_basis: str = ""
    authority_number: str = ""
    personal: str = ""
    reason: str = ""

    @property
    def address(self) -> dict[str, Any]:
        """As it is signed."""
        return {
            "recipient": self.recipient,
            "channel": self.channel,
            "legal_basis": self.legal_basis,
            "authority_number": self.authority_number,
            "personal": self.personal == "1",
        }

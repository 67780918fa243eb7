"""What is asked of recipients and of the register of outside deliveries; `reading.py` says how."""

from typing import Annotated, Any

from pydantic import Field

from traceapp.domain.deliveries import Channel
from traceapp.domain.exports import TableForm
from traceapp.domain.recipients import RecipientKind
from traceapp.domain.recorded import NEWEST_SEQ
from traceapp.usecases.exports.recipients import LONGEST
from traceapp.web.approval_inputs import SHORT_UID, Reason
from traceapp.web.inputs import PRINTED, Form, Moment
from traceapp.web.reading import Strict

Uid = Annotated[str, Field(pattern=SHORT_UID, description="16 hexadecimal digits.")]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=PRINTED)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Two letters, as ISO 3166 has them.")]
Key = Annotated[
    str, Field(max_length=LONGEST, description="Public X25519 key as age writes it, `age1…`; files are sealed to it.")
]


class _Said(Strict):
    @property
    def said(self) -> dict[str, Any]:
        """What was said, as plain values."""
        told = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: getattr(value, "value", value) for name, value in told.items() if value is not None}


class RecipientInput(_Said):
    """The id of a recipient or a delivery in a path."""

    uid: Uid


class RecipientBody(_Said):
    """To whom files may go, once others agreed."""

    kind: RecipientKind = RecipientKind.PERSON
    organisation: Text
    person: Text
    country: Country
    key: Key = ""
    reason: Reason


class DeliveryBody(_Said):
    """Where a file went that you took out: to a registered recipient, or to somebody in the plant's own country."""

    record: Annotated[int, Field(ge=1, le=NEWEST_SEQ, description="Of the ledger: the first part of `Traceapp-Ledger`.")]
    channel: Channel
    recipient: Uid | None = None
    organisation: Text | None = None
    person: Text | None = None
    country: Country | None = None
    legal_basis: Text | None = None


class AcknowledgementBody(_Said):
    """Somebody there has said that it came."""

    by: Text
    at: Moment


class RegisterExportInput(_Said):
    """The register as a file."""

    form: Form = TableForm.CSV


class RegisterExportBody(_Said):
    """The same with names and grounds in clear, which others have to agree to."""

    form: Form = TableForm.XLSX
    reason: Reason


class RegisterInput(_Said):
    """A page of the register."""

    before: Annotated[str | None, Field(max_length=60, description="`next` of the page before.")] = None

"""Questions to the audit trail, as they come in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from traceapp.domain.exports import TableForm
from traceapp.domain.ledger_search import LedgerQuery
from traceapp.domain.permissions import ACTS
from traceapp.domain.purposes import Purpose
from traceapp.domain.recorded import NEWEST_SEQ, OUTCOMES
from traceapp.domain.rights import Role
from traceapp.domain.trace import Status
from traceapp.usecases.audit.search_ledger import LONGEST_PAGE, PAGE
from traceapp.web.approval_inputs import Reason
from traceapp.web.inputs import Code, Form, Moment, Printed, Uid
from traceapp.web.reading import Strict

Outcome = Literal[OUTCOMES]  # type: ignore[valid-type]
FieldName = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z]{1,40}\.)?[a-z][a-z0-9_]{0,60}$",
        description="Property that left in clear, as `name` or `Kind.name`; with `number` or `uid`, of that thing.",
        examples=["Party.name"],
    ),
]
Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="32 hexadecimal digits.")]
Seq = Annotated[int, Field(ge=1, le=NEWEST_SEQ)]


class LedgerFilters(Strict):
    """What is said of the records wanted; all of it must hold."""

    person: Annotated[Code | None, Field(description="User name, or uid of the account.")] = None
    role: Role | None = None
    act: Annotated[str | None, Field(json_schema_extra={"enum": [*ACTS]}, description="Permission or act.")] = None
    outcome: Annotated[Outcome | None, Field(description="`denied` for what was refused.")] = None
    purpose: Purpose | None = None
    completeness: Literal[tuple(one.name for one in Status)] | None = None  # type: ignore[valid-type]
    address: Annotated[Code | None, Field(description="Address of the client, as the trusted proxy saw it.")] = None
    through: Annotated[Code | None, Field(description="How the person came in, such as `session`.")] = None
    field: FieldName | None = None
    number: Annotated[Printed | None, Field(description="Printed number of a thing that the record is about, or showed.")] = None
    uid: Annotated[Uid | None, Field(description="Uid of such a thing.")] = None
    request_id: Annotated[Hex | None, Field(description="All that one request did.")] = None
    approval: Hex | None = None
    command: Hex | None = None

    @field_validator("act")
    @classmethod
    def _known_act(cls, act: str | None) -> str | None:
        if act is not None and act not in ACTS:
            raise ValueError("wanted a permission or an act")
        return act

    @model_validator(mode="after")
    def _one_thing(self) -> "LedgerFilters":
        if self.number is not None and self.uid is not None:
            raise ValueError("wanted number or uid, found both")
        return self

    def query(self, since: datetime | None, until: datetime | None) -> LedgerQuery:
        said: dict[str, Any] = {name: getattr(self, name) for name in LedgerFilters.model_fields}
        plain = {name: getattr(value, "value", value) for name, value in said.items()}
        return LedgerQuery(**plain, since=since, until=until)


def not_before_since(end: Any, known: ValidationInfo) -> Any:
    begin = known.data.get("since")
    if begin is not None and end is not None and end < begin:
        raise ValueError("wanted a moment that is not before since")
    return end


class LedgerTimesInput(LedgerFilters):
    """With the time of the records, both ends within."""

    since: Annotated[Moment | None, Field(description="Not before this moment.")] = None
    until: Annotated[Moment | None, Field(description="Not after this moment.")] = None

    _order = field_validator("until")(not_before_since)

    def asked(self) -> LedgerQuery:
        return self.query(self.since, self.until)


class LedgerSearchInput(LedgerTimesInput):
    """A page of records."""

    before: Annotated[Seq | None, Field(description="Only records before this one: `next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE, description="Records of a page.")] = PAGE


class LedgerExportInput(LedgerTimesInput):
    """A file of records."""

    form: Form = TableForm.CSV


class LedgerExportBody(LedgerTimesInput):
    """Records whose file others have to agree to: more than one person takes out alone."""

    act: Annotated[str | None, Field(description="Permission or act, such as `batch:trace`.")] = None
    form: Form = TableForm.XLSX
    reason: Reason


class RecordInput(Strict):
    """The number of a record in a path."""

    seq: Seq

"""Answers of the audit trail as OpenAPI describes them. `audit_answers.py` writes the bytes."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from traceapp.web.answer_models import Ledger, Said


class _Record(BaseModel):
    """Fields that a later version adds to records come with it."""

    model_config = ConfigDict(extra="allow", strict=False)


class AuditRecord(_Record):
    """A record as it was written, with a mask in place of what you may not see. docs/ledger.md tells its parts."""

    seq: Annotated[int, Field(ge=1)]
    leaf: Annotated[str, Field(description="RFC 6962 leaf hash of the whole record, hexadecimal.")]
    time: str
    act: str
    outcome: str
    actor: dict[str, Any]
    request: dict[str, Any]
    disclosed: Annotated[dict[str, Any], Field(description="Names of the properties that left in clear, by kind.")]
    withheld: Annotated[dict[str, Any], Field(description="Names of the properties that were masked, by kind.")]
    result: dict[str, Any]
    masked: Annotated[list[str], Field(description="Names of the parts that are masked for you.")]


class IndexState(Said):
    """How far the search has come. With `lag` 0 and `unread` 0, nothing that fits is left out."""

    first: Annotated[int, Field(description="The oldest record that is kept; those before it were pruned.")]
    indexed: Annotated[int, Field(ge=0, description="The newest record that can be found.")]
    head: Annotated[int, Field(ge=0, description="The newest record that there is.")]
    lag: Annotated[int, Field(ge=0, description="Records that are there and cannot be found yet.")]
    unread: Annotated[int, Field(ge=0, description="Disclosure rolls that could not be opened.")]


class AuditRecords(Said):
    """A page of records, the newest first."""

    records: list[AuditRecord]
    next: Annotated[int | None, Field(description="`before` of the next page; null where this is the last one.")]
    index: IndexState
    ledger: Ledger


class AuditRecordAnswer(Said):
    record: AuditRecord
    ledger: Ledger


class RecordProof(Said):
    """Stands for itself: `traceapp-verify-ledger` and every reader of C2SP tlog-proof checks it."""

    seq: Annotated[int, Field(ge=1)]
    proof: Annotated[str, Field(description="C2SP tlog-proof.")]
    ledger: Ledger

"""Answers about feeds as OpenAPI describes them. `feed_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from traceapp.domain.row_register import RowFault
from traceapp.web.answer_models import Ledger, Said

Sequence = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]
Gaps = Annotated[list[str], Field(description="Sequences that are missing, such as `42` or `42-44`.")]


class MessageReceipt(Said):
    """What became of a message; the same however often it is sent. Each event is in exactly one of the last four."""

    feed: str
    sequence: Sequence
    sha256: Annotated[str, Field(description="Of the bytes of the message, hexadecimal.")]
    taken_at: datetime
    events: Count
    appended: Annotated[Count, Field(description="New.")]
    known: Annotated[Count, Field(description="Stored before, and unchanged.")]
    voided: Annotated[Count, Field(description="Declared void, or void already when they came.")]
    rejected: Count


class Reject(Said):
    """A row or event that was not taken; send it corrected in a later message."""

    position: str
    reason: str


class MessageTaken(Said):
    receipt: MessageReceipt
    repeated: Annotated[bool, Field(description="It was taken before, and nothing was done now.")]
    rejects: list[Reject]
    next: Annotated[Sequence, Field(description="The sequence that comes next.")]
    gaps: Gaps
    ledger: Ledger


class Feed(Said):
    name: str
    public_key: Annotated[str, Field(description="`whpk_` and base64.")]
    created_at: datetime
    next: Annotated[Sequence, Field(description="The sequence that comes next.")]
    gaps: Gaps
    received_at: datetime | None
    ended_at: Annotated[datetime | None, Field(description="From then on it takes nothing.")]


class AlteredFeed(Said):
    """Its row is not what the service wrote last; it takes nothing."""

    uid: str
    fault: RowFault


class Feeds(Said):
    feeds: list[Feed]
    altered: list[AlteredFeed]
    ledger: Ledger

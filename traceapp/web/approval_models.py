"""Answers about approvals as OpenAPI describes them. `approval_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from traceapp.domain.approvals import ApprovalState, Move, Operation
from traceapp.domain.kinds import NodeKind
from traceapp.domain.rights import Role
from traceapp.domain.signatures import Meaning
from traceapp.web.answer_models import Ledger, Said
from traceapp.web.signature_models import ElectronicSignature


class Signature(Said):
    """Somebody agreed."""

    username: str
    role: Role
    step: Annotated[int, Field(ge=0, description="Place in the chain, counted from 0.")]
    at: datetime
    name: Annotated[str | None, Field(description="Printed name, as it was signed.")]
    meaning: Meaning | None


class ApprovalWords(Said):
    """What somebody said when he did his part."""

    username: str
    act: Annotated[str, Field(description="request, sign, hand_over, approve, withdraw, deny, cancel or spent.")]
    text: str
    at: datetime


class Habit(Said):
    """How often whoever asked did something."""

    name: Annotated[str, Field(description="looks, files (taken out), requests (for approvals), broken (glass) or denials.")]
    lately: Annotated[int, Field(ge=0, description="In the last 30 days.")]
    usually: Annotated[float | None, Field(description="The median of the 30 days before, three times; null without a past.")]


class Approval(Said):
    """What shall happen once others agreed to exactly that."""

    uid: Annotated[str, Field(description="16 hexadecimal digits.")]
    operation: Operation
    state: ApprovalState
    digest: Annotated[str, Field(description="SHA-256 of exactly what would happen; whoever approves sends it back.")]
    requester: str
    requested_at: datetime
    expires_at: datetime
    parameters: dict[str, Any]
    own: Annotated[bool, Field(description="You asked for it yourself, by whatever account.")]
    may: Annotated[list[Move], Field(description="What you can do with it now.")]
    waits_for: Annotated[list[Role], Field(description="Roles whose word is asked for next.")]
    cools_until: Annotated[
        datetime | None,
        Field(description="It is your turn, but your account was made or changed a short time ago: it decides nothing before."),
    ]
    barred: Annotated[
        str | None,
        Field(description="It would be your turn, but you may not see what it holds, and so decide nothing of it: why."),
    ]
    signatures: list[Signature]


class Approvals(Said):
    """Open ones that you have a part in, the newest first."""

    approvals: list[Approval]
    cut: Annotated[bool, Field(description="There are more.")]
    ledger: Ledger


class ApprovalShown(Said):
    approval: Approval
    words: list[ApprovalWords]
    preview: Annotated[dict[str, Any], Field(description="What the operation shows to whoever decides; empty once it is over.")]
    sample: Annotated[
        list[dict[str, Any]], Field(description="Some of what would leave, go or change, a row each, masked as for you.")
    ]
    history: Annotated[list[Habit], Field(description="Of whoever asked, for others who may decide; else empty.")]
    recipient: str | None
    policy: Annotated[str, Field(description="Digest of the policy by which it was asked for.")]
    signatures: Annotated[list[ElectronicSignature], Field(description="All that were given, by their seals alone.")]
    in_vain: Annotated[bool, Field(description="It was spent, and what was approved did not happen: ask for it anew.")]
    seen: Annotated[
        str | None,
        Field(
            description="Whoever approves sends it back, in the session that opened it; null of a token, which approves nothing."
        ),
    ]
    ledger: Ledger


class ApprovalMoved(Said):
    """How it stands from now on."""

    uid: str
    operation: Operation
    state: ApprovalState
    digest: str
    expires_at: datetime
    ledger: Ledger


class ValueRevealed(Said):
    """One value, shown once; null where there is none on record."""

    uid: Annotated[str, Field(description="Of the thing.")]
    kind: NodeKind
    property: str
    value: Any
    ledger: Ledger


class ApprovalExecuted(Said):
    """It happened; `ledger` is the record of what happened."""

    uid: str
    ledger: Ledger

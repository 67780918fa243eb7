"""Answers about governed documents as OpenAPI describes them. `change_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from traceapp.domain.governed import DocumentKind
from traceapp.domain.kinds import NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.purposes import Purpose
from traceapp.domain.rights import Role
from traceapp.web.answer_models import Ledger, Said

Digest = Annotated[str, Field(description="SHA-256 of what the document says, whatever its layout.")]


class Version(Said):
    """One that is or was in force."""

    number: int
    digest: Digest
    replaces: Annotated[str | None, Field(description="Digest of the one before; null of the first.")]
    proposed_by: Annotated[
        str, Field(description="User name; empty where it was accepted at the terminal, or came with the program.")
    ]
    approved_by: list[str]
    approval: str | None
    at: datetime


class Migration(Said):
    """Stored values that are being brought in the form that the version in force wants."""

    number: Annotated[int, Field(description="Of that version.")]
    fields: Annotated[list[str], Field(description="Properties, each with its kind: `Batch.model`.")]
    done: Annotated[int, Field(description="Records written so far.")]
    share: Annotated[float, Field(description="Of all records, those that were looked at, 0 to 1.")]


class GovernedDocument(Said):
    """One document, and its former versions, the newest first."""

    document: DocumentKind
    present: Version
    versions: list[Version]
    fault: Annotated[str | None, Field(description="Why it is not what others agreed to; null where it is.")]
    migration: Annotated[Migration | None, Field(description="Null where every stored value has the form of its tier.")]


class Documents(Said):
    documents: list[GovernedDocument]
    ledger: Ledger


class DocumentText(Said):
    """The text of one version."""

    document: DocumentKind
    number: int
    text: str
    ledger: Ledger


class Difference(Said):
    """One place that says something else."""

    place: Annotated[list[str], Field(description="Names from the outside in.")]
    gone: list[str]
    new: list[str]


class FieldMove(Said):
    """A property that is shown, or searched by."""

    kind: NodeKind
    name: str
    tier: str
    purposes: list[Purpose]
    records: Annotated[int | None, Field(description="Records of the kind in the view of somebody who sees everything.")]


class Moves(Said):
    permissions: list[Permission]
    purposes: list[Purpose]
    shown: list[FieldMove]
    searched: list[FieldMove]


class RoleEffect(Said):
    """What a role gains and loses."""

    role: Role
    gained: Moves
    lost: Moves
    accounts: list[str]


class AccountEffect(Said):
    """Records that come into an account's view or leave it, and those of which it is shown more or less."""

    username: str
    role: Role
    opened: int
    closed: int
    shown: int
    hidden: int


class Reencryption(Said):
    """Values that come under another tier."""

    kind: NodeKind
    name: str
    before: str
    after: str
    work: Annotated[
        Literal["sealed", "opened", "resealed", "kept"], Field(description="What happens to the stored values; kept: nothing.")
    ]
    records: int


class Effect(Said):
    roles: list[RoleEffect]
    accounts: list[AccountEffect]
    reencrypted: list[Reencryption]
    tokens: Annotated[list[str], Field(description="Labels of tokens that can do nothing any more.")]
    approvals: Annotated[int, Field(description="Open approvals that end with it.")]
    stuck: Annotated[
        dict[str, str] | None, Field(description="Operations that nobody could agree to, and the role that is missing.")
    ]
    cut: Annotated[bool, Field(description="Not every record was counted: the numbers are at least so many.")]


class DocumentComparison(Said):
    """What another document would change."""

    document: DocumentKind
    before: Digest
    after: Digest
    differences: list[Difference]
    effect: Effect
    ledger: Ledger

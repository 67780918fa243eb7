"""Answers about electronic signatures as OpenAPI describes them. `signature_answers.py` writes the bytes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from traceapp.domain.rights import Role
from traceapp.domain.signatures import Component, Meaning, Remark, SignatureState
from traceapp.web.answer_models import Ledger, Said


class SignatureSaid(Said):
    """What the signature itself says."""

    name: Annotated[str, Field(description="Printed name of whoever signed, as it was then.")]
    username: str
    role: Role
    signed_at: Annotated[datetime, Field(description="In UTC.")]
    meaning: Meaning
    says: Annotated[dict[str, str], Field(description="The meaning as a sentence, by language; it is signed with the rest.")]
    reason: str
    components: Annotated[list[Component], Field(description="What whoever signed showed of himself as he did.")]
    first: Annotated[bool, Field(description="It was the first signature of its session, which takes two components.")]
    sha256: Annotated[str, Field(description="Digest of the record that was signed.")]


class ElectronicSignature(Said):
    """One person's word on exactly one record (21 CFR 11.50)."""

    digest: Annotated[str, Field(description="By which the ledger names it: SHA-256 of document and seal.")]
    approval: Annotated[str, Field(description="Under which it stands.")]
    state: SignatureState
    because: Annotated[str, Field(description="Why it is not valid, as a code; empty where it is.")]
    remarks: list[Remark]
    ledger_record: Annotated[int | None, Field(description="The record that names it, where the ledger was asked.")]
    said: Annotated[SignatureSaid | None, Field(description="None where nothing of it can be read.")]


class Signatures(Said):
    """Signatures beside their seals, the store and the ledger."""

    signatures: list[ElectronicSignature]
    approvals: Annotated[int, Field(description="How many were looked at.")]
    bad: Annotated[int, Field(description="Signatures that do not hold.")]
    key: Annotated[str, Field(description="Public key of the seals: Ed25519, PEM.")]
    ledger: Ledger

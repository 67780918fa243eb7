"""No record, no answer, by type: `web` answers with `Recorded` only, and only `ledger` constructs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What a use case wants recorded; the writer adds seq, time and the hash of the record before.

    act         a permission or act of `domain/permissions.py`, such as "batch:trace".
    outcome     "answered" | "denied" | "failed" | "done"; of a change also "intended", recorded before it begins.
    disclosed   property names per kind that leave, e.g. {"Batch": ["number", "product"]}.
    withheld    property names per kind that were masked in what leaves.
    result      counts and the SHA-256 of the canonical result; never a value.
    """

    act: str
    outcome: str
    actor: Mapping[str, Any]
    request: Mapping[str, Any] = field(default_factory=dict)
    disclosed: Mapping[str, list[str]] = field(default_factory=dict)
    withheld: Mapping[str, list[str]] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    completeness: str | None = None
    policy: str | None = None
    dictionary: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerReceipt:
    """seq counts from 1; leaf is the RFC 6962 leaf hash (hex) of the canonical record."""

    seq: int
    leaf: str


@dataclass(frozen=True, slots=True)
class Recorded(Generic[T]):
    """An answer and the proof that its record was durable before it left."""

    value: T
    receipt: LedgerReceipt


@dataclass(frozen=True, slots=True)
class LedgerVerdict:
    """What a verification found.

    records        how many were read; of a ledger with a bad one, those before it.
    first_bad_seq  sequence number of the first record that is not what was written; None where all are.
    reason         one sentence.
    head_leaf      leaf hash of the newest record that was read; compare it with the newest receipt.
    """

    ok: bool
    records: int
    first_bad_seq: int | None
    reason: str
    head_leaf: str

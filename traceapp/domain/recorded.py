"""No record, no answer, by type: `web` answers with `Recorded` only, and only `ledger` constructs it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
COMMITTED, ABORTED = "recovered-committed", "recovered-aborted"
OUTCOMES: Final = ("answered", "denied", "failed", "done", "intended", COMMITTED, ABORTED)
CAME_TO_BE: Final = frozenset({"done", COMMITTED})
"""Of a change: it is so from then on."""
NEWEST_SEQ: Final = 2**53 - 1
"""No record has a greater number: every JSON reader takes it exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class WrittenRoll(Mapping[str, Any]):
    """What a record says of a roll that is written beside the ledger and may not be durable yet.

    make_durable  whoever appends the record calls it, while the record is on its way; raises LedgerUnavailableError.
    """

    said: Mapping[str, Any]
    make_durable: Callable[[], None]

    def __getitem__(self, name: str) -> Any:
        return self.said[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.said)

    def __len__(self) -> int:
        return len(self.said)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What a use case wants recorded; the writer adds seq, time and the hash of the record before.

    act         a permission or act of `domain/permissions.py`, such as "batch:trace".
    outcome     "answered" | "denied" | "failed" | "done"; of a change also "intended", recorded before it begins, and
                "recovered-committed" | "recovered-aborted", what became of one whose process died.
    disclosed   property names per kind that leave, e.g. {"Batch": ["number", "product"]}.
    withheld    property names per kind that were masked in what leaves.
    result      counts and the SHA-256 of the canonical result; never a value.

    The last six are left out of a record where they are None:

    request_id  32 hex digits of one HTTP request or one terminal command: all that it did bears them.
    object      what the act is about, `{"kind", "uid"}` each; at most 20.
    roll        `{"sha256", "things", "at"}`: digest of the disclosure roll (`domain/rolls.py`), number of things in it, where it
                lies; a `WrittenRoll` is durable before the record is acknowledged.
    values      `{"field", "old", "new"}` each: salted commitments, in hex, to values before and after; None where there was none.
    command     id of the write in the store that carries the change out, 32 hex digits.
    approval    uid of the approval that it rests on.
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
    request_id: str | None = None
    object: Sequence[Mapping[str, str]] | None = None
    roll: Mapping[str, Any] | None = None
    values: Sequence[Mapping[str, str | None]] | None = None
    command: str | None = None
    approval: str | None = None


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
    pruned         records 1 to this one are gone: their leaf hashes were checked, and nothing else of them.
    """

    ok: bool
    records: int
    first_bad_seq: int | None
    reason: str
    head_leaf: str
    pruned: int = 0

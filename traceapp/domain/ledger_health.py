"""How the ledger is: what its writer says of itself, and what is kept of it elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from traceapp.domain.recorded import LedgerReceipt

NOT_ANCHORED: Final = "tamper-evident against the database administrator, not against root of the ledger host"
"""What is proven where no checkpoint is kept elsewhere."""


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """One answer of the writer.

    newest         the newest durable record.
    pid            process that writes.
    key            what checkpoints are checked with at present.
    queue          records that wait, of `queue_most` that may.
    checkpointed   how many records the newest checkpoint is over, signed at `checkpoint_at`.
    appended       records since the writer's start, made durable in `groups`, which took `commit_seconds` together.
    disk_total     bytes of the file system that the ledger lies on; `disk_free` of them may still be taken.
    reserve        bytes of records that fit in though the disk is full, of `reserve_wanted`.
    """

    newest: LedgerReceipt
    pid: int
    key: str
    queue: int
    queue_most: int
    checkpointed: int
    checkpoint_at: datetime
    appended: int
    groups: int
    commit_seconds: float
    disk_total: int
    disk_free: int
    reserve: int
    reserve_wanted: int

    @property
    def disk_used(self) -> float:
        """Of one."""
        return 1 - self.disk_free / self.disk_total if self.disk_total else 1.0

    @property
    def lag(self) -> int:
        """Records that no checkpoint is over yet."""
        return self.newest.seq - self.checkpointed


@dataclass(frozen=True, slots=True)
class Growth:
    """A signed checkpoint `note` over `size` records, and the proof that the first `before` of them are what they were.

    path  hashes of RFC 6962, 2.1.2.
    """

    before: int
    size: int
    path: tuple[bytes, ...]
    note: str


@dataclass(frozen=True, slots=True)
class AnchorState:
    """Where checkpoints are kept so that nobody who owns the ledger's host can rewrite what is before them.

    name    "witness", "time-stamp" or "copy".
    size    records that the newest anchored checkpoint is over, anchored at `at`; None where none is yet.
    tried   when it was last tried; `error` says in one sentence why that failed, None where it did not.
    """

    name: str
    size: int | None
    at: datetime | None
    tried: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Writer and anchors together.

    first_kept  the oldest record that was not pruned; 1 where all are kept.
    """

    health: LedgerHealth
    anchors: tuple[AnchorState, ...]
    first_kept: int

    @property
    def is_anchored(self) -> bool:
        """Whether a checkpoint lies anywhere but with the ledger itself."""
        return any(state.at is not None for state in self.anchors)

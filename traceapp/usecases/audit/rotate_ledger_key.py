"""The ledger signs under another key from a record on; the one before signs for it, and is gone."""

from pathlib import Path

from traceapp.domain.clock import Clock
from traceapp.domain.rights import Actor
from traceapp.ledger.storage import LedgerStorage


def rotate_ledger_key(home: Path, clock: Clock, actor: Actor) -> str:
    """The new verifier key; the ledger must be at rest, for there is one writer.

    raises  HomeError: a writer has it. LedgerBrokenError. OSError: what was begun is ended at the next start.
    """
    storage = LedgerStorage(home, clock)
    try:
        return storage.rotate_key({"username": actor.username, "through": actor.through})
    finally:
        storage.close()

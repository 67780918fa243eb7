"""What every anchor can do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from traceapp.domain.ledger_health import Growth

FOLDER: Final = "anchors"
"""Of HOME/ledger: what came back from the anchors, and how each of them is."""

Grow = Callable[[int], Growth]
"""A checkpoint over everything, with a proof from so many records on; raises LedgerUnavailableError, InputError."""


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint over `size` records is out of reach since `at`."""

    size: int
    at: datetime


class Anchor(Protocol):
    """One place. It is asked again and again, by one thread."""

    @property
    def name(self) -> str: ...

    @property
    def every(self) -> float:
        """Seconds between two askings, at least."""
        ...

    def put(self, grow: Grow) -> Anchored | None:
        """Bring the newest checkpoint there; the newest that is known to be there, None where none is.

        raises  AnchorError: the place does not answer, or holds another history. OutboundError; OSError.
        """
        ...

"""A document that is kept as one sealed whole: whom something may be delivered to, and what was delivered."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from traceapp.domain.clock import stored_time

END: Final = "~"
"""Behind every place: where the newest page ends."""


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """As the store holds it.

    at        when it was made: they are listed in this order.
    document  sealed by the use case.   digest  SHA-256 (hex) of it in clear, with a salt in it.
    state     what became of it.        version  how often it was written; a write names the one that it has read.
    """

    uid: str
    at: datetime
    document: bytes = field(repr=False)
    digest: str
    state: str
    version: int = 0

    @property
    def place(self) -> str:
        """In the order of the register; no two have one."""
        return f"{stored_time(self.at)} {self.uid}"

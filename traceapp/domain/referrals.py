"""A number that somebody asked for in vain and handed on to quality: who, when, and what he had typed."""

from dataclasses import dataclass
from datetime import datetime

from traceapp.domain.disclosure import Text


@dataclass(frozen=True, slots=True)
class Referral:
    """seq is the record of the ledger that holds it.

    asked  None where the key that sealed it is gone or not at hand; masked for whoever may not see every kind of number.
    """

    seq: int
    time: datetime
    username: str
    role: str
    asked: Text

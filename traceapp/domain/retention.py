"""How long records of the ledger are kept, by what they are about; each with the source of its number.

A segment goes as a whole and only from the front, so the longest of its records decides.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from traceapp.domain.permissions import Act, Permission

YEAR_DAYS: Final = 366
"""A year is taken as the longest there is: nothing goes a day too early."""


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """years        from the moment of the record.
    newest_stays  the newest record of an act is kept, however old it is.
    """

    name: str
    years: int
    source: str
    newest_stays: bool = False


PRODUCT: Final = RetentionClass(
    "product records",
    15,
    "Regulation (EU) 2017/745, Art. 10(8): ten years after the last device was placed on the market, fifteen for implants; an "
    "authority that asks who knew what finds it as long as the technical documentation.",
)
PEOPLE: Final = RetentionClass(
    "access and accounts",
    15,
    "21 CFR 11.10(e): the audit trail is kept at least as long as the records that it is about, and sign-ins and rights say who "
    "could see them. The Cybersecurity Law of China, Art. 21, asks for six months at least.",
)
PROOF: Final = RetentionClass(
    "what the ledger rests on",
    15,
    "Keys, policies and the state of the store are what the records beside them are read by, so they are kept as long; a start "
    "asks for the newest of each.",
    newest_stays=True,
)
_PROOF_OF: Final = ("ledger:", "key:", "alert_rules:", "dictionary:", "policy:accept", "policy:apply", "rows:", "store:")
_PEOPLE_OF: Final = (
    "account:",
    "token:",
    "session:",
    "sign_in:",
    "factor:",
    "request:",
    "purpose:",
    "break_glass:",
    "alert:",
    "approval:",
)


def retention_of(act: str) -> RetentionClass:
    """The class of an act; one that nobody placed is kept like a product record."""
    if act in {Permission.LEDGER_SEARCH, Permission.LEDGER_EXPORT, Permission.LEDGER_VERIFY, Act.LEDGER_REPLAY, Act.LEDGER_START}:
        return PEOPLE
    if act.startswith(_PROOF_OF):
        return PROOF
    return PEOPLE if act.startswith(_PEOPLE_OF) else PRODUCT


def is_due(act: str, recorded_at: datetime, now: datetime) -> bool:
    """Whether a record may go."""
    return (now - recorded_at).days > retention_of(act).years * YEAR_DAYS

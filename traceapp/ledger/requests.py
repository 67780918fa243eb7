"""What can be asked of the ledger's writer, and how a message becomes it; nobody's form is trusted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from traceapp.ledger.records import ENTRY_FIELDS, LEFT_OUT
from traceapp.ledger.storage import Wanted


@dataclass(frozen=True, slots=True)
class SignatureWanted:
    """A checkpoint over what is on record."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ProofWanted:
    """A proof that this record is in the ledger."""

    message_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class GrowthWanted:
    """A checkpoint, and a proof that its tree begins with the first `before` records."""

    message_id: str
    before: int


@dataclass(frozen=True, slots=True)
class HealthWanted:
    message_id: str


Queued = Wanted | SignatureWanted | ProofWanted | GrowthWanted
"""What the thread that commits answers, in turn."""
Asked = Queued | HealthWanted


def read_request(message: dict[str, Any]) -> Asked:
    """What a message asks for; the writer trusts nobody's form. raises ValueError: why it cannot be taken."""
    verb, message_id = message.get("verb"), message.get("message_id")
    make = VERBS.get(verb) if isinstance(verb, str) else None
    if make is None:
        raise ValueError("unknown verb")
    if not isinstance(message_id, str) or not 16 <= len(message_id) <= 64 or not message_id.isalnum():
        raise ValueError("message_id: wanted 16 to 64 letters and digits")
    return make(message_id, message)


def _wanted(message_id: str, message: dict[str, Any]) -> Wanted:
    entry = message.get("entry")
    if not isinstance(entry, dict) or not ENTRY_FIELDS - LEFT_OUT <= entry.keys() <= ENTRY_FIELDS:
        raise ValueError("entry: wanted exactly the fields of a ledger entry")
    if not isinstance(entry["act"], str) or not isinstance(entry["outcome"], str) or not isinstance(entry["actor"], dict):
        raise ValueError("entry: wanted act, outcome and actor")
    return Wanted(message_id, entry)


def _proof_wanted(message_id: str, message: dict[str, Any]) -> ProofWanted | GrowthWanted:
    wanted = "before" if "before" in message else "seq"
    number = message.get(wanted)
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError(f"{wanted}: wanted the number of a record")
    return GrowthWanted(message_id, number) if wanted == "before" else ProofWanted(message_id, number)


VERBS: Final[Mapping[str, Callable[[str, dict[str, Any]], Asked]]] = {
    "APPEND": _wanted,
    "CHECKPOINT": lambda message_id, _: SignatureWanted(message_id),
    "PROVE": _proof_wanted,
    "HEALTH": lambda message_id, _: HealthWanted(message_id),
}

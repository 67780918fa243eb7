"""What the service wrote last of each row that decides rights, kept where the database does not reach.

A record MAC proves that the service wrote a row once; this register says which of all that it wrote is the one of today. So a
whole old row that is put back proves nothing, and one that is taken away is missed.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Protocol


class RowFault(StrEnum):
    """How a row is not what the service wrote last."""

    CHANGED = "changed"
    PUT_BACK = "put back"
    GONE = "gone"


OUTSIDE: Final = {
    RowFault.CHANGED: "the {row} was changed outside the service",
    RowFault.PUT_BACK: "an older row of the {row} was put back outside the service",
    RowFault.GONE: "the {row} was taken away outside the service",
}
"""How a refusal says so on record."""


class Standing(Enum):
    """What the register says of a MAC that stands in the store."""

    NEWEST = "the one that counts"
    EITHER = "one of those that a write leaves open which is under way, or was broken off"
    UNKNOWN = "the row was never met"
    OLD = "another one counts"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of which somebody shall see to something before its person goes on: a break-glass access without its review.

    person_id  whose it was, whatever account he used (`domain/accounts.Account.person_id`).
    """

    uid: str
    account_uid: str
    person_id: str


class RowRegister(Protocol):
    """One implementation, `host/row_register.py`. Every method raises HomeError: the register cannot be read or written.

    Who writes a row: `writing`, then `note` before the COMMIT, then `settle`. Killed between, both MACs stay allowed until
    `settle_found` is told what stands in the store.
    """

    def writing(self) -> AbstractContextManager[None]:
        """Held by whoever writes a row, one at a time on this home; raises StoreConflictError: not free within 30 s."""

    def quiet(self) -> AbstractContextManager[bool]:
        """The same where nobody writes at this moment; else False, and nothing is held."""

    def standing(self, label: str, uid: str, mac: bytes) -> Standing:
        """What is known of this MAC of a row."""

    def meet(self, label: str, uid: str, mac: bytes) -> None:
        """Trust a row that was never met; one that is known stays as it is known."""

    def note(self, label: str, uid: str, mac: bytes) -> None:
        """This MAC may stand in the store from now on, beside the one that stood; durable when it returns."""

    def settle(self, label: str, uid: str, mac: bytes) -> None:
        """After COMMIT: only this one counts."""

    def settle_found(self, label: str, uid: str, mac: bytes | None) -> None:
        """What a crash left open, decided by what stands in the store (None: no row). Only while `quiet` or `writing`.

        A COMMIT may arrive for a while after its writer died: until then the older row leaves it open.
        """

    def is_known(self, label: str, uid: str) -> bool:
        """Whether there is such a row, as far as the register knows."""

    def is_missed(self, label: str, uid: str) -> bool:
        """Whether there is one that was written and has to be there."""

    def list_missed(self, label: str) -> tuple[str, ...]:
        """Uids of all that were written and have to be there, sorted."""

    def wait(self, label: str, row: Waiting) -> None:
        """Note that somebody has to see to this row."""

    def close(self, label: str, uid: str) -> None:
        """Somebody has."""

    def void(self, label: str, uid: str) -> None:
        """Whatever stands in the store, it never counts again; nothing waits, and nobody misses it."""

    def list_waiting(self, label: str) -> tuple[Waiting, ...]:
        """All that wait, in the order of their uids."""

    def end(self, *keys: str) -> None:
        """Sessions, or secrets of some, are over for good; remembered for as long as a session can last."""

    def has_ended(self, *keys: str) -> bool:
        """Whether one of these is over."""

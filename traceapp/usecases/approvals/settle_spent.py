"""An approval was spent, and what was approved did not happen: that is said on record, at once or by whoever looks next.

What is said rests on the ledger alone, and on what the store, the ring and the home know of the intents in it: of what happened
nobody says that it did not.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from traceapp.domain.approvals import ApprovalState
from traceapp.domain.errors import ConcurrentChangeError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.domain.rights import Actor
from traceapp.ledger.open_intents import INTENTS, held_intent
from traceapp.ledger.records import FOLDER
from traceapp.ledger.tail import LedgerTail
from traceapp.usecases.approvals.approval_document import Words, open_words, with_words
from traceapp.usecases.approvals.approval_moves import put
from traceapp.usecases.approvals.approval_persons import account_of
from traceapp.usecases.audit.settle_intents import AGAIN, ENDINGS, came_to_be, noted
from traceapp.usecases.stations import Stations

SPENT: Final = "spent"
"""What is said of it, among the words of an approval."""
ENDED: Final = "whoever carried it out ended before anything of it was on record"
LOOKED_AT: Final = "spent"
"""Name of the note how far everything is looked at."""
HAPPENED: Final = CAME_TO_BE | {"answered"}
_OWN: Final = ("approval:", "signature:")
"""Acts on an approval itself; whatever else names one is what was approved."""


@dataclass(slots=True)
class _Spent:
    """One that was carried out, as far as the ledger goes.   seq  of that record.   acts  what names it since, in order."""

    seq: int
    acts: list[dict[str, Any]] = field(default_factory=list)


class SpentSweep:
    """Reads the ledger as it grows and says of what nobody works on any more that it did not happen. One thread, one sweep."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._note = home / FOLDER / INTENTS / LOOKED_AT
        self._read = noted(self._note)
        self._tail = LedgerTail(home, self._read)
        self._open: dict[str, _Spent] = {}

    def look(self, stations: Stations, actor: Actor) -> list[str]:
        """Uids of approvals of which it was said now; those with an intent that is not settled yet wait for that.

        raises  LedgerUnavailableError, LedgerBrokenError; KeyUnavailableError, SealBrokenError, StoreError and its kinds: not
                known now, look again.
        """
        if self._read > stations.ledger.get_head().seq:  # a crash took from the end what was read before it was durable
            self._read, self._tail, self._open = 0, LedgerTail(self._home, 0), {}
        self._follow()
        said = [uid for uid in [*self._open] if self._say(stations, actor, uid)]
        self._keep()
        return said

    def _say(self, stations: Stations, actor: Actor, uid: str) -> bool:
        """Whether it was said now; of what somebody works on nothing is, and nobody begins to work on it meanwhile."""
        with held_intent(self._home, uid, waits=False) as held:
            if not held:
                return False
            self._follow()  # its act may have become durable between the last look and the lock
            if uid not in self._open:
                return False
            outcome = settle_spent(stations, actor, uid, self._open[uid].acts)
            if outcome is not None:
                del self._open[uid]
            return bool(outcome)

    def _follow(self) -> None:
        while new := self._tail.read_new():
            for seq, record in new:
                self._read = seq
                self._take(seq, record)

    def _take(self, seq: int, record: dict[str, Any]) -> None:
        uid, act, outcome = record.get("approval"), record["act"], record.get("outcome")
        if not isinstance(uid, str):
            return
        if act == Act.APPROVAL_EXECUTE and outcome in CAME_TO_BE:
            self._open[uid] = _Spent(seq)
        elif uid in self._open and (_happened(record) or (act == Act.APPROVAL_SPENT and outcome in CAME_TO_BE)):
            del self._open[uid]
        elif uid in self._open and not act.startswith(_OWN):
            self._open[uid].acts.append(record)

    def _keep(self) -> None:
        """How far everything is looked at: no more than a shorter way at the next start."""
        done = max(0, min((one.seq for one in self._open.values()), default=self._read + 1) - 1 - AGAIN)
        with suppress(OSError):
            self._note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._note.write_text(f"{done}\n", encoding="ascii")


def settle_failed(stations: Stations, actor: Actor, uid: str, spent_at: int) -> None:
    """The same at once, of one whose act has just failed.

    spent_at  the record by which it was spent.   raises  what `SpentSweep.look` raises; then the sweep says it later.
    """
    tail, acts = LedgerTail(stations.settings.home, spent_at), list[dict[str, Any]]()
    while new := tail.read_new():
        acts += [record for _, record in new if record.get("approval") == uid and not record["act"].startswith(_OWN)]
    if not any(map(_happened, acts)):
        settle_spent(stations, actor, uid, acts)


def settle_spent(stations: Stations, actor: Actor, uid: str, acts: list[dict[str, Any]]) -> bool | None:
    """Whether it was said now that it did not happen; None where that is not known yet.

    acts  what names the approval since it was spent, none of which says that it happened.
    """
    ended = {record["request"].get("intent") for record in acts if record["outcome"] in ENDINGS and record.get("request")}
    intents = [record for record in acts if record["outcome"] == "intended"]
    if any(record["seq"] not in ended for record in intents):
        return None
    if any(came_to_be(stations, record) for record in intents):
        return False
    found = stations.approvals.get_approval(uid)
    if found is None or found.state is not ApprovalState.EXECUTED or is_said(open_words(stations, found)):
        return False
    reason = next((str(record["reason"]) for record in reversed(acts) if record.get("reason")), ENDED)
    words = Words(account_of(actor), SPENT, reason, stations.clock.now())
    try:
        put(stations, actor, Act.APPROVAL_SPENT, with_words(stations, found, words), found)
    except ConcurrentChangeError:
        return None
    return True


def is_said(words: tuple[Words, ...]) -> bool:
    """Whether it is known that what was approved did not happen."""
    return any(one.act == SPENT for one in words)


def _happened(record: dict[str, Any]) -> bool:
    return record["outcome"] in HAPPENED and not record["act"].startswith(_OWN)

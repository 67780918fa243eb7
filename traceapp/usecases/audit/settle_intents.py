"""An intent without an outcome is what a crash left between: the store, the ring or the home is asked, on record."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from traceapp.domain.permissions import Act, Permission
from traceapp.domain.recorded import ABORTED, CAME_TO_BE, COMMITTED
from traceapp.domain.rights import Actor
from traceapp.host.governed_files import GovernedFiles
from traceapp.ledger.open_intents import INTENTS, is_held
from traceapp.ledger.records import FOLDER
from traceapp.ledger.tail import LedgerTail
from traceapp.policy.acceptance import Acceptance
from traceapp.usecases.access import entry
from traceapp.usecases.audit.erase_record_values import was_erased
from traceapp.usecases.audit.prune_ledger import was_pruned
from traceapp.usecases.changes import KEY_ACTS
from traceapp.usecases.governed.governed_documents import list_kept_versions
from traceapp.usecases.governed.kept_versions import read_brought
from traceapp.usecases.governed.running_documents import ACTS as DOCUMENT_ACTS
from traceapp.usecases.stations import Stations

ENDINGS: Final = CAME_TO_BE | {"failed", ABORTED}
"""Outcomes that settle an intent."""
REASON: Final = "whoever carried it out ended, or lost the store, before the outcome was on record"
SETTLED: Final = "settled"
AGAIN: Final = 100
"""Records that are read again at the next start: the newest may not have been durable when they were read."""
_ACTS: Final = frozenset(act.value for act in Act)


class IntentSweep:
    """Reads the ledger as it grows and settles what nobody works on any more. One thread, one sweep."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._note = home / FOLDER / INTENTS / SETTLED
        self._read = noted(self._note)
        self._tail = LedgerTail(home, self._read)
        self._open: dict[int, dict[str, Any]] = {}

    def look(self, stations: Stations, actor: Actor) -> list[tuple[int, str]]:
        """Settle what can be; sequence number of the intent and outcome of each.

        raises  LedgerUnavailableError, LedgerBrokenError; KeyUnavailableError, StoreError and its kinds: not known now, look
                again.
        """
        if self._read > stations.ledger.get_head().seq:  # a crash took from the end what was read before it was durable
            self._read, self._tail, self._open = 0, LedgerTail(self._home, 0), {}
        self._follow()
        left = [seq for seq, record in self._open.items() if not is_held(self._home, str(record["command"]))]
        if left:
            self._follow()  # its outcome may have become durable, and its lock free, between the two looks
        settled = []
        for seq in left:
            if seq in self._open:
                outcome = settle(stations, actor, self._open[seq])
                settled.append((seq, outcome))
                del self._open[seq]
        self._keep()
        return settled

    def _follow(self) -> None:
        while new := self._tail.read_new():
            for seq, record in new:
                self._read = seq
                if record.get("outcome") == "intended" and "change" in record.get("result", ()):
                    self._open[seq] = record
                elif record.get("outcome") in ENDINGS and isinstance(record.get("request"), dict):
                    self._open.pop(record["request"].get("intent", 0), None)

    def _keep(self) -> None:
        """How far everything is settled: no more than a shorter way at the next start."""
        done = max(0, min(self._open, default=self._read + 1) - 1 - AGAIN)
        with suppress(OSError):
            self._note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._note.write_text(f"{done}\n", encoding="ascii")


def settle(stations: Stations, actor: Actor, intent: dict[str, Any]) -> str:
    """Find out what became of one intent and record it; the outcome.

    What is not in the store by now never will be: the store refuses its command from then on.
    """
    outcome = COMMITTED if came_to_be(stations, intent) else ABORTED
    request = {**_request(intent), "intent": intent["seq"]}
    made = entry(
        stations,
        actor,
        Act(intent["act"]) if intent["act"] in _ACTS else Permission(intent["act"]),
        outcome,
        request=request,
        reason=REASON,
        object=intent.get("object"),
        approval=intent.get("approval"),
        command=intent["command"] if outcome == COMMITTED else None,
    )
    stations.ledger.append(made)
    return outcome


def came_to_be(stations: Stations, intent: dict[str, Any]) -> bool:
    """What the store, the ring or the home says of it; what is not there by now never will be."""
    request = _request(intent)
    if intent["act"] in KEY_ACTS:
        return stations.keys.was_carried_out(intent["command"])
    for kind, acts in DOCUMENT_ACTS.items():
        if intent["act"] in acts and intent.get("approval"):  # the same document can come in force by another one
            return any(one.approval == intent["approval"] for one in list_kept_versions(stations, kind))
        if intent["act"] in acts:
            return Acceptance(stations.settings.home, stations.sealer.macs, None, kind=kind).digest == request.get("accepted")
    if intent["act"] == Permission.CHANGE_PROPOSE:
        return GovernedFiles(stations.settings.home, request["document"]).get(request["digest"]) is not None
    if intent["act"] in {Act.PLACE_MOVE, Act.PLACE_FINISH}:
        kept = [one for one in stations.acls.places.kept if one.approval == intent.get("approval")]
        return bool(kept) and (intent["act"] == Act.PLACE_MOVE or kept[0].finished_at is not None)
    if intent["act"] == Act.DICTIONARY_FINISH:
        return read_brought(stations.settings.home, stations.sealer.macs) >= int(request["version"])
    if intent["act"] == Act.LEDGER_PRUNE:
        return was_pruned(stations, request)
    if intent["act"] == Permission.LEDGER_ERASE:
        return was_erased(stations, request)
    return stations.commands.was_carried_out(intent["command"])


def _request(intent: dict[str, Any]) -> dict[str, Any]:
    return dict(intent["request"])


def noted(path: Path) -> int:
    """How far a sweep has come; 0 where that is not known."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0

"""Is the ledger whole, and if not, which record is the first that is not what was written?"""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, LedgerVerdict, Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.anchors.states import anchors_folder
from traceapp.ledger.anchors.witness import KEPT
from traceapp.ledger.records import FOLDER
from traceapp.ledger.segments import first_kept, list_segments
from traceapp.ledger.verdict import Background, verify
from traceapp.usecases.access import authorise, entry
from traceapp.usecases.alerts.alert_records import SERVICE
from traceapp.usecases.read_metrics import VERIFIER
from traceapp.usecases.stations import Stations
from traceapp.usecases.watch_stations import WatchStations


def verify_ledger(stations: Stations, actor: Actor) -> Recorded[LedgerVerdict]:
    """Read every record up to the newest one that the running writer answers for.

    raises  PermissionDeniedError; LedgerUnavailableError.
    """
    authorise(stations, actor, Permission.LEDGER_VERIFY)
    verdict = verify_whole(stations)
    outcome = entry(stations, actor, Permission.LEDGER_VERIFY, "answered", result=_result(verdict), reason=verdict.reason)
    return stations.ledger.record(verdict, outcome)


def verify_by_itself(stations: WatchStations, most: float, ended: Callable[[], bool]) -> Recorded[LedgerVerdict]:
    """The same by the service, without anybody who asks, and while the store and the keys are away, too; at the lowest priority.

    most    seconds that it may take.   ended  whether it is wanted no more.
    raises  LedgerUnavailableError: as well where it took longer, or was ended.
    """
    verdict = verify_whole(stations, Background(most, ended))
    made = LedgerEntry(Permission.LEDGER_VERIFY.value, "answered", SERVICE, result=_result(verdict), reason=verdict.reason)
    return stations.ledger.record(verdict, made)


def verified_at(stations: WatchStations) -> datetime | None:
    """When anybody verified the ledger last, as the alert rules know it; None where they know of no time. raises HomeError."""
    progress = stations.book.get_progress()
    known = progress.state.get(VERIFIER, {}).get("") if progress is not None else None
    return datetime.fromtimestamp(known, UTC) if known is not None else None


def _result(verdict: LedgerVerdict) -> dict[str, Any]:
    return {"ok": verdict.ok, "records": verdict.records, "pruned": verdict.pruned, "first_bad_seq": verdict.first_bad_seq}


def verify_whole(stations: Stations | WatchStations, background: Background | None = None) -> LedgerVerdict:
    """Only a part of an act that is itself decided and recorded; raises LedgerUnavailableError."""
    home = stations.settings.home
    with tempfile.TemporaryDirectory() as folder:
        while True:
            begins = first_kept(home)
            # As they are before the newest record is asked for: none of them is over more than that one.
            anchors = [Path(shutil.copy(path, folder)) for path in kept_anchors(home)]
            newest = stations.ledger.get_head()
            verdict = verify(home, receipts=(newest,), anchors=anchors, upto=newest.seq, background=background)
            if verdict.ok or first_kept(home) == begins:  # else segments were pruned while they were read
                return verdict


def verify_closed_ledger(home: Path) -> LedgerVerdict:
    """The same of a ledger that is so damaged that no writer opens it; where no record can be made, none is."""
    return verify(home, anchors=kept_anchors(home))


def ledger_state(home: Path) -> Literal["never begun", "lost", "there"]:
    """Whether there are records to verify; a folder without segments, or with empty ones, is a lost ledger, never a whole one."""
    if not (home / FOLDER).is_dir():
        return "never begun"
    return "there" if any(path.stat().st_size for path in list_segments(home)) else "lost"


def kept_anchors(home: Path) -> list[Path]:
    """Checkpoints that came back from anchors and lie with the ledger: they must agree with it."""
    return [path for path in (anchors_folder(home) / KEPT,) if path.exists()]


def torn_ends(home: Path) -> list[Path]:
    """What a writer cut off at its start, since a crash had left it unfinished."""
    return sorted((home / FOLDER).glob("torn-*"))

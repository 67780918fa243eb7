"""Whether what was approved was taken: the ledger says so, and nothing that lies beside it."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.domain.approvals import Approval
from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.domain.rights import Actor
from traceapp.ledger.reading import records_of_approval
from traceapp.usecases.access import entry
from traceapp.usecases.exports.export_claim import Claim
from traceapp.usecases.exports.export_subjects import SUBJECTS
from traceapp.usecases.stations import Stations

TRIES: Final = frozenset({Act.VALUE_REVEAL, *(row.permission for row in SUBJECTS.values())})
"""Acts by which something that was approved leaves."""
CUT: Final = "cut: the connection ended before all of it was handed over"


def was_taken(home: Path, approval: str) -> bool:
    """Whether a try is on record since it was carried out, of which it is not on record as well that it was cut.

    A try stands there before its first byte leaves. So one whose process died counts as taken, and so does one whose end could
    not be recorded: how much of it came through nobody knows.
    raises  LedgerUnavailableError, LedgerBrokenError.
    """
    cut: set[int] = set()
    for told in records_of_approval(home, approval):
        if told["act"] == Act.APPROVAL_EXECUTE and told["outcome"] in CAME_TO_BE:
            return False
        if told["act"] == Act.EXPORT_SEND and told["outcome"] == "failed":
            cut.add(int(told["request"]["record"]))
        elif told["act"] in TRIES and told["outcome"] == "answered" and told["seq"] not in cut:
            return True
    return False


@dataclass(slots=True)
class Sending:
    """A file on its way: how it ended is on record, before another try.

    size    in bytes.   record  the try.   Both are known before the first byte leaves.
    """

    stations: Stations
    actor: Actor
    approval: Approval
    claim: Claim
    size: int = 0
    record: int = 0

    def end(self, handed: int) -> None:
        """Once it is over; handed: how many bytes were handed over to the connection."""
        whole = handed == self.size
        told = entry(
            self.stations,
            self.actor,
            Act.EXPORT_SEND,
            "done" if whole else "failed",
            request={"approval": self.approval.uid, "record": self.record},
            result={"bytes": handed, "of": self.size},
            reason=None if whole else CUT,
            approval=self.approval.uid,
        )
        try:
            with suppress(LedgerUnavailableError):  # then it counts as taken
                self.stations.ledger.append(told)
        finally:
            self.claim.end()

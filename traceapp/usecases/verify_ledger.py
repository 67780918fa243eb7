"""Is the ledger whole?"""

from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.ledger.records import records_path
from traceapp.ledger.verification import LedgerVerdict, verify
from traceapp.usecases.access import decide, entry_of
from traceapp.usecases.stations import Stations


def verify_ledger(stations: Stations, actor: Actor) -> Recorded[LedgerVerdict]:
    """Check every record up to the newest one, then record the verdict.

    raises  PermissionDeniedError; LedgerUnavailableError.
    """
    decide(stations, actor, Permission.LEDGER_VERIFY)
    newest = stations.ledger.get_head()
    verdict = verify(records_path(stations.settings.home), receipts=(newest,), upto=newest.seq)
    found = {"ok": verdict.ok, "records": verdict.records, "first_bad_seq": verdict.first_bad_seq}
    outcome = "answered" if verdict.ok else "failed"
    return stations.ledger.record(verdict, entry_of(stations, actor, Permission.LEDGER_VERIFY, outcome, result=found))

"""Every question is answered from stores that check what they return; what failed is said with the answer and on record."""

from dataclasses import replace
from typing import Any

from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.unverified import Unverified
from traceapp.usecases.stations import Stations


def checked(stations: Stations) -> tuple[Stations, RecordChecks]:
    """The stations for one question, and the checks that it leads to."""
    checks = RecordChecks(stations.sealer.macs)
    return (
        replace(
            stations,
            checks=checks,
            sealer=stations.sealer.checked(checks),
            traces=stations.traces.checked(checks),
            batches=stations.batches.checked(checks),
            events=stations.events.checked(checks),
        ),
        checks,
    )


def on_record(unverified: Unverified) -> dict[str, Any]:
    """What the ledger keeps of it, beside the result; nothing where all was proven."""
    if not unverified:
        return {}
    return {"unverified": list(unverified.records), "unverified_withheld": unverified.withheld}

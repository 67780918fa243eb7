"""Every question is answered from stores that check what they return; what failed is said with the answer and on record."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from traceapp.domain.errors import SealBrokenError
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.unverified import Unverified
from traceapp.usecases.stations import Stations

UNREADABLE: Final = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)
"""What a text that is no number, time or kind leads to."""


def checked(stations: Stations) -> tuple[Stations, RecordChecks]:
    """The stations for one question, and the checks that it leads to."""
    checks = RecordChecks(stations.sealer.macs, explains=stations.acls.explains)
    return (
        replace(
            stations,
            checks=checks,
            sealer=stations.sealer.checked(checks),
            heads=stations.heads.checked(checks),
            traces=stations.traces.checked(checks),
            batches=stations.batches.checked(checks),
            events=stations.events.checked(checks),
        ),
        checks,
    )


@contextmanager
def readable(checks: RecordChecks) -> Iterator[None]:
    """What is changed so that it cannot even be read gives no answer; raises SealBrokenError then, and no inner error."""
    try:
        yield
    except UNREADABLE:
        checks.settle()
        if not checks.failed:
            raise
        raise SealBrokenError("A record was changed outside the service so that it cannot be read any more.") from None


def on_record(unverified: Unverified) -> dict[str, Any]:
    """What the ledger keeps of it, beside the result; nothing where all was proven."""
    if not unverified:
        return {}
    told: dict[str, Any] = {"unverified": list(unverified.records), "unverified_withheld": unverified.withheld}
    return told | ({"unverified_few": True} if unverified.few else {})

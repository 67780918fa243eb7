"""The records of a home's ledger, as they lie on disk."""

import json
from typing import Any

from traceapp.ledger.records import records_path
from traceapp.usecases.stations import Stations


def records(stations: Stations, *, act: str | None = None, after: int = 0) -> list[dict[str, Any]]:
    """Every record after a sequence number, in order; of one act, where one is named."""
    found = map(json.loads, records_path(stations.settings.home).read_text(encoding="utf-8").splitlines())
    return [record for record in found if record["seq"] > after and act in {None, record["act"]}]

"""What this process counts of itself; workers share the counts by files of the folder that `PROMETHEUS_MULTIPROC_DIR` names.

No label holds a number, a name or an address: an endpoint by its name in the program, and a status.
"""

import os
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER: Final = "metrics"
VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the library, when this module is imported."""
_OURS: Final = CollectorRegistry()

REQUESTS: Final = Counter(
    "traceapp_requests", "Requests that were answered, by endpoint and status.", ("endpoint", "status"), registry=_OURS
)
APPEND_SECONDS: Final = Histogram(
    "traceapp_append_seconds",
    "How long a record was waited for until it was durable; those that failed too.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
    registry=_OURS,
)


def all_counts() -> CollectorRegistry:
    """Of all workers, the former ones as well; where they share no folder, of this process."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return _OURS
    shared = CollectorRegistry()
    MultiProcessCollector(shared, folder)  # type: ignore[no-untyped-call]
    return shared


def begin_counts(home: Path) -> Path:
    """An empty folder for the counts of the workers that are about to start; raises OSError."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)
    return folder

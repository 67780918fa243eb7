"""The records of a home's ledger, as they lie on disk, and ledgers of records that somebody edited."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traceapp.ledger.frames import frame
from traceapp.ledger.records import GENESIS, leaf_of
from traceapp.ledger.segments import Beginning, list_segments, read_segment, segment_path
from traceapp.usecases.stations import Stations


def records(stations: Stations, *, act: str | None = None, after: int = 0) -> list[dict[str, Any]]:
    """Every record after a sequence number, in order; of one act, where one is named."""
    found = documents(stations.settings.home)
    return [record for record in found if record["seq"] > after and act in {None, record["act"]}]


def kept_records(home: Path) -> list[bytes]:
    """In order, each as it was hashed."""
    paths = list_segments(home)
    return [record for path in paths for record in read_segment(path, closed=path != paths[-1])]


def documents(home: Path) -> list[dict[str, Any]]:
    return [json.loads(record) for record in kept_records(home)]


def ledger_bytes(home: Path) -> bytes:
    """All segments, one after the other."""
    return b"".join(path.read_bytes() for path in list_segments(home))


def put_records(home: Path, kept: Sequence[bytes]) -> Path:
    """Make a ledger of one segment hold these records, each in a frame that is whole; the segment."""
    path = segment_path(home, 1)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in list_segments(home):
        other.unlink()
    path.write_bytes(b"".join(frame(record, leaf_of(record)) for record in [Beginning(1, GENESIS, 1).record(), *kept]))
    return path


def leaf(record: bytes) -> str:
    """As a receipt names it."""
    return leaf_of(record).hex()

"""The first source of a fact: the row or event as its sender wrote it."""

import json

from traceapp.domain.batch import SourceRow
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.event_store import StoredEvent
from traceapp.intake.files import read_place
from traceapp.usecases.access import entry, rights_for
from traceapp.usecases.stations import Stations

UNKNOWN = "This event is unknown, or outside your view."


def show_source(stations: Stations, actor: Actor, event_uid: str) -> Recorded[SourceRow]:
    """The sender's own words, with the raw row of the file that was kept.

    raises  PermissionDeniedError; BatchNotFoundError: unknown, or all that it speaks of is invisible; SealBrokenError;
            LedgerUnavailableError; StoreError.
    """
    asked = {"event": event_uid}
    rights = rights_for(stations, actor, Permission.SOURCE_SHOW, asked)
    event = stations.events.get_event(event_uid)
    if event is None or event.payload is None or event.acl not in rights.see:
        stations.ledger.append(
            entry(stations, actor, Permission.SOURCE_SHOW, "failed", request=asked, reason="BatchNotFoundError")
        )
        raise BatchNotFoundError(UNKNOWN)
    row = _row(stations, event, event.payload)
    made = entry(
        stations,
        actor,
        Permission.SOURCE_SHOW,
        "answered",
        request=asked,
        disclosed={"Event": ["content", "original"]},
        result={"file": event.file_digest, "position": event.position},
    )
    return stations.ledger.record(row, made)


def _row(stations: Stations, event: StoredEvent, payload: bytes) -> SourceRow:
    original = json.loads(stations.sealer.open_document("Event", event.uid, "payload", payload))["original"]
    content = read_place(lambda: stations.archive.open(event.file_digest), event.position)
    return SourceRow(event.uid, event.source, event.file_digest, event.position, original, content)

"""The first source of a fact: the row or event as its sender wrote it."""

import json
from contextlib import ExitStack, closing

from traceapp.domain.batch import SourceRow
from traceapp.domain.errors import BatchNotFoundError
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor, Rights
from traceapp.graph.event_store import StoredEvent
from traceapp.intake.files import read_place
from traceapp.usecases.access import entry, rights_for
from traceapp.usecases.event_claims import open_claims
from traceapp.usecases.event_view import find_unseen
from traceapp.usecases.stations import Stations

UNKNOWN = "This event is unknown, or outside your view."


def show_source(stations: Stations, actor: Actor, event_uid: str) -> Recorded[SourceRow]:
    """The sender's own words, with the raw row of the file that was kept; of a void event too.

    Visible is an event that belongs within the view (one that knows no site: to whoever sees them all), or that is
    recorded of something there, and that names nothing outside it: a row says how much of one lot went into another, and
    whoever sees only one of the two is not told.
    What everybody shares (a party, a product) opens nothing.
    raises  PermissionDeniedError; BatchNotFoundError: unknown, or outside the view; DocumentError: the file is not kept
            here; SealBrokenError; LedgerUnavailableError; StoreError.
    """
    asked = {"event": event_uid}
    rights = rights_for(stations, actor, Permission.SOURCE_SHOW, asked)
    event = stations.events.get_event(event_uid)
    if event is None or not _may_be_shown(stations, event, rights):
        reason = BatchNotFoundError.__name__
        stations.ledger.append(entry(stations, actor, Permission.SOURCE_SHOW, "failed", request=asked, reason=reason))
        raise BatchNotFoundError(UNKNOWN)
    made = entry(
        stations,
        actor,
        Permission.SOURCE_SHOW,
        "answered",
        request=asked,
        disclosed={"Event": ["content", "file_digest", "original", "position", "source"]},
        result={"file": event.file_digest, "position": event.position},
    )
    return stations.ledger.record(_row(stations, event), made)


def _may_be_shown(stations: Stations, event: StoredEvent, rights: Rights) -> bool:
    placed = event.acl in rights.see or rights.everywhere
    if not placed and not stations.batches.speaks_within(event.uid, rights):
        return False
    if event.payload is None:
        return True
    document = stations.sealer.open_document("Event", event.uid, "payload", event.payload)
    return not find_unseen(stations, rights, open_claims(document, event.uid).named)


def _row(stations: Stations, event: StoredEvent) -> SourceRow:
    with ExitStack() as opened:  # the row may come early: the rest of the file is let go at once
        content = read_place(lambda: opened.enter_context(closing(stations.archive.open(event.file_digest))), event.position)
    return SourceRow(event.uid, event.source, event.file_digest, event.position, _original(stations, event), content)


def _original(stations: Stations, event: StoredEvent) -> dict[str, object]:
    """Of an event that only a declaration is known of, the words of that declaration."""
    sealer = stations.sealer
    if event.payload is not None:
        return dict(json.loads(sealer.open_document("Event", event.uid, "payload", event.payload))["original"])
    if event.declaration is not None:
        return dict(json.loads(sealer.open_document("Event", event.uid, "declaration", event.declaration)))
    return {}

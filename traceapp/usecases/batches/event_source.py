"""Whose words may be opened: an event that lies within somebody's view, with what it says."""

from traceapp.domain.disclosure import Gap, Unproven
from traceapp.domain.rights import Rights
from traceapp.graph.event_store import StoredEvent
from traceapp.usecases.batches.event_view import find_unseen
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import Said, open_claims


def find_source(stations: Stations, rights: Rights, event_uid: str) -> tuple[StoredEvent, Said | Gap | None] | None:
    """The event and what it says (None where only a declaration is known of it); None outside the view, or unknown.

    Visible is an event that belongs within the view (one that knows no site: to whoever sees them all), that is recorded of
    something there, or that names something that was approved by itself; and that names nothing outside the view: a row
    says how much of one lot went into another, and whoever sees only one of the two is not told.
    What everybody shares (a party, a product) opens nothing. An event that is not as the service wrote it is visible to
    whoever sees every site, and to nobody else.
    raises  StoreError and its kinds.
    """
    event = stations.events.get_event(event_uid)
    # Asked of an absent event too, so that it takes as long as one outside the view.
    speaks_within = stations.batches.speaks_within(event_uid, rights)
    if event is None:
        return None
    if rights.everywhere:
        said = _read(stations, event)
    else:
        within = event.acl in rights.see or speaks_within
        if _altered(stations, event_uid) or not (within or rights.named):
            return None
        said = _read(stations, event)
        if isinstance(said, Unproven) or not (within or _names_approved(rights, said)):
            return None
    return None if isinstance(said, Said) and find_unseen(stations, rights, said.named) else (event, said)


def _altered(stations: Stations, event_uid: str) -> bool:
    return stations.checks is not None and event_uid in stations.checks.events


def _names_approved(rights: Rights, said: Said | Gap | None) -> bool:
    """Of what cannot be opened nobody knows what it names."""
    return isinstance(said, Said) and any(uid in rights.named for uid, _ in said.named)


def _read(stations: Stations, event: StoredEvent) -> Said | Gap | None:
    if event.payload is None:
        return None
    document = stations.sealer.disclose_document("Event", event.uid, "payload", event.payload)
    return document if isinstance(document, Gap) else open_claims(document, event.uid)

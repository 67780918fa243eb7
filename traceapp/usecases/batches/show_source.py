"""The first source of a fact: the row or event as its sender wrote it."""

import json
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Final

from traceapp.dictionary.entries import Tier
from traceapp.domain.batch import SourceRow
from traceapp.domain.disclosure import Gap, Masked
from traceapp.domain.errors import BatchNotFoundError, DocumentError, SealBrokenError
from traceapp.domain.kinds import SEALED_IDENTITIES, NodeKind
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.trace import Status
from traceapp.graph.event_store import StoredEvent
from traceapp.intake.files import read_place
from traceapp.policy.disclosure import Disclosure
from traceapp.usecases.access import disclosure_of, entry, rights_for, things
from traceapp.usecases.batches.event_source import find_source
from traceapp.usecases.disclosed.disclosure_roll import Fields, keep_roll
from traceapp.usecases.disclosed.verification import checked, on_record
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.event_claims import Said

ROW: Final = ("content", "file_digest", "original", "position", "source")
UNKNOWN = "This event is unknown, or outside your view."


def show_source(stations: Stations, actor: Actor, event_uid: str) -> Recorded[SourceRow]:
    """The sender's own words, with the raw row of the file that was kept; of a void event too.

    Visible is what `find_source` finds. The words and the row are masked as a whole where they state
    a property that the actor may not see: nobody knows which part of a stranger's row says it. Where the words cannot be
    opened, because their key is not to be had or because they were changed, neither is shown, and that is said in their place.
    raises  PermissionDeniedError; BatchNotFoundError: unknown, or outside the view; DocumentError: the file is not kept
            here; SealBrokenError: the kept file is not what was kept; LedgerUnavailableError; StoreError.
    """
    stations, checks = checked(stations)
    asked = {"event": event_uid}
    rights = rights_for(stations, actor, Permission.SOURCE_SHOW, asked)
    found = find_source(stations, rights, event_uid)
    if found is None:
        reason = BatchNotFoundError.__name__
        stations.ledger.append(entry(stations, actor, Permission.SOURCE_SHOW, "failed", request=asked, reason=reason))
        raise BatchNotFoundError(UNKNOWN)
    event, said = found
    disclosed = disclosure_of(stations, rights)
    hidden = said if isinstance(said, Gap) else _mask(disclosed, said)
    named = {uid: uid for uid, kind in checks.seen.items() if disclosed.identifies(NodeKind(kind))} | {event.uid: event.uid}
    try:
        row = _row(stations, event, hidden)
    except (DocumentError, SealBrokenError) as error:
        reason, about = type(error).__name__, things("Event", event.uid)
        stations.ledger.append(
            entry(stations, actor, Permission.SOURCE_SHOW, "failed", request=asked, object=about, reason=reason)
        )
        raise
    row = replace(row, unverified=checks.told(named.get, rights.least))
    fields = Fields()
    fields.add("Event", {name: getattr(row, name) for name in ROW}, row.event_uid)
    if isinstance(said, Said) and hidden is None:
        for claim in said.claims:
            fields.add_stated(claim.node_uid, claim.kind.value, claim.properties)
    made = entry(
        stations,
        actor,
        Permission.SOURCE_SHOW,
        "answered",
        request=asked,
        disclosed=fields.disclosed,
        withheld=fields.withheld,
        result={"file": event.file_digest, "position": event.position, **on_record(row.unverified)},
        completeness=Status.UNVERIFIED.name if row.unverified else None,
        object=things("Event", event.uid),
        roll=keep_roll(stations, fields.roll),
    )
    return stations.ledger.record(row, made)


def _mask(disclosure: Disclosure, said: Said | None) -> Masked | None:
    """Of the gravest thing that the row states and the actor may not see; None where he may see all of it.

    What a declaration holds is not read, so it takes the right to see everything confidential.
    """
    known = disclosure.dictionary.entries
    if said is None:
        stated = {(kind, name) for kind in NodeKind for name, entry in known(kind).items() if entry.tier is Tier.T2}
    else:
        stated = {(claim.kind, name) for claim in said.claims for name in claim.properties}
        stated |= {(claim.kind, "identity") for claim in said.claims if claim.kind in SEALED_IDENTITIES}
    masks = [mask for kind, name in stated if (mask := disclosure.gravest(kind, [name])) is not None]
    return max(masks, key=lambda mask: mask.tier, default=None)


def _row(stations: Stations, event: StoredEvent, hidden: Masked | Gap | None) -> SourceRow:
    original = hidden if hidden is not None else _original(stations, event)
    if isinstance(original, Masked | Gap):
        return SourceRow(event.uid, event.source, event.file_digest, event.position, original, original)
    with ExitStack() as opened:  # the row may come early: the rest of the file is let go at once
        content = read_place(lambda: opened.enter_context(closing(stations.archive.open(event.file_digest))), event.position)
    return SourceRow(event.uid, event.source, event.file_digest, event.position, original, content)


def _original(stations: Stations, event: StoredEvent) -> dict[str, object] | Gap:
    """Of an event that only a declaration is known of, the words of that declaration."""
    name, sealed = ("payload", event.payload) if event.payload is not None else ("declaration", event.declaration)
    if sealed is None:
        return {}
    document = stations.sealer.disclose_document("Event", event.uid, name, sealed)
    if isinstance(document, Gap):
        return document
    said = json.loads(document)
    return dict(said["original"] if name == "payload" else said)

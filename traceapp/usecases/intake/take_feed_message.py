"""A message of a source system into the graph: proven to be its own, in its order, once.

A message that skips others is taken, and what is missing is named in the answer, on record and by an alert until it has come.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from traceapp.domain.errors import (
    DocumentError,
    FeedNotFoundError,
    FeedSequenceError,
    FeedSignatureError,
    RowAlteredError,
    TraceappError,
)
from traceapp.domain.events import CapturedEvent, CaptureOutcome, RejectedRow
from traceapp.domain.feeds import Feed, FeedReceipt, SignedMessage, parse_message_id
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry, Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.feed_store import NewMessage, Taken
from traceapp.intake.feed_signatures import check_signature
from traceapp.intake.files import read_content
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.changes import carry_out_as
from traceapp.usecases.intake.importer_view import view_of, within
from traceapp.usecases.intake.manage_feeds import open_feed
from traceapp.usecases.intake.rejects_file import RejectsFile, conflict
from traceapp.usecases.stations import Stations

REFUSED_BY: Mapping[type[TraceappError], str] = {
    FeedNotFoundError: "feed/unknown",
    FeedSignatureError: "feed/signature",
    FeedSequenceError: "feed/sequence",
}
"""How a refusal on record begins, for the alert rules."""


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """receipt   the same however often the message comes.   repeated  whether it was taken before.
    rejects   (place, reason) of each row or event that was not taken.
    feed      as it stands now: what comes next, and what is missing.
    """

    receipt: FeedReceipt
    repeated: bool
    rejects: tuple[tuple[str, str], ...]
    feed: Feed


def take_feed_message(stations: Stations, actor: Actor, name: str, message: SignedMessage) -> Recorded[FeedAnswer]:
    """Take a message, or tell what became of it when it came before.

    raises  PermissionDeniedError; InputError: no id of a message. FeedNotFoundError; FeedSignatureError: not proven, nothing of
            it is kept. FeedSequenceError: its sequence was used for other bytes, or cannot be used: nothing of it is kept.
            DocumentError: it cannot be read; the sequence is free. ConcurrentChangeError: send it again. RowAlteredError;
            KeyUnavailableError, LedgerUnavailableError, StoreError and its kinds: send it again, nothing is lost or doubled.
    """
    named, sequence = parse_message_id(message.id)
    digest = hashlib.sha256(message.body).hexdigest()
    request: dict[str, Any] = {"feed": name, "sequence": sequence, "sha256": digest}
    authorise(stations, actor, Permission.FEED_SEND, request)
    record = partial(entry, stations, actor, Permission.FEED_SEND)
    try:
        feed = open_feed(stations, name)
        if named != feed.name:
            raise FeedSignatureError("The message is signed for another feed.")
        request["sent_at"] = check_signature(message, feed.public_key, stations.clock.now())
        receipt = stations.feeds.find_message(feed, sequence)
        if receipt is not None and receipt.digest == digest:
            told = record("answered", request=request, **_about(feed, receipt, repeated=True))
            again = _Read.of(list(read_content(message.body, feed.name, stations.organisation)), actor, sequence, digest)
            answer = FeedAnswer(receipt, True, _kept_rejects(stations, again, receipt), feed)
            return stations.ledger.record(answer, told)
        feed.taking(sequence, stations.clock.now())
        rows = list(read_content(message.body, feed.name, stations.organisation))
    except (FeedNotFoundError, FeedSignatureError, FeedSequenceError) as error:
        stations.ledger.append(record("denied", request=request, reason=_refusal(error)))
        raise
    except (DocumentError, RowAlteredError) as error:
        stations.ledger.append(record("failed", request=request, reason=type(error).__name__))
        raise
    stations.archive.keep_stream(io.BytesIO(message.body), "the message")
    try:
        return _take(stations, actor, feed, _Read.of(rows, actor, sequence, digest), request)
    except FeedSequenceError as error:  # another message took the sequence meanwhile
        stations.ledger.append(record("denied", request=request, reason=_refusal(error)))
        raise


def _refusal(error: TraceappError) -> str:
    return f"{REFUSED_BY[type(error)]}: {error}"


@dataclass(slots=True)
class _Read:
    """A message that was proven and read."""

    sequence: int
    digest: str
    events: list[CapturedEvent]
    rejected: list[RejectedRow]

    @classmethod
    def of(cls, rows: list[CapturedEvent | RejectedRow], actor: Actor, sequence: int, digest: str) -> "_Read":
        view = view_of(actor)
        found = [within(view, row) for row in rows]
        events = [row for row in found if isinstance(row, CapturedEvent)]
        return cls(sequence, digest, events, [row for row in found if isinstance(row, RejectedRow)])


def _take(stations: Stations, actor: Actor, feed: Feed, read: _Read, request: Mapping[str, Any]) -> Recorded[FeedAnswer]:
    done: list[Taken] = []

    def told(outcome: str, request: Mapping[str, Any], **said: Any) -> LedgerEntry:
        about = things("Feed", feed.uid)
        return entry(stations, actor, Permission.FEED_SEND, outcome, request=request, object=about, **said)

    def work() -> FeedAnswer:
        group = stations.events.prepare(read.events, stations.sealer)
        new = NewMessage(read.sequence, read.digest, group, len(read.rejected))
        taken = stations.feeds.take_message(feed.name, feed.public_key, new, stations.sealer, stations.clock.now())
        done.append(taken)
        stations.acls.list_entries()
        if taken.outcomes is None:
            return FeedAnswer(taken.receipt, True, _kept_rejects(stations, read, taken.receipt), taken.feed)
        return FeedAnswer(taken.receipt, False, _keep_rejects(stations, read, _conflicts(read, taken.outcomes)), taken.feed)

    def result() -> Mapping[str, Any]:
        if not done:
            return {}
        taken = done[-1]
        said = _about(taken.feed, taken.receipt, repeated=taken.outcomes is None)["result"]
        return {**said, "counter": stations.heads.get_sums()}

    return carry_out_as(stations.ledger, told, request, work, result=result)


def _about(feed: Feed, receipt: FeedReceipt, *, repeated: bool) -> dict[str, Any]:
    """What a record says of a message; with every message all that is missing is named, so that a crash hides no gap."""
    result: dict[str, Any] = {
        "events": receipt.events,
        "rejected": receipt.rejected,
        "appended": receipt.appended,
        "known": receipt.known,
        "voided": receipt.voided,
        "repeated": repeated,
        "next": feed.next,
        "gaps": [gap.text for gap in feed.gaps],
    }
    if feed.gaps:
        result["gap"] = feed.gaps[-1].text
    return {"result": result, "object": things("Feed", feed.uid)}


def _conflicts(read: _Read, outcomes: Sequence[CaptureOutcome]) -> list[RejectedRow]:
    return [conflict(event) for event, outcome in zip(read.events, outcomes, strict=True) if outcome is CaptureOutcome.CONFLICT]


def _keep_rejects(stations: Stations, read: _Read, refused: Sequence[RejectedRow]) -> tuple[tuple[str, str], ...]:
    """What was not taken, into its file; what was refused when it was read comes first."""
    file = RejectsFile.of(stations.settings.home, read.digest)
    try:
        for row in (*read.rejected, *refused):
            file.add(row)
    finally:
        file.close()
    return tuple((row.position, row.reason) for row in (*read.rejected, *refused))


def _kept_rejects(stations: Stations, read: _Read, receipt: FeedReceipt) -> tuple[tuple[str, str], ...]:
    """The same of a message that was taken before. A crash may have come before its file: what was refused when the message was
    read is refused again, and the file made.
    """
    if not receipt.rejected:
        return ()
    kept = tuple(RejectsFile.of(stations.settings.home, receipt.digest).read())
    return kept if len(kept) >= len(read.rejected) else _keep_rejects(stations, read, ())

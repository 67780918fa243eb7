"""The bytes of answers about feeds; `answers.py` says what holds for all."""

from typing import Any

from flask import Response

from traceapp.domain.feeds import Feed, key_text
from traceapp.domain.recorded import Recorded
from traceapp.usecases.intake.manage_feeds import FeedList
from traceapp.usecases.intake.take_feed_message import FeedAnswer
from traceapp.web.answers import document_response


def message_answer(recorded: Recorded[FeedAnswer]) -> Response:
    said, receipt = recorded.value, recorded.value.receipt
    document = {
        "receipt": {
            "feed": receipt.feed,
            "sequence": receipt.sequence,
            "sha256": receipt.digest,
            "taken_at": receipt.taken_at,
            "events": receipt.events,
            "appended": receipt.appended,
            "known": receipt.known,
            "voided": receipt.voided,
            "rejected": receipt.rejected,
        },
        "repeated": said.repeated,
        "rejects": [{"position": position, "reason": reason} for position, reason in said.rejects],
        "next": said.feed.next,
        "gaps": _gaps(said.feed),
        "ledger": recorded.receipt,
    }
    return document_response(document)


def feeds_answer(recorded: Recorded[FeedList]) -> Response:
    found = recorded.value
    altered = [{"uid": uid, "fault": fault.value} for uid, fault in found.altered.items()]
    document = {"feeds": [_feed(feed) for feed in found.feeds], "altered": altered, "ledger": recorded.receipt}
    return document_response(document)


def _feed(feed: Feed) -> dict[str, Any]:
    return {
        "name": feed.name,
        "public_key": key_text(feed.public_key),
        "created_at": feed.created_at,
        "next": feed.next,
        "gaps": _gaps(feed),
        "received_at": feed.received_at,
        "ended_at": feed.ended_at,
    }


def _gaps(feed: Feed) -> list[str]:
    return [gap.text for gap in feed.gaps]

"""Messages of source systems, signed and in order."""

from flask import Blueprint, Response

from traceapp.domain.feeds import SignedMessage
from traceapp.domain.permissions import Permission
from traceapp.usecases.intake.manage_feeds import list_feeds
from traceapp.usecases.intake.take_feed_message import take_feed_message
from traceapp.web.access import current_actor, permission, stations
from traceapp.web.feed_answers import feeds_answer, message_answer
from traceapp.web.feed_models import Feeds, MessageTaken
from traceapp.web.message_inputs import CONTENT, FeedInput, SignedHeaders
from traceapp.web.operations import operation
from traceapp.web.shares import refusals_of

feeds = Blueprint("feeds", __name__, url_prefix="/api/v1/feeds")


@feeds.get("")
@permission(Permission.FEED_LIST)
@operation(answer=Feeds)
def show() -> Response:
    """List the feeds: where each is, and what is missing."""
    return feeds_answer(list_feeds(stations(), current_actor()))


@feeds.post("/<name>/messages")
@permission(Permission.FEED_SEND)
@operation(answer=MessageTaken, path=FeedInput, headers=SignedHeaders, content=CONTENT, refuses=(404, 409))
def send(path: FeedInput, headers: SignedHeaders, body: bytes) -> Response:
    """Send a message: an EPCIS 2.0 JSON document or a CSV form, signed by its source.

    The same message again has the same receipt. One that skips others is taken, and `gaps` names what is missing until it comes.
    Not signed with the key of the feed: 403. A sequence that was used for other bytes: 409. Nothing of either is kept.
    """
    message = SignedMessage(headers.id, headers.timestamp, headers.signature, body)
    actor = current_actor()
    with refusals_of(actor):
        return message_answer(take_feed_message(stations(), actor, path.name, message))

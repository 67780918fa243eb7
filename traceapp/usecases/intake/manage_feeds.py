"""Feeds of source systems: registered, listed, given another key, ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from traceapp.domain.clock import stored_time
from traceapp.domain.errors import FeedNotFoundError, InputError, RowAlteredError
from traceapp.domain.feeds import LAST_SEQUENCE, Feed, check_name, key_text, uid_of
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.domain.row_register import OUTSIDE
from traceapp.graph.feed_store import FeedList as FeedList
from traceapp.intake.feed_signatures import parse_public_key
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.audit.kept_values import Changes
from traceapp.usecases.changes import carry_out
from traceapp.usecases.stations import Stations


def create_feed(stations: Stations, actor: Actor, name: str, key: str, first: int = 1) -> Recorded[Feed]:
    """Register the feed of a source system under the public key that it gave.

    key     `whpk_` and base64, or PEM.   first  the sequence that its first message will have.
    raises  PermissionDeniedError; InputError: no name, no key, no sequence, or a name that a feed has or had.
    """
    request = {"feed": name, "change": "create", "next": first}
    authorise(stations, actor, Permission.FEED_CHANGE, request)
    if not 1 <= first <= LAST_SEQUENCE:
        raise InputError.wanted("next", f"a sequence from 1 to {LAST_SEQUENCE}")
    feed = Feed(check_name(name), parse_public_key(key), stations.clock.now(), first)
    return _change(stations, actor, request, None, feed)


def replace_feed_key(stations: Stations, actor: Actor, name: str, key: str) -> Recorded[Feed]:
    """From now on messages of this feed are proven by another key, and by the former no more; its sequence goes on.

    raises  PermissionDeniedError; FeedNotFoundError; InputError; ConcurrentChangeError; RowAlteredError.
    """
    request = {"feed": name, "change": "key"}
    authorise(stations, actor, Permission.FEED_CHANGE, request)
    feed = open_feed(stations, name)
    return _change(stations, actor, request, feed, replace(feed, public_key=parse_public_key(key)))


def end_feed(stations: Stations, actor: Actor, name: str) -> Recorded[Feed]:
    """The feed takes nothing any more, and its name is never free again; raises what `replace_feed_key` raises."""
    request = {"feed": name, "change": "end"}
    authorise(stations, actor, Permission.FEED_CHANGE, request)
    feed = open_feed(stations, name)
    return _change(stations, actor, request, feed, replace(feed, ended_at=stations.clock.now()))


def list_feeds(stations: Stations, actor: Actor) -> Recorded[FeedList]:
    """Every feed, ended ones too: where it is, and what is missing. raises PermissionDeniedError."""
    authorise(stations, actor, Permission.FEED_LIST)
    found = stations.feeds.list_feeds()
    told = {"count": len(found.feeds), "gaps": sum(len(feed.gaps) for feed in found.feeds), "altered": sorted(found.altered)}
    shown = things("Feed", *(feed.uid for feed in found.feeds))
    return stations.ledger.record(found, entry(stations, actor, Permission.FEED_LIST, "answered", result=told, object=shown))


def open_feed(stations: Stations, name: str) -> Feed:
    """The feed of this name, which takes messages.

    raises  FeedNotFoundError: there is none, or it was ended. RowAlteredError: it is not what the service wrote last.
    """
    feed = stations.feeds.get_feed(name)
    if feed is None and (fault := stations.feeds.fault(uid_of(name))) is not None:
        raise RowAlteredError(OUTSIDE[fault].format(row="feed"))
    if feed is None or feed.ended_at is not None or feed.name != name:
        raise FeedNotFoundError("No feed of this name takes messages.")
    return feed


def _change(stations: Stations, actor: Actor, request: Mapping[str, Any], before: Feed | None, after: Feed) -> Recorded[Feed]:
    def work() -> Feed:
        if before is None:
            stations.feeds.append_feed(after)
        else:
            stations.feeds.put_feed(after)
        return after

    about, changes = things("Feed", after.uid), _changes(before, after)
    return carry_out(stations, actor, Permission.FEED_CHANGE, request, work, about=about, changes=changes)


def _changes(before: Feed | None, after: Feed) -> Changes:
    old, new = (_told(feed) if feed is not None else {} for feed in (before, after))
    return {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}


def _told(feed: Feed) -> dict[str, str]:
    """What a change of a feed changes."""
    ended = {"ended_at": stored_time(feed.ended_at)} if feed.ended_at is not None else {}
    return {"public_key": key_text(feed.public_key), **ended}

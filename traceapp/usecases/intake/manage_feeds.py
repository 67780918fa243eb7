"""Feeds of source systems: registered and given another key after others agreed, listed, ended."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from traceapp.dictionary.entries import Tier
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


def check_interface(stations: Stations, actor: Actor, said: Mapping[str, Any]) -> dict[str, Any]:
    """`feed` and `key` of a source system, and `next`, the sequence that its first message will have (1). A feed that is there
    already gets another key; its sequence goes on, and is not said.

    key     `whpk_` and base64, or PEM.
    raises  InputError: no name, no key, no sequence, or a name that a feed had. RowAlteredError: the feed that is there is not
            what the service wrote last.
    """
    if said.keys() - {"feed", "key", "next"} or not {"feed", "key"} <= said.keys():
        raise InputError.wanted("parameters", "feed, key, and next of a new feed")
    name, key, first = said["feed"], said["key"], said.get("next")
    if not isinstance(name, str) or not isinstance(key, str):
        raise InputError.wanted("parameters", "feed and key, each a text")
    checked, kept = check_name(name), key_text(parse_public_key(key))
    there = _feed_there(stations, checked)
    if there is not None and there.ended_at is not None:
        raise InputError.wanted("feed", "a name that no feed ever had: the one of this name was ended")
    if there is not None and there.name != checked:
        raise InputError.wanted("feed", f"{there.name}, as the feed is called, or another name")
    if there is not None:
        if first is not None:
            raise InputError.wanted("next", "nothing: the sequence of a feed that is there goes on")
        return {"feed": checked, "key": kept}
    if (
        isinstance(first, bool)
        or not isinstance(first if first is not None else 1, int)
        or not 1 <= (first or 1) <= LAST_SEQUENCE
    ):
        raise InputError.wanted("next", f"a sequence from 1 to {LAST_SEQUENCE}")
    return {"feed": checked, "key": kept, "next": first or 1}


def interface_there(stations: Stations, parameters: Mapping[str, Any]) -> Any:
    """The feed of this name as it stands; None where none has it yet."""
    feed = _feed_there(stations, parameters["feed"])
    return {"feed": feed.name, "made": stored_time(feed.created_at), **_told(feed)} if feed is not None else None


def preview_interface(stations: Stations, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What to compare the key by, and the one that it replaces; which tiers the source may send; whose tokens may send for it,
    and the highest tier that each of those roles is shown.

    A feed alone reads nothing: it is told what became of its messages. A message takes a token as well, which reads as its role.
    """
    feed = _feed_there(stations, parameters["feed"])
    roles = stations.policy.document.roles.items()
    return {
        "fingerprint": _fingerprint(parameters["key"]),
        "fingerprint_now": _fingerprint(key_text(feed.public_key)) if feed is not None else "",
        "sends": [tier.value for tier in Tier],
        "senders": {role.value: row.clearance.value for role, row in sorted(roles) if Permission.FEED_SEND in row.permissions},
    }


def add_interface(stations: Stations, actor: Actor, parameters: Mapping[str, Any], approval: str) -> Recorded[Feed]:
    """Register the feed that others agreed to, or give it the key: its messages are proven by that from now on, and by no other.

    raises  InputError: another took the name meanwhile. FeedNotFoundError: it was ended. ConcurrentChangeError; RowAlteredError;
            StoreError and its kinds.
    """
    name, key = parameters["feed"], parse_public_key(parameters["key"])
    if "next" in parameters:
        request = {"feed": name, "change": "create", "next": parameters["next"]}
        return _change(stations, actor, request, None, Feed(name, key, stations.clock.now(), parameters["next"]), approval)
    feed = open_feed(stations, name)
    return _change(stations, actor, {"feed": name, "change": "key"}, feed, replace(feed, public_key=key), approval)


def end_feed(stations: Stations, actor: Actor, name: str) -> Recorded[Feed]:
    """The feed takes nothing any more, and its name is never free again: that takes nobody else.

    raises  PermissionDeniedError; FeedNotFoundError; ConcurrentChangeError; RowAlteredError.
    """
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
    feed = _feed_there(stations, name)
    if feed is None or feed.ended_at is not None or feed.name != name:
        raise FeedNotFoundError("No feed of this name takes messages.")
    return feed


def _feed_there(stations: Stations, name: str) -> Feed | None:
    """The feed that has or had this name; None where none ever did. raises RowAlteredError."""
    feed = stations.feeds.get_feed(name)
    if feed is None and (fault := stations.feeds.fault(uid_of(name))) is not None:
        raise RowAlteredError(OUTSIDE[fault].format(row="feed"))
    return feed


def _fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _change(
    stations: Stations,
    actor: Actor,
    request: Mapping[str, Any],
    before: Feed | None,
    after: Feed,
    approval: str | None = None,
) -> Recorded[Feed]:
    def work() -> Feed:
        if before is None:
            stations.feeds.append_feed(after)
        else:
            stations.feeds.put_feed(after)
        return after

    about, changes = things("Feed", after.uid), _changes(before, after)
    return carry_out(stations, actor, Permission.FEED_CHANGE, request, work, about=about, changes=changes, approval=approval)


def _changes(before: Feed | None, after: Feed) -> Changes:
    old, new = (_told(feed) if feed is not None else {} for feed in (before, after))
    return {name: (old.get(name), value) for name, value in new.items() if old.get(name) != value}


def _told(feed: Feed) -> dict[str, str]:
    """What a change of a feed changes."""
    ended = {"ended_at": stored_time(feed.ended_at)} if feed.ended_at is not None else {}
    return {"public_key": key_text(feed.public_key), **ended}

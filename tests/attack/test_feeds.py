"""He sends messages in the name of a source system, or takes some away: what comes into the graph, and who is told?"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.recorded import records
from tests.signed_feed import Source, connect, headers_of, receipt
from tests.web.conftest import SECRET
from traceapp.app import create_app
from traceapp.composition import build_watch, terminal_actor
from traceapp.domain.alerts import AlertFilter
from traceapp.domain.errors import DocumentError
from traceapp.domain.feeds import SignedMessage
from traceapp.domain.rights import Role
from traceapp.usecases.accounts.issue_token import TokenRequest, issue_token
from traceapp.usecases.audit.watch_ledger import LedgerWatch
from traceapp.usecases.intake.manage_feeds import end_feed, list_feeds
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})


@dataclass
class Plant:
    """A service with an integrator's token, the feed of one source, and the watch over its ledger."""

    stations: Stations
    client: FlaskClient
    token: str
    source: Source

    def send(self, message: SignedMessage, feed: str | None = None) -> TestResponse:
        address = f"/api/v1/feeds/{feed or self.source.name}/messages"
        return self.client.post(address, data=message.body, headers=headers_of(message, self.token))

    def taken(self, sequence: int, lot: str) -> Any:
        reply = self.send(self.source.sign(sequence, receipt(lot)))
        assert reply.status_code == 200, reply.text
        return reply.json

    @property
    def head(self) -> int:
        return self.stations.heads.get_head()

    def keeps(self, body: bytes) -> bool:
        try:
            next(self.stations.archive.open(hashlib.sha256(body).hexdigest()))
        except DocumentError:
            return False
        return True

    def rung(self) -> list[tuple[str, str]]:
        """(rule, what it is about) of all that rang of this feed."""
        watched = build_watch(self.stations.settings)
        try:
            watch = LedgerWatch(watched)
            while watch.read():
                pass
            watch.keep()
            alerts = [one.alert for one in watched.book.list_alerts(AlertFilter(), 200)]
        finally:
            watched.ledger.close()
        return [(one.rule, one.group) for one in alerts if one.rule.startswith("feed-") and self.source.name in one.group]


@pytest.fixture(scope="module")
def service(stations_of_module: Stations) -> tuple[Stations, FlaskClient, str]:
    stations = stations_of_module
    asked = TokenRequest(Role.INTEGRATOR, EVERYWHERE, EVERYWHERE, "test", 1)
    token = issue_token(stations, terminal_actor(), asked).value
    return stations, create_app(lambda: stations, SECRET).test_client(), f"Bearer {token}"


@pytest.fixture
def plant(service: tuple[Stations, FlaskClient, str], request: pytest.FixtureRequest) -> Plant:
    """A feed of this test alone."""
    name = "F" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    made = Plant(*service, Source(name))
    connect(made.stations, made.source)
    return made


def of_another_key(source: Source, body: bytes) -> SignedMessage:
    return replace(source, private=Ed25519PrivateKey.generate()).sign(1, body)


def unsigned(source: Source, body: bytes) -> SignedMessage:
    return replace(source.sign(1, body), signature="")


def with_a_symmetric_signature(source: Source, body: bytes) -> SignedMessage:
    said = source.sign(1, body)
    return replace(said, signature=said.signature.replace("v1a,", "v1,"))


def with_other_words(source: Source, body: bytes) -> SignedMessage:
    return replace(source.sign(1, receipt("HONEST")), body=body)


def under_another_sequence(source: Source, body: bytes) -> SignedMessage:
    return replace(source.sign(2, body), id=f"{source.name}:1")


def at_another_time(source: Source, body: bytes) -> SignedMessage:
    said = source.sign(1, body, late=60)
    return replace(said, timestamp=str(int(said.timestamp) + 30))


def of_the_same_key_for_another_feed(source: Source, body: bytes) -> SignedMessage:
    return source.sign(1, body, name="ANOTHER-FEED")


def overheard_long_ago(source: Source, body: bytes) -> SignedMessage:
    return source.sign(1, body, late=301)


def signed_in_the_future(source: Source, body: bytes) -> SignedMessage:
    return source.sign(1, body, late=-330)


FORGED = [
    of_another_key,
    unsigned,
    with_a_symmetric_signature,
    with_other_words,
    under_another_sequence,
    at_another_time,
    of_the_same_key_for_another_feed,
    overheard_long_ago,
    signed_in_the_future,
]


@pytest.mark.parametrize("forge", FORGED)
def test_attacker_whose_message_is_not_signed_by_its_source_has_nothing_kept_and_rings(
    forge: Callable[[Source, bytes], SignedMessage], plant: Plant
) -> None:
    """It has a valid form, and his token may send to the feed."""
    body = receipt(f"FORGED-{forge.__name__}")
    head, before = plant.head, plant.stations.ledger.get_head().seq

    reply = plant.send(forge(plant.source, body))

    assert (reply.status_code, reply.json["type"]) == (403, "urn:traceapp:problem:feed-signature")
    assert plant.head == head
    assert not plant.keeps(body)
    feed = plant.stations.feeds.get_feed(plant.source.name)
    assert feed is not None
    assert (feed.next, feed.gaps, feed.received_at) == (1, (), None)
    (refused,) = records(plant.stations, act="feed:send", after=before)
    assert (refused["outcome"], refused["reason"].partition(":")[0]) == ("denied", "feed/signature")
    assert plant.rung().count(("feed-forged", plant.source.name)) == 1
    assert plant.taken(1, f"TRUE-{forge.__name__}")["receipt"]["appended"] == 1, "the sequence is as free as it was"


def test_attacker_with_the_former_key_of_a_feed_sends_nothing(plant: Plant) -> None:
    stolen = plant.source
    plant.source = Source(stolen.name)
    connect(plant.stations, plant.source)

    assert plant.send(stolen.sign(1, receipt("STOLEN"))).status_code == 403
    both = plant.source.sign(1, receipt("BOTH"))
    former = replace(stolen.sign(1, receipt("BOTH")), timestamp=both.timestamp)
    assert plant.send(replace(both, signature=f"{former.signature} {both.signature}")).status_code == 200, (
        "a source may sign with both"
    )


def test_attacker_who_replays_a_message_is_told_what_became_of_it_and_has_nothing_twice(plant: Plant) -> None:
    first = plant.source.sign(1, receipt("ONCE"))
    told = plant.send(first).json
    plant.taken(2, "NEXT")
    head = plant.head

    for again in (first, plant.source.sign(1, receipt("ONCE"), late=20)):
        reply = plant.send(again)
        assert reply.status_code == 200
        assert (reply.json["receipt"], reply.json["repeated"], reply.json["next"]) == (told["receipt"], True, 3)

    assert plant.head == head
    assert told["receipt"]["appended"] == 1


@pytest.mark.parametrize("sequence", [1, 2], ids=["a lower one", "the last one"])
def test_attacker_who_replays_a_sequence_with_other_words_is_refused_and_rings(sequence: int, plant: Plant) -> None:
    """He has the key of the source, or set its counter back."""
    plant.taken(1, f"A{sequence}")
    plant.taken(2, f"B{sequence}")
    head, body = plant.head, receipt(f"REPLAYED-{sequence}")

    reply = plant.send(plant.source.sign(sequence, body))

    assert (reply.status_code, reply.json["type"]) == (409, "urn:traceapp:problem:feed-sequence")
    assert plant.head == head
    assert not plant.keeps(body)
    assert plant.rung().count(("feed-replayed", plant.source.name)) == 1


def test_attacker_who_swallows_messages_has_the_gap_named_until_they_come(plant: Plant) -> None:
    """Between the source and us: what came behind the gap is kept, for a recall needs it."""
    name = plant.source.name
    plant.taken(1, "G1")

    skipped = plant.taken(5, "G5")

    assert (skipped["receipt"]["appended"], skipped["next"], skipped["gaps"]) == (1, 6, ["2-4"])
    assert [feed.gaps[0].text for feed in list_feeds(plant.stations, terminal_actor()).value.feeds if feed.name == name] == [
        "2-4"
    ]
    (done,) = [
        one
        for one in records(plant.stations, act="feed:send")
        if one["outcome"] == "done" and one["request"]["sequence"] == 5 and one["request"]["feed"] == name
    ]
    assert (done["result"]["gaps"], done["result"]["next"]) == (["2-4"], 6)
    (gap,) = [group for rule, group in plant.rung() if rule == "feed-gap"]
    assert (name in gap, "2-4" in gap) == (True, True)
    assert plant.taken(3, "G3")["gaps"] == ["2", "4"]
    assert plant.taken(4, "G4")["gaps"] == ["2"]
    assert plant.taken(2, "G2")["gaps"] == []
    assert plant.taken(6, "G6")["gaps"] == []


def test_attacker_who_sends_to_an_ended_or_unknown_feed_is_told_one_thing(plant: Plant) -> None:
    plant.taken(1, "ENDED")
    end_feed(plant.stations, terminal_actor(), plant.source.name)

    ended = plant.send(plant.source.sign(2, receipt("LATER")))
    unknown = plant.send(plant.source.sign(2, receipt("LATER"), name="NO-SUCH"), "NO-SUCH")

    assert (ended.status_code, ended.data) == (404, unknown.data)
    assert not plant.keeps(receipt("LATER"))


EVENT = '{"type": "ObjectEvent", "action": "ADD", "epcList": [], "eventTimeZoneOffset": "+00:00", "eventTime": '
UNREADABLE = {
    "an outside entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><epcis:EPCISDocument>&e;</epcis:EPCISDocument>',
    "ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "two lists of events": b'{"type": "EPCISDocument", "@context": [], "epcisBody": {"eventList": [], "eventList": []}}',
    "a number without end": b"[" + b"9" * 100_000 + b"]",
    "compressed": b"\x1f\x8b\x08" + bytes(100),
    "nothing": b"",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_attacker_whose_signed_document_reads_in_two_ways_or_never_ends_is_refused(body: bytes, plant: Plant) -> None:
    """The source itself is in his hands."""
    head = plant.head

    reply = plant.send(plant.source.sign(1, body))

    assert reply.status_code == 400 or reply.json["receipt"]["rejected"] == reply.json["receipt"]["events"] == 1, reply.text
    assert plant.head == head


def test_attacker_whose_event_says_a_member_twice_has_it_refused(plant: Plant) -> None:
    twice = EVENT + '"2026-03-02T10:00:00Z", "eventTime": "2026-03-03T10:00:00Z"}'

    told = plant.send(plant.source.sign(1, twice.encode())).json

    assert (told["receipt"]["rejected"], told["receipt"]["appended"]) == (1, 0)
    assert "eventTime: wanted each member of an object once" in told["rejects"][0]["reason"]


def another_key(plant: Plant) -> None:
    his = Ed25519PrivateKey.generate()
    plant.source = replace(plant.source, private=his)
    key = his.public_key().public_bytes_raw().hex()
    plant.stations.graph.administer(f"MATCH (f:Feed {{name: '{plant.source.name}'}}) SET f.public_key = '{key}'", "attack")


def an_earlier_place(plant: Plant) -> None:
    plant.stations.graph.administer(f"MATCH (f:Feed {{name: '{plant.source.name}'}}) SET f.next = 1", "attack")


def no_gap(plant: Plant) -> None:
    plant.stations.graph.administer(f"MATCH (f:Feed {{name: '{plant.source.name}'}}) SET f.gaps = []", "attack")


def no_feed(plant: Plant) -> None:
    plant.stations.graph.administer(f"MATCH (f:Feed {{name: '{plant.source.name}'}}) DELETE f", "attack")


@pytest.mark.parametrize("change", [another_key, an_earlier_place, no_gap, no_feed])
def test_attacker_who_changes_a_feed_in_the_store_sends_nothing_and_is_named(
    change: Callable[[Plant], None], plant: Plant
) -> None:
    plant.taken(1, f"C1-{change.__name__}")
    plant.taken(3, f"C3-{change.__name__}")
    head = plant.head

    change(plant)
    reply = plant.send(plant.source.sign(1, receipt("HIS")))

    assert (reply.status_code, reply.json["type"]) == (500, "urn:traceapp:problem:row-altered")
    assert plant.head == head
    uid = plant.source.name.lower()
    assert list_feeds(plant.stations, terminal_actor()).value.altered[uid] is plant.stations.feeds.fault(uid) is not None


def test_attacker_who_puts_an_older_feed_back_sends_nothing_again(plant: Plant) -> None:
    plant.taken(1, "P1")
    (before,) = plant.stations.graph.administer(
        f"MATCH (f:Feed {{name: '{plant.source.name}'}}) RETURN properties(f) AS p", "attack"
    )
    plant.taken(2, "P2")

    (message,) = [f"{plant.source.name.lower()}:2"]
    plant.stations.graph.administer(f"MATCH (c:Command {{message: '{message}'}}) DELETE c", "attack")
    assert plant.send(plant.source.sign(2, receipt("P2"))).status_code == 409, "it is not taken a second time"
    old = before["p"]
    plant.stations.graph.administer(
        f"MATCH (f:Feed {{name: '{plant.source.name}'}}) SET f.next = {old['next']}, f.version = {old['version']}", "attack"
    )
    assert plant.send(plant.source.sign(2, receipt("P2"))).status_code == 500


def test_attacker_who_changes_what_became_of_a_message_is_named(plant: Plant) -> None:
    plant.taken(1, "M1")
    plant.stations.graph.administer(
        f"MATCH (c:Command {{message: '{plant.source.name.lower()}:1'}}) SET c.counts = '9 9 0 0 0'", "attack"
    )

    reply = plant.send(plant.source.sign(1, receipt("M1")))

    assert (reply.status_code, reply.json["type"]) == (500, "urn:traceapp:problem:row-altered")

"""Feeds on every store: their order, their keys, and that two who write at once write one after the other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.recorded import records
from tests.signed_feed import Source, connect, receipt
from traceapp.composition import terminal_actor
from traceapp.domain.errors import ConcurrentChangeError, DocumentError, FeedNotFoundError, FeedSequenceError, InputError
from traceapp.domain.feeds import Feed
from traceapp.domain.rights import Actor, Role
from traceapp.domain.row_register import RowFault
from traceapp.usecases.intake.manage_feeds import FeedList, add_interface, check_interface, end_feed, list_feeds, open_feed
from traceapp.usecases.intake.take_feed_message import FeedAnswer, take_feed_message
from traceapp.usecases.keys.verify_graph import verify_graph
from traceapp.usecases.stations import Stations

EVERYWHERE = frozenset({"*"})
MES = Actor("1" * 32, "token:mes", Role.INTEGRATOR, EVERYWHERE, EVERYWHERE, through="token")
SOURCE = Source("MES-LYON")
BAD = receipt("BAD").replace(b"500,KGM", b"many,KGM")


@pytest.fixture
def fed(stations: Stations) -> Stations:
    connect(stations, SOURCE)
    return stations


def send(stations: Stations, sequence: int, body: bytes, source: Source = SOURCE) -> FeedAnswer:
    return take_feed_message(stations, MES, source.name, source.sign(sequence, body)).value


def stored(stations: Stations, name: str = SOURCE.name) -> Feed:
    found = stations.feeds.get_feed(name)
    assert found is not None
    return found


def test_a_message_is_taken_once_and_told_the_same_ever_after(fed: Stations) -> None:
    first = send(fed, 1, receipt("A") + receipt("B").partition(b"\n")[2])
    head = fed.heads.get_head()
    second = send(fed, 2, receipt("A"))
    again = send(fed, 1, receipt("A") + receipt("B").partition(b"\n")[2])

    assert (first.receipt.events, first.receipt.appended, first.repeated, first.feed.next) == (2, 2, False, 2)
    assert (second.receipt.events, second.receipt.known, fed.heads.get_head()) == (1, 1, head), (
        "known rows move the feed all the same"
    )
    assert (again.receipt, again.repeated, again.feed) == (first.receipt, True, stored(fed))
    told = records(fed, act="feed:send")
    assert [one["outcome"] for one in told] == ["intended", "done", "intended", "done", "answered"]
    assert told[1]["result"]["counter"]["seq"] == head


def test_what_cannot_be_read_frees_its_sequence_and_what_is_refused_row_by_row_is_told(fed: Stations) -> None:
    with pytest.raises(DocumentError):
        send(fed, 1, b"\x00\x01 no form of ours")
    assert stored(fed).next == 1

    half = send(fed, 1, receipt("GOOD") + BAD.partition(b"\n")[2])
    again = send(fed, 1, receipt("GOOD") + BAD.partition(b"\n")[2])

    assert (half.receipt.appended, half.receipt.rejected, half.receipt.events) == (1, 1, 2)
    ((position, reason),) = half.rejects
    assert (position, "quantity" in reason) == ("row 3", True)
    assert again.rejects == half.rejects


def test_a_message_of_refused_rows_alone_is_taken_too(fed: Stations) -> None:
    taken = send(fed, 1, BAD)

    assert (taken.receipt.rejected, taken.receipt.appended, stored(fed).next) == (1, 0, 2)
    assert send(fed, 1, BAD).repeated


def test_two_who_send_one_message_at_once_have_it_taken_once(fed: Stations) -> None:
    with ThreadPoolExecutor(4) as senders:
        found = list(senders.map(lambda _: send(fed, 1, receipt("TWIN")), range(4)))

    assert len({one.receipt for one in found}) == 1
    assert sorted(one.repeated for one in found) == [False, True, True, True]
    assert stored(fed).next == 2


def test_two_messages_of_one_sequence_at_once_are_one_taken_and_one_refused(fed: Stations) -> None:
    def attempt(lot: str) -> bool:
        try:
            return send(fed, 1, receipt(lot)).receipt.appended == 1
        except FeedSequenceError:
            return False

    with ThreadPoolExecutor(4) as senders:
        assert sorted(senders.map(attempt, ["R1", "R2", "R3", "R4"])) == [False, False, False, True]
    refused = [one["reason"] for one in records(fed, act="feed:send") if one["outcome"] == "denied"]
    assert [reason.partition(":")[0] for reason in refused] == ["feed/sequence"] * 3, (
        "whichever way they were overtaken, it rings"
    )


def test_messages_that_come_at_once_leave_no_gap_and_lose_none(fed: Stations) -> None:
    with ThreadPoolExecutor(4) as senders:
        found = list(senders.map(lambda n: send(fed, n, receipt(f"P{n}")), [3, 1, 4, 2, 6, 5]))

    assert [one.receipt.appended for one in found] == [1] * 6
    assert (stored(fed).next, stored(fed).gaps) == (7, ())


def test_a_feed_is_registered_under_a_name_that_none_ever_had(fed: Stations) -> None:
    with pytest.raises(InputError, match="as the feed is called"):
        connect(fed, Source("mes-lyon"))
    with pytest.raises(InputError, match="goes on"):
        connect(fed, SOURCE, next=1)
    asked = check_interface(fed, terminal_actor(), {"feed": "WMS", "key": SOURCE.key})
    connect(fed, Source("WMS"), next=7)
    with pytest.raises(InputError, match="is taken"):
        add_interface(fed, terminal_actor(), asked, "0" * 16)
    end_feed(fed, terminal_actor(), "MES-LYON")

    with pytest.raises(InputError, match="was ended"):
        connect(fed, Source("MES-LYON"))
    with pytest.raises(FeedNotFoundError):
        open_feed(fed, "MES-LYON")


def test_a_feed_begins_where_its_source_is(stations: Stations) -> None:
    source = Source("LATE")
    connect(stations, source, next=4_711)

    with pytest.raises(FeedSequenceError):
        send(stations, 4_710, receipt("EARLY"), source)
    assert send(stations, 4_711, receipt("LATE"), source).feed.next == 4_712


def test_who_changes_a_feed_that_moved_meanwhile_changes_nothing(fed: Stations) -> None:
    read = stored(fed)
    send(fed, 1, receipt("MOVED"))

    with pytest.raises(ConcurrentChangeError):
        fed.feeds.put_feed(replace(read, ended_at=datetime(2026, 3, 2, tzinfo=UTC)))
    assert stored(fed).ended_at is None


def test_the_sweep_looks_at_feeds_too(fed: Stations) -> None:
    send(fed, 1, receipt("SWEPT"))
    assert verify_graph(fed, terminal_actor(), lambda _: None).value.findings == ()
    fed.graph.administer("MATCH (f:Feed) DELETE f", "attack")

    assert verify_graph(fed, terminal_actor(), lambda _: None).value.findings == ("gone: Feed mes-lyon",)
    assert list_feeds(fed, terminal_actor()).value == FeedList((), {"mes-lyon": RowFault.GONE})

"""The order of a feed: what comes next, what is missing, what is refused."""

import random
from datetime import UTC, datetime

import pytest

from traceapp.domain.errors import FeedSequenceError, InputError
from traceapp.domain.feeds import LAST_SEQUENCE, MOST_GAPS, Feed, Gap, check_name, parse_message_id

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FRESH = Feed("MES-LYON", bytes(32), NOW)


@pytest.mark.parametrize("random_seed", range(20))
def test_promise_whatever_the_order_what_has_not_come_is_missing(random_seed: int) -> None:
    chance = random.Random(random_seed)
    coming = chance.sample(range(1, 60), 40)
    feed, taken = FRESH, set()
    for sequence in coming:
        if sequence in taken:
            continue
        feed = feed.taking(sequence, NOW)
        taken.add(sequence)
        missing = {number for gap in feed.gaps for number in range(gap.first, gap.last + 1)}
        assert feed.next == max(taken) + 1
        assert missing == set(range(1, feed.next)) - taken
        assert list(feed.gaps) == sorted(feed.gaps)
    for sequence in taken:
        with pytest.raises(FeedSequenceError):
            feed.taking(sequence, NOW)


def test_a_feed_with_more_gaps_than_anybody_closes_takes_no_new_one() -> None:
    feed = FRESH
    for number in range(1, MOST_GAPS + 1):
        feed = feed.taking(2 * number, NOW)

    with pytest.raises(FeedSequenceError, match="send those first"):
        feed.taking(feed.next + 1, NOW)
    assert feed.taking(feed.next, NOW).next == feed.next + 1
    assert len(feed.taking(1, NOW).gaps) == MOST_GAPS - 1


@pytest.mark.parametrize("gap", [Gap(1, 1), Gap(42, 44)])
def test_a_gap_is_read_as_it_was_written(gap: Gap) -> None:
    assert Gap.parse(gap.text) == gap


@pytest.mark.parametrize(
    "text", ["", "MES", "MES:", "MES:0", "MES:01", "MES:-1", "MES:1.5", "M.S:1", "MES:1:2", f"MES:{LAST_SEQUENCE + 1}", "MES:1\n"]
)
def test_what_is_no_id_of_a_message_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_message_id(text)


def test_an_id_names_feed_and_sequence() -> None:
    assert parse_message_id(f"MES-LYON:{LAST_SEQUENCE}") == ("MES-LYON", LAST_SEQUENCE)


@pytest.mark.parametrize("name", ["", "-A", "A-", "A B", "Ä", "A.B", "A/B", "A:B", "A" * 65])
def test_what_is_no_name_of_a_feed_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        check_name(name)

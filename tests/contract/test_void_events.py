"""EventStore on every store: what is declared wrong or corrected counts no more, whatever came first, and is kept."""

import pytest

from tests.capture import (
    APPENDED,
    CONFLICT,
    KNOWN,
    LYON,
    SUZHOU,
    VOIDED,
    append,
    batch,
    day,
    declaration,
    links,
    material,
    node,
    opened,
    party,
    production,
    receipt,
)
from traceapp.confidential.sealer import DictionarySealer
from traceapp.domain.scopes import UNPLACED, acl_number
from traceapp.graph.connection import Graph
from traceapp.graph.event_store import EventStore


def test_a_declaration_voids_the_event_and_its_links(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    append(events, sealer, receipt("r1", "T-1", day(0)), wrong)

    assert append(events, sealer, declaration(wrong)) == [VOIDED]
    assert [type_ for type_, *_ in links(store)] == ["SUPPLIED"]
    made = node(store, sealer, batch("B-1"))
    assert (made["described"], made["scopes"], made["acl"]) == (False, [], acl_number([UNPLACED]))
    assert node(store, sealer, material("T-1"))["mentioned"] == []
    found = events.get_event(sealer.event_uid("p1"))
    assert found is not None
    assert found.voided_seq == 3
    assert found.declaration is not None
    assert b"did_not_occur" in sealer.open_document("Event", found.uid, "declaration", found.declaration)
    assert append(events, sealer, declaration(wrong)) == [KNOWN]
    assert append(events, sealer, wrong) == [KNOWN]


def test_an_earlier_head_still_sees_what_was_believed_then(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    append(events, sealer, receipt("r1", "T-1", day(0)), wrong)
    before = links(store)
    append(events, sealer, declaration(wrong))

    assert links(store, head=2) == before
    assert len(links(store, head=3)) == 1
    assert [found.uid for found in events.find_describing_events(sealer.uid(batch("B-1")), 2)] == [sealer.event_uid("p1")]
    assert events.find_describing_events(sealer.uid(batch("B-1")), 3) == []


@pytest.mark.parametrize("way", ["original first", "declaration first", "one group", "one group, declaration first"])
@pytest.mark.parametrize("by_content", [False, True], ids=["by eventID", "by content"])
def test_a_void_event_is_void_whatever_came_first(
    way: str, by_content: bool, store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1))
    declared = declaration(wrong, key="declares" if by_content else None)
    groups = {
        "original first": ([wrong], [declared]),
        "declaration first": ([declared], [wrong]),
        "one group": ([wrong, declared],),
        "one group, declaration first": ([declared, wrong],),
    }[way]

    outcomes = [outcome for group in groups for outcome in append(events, sealer, *group)]

    assert outcomes == [APPENDED, VOIDED]
    assert links(store) == links(store, head=99) == []
    made = node(store, sealer, batch("B-1"))
    assert (made["number"], made["described"]) == ("B-1", False)
    found = events.get_event(sealer.event_uid("p1"))
    assert found is not None
    assert found.voided_seq is not None
    assert found.payload is not None
    assert append(events, sealer, declared, wrong) == [KNOWN, KNOWN]


def test_a_declaration_alone_is_kept_makes_no_link_and_what_it_names_is_known(
    store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    assert append(events, sealer, declaration(production("p1", [material("T-1")], "B-1", day(1)))) == [APPENDED]

    assert links(store) == []
    made = node(store, sealer, batch("B-1"))
    assert (made["number"], made["described"]) == ("B-1", False)
    found = events.get_event(sealer.event_uid("p1"))
    assert found is not None
    assert (found.payload, found.voided_seq) == (None, 1)


def test_a_declaration_by_content_voids_every_event_of_that_content(
    store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    first = receipt("r1", "T-1", day(0), content="same")
    second = receipt("r2", "T-1", day(0), content="same")
    later = receipt("r3", "T-1", day(0), content="same")
    append(events, sealer, first, second)

    assert append(events, sealer, declaration(first, key="declares")) == [VOIDED]
    assert append(events, sealer, later) == [VOIDED]
    assert links(store) == []


@pytest.mark.parametrize("corrected_first", [True, False])
def test_a_correcting_row_voids_the_other_and_counts_itself(
    corrected_first: bool, store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    wrong = receipt("r1", "T-1", day(0), name="Wrong")
    right = receipt("r2", "T-9", day(0), name="Right", voids="r1")
    for sent in (wrong, right) if corrected_first else (right, wrong):
        append(events, sealer, sent)

    assert links(store) == [("SUPPLIED", sealer.uid(party("SUP-7")), sealer.uid(material("T-9")))]
    assert opened(store, sealer, party("SUP-7"))["name"] == "Right"
    lot = node(store, sealer, material("T-1"))
    assert (lot["described"], lot.get("number"), lot["stated"]) == (False, None, [])


def test_a_correction_of_a_correction_brings_nothing_back(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    first, second = receipt("r1", "T-1", day(0)), receipt("r2", "T-2", day(0), voids="r1")
    third = receipt("r3", "T-3", day(0), voids="r2")
    append(events, sealer, first, second)
    append(events, sealer, third)

    assert links(store) == [("SUPPLIED", sealer.uid(party("SUP-7")), sealer.uid(material("T-3")))]


def test_a_conflicting_correction_voids_nothing(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    append(events, sealer, receipt("r1", "T-1", day(0)), receipt("r2", "T-2", day(0)))

    assert append(events, sealer, receipt("r2", "T-3", day(0), voids="r1", content="other")) == [CONFLICT]
    assert len(links(store)) == 2


def test_a_void_gives_properties_back_to_the_latest_of_the_others(
    store: Graph, events: EventStore, sealer: DictionarySealer
) -> None:
    wrong = receipt("r9", "T-1", day(9), name="Wrong", number="R-9", scope=SUZHOU)
    others = [receipt(f"r{number}", "T-1", day(number), name=f"Name {number}", number=f"R-{number}") for number in range(1, 5)]
    append(events, sealer, wrong, *others)
    assert opened(store, sealer, party("SUP-7"))["name"] == "Wrong"

    append(events, sealer, declaration(wrong))

    assert opened(store, sealer, party("SUP-7"))["name"] == "Name 4"
    lot = node(store, sealer, material("T-1"))
    assert (lot["number"], lot["scopes"], lot["described"]) == ("R-4", ["LYON|INF"], True)
    assert lot["stated"] == [f"number=2026-01-09T08:00:00.000000Z|{sealer.event_uid('r4')}"]


def test_a_void_looks_past_the_first_page_of_events(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    oldest = receipt("r0", "T-1", day(0), scope=SUZHOU)
    wrong = receipt("wrong", "T-1", day(400), scope=SUZHOU)
    append(events, sealer, oldest, wrong, *(receipt(f"r{number}", "T-1", day(number)) for number in range(1, 120)))

    append(events, sealer, declaration(wrong))

    assert node(store, sealer, material("T-1"))["scopes"] == ["LYON|INF", "SUZHOU|INF"]


def test_a_void_keeps_the_mentions_of_other_events(store: Graph, events: EventStore, sealer: DictionarySealer) -> None:
    wrong = production("p1", [material("T-1")], "B-1", day(1), scope=SUZHOU)
    same = production("p2", [material("T-1")], "B-2", day(2), scope=SUZHOU)
    other = production("p3", [material("T-1")], "B-3", day(3), scope=LYON)
    append(events, sealer, wrong, same, other)

    append(events, sealer, declaration(wrong))
    assert node(store, sealer, material("T-1"))["mentioned"] == ["LYON|INF", "SUZHOU|INF"]
    append(events, sealer, declaration(same))
    assert node(store, sealer, material("T-1"))["mentioned"] == ["LYON|INF"]

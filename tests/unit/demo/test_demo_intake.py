"""The demo through the ordinary intake: every row comes in, and the plant is as large as docs/demo.md says."""

from collections import Counter
from pathlib import Path

import pytest

from traceapp.demo.plant import DemoFiles, write_demo
from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.events import CapturedEvent
from traceapp.domain.identifiers import Identity
from traceapp.domain.kinds import EventType, LinkType, NodeKind
from traceapp.intake.files import read_file


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def events(demo: DemoFiles) -> list[CapturedEvent]:
    organisation = read_organisation(demo.organisation)
    found = [event for path in demo.files for event in read_file(path, "DEMO", organisation)]
    assert [event for event in found if not isinstance(event, CapturedEvent)] == []
    return [event for event in found if isinstance(event, CapturedEvent)]


def test_no_two_rows_have_one_key(events: list[CapturedEvent]) -> None:
    assert len({event.key for event in events}) == len(events)


def test_the_plant_is_as_large_as_its_page_says(events: list[CapturedEvent]) -> None:
    kinds: dict[NodeKind, set[Identity]] = {}
    for event in events:
        for node in event.nodes:
            kinds.setdefault(node.kind, set()).add(node.identity)
    links = Counter(link.type for event in events for link in event.links)

    assert 4_500 < sum(map(len, kinds.values())) < 5_500
    assert 10_000 < links.total() < 15_000
    assert set(kinds) == set(NodeKind)
    assert set(LinkType) - set(links) == {LinkType.FORWARDED_IN, LinkType.UNPACKED_FROM, LinkType.EMPTIED}


def test_every_kind_of_row_is_in_it(events: list[CapturedEvent]) -> None:
    assert set(EventType) - {event.type for event in events} == {EventType.TRANSACTION, EventType.ASSOCIATION}


def test_no_lot_is_of_two_kinds(events: list[CapturedEvent]) -> None:
    kinds: dict[Identity, set[NodeKind]] = {}
    for event in events:
        for node in event.nodes:
            kinds.setdefault(node.identity, set()).add(node.kind)

    assert [identity for identity, found in kinds.items() if len(found) > 1] == []


def test_the_second_site_wrote_down_its_own_time(demo: DemoFiles, events: list[CapturedEvent]) -> None:
    here = [event for event in events if event.type is EventType.RECEIPT and "收货时间" in event.original]

    assert len(here) > 50
    assert {event.event_offset for event in here} == {"+08:00"}
    assert (demo.files[0].parent / "05-receipt-suzhou.csv").read_text(encoding="utf-8").startswith("收货时间,")


def test_the_glue_of_the_story_is_the_only_lot_that_nobody_describes(events: list[CapturedEvent]) -> None:
    described = {node.identity for event in events for node in event.nodes if node.described}
    lots = {node.identity for event in events for node in event.nodes if node.kind in {NodeKind.BATCH, NodeKind.MATERIAL}}

    assert {identity.number for identity in lots - described} == {"GL-UNBOOKED-7", "26-0042"}


def test_nothing_is_left_on_disk_but_the_files(demo: DemoFiles) -> None:
    folder: Path = demo.organisation.parent

    assert set(folder.iterdir()) == {*demo.files, demo.organisation}

"""The demo through the ordinary intake: every row comes in, and the plant is as large as docs/demo.md says."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from traceapp.demo.catalogue import HIP_STEM, INFUSION_SET, INFUSION_SET_CN, KNEE_TRAY
from traceapp.demo.plant import DemoFiles, write_demo
from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.events import CapturedEvent, PropertyValue
from traceapp.domain.identifiers import Identity, gs1_identity
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


COMPLETE: Final = {
    "registration_certificate", "model", "specification", "registrant", "contract_maker", "udi_di", "udi_pi",
    "sterilisation_lot", "production_date", "expiry_date", "quantity_made", "quantity_approved", "quantity_unit",
    "environment", "key_processes", "special_processes", "process_parameters", "inspection_result", "release_stage",
    "release_decision", "releaser",
}  # fmt: skip


def said_of(events: list[CapturedEvent], identity: Identity) -> dict[str, PropertyValue]:
    """The later of two rows wins, as in the store."""
    said: dict[str, PropertyValue] = {}
    for event in sorted(events, key=lambda event: event.event_time):
        for node in event.nodes:
            if node.identity == identity:
                said.update(node.properties)
    return said


def test_the_record_of_a_contaminated_batch_is_complete(events: list[CapturedEvent]) -> None:
    said = said_of(events, gs1_identity("01", INFUSION_SET, "10", "F26-301"))

    assert set(said) == COMPLETE | {"ncr_number", "capa_number", "complaint_number"}
    assert said["udi_pi"] == "(11)260305(17)290305(10)F26-301"
    assert (said["udi_di"], said["sterilisation_lot"], said["releaser"]) == (INFUSION_SET, "ST-L-26-044", "OP-16")
    assert (said["quantity_made"], said["quantity_approved"], said["quantity_unit"]) == (3896, 3896, "EA")
    assert said["complaint_number"] == "CPL-26-118"


@pytest.mark.parametrize("number", ["F26-301", "F26-302", "F26-303", "F26-305"])
def test_the_records_of_the_story_are_those_of_finished_goods(number: str, events: list[CapturedEvent]) -> None:
    assert set(said_of(events, gs1_identity("01", INFUSION_SET, "10", number))) >= COMPLETE


def test_every_finished_lot_has_a_record(events: list[CapturedEvent]) -> None:
    wanted = {"registration_certificate", "udi_di", "udi_pi", "registrant", "contract_maker", "environment", "sterilisation_lot"}
    goods = {INFUSION_SET, INFUSION_SET_CN, HIP_STEM, KNEE_TRAY}
    made = {
        link.target for event in events for link in event.links if link.type is LinkType.PRODUCED and link.target.product in goods
    }
    said = said_of_all(events)

    without = {identity.number for identity in made if not wanted <= said[identity]}

    assert len(made) > 350
    assert without == {"F26/310", "H26/01"}, "numbers made up to be odd, and nothing else"


def said_of_all(events: list[CapturedEvent]) -> dict[Identity, set[str]]:
    said: dict[Identity, set[str]] = {}
    for event in events:
        for node in event.nodes:
            said.setdefault(node.identity, set()).update(node.properties)
    return said


def test_no_certificate_could_be_a_real_one(events: list[CapturedEvent]) -> None:
    said = {
        str(node.properties["registration_certificate"])
        for event in events
        for node in event.nodes
        if "registration_certificate" in node.properties
    }

    assert len(said) == 4
    assert all("DEMO" in number for number in said)


def test_a_lot_that_failed_has_a_report(events: list[CapturedEvent]) -> None:
    failed = [event for event in events if event.original.get("result") == "failed"]

    assert failed
    assert all(str(event.original["ncr_number"]).startswith("NCR-") for event in failed)


def test_nothing_is_left_on_disk_but_the_files(demo: DemoFiles) -> None:
    folder: Path = demo.organisation.parent

    assert set(folder.iterdir()) == {*demo.files, demo.organisation}

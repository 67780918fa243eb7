"""Links of a walk are walked first and judged by `settle`: each that was changed or stands there twice is named."""

from typing import Any

import pytest

from traceapp.confidential.key_store import create_keys, load_keys
from traceapp.confidential.record_mac import RecordMacs
from traceapp.domain.genealogy import mark_of
from traceapp.domain.record_checks import RecordChecks
from traceapp.domain.record_macs import Marks
from traceapp.domain.rights import Rights

NEAR, OTHER, FAR = "a" * 32, "c" * 32, "b" * 32
RIGHTS = Rights((7,), "", everywhere=True)
NODE = {"uid": FAR, "kind": "Batch", "acl": 7, "record_seq": 1, "projected_seq": 1, "version": 1, "described": True}
LABELS = ["Traceable", "Batch"]


@pytest.fixture(scope="module")
def macs(tmp_path_factory: pytest.TempPathFactory) -> RecordMacs:
    home = tmp_path_factory.mktemp("home")
    create_keys(home)
    return RecordMacs(load_keys(home), "of the test")


def split(macs: RecordMacs, near: str, uid: str, quantity: str) -> list[Any]:
    """A link as `trace.expand_forward` tells it, its MAC at its end."""
    properties = {"uid": uid, "record_seq": 1, "quantity": quantity, "unit": "EA", "event_time": "2026-03-02T08:00:00.000000Z"}
    mac = macs.link("SPLIT_INTO", near, FAR, properties)
    return [near, None, quantity, "EA", properties["event_time"], mac]


def checked(macs: RecordMacs, links: list[list[Any]]) -> tuple[RecordChecks, list[list[Any]]]:
    checks = RecordChecks(macs)
    bundle = [FAR, "SPLIT_INTO", "Batch", True, links, LABELS, macs.node(FAR, "Batch", NODE)]
    (found,) = checks.bundles([bundle], RIGHTS, 1, outward=True, marks=Marks.EITHER)
    return checks, found[4]


def test_promise_what_was_written_is_found_right(macs: RecordMacs) -> None:
    checks, links = checked(macs, [split(macs, NEAR, "1" * 32, "5"), split(macs, OTHER, "2" * 32, "6")])
    checks.settle()

    assert not checks.failed
    assert [link[:3] for link in links] == [[NEAR, None, "5"], [OTHER, None, "6"]]


def test_attacker_who_changes_one_link_of_two_is_named_once_it_is_settled(macs: RecordMacs) -> None:
    wrong = split(macs, OTHER, "2" * 32, "6")
    wrong[2] = "60"
    checks, _ = checked(macs, [split(macs, NEAR, "1" * 32, "5"), wrong])
    checks.settle()

    assert checks.links == {(OTHER, "SPLIT_INTO", FAR)}


def test_attacker_who_writes_a_link_twice_is_named(macs: RecordMacs) -> None:
    checks, _ = checked(macs, [split(macs, NEAR, "1" * 32, "5"), split(macs, NEAR, "1" * 32, "5")])
    checks.settle()

    assert checks.links == {(NEAR, "SPLIT_INTO", FAR)}


@pytest.mark.parametrize("mark", [["P1"], 5, b"P1", True])
def test_attacker_who_makes_a_mark_unreadable_stops_no_walk_and_is_named(macs: RecordMacs, mark: Any) -> None:
    wrong = split(macs, NEAR, "1" * 32, "5")
    wrong[1] = mark
    checks, links = checked(macs, [wrong])

    assert mark_of(links[0]) == ""
    checks.settle()
    assert checks.links == {(NEAR, "SPLIT_INTO", FAR)}
    assert links == [[NEAR]]

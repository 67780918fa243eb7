"""The demo's files: the same bytes every time, a story that chance cannot touch, strings that nobody would invent."""

import csv
import hashlib
import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from traceapp.demo.books import LAST_DAY
from traceapp.demo.catalogue import CONSIGNEES, OPERATORS, SUPPLIERS, operator
from traceapp.demo.oddities import NASTY, SAME_NUMBER, WITH_SLASH
from traceapp.demo.plant import DemoFiles, write_demo
from traceapp.demo.resin import FIRST_QUESTION

STORY_ORDERS = ("MIX-2602-", "EXT-2602-", "INJ-2602-", "AS-L-2602-", "AS-S-2603-", "MRG-", "RW-2602-")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return write_demo(tmp_path_factory.mktemp("demo"))


def digests(files: DemoFiles) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (*files.files, files.organisation)}


def rows(demo: DemoFiles, form: str) -> list[dict[str, str]]:
    (path,) = [path for path in demo.files if path.stem[3:] == form]
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def is_of_the_story(row: dict[str, str]) -> bool:
    return row.get("order", "").startswith(STORY_ORDERS)


def test_promise_the_same_seed_gives_the_same_bytes(demo: DemoFiles, tmp_path: Path) -> None:
    assert digests(write_demo(tmp_path)) == digests(demo)


def test_another_seed_changes_the_background_and_not_the_story(demo: DemoFiles, tmp_path: Path) -> None:
    other = write_demo(tmp_path, random_seed=2)

    assert digests(other) != digests(demo)
    assert [row for row in rows(other, "consumption") if is_of_the_story(row)] == [
        row for row in rows(demo, "consumption") if is_of_the_story(row)
    ]


def test_writing_again_into_the_same_folder_changes_nothing(demo: DemoFiles) -> None:
    before = digests(demo)

    assert digests(write_demo(demo.organisation.parent)) == before


def test_the_background_never_uses_a_lot_of_the_story(demo: DemoFiles) -> None:
    story = {row["to_number"] for row in rows(demo, "consumption") if is_of_the_story(row)} | {"PX-88213/B"}

    used = {row["order"] for row in rows(demo, "consumption") if row["from_number"] in story and not is_of_the_story(row)}

    assert used == {"ST-L-26-044", "ST-L-26-047", "ST-S-26-019"}


def test_every_order_of_sets_has_all_its_inputs(demo: DemoFiles) -> None:
    inputs: dict[str, set[str]] = {}
    for row in rows(demo, "consumption"):
        if row["step"] == "assembly" and not is_of_the_story(row):
            inputs.setdefault(row["order"], set()).add(row["from_product"])

    assert len(inputs) > 280
    assert set(map(frozenset, inputs.values())) == {frozenset({"TUBE-30", "CHM-12", "FILTER-15", "NEEDLE-07", "GLUE-70"})}


def test_nothing_has_happened_after_the_last_day(demo: DemoFiles) -> None:
    latest = max(
        row["time"] for path in demo.files if path.suffix == ".csv" for row in rows(demo, path.stem[3:]) if "time" in row
    )

    assert latest[:10] <= f"{LAST_DAY:%Y-%m-%d}"
    assert latest[:7] == "2026-06"


def test_the_first_question_is_a_number_that_was_received_once(demo: DemoFiles) -> None:
    assert demo.first_question == FIRST_QUESTION
    assert [row["receipt_number"] for row in rows(demo, "receipt")].count(FIRST_QUESTION) == 1


def test_no_receipt_number_is_given_twice(demo: DemoFiles) -> None:
    numbers = [row["receipt_number"] for row in rows(demo, "receipt")]
    with (demo.files[0].parent / "05-receipt-suzhou.csv").open(encoding="utf-8", newline="") as lines:
        numbers += [row["原材料批号"] for row in csv.DictReader(lines)]

    assert [number for number, times in Counter(numbers).items() if times > 1] == []


def test_what_real_files_hold_is_in_them(demo: DemoFiles) -> None:
    made = {row["to_number"] for row in rows(demo, "consumption")}
    issued = {(row["from_owner"], row["from_product"]) for row in rows(demo, "consumption") if row["from_number"] == SAME_NUMBER}

    assert {*NASTY, WITH_SLASH.number} <= made
    assert issued == {("S-META", "TI-BAR-16"), ("LYON", "TUBE-30"), ("SUZHOU", "SET-50")}


def test_names_are_of_institutions_and_operators_are_numbers(demo: DemoFiles) -> None:
    numbers = [number for site in OPERATORS for number in OPERATORS[site]]
    known = {party.code for party in (*SUPPLIERS, *CONSIGNEES)} | {"LYON", "SUZHOU"}

    assert {row["name"] for row in rows(demo, "operator")} == {f"Operator {number:02}" for number in numbers}
    inspectors = {row["inspector"] for row in rows(demo, "inspection")}
    releasers = {row["releaser"] for row in rows(demo, "release")}
    assert inspectors | releasers <= {operator(number) for number in numbers}
    assert {row["consignee"] for row in rows(demo, "shipment")} <= known


def test_the_organisation_names_a_line_for_every_product(demo: DemoFiles) -> None:
    organisation = tomllib.loads(demo.organisation.read_text(encoding="utf-8"))
    products = {row["to_product"] for row in rows(demo, "consumption")}

    assert set(organisation["sites"]) == {"LYON", "SUZHOU"}
    assert set(organisation["product_lines"].values()) == {"INF", "HIP", "KNE"}
    assert products <= set(organisation["product_lines"])


def test_the_distributor_reports_in_epcis(demo: DemoFiles) -> None:
    (path,) = [path for path in demo.files if path.suffix == ".json"]
    events = json.loads(path.read_text(encoding="utf-8"))["epcisBody"]["eventList"]

    assert [event["type"] for event in events] == ["AggregationEvent", "ObjectEvent", "ObjectEvent", "TransformationEvent"]

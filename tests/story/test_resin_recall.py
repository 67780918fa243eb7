"""The recall of resin lot RM-26-0417, from the files of the demo plant to the list of consignees.

The answer below was worked out by hand from the story in `traceapp/demo/resin.py`:

resin 500 kg = 300 (MIX-2602-11) + 120 (MIX-2602-14) + 20 scrapped + 60 in stock
F26-301  3,896 sterile: 1,200 Nord, 2,500 Europa (1,000 on to Süd, 800 on to Centro), 196 here; 100 came back from Nord
F26-302  3,490 sterile:   900 Este,   600 Nord, 1,990 here
F26-303  3,670 sterile:   700 Leeds (possible: its compound came from two resins, into two lots), 2,970 here
F26-304  7,960 sterile: A 3,000 = 2,600 First + 400 here; B 4,900 = 4,000 Asia (1,500 on to Bangkok, on a pallet) + 900 here
F26-305    800 sterile: nothing shipped
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import pytest

from traceapp.demo.plant import DemoFiles, write_demo
from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.batch import BatchQuery
from traceapp.domain.errors import BatchAmbiguousError
from traceapp.domain.kinds import LOTS, Certainty, Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, Status, TraceAnswer, TraceQuestion
from traceapp.usecases.batches.look_up_batches import look_up_batches
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

EVERYWHERE: Final = frozenset({"*"})
COORDINATOR: Final = Actor("story", "story", Role.COORDINATOR, EVERYWHERE, EVERYWHERE, through="test")
IMPORTER: Final = Actor("story", "story", Role.ADMIN, EVERYWHERE, EVERYWHERE, through="test")

EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE
CONSIGNEES: Final = {
    ("Hôpital Demo Nord", "FR"): (1800, EXACT),
    ("Demo Distribution Europa", "DE"): (2500, EXACT),
    ("Klinik Demo Süd", "DE"): (1000, EXACT),
    ("Ospedale Demo Centro", "IT"): (800, EXACT),
    ("Hospital Demo Este", "ES"): (900, EXACT),
    ("Demo General Hospital", "GB"): (700, POSSIBLE),
    ("示范市第一医院", "CN"): (2600, EXACT),
    ("Demo Medical Distribution Asia", "SG"): (4000, EXACT),
    ("Demo University Hospital Bangkok", "TH"): (1500, EXACT),
}
EXACT_LOTS: Final = {
    "C26-021", "T26-101", "T26-102", "CH26-031", "S26-201", "W26-011", "S26-202", "S26-204", "S26-205",
    "F26-301", "F26-301-R1", "F26-302", "F26-304", "F26-304-A", "F26-304-B", "F26-305",
}  # fmt: skip
POSSIBLE_LOTS: Final = {"C26-024A", "C26-024B", "T26-103", "CH26-032", "S26-203", "F26-303"}
TOLD_BY_ITS_RECEIVER: Final = "DE-26-560"
SPARE_KITS: Final = "09521001000901"
"""The distributor packed 200 sets into kits and kept no lot of them: nobody can say where those are."""


@pytest.fixture(scope="module")
def plant(stations_of_module: Stations, tmp_path_factory: pytest.TempPathFactory) -> tuple[Stations, DemoFiles]:
    """The demo, imported once for all tests of this file."""
    files = write_demo(tmp_path_factory.mktemp("story") / "demo")
    stations = replace(stations_of_module, organisation=read_organisation(files.organisation))
    for path in files.files:
        report = import_file(stations, IMPORTER, path, "DEMO", lambda _: None)
        assert report.rejected == 0, report
    return stations, files


def ask(stations: Stations, number: str, direction: Direction, as_of: datetime | None = None) -> TraceAnswer:
    return trace_batch(stations, COORDINATOR, TraceQuestion((Seed(number=number),), direction, as_of=as_of)).value


def lots(answer: TraceAnswer, certainty: Certainty) -> set[str | None]:
    return {
        node.number
        for node in answer.nodes
        if node.kind in LOTS and node.certainty is certainty and not node.seed and node.uid not in answer.containers
    }


def test_promise_the_first_question_gets_the_answer_worked_out_by_hand(plant: tuple[Stations, DemoFiles]) -> None:
    stations, files = plant

    answer = ask(stations, files.first_question, Direction.FORWARD)

    assert {(line.name, line.country): (line.quantities, line.certainty) for line in answer.consignees} == {
        party: ({"EA": Decimal(quantity)}, certainty) for party, (quantity, certainty) in CONSIGNEES.items()
    }
    assert (lots(answer, EXACT), lots(answer, POSSIBLE)) == (EXACT_LOTS, POSSIBLE_LOTS)
    said = answer.completeness
    assert (said.status, said.class_level, said.unresolved) == (Status.UNRESOLVED, (f"01/{SPARE_KITS}",), ())
    assert {node.number for node in answer.nodes if node.uid in said.one_sided} == {TOLD_BY_ITS_RECEIVER}
    assert (dict(said.withheld), said.limits_hit, said.dead_ends) == ({}, (), ())
    assert len(answer.cycles) == 1


def test_a_set_leads_back_to_every_supplier_and_to_the_glue_that_nobody_booked_in(plant: tuple[Stations, DemoFiles]) -> None:
    stations, _ = plant

    answer = ask(stations, "F26-301", Direction.BACKWARD)

    names = {node.uid: node.number for node in answer.nodes}
    assert {"C26-021", "T26-101", "CH26-031", "S26-201", "W26-011", "RM-26-0417", "RM-26-0402", "RM-26-0431"} <= set(
        names.values()
    )
    assert {line.name for line in answer.suppliers} == {"Polymères Démo SARL", "Demo Chemie GmbH", "苏州示范针业有限公司"}
    assert len(answer.completeness.unresolved) == 1
    assert answer.completeness.status is Status.UNRESOLVED


def test_importing_the_demo_again_changes_nothing(plant: tuple[Stations, DemoFiles]) -> None:
    stations, files = plant
    before = ask(stations, files.first_question, Direction.FORWARD)

    reports = [import_file(stations, IMPORTER, path, "DEMO", lambda _: None) for path in files.files]

    after = ask(stations, files.first_question, Direction.FORWARD)
    assert sum(report.appended + report.voided + report.rejected for report in reports) == 0
    assert (after.head, after.consignees, after.nodes) == (before.head, before.consignees, before.nodes)


def test_a_number_that_three_issuers_printed_is_asked_about(plant: tuple[Stations, DemoFiles]) -> None:
    stations, _ = plant

    found = look_up_batches(stations, COORDINATOR, BatchQuery(number="26-0042")).value

    assert {candidate.product for candidate in found} == {"TI-BAR-16", "TUBE-30", "SET-50"}
    with pytest.raises(BatchAmbiguousError):
        ask(stations, "26-0042", Direction.FORWARD)


def test_a_number_with_a_slash_and_one_with_a_statement_in_it_are_numbers(plant: tuple[Stations, DemoFiles]) -> None:
    stations, _ = plant

    with_slash = ask(stations, "F26/310", Direction.FORWARD)
    with_statement = ask(stations, "'}) DETACH DELETE n //", Direction.FORWARD)

    assert [line.quantities for line in with_slash.consignees] == [{"EA": Decimal(240)}]
    assert [line.name for line in with_statement.consignees] == ["'}) DETACH DELETE n //"]

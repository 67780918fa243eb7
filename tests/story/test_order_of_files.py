"""The order in which the files of a plant come in changes no answer."""

from dataclasses import replace
from pathlib import Path

from tests.story.test_resin_recall import CONSIGNEES, EXACT, EXACT_LOTS, IMPORTER, POSSIBLE, POSSIBLE_LOTS, ask, lots
from traceapp.demo.plant import write_demo
from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.kinds import Direction
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations


def test_files_in_the_other_order_give_the_same_answer(stations: Stations, tmp_path: Path) -> None:
    files = write_demo(tmp_path / "demo")
    stations = replace(stations, organisation=read_organisation(files.organisation))
    for path in reversed(files.files):
        import_file(stations, IMPORTER, path, "DEMO", lambda _: None)

    answer = ask(stations, files.first_question, Direction.FORWARD)

    assert {(line.name, line.country) for line in answer.consignees} == set(CONSIGNEES)
    assert (lots(answer, EXACT), lots(answer, POSSIBLE)) == (EXACT_LOTS, POSSIBLE_LOTS)

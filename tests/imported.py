"""Rows of the plain forms, taken in as a plant's files would be."""

from pathlib import Path

from traceapp.domain.rights import Actor, Role
from traceapp.usecases.intake.import_file import ImportReport, import_file
from traceapp.usecases.stations import Stations

IMPORTER = Actor("a" * 32, "an-importer", Role.INTEGRATOR, frozenset({"*"}), frozenset({"*"}), "terminal")


def take_in(stations: Stations, text: str, name: str = "rows.csv") -> ImportReport:
    """Import a file of this text; every row of it must be good."""
    folder = stations.settings.home / "incoming"
    folder.mkdir(exist_ok=True)
    path: Path = folder / name
    path.write_text(text, encoding="utf-8")
    report = import_file(stations, IMPORTER, path, "ERP", lambda share: None)
    assert report.rejected == 0, report.rejects_file.read_text() if report.rejects_file else ""
    return report

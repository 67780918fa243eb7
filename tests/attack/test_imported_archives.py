"""Somebody gives an import something else than a table: a bomb, a million entries, a way out of a folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile import entry, gzip_bomb, many_entries, tar_of, zip_of
from tests.imported import IMPORTER
from tests.recorded import records
from traceapp.domain.errors import DocumentError
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations

pytestmark = pytest.mark.one_store
SECRET = "form,owner,number\nbatch-record,LYON,SECRET-1\n"
ARCHIVES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a bomb in gzip": ("rows.csv", gzip_bomb, "a gzip file"),
    "a bomb in a workbook": ("rows.xlsx", lambda: zip_of("xl/sharedStrings.xml", bytes(64 * 1024 * 1024)), "a workbook"),
    "a name that climbs out": ("rows.zip", lambda: zip_of("../../etc/cron.d/evil", b"x"), "a zip archive"),
    "a tar of tables": ("rows.tar", lambda: tar_of(entry("../rows.csv")), "a tar archive"),
    "a million entries": ("rows.csv", lambda: many_entries(250_001), "a tar archive"),
}


@pytest.mark.parametrize(("name", "made", "what"), ARCHIVES.values(), ids=ARCHIVES)
def test_attacker_who_imports_an_archive_has_nothing_unpacked(
    name: str, made: Callable[[], bytes], what: str, stations: Stations, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(made())
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(DocumentError, match=f"{what}.*nothing is unpacked here"):
        import_file(stations, IMPORTER, path, "ERP", lambda share: None)

    assert [one for one in sorted(tmp_path.rglob("*")) if "ledger" not in one.parts] == [
        one for one in before if "ledger" not in one.parts
    ]
    assert records(stations, act="event:import")[-1]["outcome"] == "failed"


def test_attacker_who_imports_a_folder_with_a_link_out_of_it_has_nothing_read(stations: Stations, tmp_path: Path) -> None:
    """A folder is no file, whatever lies in it."""
    (tmp_path / "secret.csv").write_text(SECRET)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "rows.csv").symlink_to(tmp_path / "secret.csv")

    with pytest.raises(DocumentError, match="is not there, or is no file"):
        import_file(stations, IMPORTER, tmp_path / "folder", "ERP", lambda share: None)

    assert not (stations.settings.home / "sources").exists()

"""`traceapp import`: what its exit code says, what it tells of each file, and where the rows are that it did not take."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ORGANISATION
from tests.servers import StoreLeg
from tests.terminal.conftest import Said, Terminal
from traceapp.composition import prepare_home
from traceapp.ledger.process import WriterProcess
from traceapp.settings import Settings

CHINESE_RECEIPTS = Path(__file__).resolve().parents[2] / "docs" / "samples" / "receipt-zh.csv"
ALL_IN, NOTHING, A_PART = 0, 1, 2
HEADER = "supplier,product,supplier_lot,receipt_number,quantity,unit,time,site"

Import = Callable[..., Said]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A home with a running ledger, and the environment that names a running store: no command has to start them."""
    home = tmp_path_factory.mktemp("import") / "home"
    prepare_home(Settings.model_validate({"TRACEAPP_HOME": home, "NEO4J_URI": None}))
    shutil.copyfile(ORGANISATION, home / "organisation.toml")
    leg = StoreLeg("embedded")
    try:
        leg.start()
        leg.empty()
        writer = WriterProcess.start(home)
        found = leg.endpoint
        names = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE")
        yield home, dict(zip(names, (found.uri, found.username, found.password, found.database), strict=True))
        writer.stop()
    finally:
        leg.stop()


@pytest.fixture
def take(service: tuple[Path, dict[str, str]], traceapp: Terminal, tmp_path: Path) -> Import:
    """Import files; the source is one of this test alone, so that no test knows the rows of another."""
    home, environment = service

    def run(*paths: Path) -> Said:
        return traceapp(home, "import", *map(str, paths), "--source", tmp_path.name, **environment)

    return run


def row(number: int, quantity: str = "500", supplier: str = "S-POLY") -> str:
    return f"{supplier},PVC-R7,PX-{number},RM-{number},{quantity},KGM,2026-02-09T08:00:00Z,LYON"


def written(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("".join(f"{line}\n" for line in (HEADER, *rows)).encode(encoding))
    return path


def rejects(said: Said) -> list[dict[str, str]]:
    """The rows of the rejects file that the command named, found by its last word."""
    (path,) = [line.partition("; see ")[2] for line in said.out.splitlines() if "; see " in line]
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_all_in_is_0_and_the_same_file_again_changes_nothing(take: Import, tmp_path: Path) -> None:
    path = written(tmp_path / "receipts.csv", row(1), row(2), row(2))

    first, again = take(path), take(path)

    assert (first.code, again.code) == (ALL_IN, ALL_IN), first.all + again.all
    assert first.out == "receipts.csv: 3 events: 3 new, 0 known, 0 declared void, 0 rejected\n"
    assert again.out == "receipts.csv: 3 events: 0 new, 3 known, 0 declared void, 0 rejected\n"


def test_promise_a_row_that_is_not_taken_is_given_back_with_its_line_and_reason(take: Import, tmp_path: Path) -> None:
    """The header is row 1; what a spreadsheet would take for a formula is made harmless."""
    bad = [row(2, quantity="-3"), row(4, quantity="many"), row(5, quantity="", supplier="=1+1")]
    path = written(tmp_path / "receipts.csv", row(1), bad[0], row(3), *bad[1:])

    said = take(path)

    assert said.code == A_PART, said.all
    assert "5 events: 2 new, 0 known, 0 declared void, 3 rejected; see " in said.out
    told = rejects(said)
    assert [line["line"] for line in told] == ["row 3", "row 5", "row 6"]
    assert ["quantity" in line["reason"] for line in told] == [True] * 3
    assert [line["original"] for line in told] == [*bad[:2], f"'{bad[2]}"]


def test_nothing_taken_is_1(take: Import, tmp_path: Path) -> None:
    said = take(written(tmp_path / "receipts.csv", row(1, quantity="?"), row(2, quantity="?")))

    assert said.code == NOTHING, said.all
    assert "0 new, 0 known, 0 declared void, 2 rejected" in said.out
    assert len(rejects(said)) == 2


def test_a_row_put_right_comes_in_and_the_rest_is_known(take: Import, tmp_path: Path) -> None:
    path = written(tmp_path / "receipts.csv", row(1), row(2, quantity="?"))
    take(path)

    said = take(written(path, row(1), row(2)))

    assert (said.code, said.out) == (ALL_IN, "receipts.csv: 2 events: 1 new, 1 known, 0 declared void, 0 rejected\n")


def test_two_files_of_which_one_is_missing_is_2_and_the_other_is_in(take: Import, tmp_path: Path) -> None:
    there, missing = written(tmp_path / "there.csv", row(1)), tmp_path / "missing.csv"

    said = take(missing, there)

    assert said.code == A_PART, said.all
    assert "there.csv: 1 events: 1 new" in said.out
    assert f"{missing}: " in said.err.replace("\n", "")
    assert "next:" in said.err


def test_promise_a_row_is_the_same_row_in_every_encoding(take: Import, tmp_path: Path) -> None:
    rows = [row(1, supplier="苏州示范针业"), row(2, supplier="仓库")]
    codes = [
        (said.code, said.out.partition(": ")[2])
        for encoding in ("utf-8-sig", "gbk", "gb18030", "utf-8")
        for said in [take(written(tmp_path / f"{encoding}.csv", *rows, encoding=encoding))]
    ]

    new, known = "2 new, 0 known", "0 new, 2 known"
    assert codes == [(ALL_IN, f"2 events: {told}, 0 declared void, 0 rejected\n") for told in (new, known, known, known)]


def test_only_a_header_is_nothing_to_do(take: Import, tmp_path: Path) -> None:
    said = take(written(tmp_path / "receipts.csv"))

    assert (said.code, said.out) == (ALL_IN, "receipts.csv: 0 events: 0 new, 0 known, 0 declared void, 0 rejected\n")


def cut_json(path: Path) -> Path:
    event = {
        "type": "ObjectEvent",
        "eventTime": "2026-02-09T08:00:00Z",
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "epcList": ["urn:epc:id:sgtin:9521001.000001.1"],
    }
    document = {"@context": [], "type": "EPCISDocument", "schemaVersion": "2.0", "epcisBody": {"eventList": [event] * 50}}
    whole = json.dumps(document)
    path.write_text(whole[: len(whole) // 2], encoding="utf-8")
    return path


def bytes_of(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def link_to(target: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.symlink_to(target)
        return path

    return make


# What cannot be used as a whole → a word of the reason.
UNUSABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda path: path, "not there"),
    "a folder": (folder, "no file"),
    "a pipe that nobody writes to": (pipe, "no file"),
    "a link to nowhere": (link_to("nowhere"), "not there"),
    # The permission bits stop everybody but root; the memory of the reading process itself stops root as well.
    "unreadable": (link_to("/proc/self/mem"), "cannot be read"),
    "empty": (bytes_of(b""), "empty"),
    "blanks only": (bytes_of(b"\n \n\n"), "empty"),
    "a byte order mark only": (bytes_of(b"\xef\xbb\xbf"), "empty"),
    "JSON cut in half": (cut_json, "not well-formed JSON"),
    "JSON of another kind": (bytes_of(b'{"fruit": "apple"}'), "EPCISDocument"),
    "wrong columns": (bytes_of(b"fruit,colour\napple,red\n"), "column"),
    "a column missing": (bytes_of(HEADER.replace("quantity,", "").encode() + b"\n"), "quantity"),
    "a picture": (bytes_of(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff"), "UTF-8 nor GBK"),
    "an encoding that breaks at the end": (
        bytes_of(HEADER.encode() + b"\n" + row(1).encode() + b"\n\xff\xfe\xff"),
        "UTF-8 nor GBK",
    ),
}


@pytest.mark.parametrize(("make", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_promise_an_unusable_file_is_1_with_its_name_its_reason_and_what_to_do(
    make: Callable[[Path], Path], reason: str, take: Import, tmp_path: Path
) -> None:
    path = make(tmp_path / "a [red]file.csv")

    said = take(path)

    words = " ".join(said.err.split())
    assert said.code == NOTHING, said.all
    assert str(path) in words.replace(f"{path.parent}/ a", f"{path.parent}/a")
    assert reason in words
    assert "next:" in words
    assert "Traceback" not in said.all
    assert said.out == ""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_import_reads_gbk_and_utf8_with_bom(encoding: str, take: Import, tmp_path: Path) -> None:
    text = CHINESE_RECEIPTS.read_text(encoding="utf-8")
    path = tmp_path / f"{encoding}.csv"
    path.write_bytes(text.encode(encoding))
    assert path.read_bytes() != text.encode(), "the sample has bytes that tell the encodings apart"

    said = take(path)

    assert said.code == 0, said.all
    assert f"{text.count(chr(10)) - 1} new, 0 known, 0 declared void, 0 rejected" in said.out

"""Whatever is wrong is said in plain words with the next step, and nothing is lost."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import Terminal, wait_for_line
from traceapp.backing import backing
from traceapp.settings import Settings

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
RECEIPTS = SAMPLES / "receipt.csv"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nothing good ever comes into."""
    return tmp_path_factory.mktemp("empty-home")


def cut_json(folder: Path) -> Path:
    path = folder / "cut.json"
    path.write_text(json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": []}})[:-20], encoding="utf-8")
    return path


def wrong_columns(folder: Path) -> Path:
    path = folder / "columns.csv"
    path.write_text("fruit,colour\napple,red\n", encoding="utf-8")
    return path


def no_encoding(folder: Path) -> Path:
    path = folder / "encoding.csv"
    path.write_bytes(RECEIPTS.read_bytes() + b"\xff\xfe\x81\x00\xff,\xff\n")
    return path


WRONG_FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda folder: folder / "nowhere.csv", "is not there, or is no file"),
    "a folder": (lambda folder: folder, "is not there, or is no file"),
    "JSON cut in half": (cut_json, "not well-formed JSON"),
    "wrong columns": (wrong_columns, "the columns fit no form"),
    "no known encoding": (no_encoding, "neither UTF-8 nor GBK"),
}


def test_promise_a_wrong_file_is_named_with_its_reason_and_nothing_is_stored(
    empty_home: Path, tmp_path: Path, traceapp: Terminal
) -> None:
    paths = {make(tmp_path): reason for make, reason in WRONG_FILES.values()}

    said = traceapp(empty_home, "import", *map(str, paths), "--source", "ERP-1")

    assert said.code == 1
    for path, reason in paths.items():
        assert path.name in said.all
        assert reason in " ".join(said.all.split()), path.name
    assert said.all.count("next:") == len(paths)
    assert "Traceback" not in said.all
    assert stored(empty_home) == {"nodes": [], "sources": []}


def test_what_is_stored_would_have_been_seen(home: Path, traceapp: Terminal) -> None:
    """The other side of the promise above: of a good file, both are there."""
    assert traceapp(home, "import", str(RECEIPTS), "--source", "ERP-1").code == 0

    found = stored(home)
    assert found["nodes"]
    assert found["sources"]


def stored(home: Path) -> dict[str, list[str]]:
    """Uids of every thing and event in the store, and names of the sources that were kept."""
    with backing(Settings.model_validate({"TRACEAPP_HOME": home, "NEO4J_URI": None}), say=lambda text: None) as stations:
        rows = stations.graph.administer("MATCH (n) WHERE n.kind IS NOT NULL OR n:Event RETURN n.uid AS uid", "test")
    return {
        "nodes": [row["uid"] for row in rows],
        "sources": [path.name for path in (home / "sources").rglob("*") if path.is_file()],
    }


ASKED = ("alerts", "silence", "denials", "--hours", "4", "--reason")
"""What takes words that others read."""


@pytest.mark.parametrize("words", [("approval", "show", "\udcff"), (*ASKED, "because of \udcd2\udcf2\udcce\udcaa")])
def test_promise_words_of_a_terminal_that_is_not_utf8_are_refused(
    words: tuple[str, ...], tmp_path: Path, traceapp: Terminal
) -> None:
    said = traceapp(tmp_path / "home", *words)

    assert (said.code, "is no UTF-8" in said.err, "next: " in said.err) == (2, True, True), said.all
    assert "Traceback" not in said.all
    assert not (tmp_path / "home").exists()


def test_a_port_in_use_is_named(tmp_path: Path, traceapp: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = traceapp(tmp_path / "home", "serve", "--port", str(port))

    assert said.code == 1
    assert f"port {port}" in said.err
    assert "--port" in said.err


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path, traceapp: Terminal) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")

    said = traceapp(blocked / "home", "serve", "--port", "0")

    assert said.code == 1
    assert str(blocked / "home") in said.err
    assert "--home" in said.err
    assert "Traceback" not in said.all


def test_two_services_on_one_home_are_refused(tmp_path: Path, traceapp: Terminal, started: Callable[..., object]) -> None:
    first = started(tmp_path / "home", "serve", "--port", "0")
    wait_for_line(first, "traceapp serves")  # type: ignore[arg-type]

    said = traceapp(tmp_path / "home", "serve", "--port", "0")

    assert said.code == 1
    assert "another service" in said.err

"""Whatever is wrong is said in plain words with the next step, and nothing is lost."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import Terminal, wait_for_line

RECEIPTS = Path(__file__).resolve().parents[2] / "docs" / "samples" / "receipt.csv"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


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


WRONG_FILES: dict[str, Callable[[Path], Path]] = {
    "missing": lambda folder: folder / "nowhere.csv",
    "a folder": lambda folder: folder,
    "JSON cut in half": cut_json,
    "wrong columns": wrong_columns,
    "no known encoding": no_encoding,
}


@pytest.mark.parametrize("make", WRONG_FILES.values(), ids=WRONG_FILES)
def test_promise_a_wrong_file_is_named_with_its_reason_and_nothing_is_stored(
    make: Callable[[Path], Path], home: Path, tmp_path: Path, traceapp: Terminal
) -> None:
    path = make(tmp_path)

    said = traceapp(home, "import", str(path), "--source", "ERP-1")

    assert said.code == 1
    assert path.name in said.all
    assert "next:" in said.all
    assert "Traceback" not in said.all


def test_import_reads_gbk_and_utf8_with_bom(home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    text = RECEIPTS.read_text(encoding="utf-8")
    for encoding in ("utf-8-sig", "gbk"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.replace("ERP", "仓库").encode(encoding))

        said = traceapp(home, "import", str(path), "--source", f"SRC-{encoding}")

        assert said.code == 0, said.all


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

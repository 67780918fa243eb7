"""One home, one set of keys, one store, one name for what is ours: what a wrong start must not do to it."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.conftest import Terminal, wait_for_line

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
NUMBER = "RM-26-0417"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, traceapp: Terminal) -> Path:
    """A home with somebody's own data and no organisation."""
    home = tmp_path_factory.mktemp("own") / "home"
    said = traceapp(home, "import", *(str(SAMPLES / f"{name}.csv") for name in ("party", "receipt")), "--source", "ERP")
    assert said.code == 0, said.all
    return home


def test_promise_a_demo_start_leaves_somebodys_own_data_alone(home: Path, traceapp: Terminal) -> None:
    checked = traceapp(home, "run", "--check")
    again = traceapp(home, "import", str(SAMPLES / "receipt.csv"), "--source", "ERP")

    assert checked.code == 0, checked.all
    assert not (home / "organisation.toml").exists()
    assert again.code == 0, again.all
    assert "0 new, 2 known" in again.out


def test_promise_no_fresh_keys_beside_sealed_data(home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    copy = shutil.copytree(home, tmp_path / "home")
    shutil.rmtree(copy / "keys")

    said = traceapp(copy, "import", str(SAMPLES / "receipt.csv"), "--source", "ERP")

    assert said.code == 1
    assert "no keys" in said.err
    assert "next: Bring the key provider back" in said.err
    assert not (copy / "keys").exists()


def test_promise_records_of_one_home_are_never_split_over_two_stores(home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    password = tmp_path / "password"
    password.write_text("of-no-server\n")
    elsewhere = {"NEO4J_URI": "bolt://127.0.0.1:9", "NEO4J_PASSWORD_FILE": str(password)}

    said = traceapp(home, "import", str(SAMPLES / "receipt.csv"), "--source", "ERP", **elsewhere)

    assert said.code == 1
    assert "kept in the embedded store, not in a Neo4j server" in said.err


@pytest.mark.parametrize("place", ["nowhere/token", "."], ids=["no such folder", "a folder"])
def test_a_token_that_cannot_be_written_is_not_made(place: str, home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    said = traceapp(home, "token", "create", "--role", "viewer", "--file", str(tmp_path / place))

    assert said.code == 1
    assert "no token was made" in said.err
    assert "Traceback" not in said.all


@pytest.mark.parametrize("content", [b"", b"one\ntwo\n", b"\xff\xfe\x00", b"two words"], ids=["empty", "lines", "bytes", "words"])
def test_a_token_file_that_holds_no_token_is_named(content: bytes, home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)

    said = traceapp(home, "trace", NUMBER, "--token-file", str(path), "--url", "http://127.0.0.1:9")

    assert said.code == 1
    assert "does not hold one token" in said.err
    assert "Traceback" not in said.all


def test_an_address_that_is_none_is_said(home: Path, tmp_path: Path, traceapp: Terminal) -> None:
    path = tmp_path / "token"
    path.write_text("tat_x")

    said = traceapp(home, "trace", NUMBER, "--token-file", str(path), "--url", "nonsense")

    assert said.code == 1
    assert "--url wants an address" in said.err


@pytest.mark.parametrize("words", [("receipt.csv",), ("--source", "ERP")], ids=["no source", "no file"])
def test_an_import_of_nothing_is_nothing_done(words: tuple[str, ...], home: Path, traceapp: Terminal) -> None:
    said = traceapp(home, "import", *words)

    assert said.code == 1
    assert "at least one file, and --source" in said.err


def test_promise_a_bearer_token_goes_past_every_proxy(home: Path, traceapp: Terminal, started: Callable[..., object]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.2)
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        service = started(home, "serve", "--port", "0", http_proxy=address)
        wait_for_line(service, "traceapp serves")  # type: ignore[arg-type]
        made = traceapp(home, "token", "create", "--role", "viewer", "--file", str(home / "token"))

        said = traceapp(home, "trace", NUMBER, http_proxy=address, HTTP_PROXY=address)

        assert (made.code, said.code) == (0, 0), made.all + said.all
        with pytest.raises(TimeoutError):
            proxy.accept()

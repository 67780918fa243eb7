"""The embedded engine: who can reach it, what a kill leaves, and that nothing outlives its service."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, is_running, listening_addresses, wait_until
from tests.servers import free_port
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import EmbeddedStoreError, HomeError, StoreError, StoreUnavailableError
from traceapp.graph.connection import Graph
from traceapp.graph.embedded import EmbeddedEngine, find_runtime
from traceapp.graph.endpoint import Endpoint, endpoint_file, find_endpoint, store_folder
from traceapp.graph.schema import migrate
from traceapp.settings import Settings

SERVICE = """
import sys, time
from pathlib import Path
from traceapp.graph.embedded import EmbeddedEngine

with EmbeddedEngine(Path(sys.argv[1]), heap="256m") as engine:
    print(engine.pid, engine._guard.pid, flush=True)
    while True:
        time.sleep(60)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    made = EmbeddedEngine(tmp_path / "home", heap="256m")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """One engine for all tests that only look at it."""
    with EmbeddedEngine(tmp_path_factory.mktemp("running") / "home", heap="256m") as made:
        yield made


def settings_of(home: Path) -> Settings:
    return Settings.model_validate({"TRACEAPP_HOME": home, "NEO4J_URI": None})


def answers(engine: EmbeddedEngine) -> bool:
    """To somebody who knows no more of it than its home."""
    with Graph.open(settings_of(engine.home)) as graph:
        return graph.verify().product == "ArcadeDB"


def password_of(engine: EmbeddedEngine) -> str:
    return (engine.folder / "root.password").read_text()


def test_promise_another_process_of_the_home_finds_the_engine(running: EmbeddedEngine) -> None:
    assert answers(running)
    assert running.alive()


def test_promise_the_engine_listens_on_loopback_alone(running: EmbeddedEngine) -> None:
    assert running.pid is not None
    addresses = listening_addresses(running.pid)
    assert len(addresses) >= 2, "Bolt and HTTP"
    assert {address for address, _ in addresses} == {"127.0.0.1"}


def test_promise_the_password_is_in_no_process_list_or_log(running: EmbeddedEngine) -> None:
    password = password_of(running).encode()
    assert len(password) >= 32
    for process in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                assert password not in (process / name).read_bytes(), process
            except (OSError, FileNotFoundError):
                continue
    for file in running.folder.rglob("*"):
        if file.is_file() and file.name != "root.password":
            assert password not in file.read_bytes(), file


def test_promise_secrets_and_addresses_are_the_owners_alone(running: EmbeddedEngine) -> None:
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700
    for name in ("root.password", "endpoint.json", "engine.log"):
        assert stat.S_IMODE((running.folder / name).stat().st_mode) == 0o600, name


def test_attacker_without_the_password_is_refused(running: EmbeddedEngine) -> None:
    found = find_endpoint(settings_of(running.home))
    with pytest.raises(StoreError):
        Graph.connect(Endpoint(found.uri, found.username, found.database, "root"))


def test_second_engine_on_one_home_is_refused_and_the_first_lives(running: EmbeddedEngine) -> None:
    with pytest.raises(HomeError, match="another service"):
        EmbeddedEngine(running.home).start()
    with pytest.raises(EmbeddedStoreError, match="already"):
        running.start()
    assert answers(running)


def test_stopped_engine_leaves_no_address_and_no_process(engine: EmbeddedEngine) -> None:
    engine.stop()
    assert not engine.alive()
    engine.start()
    pid = engine.pid
    assert pid is not None
    engine.stop()
    engine.stop()
    assert not is_running(pid)
    assert not engine.alive()
    assert not endpoint_file(engine.home).exists()
    with pytest.raises(StoreUnavailableError, match="not running"):
        find_endpoint(settings_of(engine.home))


def test_promise_a_killed_engine_loses_nothing_that_was_acknowledged(engine: EmbeddedEngine) -> None:
    """Two kills under load; writers wait for the restart, and every acknowledged write is there once."""
    endpoint = engine.start()
    acknowledged: list[str] = []
    done = threading.Event()
    with Graph.connect(endpoint) as graph:
        migrate(graph, SystemClock().now())

        def write() -> None:
            while not done.is_set():
                command = uuid.uuid4().hex
                graph.write(lambda transaction: None, command=command)
                acknowledged.append(command)

        writers = [threading.Thread(target=write) for _ in range(3)]
        for writer in writers:
            writer.start()
        for _ in range(2):
            enough = len(acknowledged) + 200
            wait_until(lambda enough=enough: len(acknowledged) > enough)
            assert engine.pid is not None
            os.kill(engine.pid, signal.SIGKILL)
            wait_until(lambda: not engine.alive())
            assert engine.start() == endpoint, "the address stays, so that open connections find it again"
        enough = len(acknowledged) + 200
        wait_until(lambda: len(acknowledged) > enough)
        done.set()
        for writer in writers:
            writer.join()
        kept = [command for command in acknowledged if len(graph.read("command.get_command", uid=command)) == 1]
    assert len(kept) == len(acknowledged) > 600


def test_data_and_password_stay_over_a_restart(engine: EmbeddedEngine) -> None:
    command = uuid.uuid4().hex
    with Graph.connect(engine.start()) as graph:
        migrate(graph, SystemClock().now())
        graph.write(lambda transaction: None, command=command)
    password = password_of(engine)
    engine.stop()
    again = EmbeddedEngine(engine.home, heap="256m")
    with again, Graph.open(settings_of(engine.home)) as graph:
        assert len(graph.read("command.get_command", uid=command)) == 1
        assert migrate(graph, SystemClock().now()) == ()
    assert password_of(engine) == password


def test_databases_without_their_password_are_not_opened_under_a_new_one(engine: EmbeddedEngine) -> None:
    engine.start()
    engine.stop()
    (engine.folder / "root.password").unlink()
    with pytest.raises(EmbeddedStoreError, match="backup"):
        engine.start()
    assert not (engine.folder / "root.password").exists()


@pytest.mark.parametrize("ports", ["", "{", "[]", '{"bolt": "x", "http": null}', '{"bolt": 70000, "http": 1}'])
def test_broken_port_file_is_no_obstacle(engine: EmbeddedEngine, ports: str) -> None:
    engine.folder.mkdir(parents=True)
    (engine.folder / "ports.json").write_text(ports)
    engine.start()
    assert answers(engine)


def test_port_that_somebody_took_meanwhile_is_left_to_him(engine: EmbeddedEngine) -> None:
    engine.folder.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (engine.folder / "ports.json").write_text(json.dumps({"bolt": port, "http": free_port()}))
        assert not engine.start().uri.endswith(f":{port}")
        assert answers(engine)


def test_attacker_on_the_port_of_a_dead_engine_is_told_no_password(tmp_path: Path) -> None:
    """The file of a service that crashed names an address where anybody may listen by now."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder = store_folder(tmp_path)
    folder.mkdir(parents=True)
    (folder / "root.password").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        stranger.settimeout(0)
        uri = f"bolt://127.0.0.1:{stranger.getsockname()[1]}"
        found = {"uri": uri, "username": "root", "database": "neo4j", "password_file": "root.password", "pid": ended.pid}
        endpoint_file(tmp_path).write_text(json.dumps(found))
        with pytest.raises(StoreUnavailableError, match="not running"):
            Graph.open(settings_of(tmp_path))
        with pytest.raises(BlockingIOError):
            stranger.accept()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"uri": 1}', '{"pid": null}'])
def test_broken_address_file_is_said(tmp_path: Path, text: str) -> None:
    store_folder(tmp_path).mkdir(parents=True)
    endpoint_file(tmp_path).write_text(text)
    with pytest.raises(StoreUnavailableError, match=r"endpoint\.json"):
        find_endpoint(settings_of(tmp_path))


@pytest.mark.parametrize(
    ("number", "victim"),
    [(signal.SIGKILL, "service"), (signal.SIGTERM, "service"), (signal.SIGINT, "service"), (signal.SIGKILL, "guard")],
    ids=["service killed", "service terminated", "Ctrl-C", "guard killed"],
)
def test_promise_no_engine_outlives_its_service(tmp_path: Path, number: signal.Signals, victim: str) -> None:
    home = tmp_path / "home"
    service = subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert service.stdout is not None
        engine, guard = (int(word) for word in service.stdout.readline().split())
        assert is_running(engine)
        os.kill(service.pid if victim == "service" else guard, number)
        wait_until(lambda: not is_running(engine) and not is_running(guard))
    finally:
        service.kill()
        service.communicate()


def test_home_of_a_killed_service_can_be_used_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    service = subprocess.Popen([sys.executable, "-c", SERVICE, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    service.stdout.readline()
    service.kill()
    service.communicate()
    with EmbeddedEngine(home, heap="256m") as engine:
        assert answers(engine)


def test_engine_that_cannot_start_names_its_log_and_leaves_nothing(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, heap="1k")
    with pytest.raises(EmbeddedStoreError, match=r"engine\.log"):
        engine.start()
    assert not engine.alive()
    assert not endpoint_file(tmp_path).exists()


def test_java_that_cannot_be_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "wheel" / "jre" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.touch(mode=0o600)
    monkeypatch.setattr("traceapp.graph.embedded.find_runtime", lambda: tmp_path / "wheel")
    engine = EmbeddedEngine(tmp_path / "home")
    with pytest.raises(EmbeddedStoreError, match=r"engine\.log"):
        engine.start()
    assert "PermissionError" in (engine.folder / "engine.log").read_text()
    assert not engine.alive()


def test_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeError, match="cannot be written"):
        EmbeddedEngine(tmp_path / "home").start()


def test_platform_without_a_wheel_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent, and present without a Java runtime for this platform."""
    (tmp_path / "wheel_of_another_platform").mkdir()
    (tmp_path / "wheel_of_another_platform" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for package in ("no_such_wheel", "wheel_of_another_platform"):
        with pytest.raises(EmbeddedStoreError, match=r"Linux x86-64.*NEO4J_URI"):
            find_runtime(package)

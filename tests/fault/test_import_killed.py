"""The store, or the importing process, is killed amid an import: what is lost, what is there twice? Nothing, after the next."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import neo4j
import pytest

from tests.conftest import ORGANISATION
from tests.emptied import empty
from tests.processes import wait_until
from tests.recorded import kept_records
from tests.servers import StoreLeg
from tests.terminal.conftest import child_environment, wait_for_line
from traceapp.composition import build_stations, terminal_actor
from traceapp.confidential.key_store import FOLDER as KEYS
from traceapp.confidential.key_store import create_keys
from traceapp.domain.kinds import Direction
from traceapp.domain.rights import Actor, Role
from traceapp.domain.trace import Seed, TraceQuestion
from traceapp.graph.endpoint import endpoint_file, find_endpoint
from traceapp.ledger.process import WriterProcess
from traceapp.ledger.verdict import verify
from traceapp.settings import Settings
from traceapp.usecases.intake.import_file import import_file
from traceapp.usecases.stations import Stations
from traceapp.usecases.trace.trace_batch import trace_batch

LOTS = 3_000
"""More than a group of the import, so that something is committed and something is not when it ends."""
SHIPPED = 10
HEADER = (
    "form,from_owner,from_product,from_number,to_owner,to_product,to_number,"
    "owner,product,number,quantity,unit,time,order,shipment,consignee"
)
EVERYWHERE = frozenset({"*"})
COORDINATOR = Actor("c" * 32, "rc", Role.COORDINATOR, EVERYWHERE, EVERYWHERE, "session")
SOURCE = "ERP"


def write_rows(path: Path) -> Path:
    """A tree of lots, each made from the one of half its number; every tenth goes to one of seven hospitals."""
    time = "2026-03-01T08:00:00Z"
    rows = [HEADER]
    for number in range(1, LOTS):
        rows.append(f"consumption,LYON,TUBE,T-{number // 2},LYON,TUBE,T-{number},,,,{number % 9 + 1}.5,KGM,{time},O-{number},,")
        if number % SHIPPED == 0:
            rows.append(f"shipment,,,,,,,LYON,TUBE,T-{number},7,KGM,{time},,SH-{number},HOSP-{number % 7}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a graph says, but for the order in which it was told.

    nodes  (kind, uid).   links  (type, uid, from, to, quantity, whether it counts).   head  events recorded.
    """

    nodes: Counter[tuple[str, str]]
    links: Counter[tuple[str, ...]]
    head: int


def snapshot(session: neo4j.Session) -> Snapshot:
    nodes = session.run("MATCH (n) WHERE n.uid IS NOT NULL RETURN coalesce(n.kind, labels(n)[0]) AS kind, n.uid AS uid")
    found = Counter((node["kind"], node["uid"]) for node in nodes if node["kind"] not in {"Command", "AclEntry"})
    links = session.run(
        "MATCH (a)-[r]->(b) RETURN type(r) AS type, r.uid AS uid, a.uid AS source, b.uid AS target, "
        "r.quantity AS quantity, r.voided_seq IS NULL AS counts"
    )
    joined = Counter(tuple(map(str, link.values())) for link in links)
    return Snapshot(found, joined, session.run("MATCH (head:Head) RETURN head.seq AS seq").single(strict=True)["seq"])


def told(stations: Stations) -> tuple[object, ...]:
    """The forward trace of the first lot: it reaches everything."""
    question = TraceQuestion((Seed(number="T-0"),), Direction.FORWARD)
    answer = trace_batch(stations, COORDINATOR, question).value
    lots = Counter(node.number for node in answer.nodes)
    lines = [(line.number, dict(line.quantities), len(line.lots)) for line in answer.consignees]
    return lots, Counter((link.source, link.target, link.quantity) for link in answer.links), lines


@dataclass
class Clean:
    """An import that nobody disturbed, and the store that it went into."""

    leg: StoreLeg
    stations: Stations
    path: Path
    snapshot: Snapshot
    told: tuple[object, ...]

    @property
    def home(self) -> Path:
        return self.stations.settings.home


def make_home(folder: Path) -> Path:
    home = folder / "home"
    home.mkdir(mode=0o700)
    shutil.copyfile(ORGANISATION, home / "organisation.toml")
    return home


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clean]:
    folder = tmp_path_factory.mktemp("clean")
    home = make_home(folder)
    create_keys(home)
    leg = StoreLeg("embedded")
    with ExitStack() as stack:
        leg.start()
        stack.callback(leg.stop)
        leg.empty()
        writer = WriterProcess.start(home)
        stack.callback(writer.stop)
        stations = build_stations(leg.settings(home))
        stack.callback(stations.ledger.close)
        stack.callback(stations.graph.close)
        path = write_rows(folder / "tree.csv")
        report = import_file(stations, terminal_actor(), path, SOURCE, lambda share: None)
        assert (report.appended, report.rejected) == (LOTS - 1 + (LOTS - 1) // SHIPPED, 0)
        with leg.session() as session:
            made = snapshot(session)
        assert Counter(kind for kind, _ in made.nodes)["Batch"] == LOTS
        yield Clean(leg, stations, path, made, told(stations))


class Import:
    """`traceapp import` of the file, as a process of its own."""

    def __init__(self, path: Path, home: Path, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "traceapp.cli", "import", str(path), "--source", SOURCE],
            env=child_environment(home, **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_for_events(self, session: neo4j.Session) -> None:
        """Come back when some of it, and not all, is in the store."""

        def some() -> bool:
            return bool(session.run("MATCH (head:Head) RETURN head.seq AS seq").single(strict=True)["seq"])

        wait_until(lambda: some() or not self.is_running())
        assert self.is_running(), self.end()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def end(self) -> tuple[int, str]:
        said, _ = self._process.communicate(timeout=120)
        return self._process.returncode, said


def test_promise_an_importing_process_that_is_killed_leaves_nothing_half(clean: Clean) -> None:
    """What it had committed is known to the next import, the rest is new to it."""
    settings = clean.stations.settings
    empty(clean.leg, clean.stations)
    found = clean.leg.endpoint
    environment = {
        "NEO4J_URI": found.uri,
        "NEO4J_USERNAME": found.username,
        "NEO4J_DATABASE": found.database,
        "NEO4J_PASSWORD_FILE": str(settings.neo4j_password_file),
    }
    with clean.leg.session() as session:
        first = Import(clean.path, clean.home, **environment)
        first.wait_for_events(session)
        first.kill()
        half = snapshot(session)

        code, said = Import(clean.path, clean.home, **environment).end()
        whole = snapshot(session)

    assert 0 < half.head < whole.head
    assert half.nodes <= whole.nodes
    assert half.links <= whole.links
    assert (code, f" {half.head} known, 0 declared void, 0 rejected" in said) == (0, True), said
    assert whole == clean.snapshot
    assert told(clean.stations) == clean.told
    assert verify(clean.home, receipts=(clean.stations.ledger.get_head(),)).ok
    outcomes = [json.loads(line)["outcome"] for line in kept_records(clean.home) if b"event:import" in line]
    assert outcomes == ["intended", "done", "intended", "intended", "done"], "the one that was killed has no outcome"


@contextmanager
def serving(home: Path) -> Iterator[None]:
    """`traceapp serve` on the home, until it is told to stop."""
    service = subprocess.Popen(
        [sys.executable, "-m", "traceapp.cli", "serve", "--port", "0"],
        env=child_environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for_line(service, "traceapp serves")
        yield
    finally:
        service.send_signal(signal.SIGINT)
        service.communicate(timeout=60)


def engine_of(home: Path) -> int:
    """Process id of the embedded engine of a home."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"ArcadeDBServer" in command and str(home).encode() in command:
            return int(process.name)
    raise AssertionError(f"no engine runs for {home}")


def test_promise_a_store_that_is_killed_amid_an_import_loses_and_doubles_nothing(clean: Clean, tmp_path: Path) -> None:
    """The service starts it again; the import waits for it, or says so and is simply started again."""
    home = make_home(tmp_path)
    shutil.copytree(clean.home / KEYS, home / KEYS)
    settings = Settings.model_validate({"TRACEAPP_HOME": home, "NEO4J_URI": None})
    with serving(home):
        with clean.leg.session(find_endpoint(settings)) as session:
            first = Import(clean.path, home)
            first.wait_for_events(session)
            os.kill(engine_of(home), signal.SIGKILL)
        code, said = first.end()
        wait_until(endpoint_file(home).exists)

        again, said_again = Import(clean.path, home).end()

        stations = build_stations(settings)
        with clean.leg.session(find_endpoint(settings)) as session:
            whole = snapshot(session)
        answer = told(stations)
        stations.graph.close()
        stations.ledger.close()

    assert code == 0 or (code in {1, 2} and "next:" in said), said
    assert "Traceback" not in said + said_again
    assert again == 0, said_again
    assert whole == clean.snapshot
    assert answer == clean.told
    assert verify(home).ok

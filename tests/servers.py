"""The stores that tests run on: real engines with homes of their own, started once a session and emptied between tests."""

import contextlib
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import neo4j

from traceapp.domain.clock import SystemClock
from traceapp.graph.connection import Graph
from traceapp.graph.embedded import EmbeddedEngine
from traceapp.graph.endpoint import Endpoint, store_folder
from traceapp.graph.query_catalogue import QueryCatalogue, load_catalogue
from traceapp.graph.schema import load_steps, migrate
from traceapp.settings import Settings

ROOT: Final = Path(__file__).resolve().parent.parent
LINES: Final = ("5.26", "2026")
EMPTY_CHUNK: Final = "MATCH (n) WHERE NOT n:SchemaStep AND NOT n:Head WITH n LIMIT 2000 DETACH DELETE n RETURN count(*) AS gone"
CREATES: Final = re.compile(r"CREATE (CONSTRAINT|INDEX) (\w+)")
RESET_HEAD: Final = "MERGE (head:Head {name: 'record'}) SET head.seq = 0 REMOVE head.record_time"

# Ends the server when its own standard input ends: with the session, and with a session that is killed as well.
GUARD: Final = """
import shutil, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.stdin.buffer.read()
subprocess.run([sys.executable, *sys.argv[2:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class Server(Protocol):
    """A running store."""

    def endpoint(self) -> Endpoint: ...

    def at_rest(self) -> AbstractContextManager[Path]:
        """The folder of its files while everything that was committed is in them."""

    def stop(self) -> None: ...


class CannotStart(Exception):  # noqa: N818  said in the summary as it stands
    """Why this store cannot run here; one line."""


@dataclass
class StoreLeg:
    """One store of the session: its name in test ids, and its server while that runs."""

    name: str
    server: Server | None = None
    migrated: bool = False
    missing: str = ""
    """Why it did not run; empty where it did, or where no test asked for it."""
    ran: int = 0

    @property
    def is_neo4j(self) -> bool:
        return self.name.startswith("neo4j")

    @property
    def line(self) -> str:
        return self.name.partition("-")[2]

    def start(self) -> None:
        """raises CannotStart. Harmless where it runs."""
        if self.server is None:
            self.server = Neo4jServer(self.line) if self.is_neo4j else EmbeddedServer()

    @property
    def endpoint(self) -> Endpoint:
        assert self.server is not None
        return self.server.endpoint()

    def empty(self) -> None:
        """Migrated, the counter at 0, and no other node."""
        if not self.migrated:
            with Graph.connect(self.endpoint) as graph:
                migrate(graph, SystemClock().now())
            self.migrated = True
        with self.session() as session:
            while session.run(EMPTY_CHUNK).single(strict=True)["gone"]:
                pass
            session.run(RESET_HEAD).consume()

    def strip(self) -> None:
        """Nothing at all: no node, no constraint, no index."""
        self.migrated = False
        with self.session() as session:
            session.run("MATCH (n) DETACH DELETE n").consume()
            for statement in (text for step in load_steps() for text in step.statements):
                found = CREATES.match(statement)
                if found:
                    session.run(f"DROP {found[1]} {found[2]} IF EXISTS").consume()

    @contextlib.contextmanager
    def session(self, endpoint: Endpoint | None = None) -> Iterator[neo4j.Session]:
        """A bare session of the driver, for what only a test may do to a store."""
        found = endpoint or self.endpoint
        with (
            neo4j.GraphDatabase.driver(
                found.uri,
                auth=(found.username, found.password),
                telemetry_disabled=True,
                notifications_min_severity="OFF",
            ) as driver,
            driver.session(database=found.database) as session,
        ):
            yield session

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[Endpoint]:
        """A store that ends a statement after so long where it is asked to; the embedded engine takes it at its start only."""
        if self.is_neo4j:
            yield self.endpoint
            return
        server = EmbeddedServer(seconds)
        try:
            yield server.endpoint()
        finally:
            server.stop()

    def settings(self, home: Path, **more: object) -> Settings:
        """Settings of a service with this home that keeps its records in this store."""
        found = self.endpoint
        password = home / "store.password"
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(found.password)
        values = {
            "TRACEAPP_HOME": home,
            "NEO4J_URI": found.uri,
            "NEO4J_USERNAME": found.username,
            "NEO4J_PASSWORD": None,
            "NEO4J_PASSWORD_FILE": password,
            "NEO4J_DATABASE": found.database,
            "TRACEAPP_LEDGER_RESERVE": 1,
        }
        return Settings.model_validate({**values, **more})

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()
            self.server = None
            self.migrated = False


class EmbeddedServer:
    """The embedded engine with a temporary home."""

    def __init__(self, statement_timeout: float = 60.0) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="traceapp-embedded-"))
        self._engine = EmbeddedEngine(self._home, heap="512m", statement_timeout=statement_timeout)
        try:
            self._endpoint = self._engine.start()
        except BaseException:
            self.stop()
            raise

    def endpoint(self) -> Endpoint:
        return self._endpoint

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[Path]:
        """It does not run meanwhile, and keeps its ports afterwards."""
        self._engine.stop()
        try:
            yield store_folder(self._home)
        finally:
            self._endpoint = self._engine.start()

    def stop(self) -> None:
        self._engine.stop()
        shutil.rmtree(self._home, ignore_errors=True)


class Neo4jServer:
    """A Neo4j server with a temporary home, started and stopped by `scripts/neo4j`."""

    def __init__(self, line: str, *, tls: tuple[Path, Path] | None = None) -> None:
        """tls  certificate and key: Bolt over TLS and nothing else."""
        self._home = Path(tempfile.mkdtemp(prefix=f"traceapp-neo4j-{line}-"))
        where = ["--line", line, "--home", str(self._home)]
        sealed = ["--tls", *map(str, tls)] if tls else []
        script = str(ROOT / "scripts" / "neo4j")
        self._guard = subprocess.Popen(
            [sys.executable, "-c", GUARD, str(self._home), script, "stop", "--kill", *where],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            done = subprocess.run(
                [sys.executable, script, "start", *where, "--port", "0", "--heap", "512m", "--pagecache", "64m", *sealed],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise CannotStart(done.stderr.strip().splitlines()[-1])
            self._endpoint = _endpoint(done.stdout)
        except BaseException:
            self.stop()
            raise

    def endpoint(self) -> Endpoint:
        return self._endpoint

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[Path]:
        """It runs on: what was committed is in its transaction log."""
        yield self._home

    def stop(self) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()


def _endpoint(printed: str) -> Endpoint:
    """What `scripts/neo4j start` printed for a shell."""
    found = {name: shlex.split(value)[0] for name, value in re.findall(r"^export (\w+)=(.*)$", printed, re.MULTILINE)}
    password = Path(found["NEO4J_PASSWORD_FILE"]).read_text().strip()
    ca_file = Path(found["NEO4J_CA_FILE"]) if "NEO4J_CA_FILE" in found else None
    return Endpoint(found["NEO4J_URI"], found["NEO4J_USERNAME"], found["NEO4J_DATABASE"], password, ca_file)


def wanted_legs() -> tuple[StoreLeg, ...]:
    """By TRACEAPP_STORES (embedded,neo4j) and TRACEAPP_NEO4J_LINES (5.26; may be empty, or several)."""
    stores = _words("TRACEAPP_STORES", "embedded,neo4j")
    lines = _words("TRACEAPP_NEO4J_LINES", "5.26")
    unknown = sorted(({*stores} - {"embedded", "neo4j"}) | ({*lines} - {*LINES}))
    if unknown:
        allowed = f"TRACEAPP_STORES takes embedded, neo4j; TRACEAPP_NEO4J_LINES takes {', '.join(LINES)}"
        raise ValueError(f"{allowed}; found {', '.join(unknown)}")
    names = ["embedded"] if "embedded" in stores else []
    if "neo4j" in stores:
        names += [f"neo4j-{line}" for line in lines]
    return tuple(map(StoreLeg, names))


def _words(variable: str, default: str) -> list[str]:
    return [word.strip() for word in os.environ.get(variable, default).split(",") if word.strip()]


@cache
def probe_catalogue() -> QueryCatalogue:
    """The statements of the program and those of tests/statements, for `Graph.connect`."""
    probes = QueryCatalogue.load(Path(__file__).with_name("statements"))
    return QueryCatalogue([*load_catalogue().statements.values(), *probes.statements.values()])


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])

"""The embedded engine: the ArcadeDB server of the wheel `arcadedb-embedded`, as a child process on loopback."""

import contextlib
import fcntl
import importlib.util
import json
import os
import platform
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from traceapp.domain.errors import EmbeddedStoreError, HomeError, StoreCredentialsError
from traceapp.graph import engine_guard
from traceapp.graph.endpoint import Endpoint, endpoint_file, read_endpoint_file, store_folder
from traceapp.graph.query_catalogue import load_catalogue
from traceapp.host.private_files import OWN, write_private

WHEEL: Final = "arcadedb_embedded"
DATABASE: Final = "neo4j"
USERNAME: Final = "root"
PASSWORD_FILE: Final = "root.password"  # noqa: S105  a file name
HOST: Final = "127.0.0.1"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
PORT_ATTEMPTS: Final = 3
LARGEST_MESSAGE: Final = 256 * 1024 * 1024


class EmbeddedEngine:
    """One engine for one home. The process that starts it owns it, and it never outlives that process.

    Files under `HOME/store` (0700): `databases/`, `root.password` (0600; the password is in no argument list,
    environment or log), `endpoint.json` (0600; where other processes of this home find it), `engine.log`,
    `service.lock` and `engine.lock`.
    """

    def __init__(self, home: Path, *, heap: str = "1g", statement_timeout: float = 60.0) -> None:
        """statement_timeout: seconds for one statement. This engine does not listen to the wish of a client."""
        self.home = home.resolve()
        self.folder = store_folder(self.home)
        self._heap = heap
        self._statement_timeout = statement_timeout
        self._guard: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None
        self.pid: int | None = None
        """Process id of the engine itself."""

    def start(self) -> Endpoint:
        """Start the engine, or start it again after it died, and wait until it answers.

        The ports of the last start are kept where they are still free.
        raises  HomeError: the folder cannot be written, or another service uses it;
                EmbeddedStoreError: no wheel for this platform, or the engine ended or stayed silent for 60 s.
        """
        if self.alive():
            raise EmbeddedStoreError(f"the embedded engine of {self.home} is running already")
        runtime = find_runtime()
        self._prepare_folder()
        self._take_lock()
        try:
            with self._engine_lock() as lock:
                return self._start_on_free_ports(runtime, lock)
        except BaseException:
            self.stop()
            raise

    def alive(self) -> bool:
        """Whether the process of the engine runs; it may still be starting, or hang. False until `start`, after `stop`."""
        return self._guard is not None and self._guard.poll() is None

    def stop(self) -> None:
        """Stop in order (SIGTERM, 20 s, then SIGKILL) and give the home back. Harmless where nothing runs."""
        if self._guard is not None:
            self._guard.send_signal(signal.SIGTERM)
            try:
                self._guard.wait(STOP_SECONDS + 5)
            except subprocess.TimeoutExpired:
                self._guard.kill()
                self._guard.wait()
            self._guard = None
        self.pid = None
        if self._lock is not None:
            endpoint_file(self.home).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def __enter__(self) -> "EmbeddedEngine":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            password = self.folder / PASSWORD_FILE
            if not password.exists():
                if (self.folder / "databases").exists():
                    raise EmbeddedStoreError(
                        f"{password} is gone, and nothing else opens the databases beside it; bring it back from a backup"
                    )
                write_private(password, secrets.token_urlsafe(32).encode(), OWN)
        except OSError as error:
            raise HomeError(f"{self.folder} cannot be written ({error.strerror})") from None

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = _open_lock(self.folder / "service.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise HomeError(f"another service uses {self.home}") from None
        self._lock = lock

    @contextlib.contextmanager
    def _engine_lock(self) -> Iterator[IO[bytes]]:
        """The lock that guard and engine inherit: an engine of a service that crashed is waited for until it is gone."""
        with _open_lock(self.folder / "engine.lock") as lock:
            deadline = time.monotonic() + STOP_SECONDS + 5
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise HomeError(f"an engine of another service still runs in {self.home}") from None
                    time.sleep(0.1)
            yield lock

    def _start_on_free_ports(self, runtime: Path, lock: IO[bytes]) -> Endpoint:
        for attempt in range(PORT_ATTEMPTS):
            bolt, http = _choose_ports(self._kept_ports() if attempt == 0 else ())
            self._spawn(runtime, bolt, http, lock)
            if self.pid is None:
                break
            self._write_endpoint(bolt, http)
            if self._wait_until_ready():
                return self._endpoint()
        raise EmbeddedStoreError(f"the embedded engine ended while it started; see {self.folder / 'engine.log'}")

    def _spawn(self, runtime: Path, bolt: int, http: int, lock: IO[bytes]) -> None:
        guard = [sys.executable, "-I", "-S", engine_guard.__file__, str(os.getpid()), str(STOP_SECONDS)]
        command = [*guard, *self._java(runtime, bolt, http)]
        descriptor = os.open(self.folder / "engine.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as log:
            self._guard = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                pass_fds=(lock.fileno(),),
                start_new_session=True,
            )
        assert self._guard.stdout is not None  # noqa: S101  for the type checker
        with self._guard.stdout as told:
            self.pid = int(told.readline() or b"0") or None

    def _java(self, runtime: Path, bolt: int, http: int) -> list[str]:
        settings = {
            "server.rootPath": self.folder,
            "server.databaseDirectory": self.folder / "databases",
            "server.logsDirectory": self.folder / "log",
            "server.rootPasswordPath": self.folder / PASSWORD_FILE,
            "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "server.httpIncomingHost": HOST,
            "server.httpIncomingPort": http,
            "server.mode": "production",
            "server.defaultDatabases": f"{DATABASE}[{USERNAME}]",
            "bolt.host": HOST,
            "bolt.port": bolt,
            "bolt.defaultDatabase": DATABASE,
            "bolt.maxMessageSize": LARGEST_MESSAGE,
            "command.timeout": int(self._statement_timeout * 1000),
            "txWalFlush": 2,
            # It counts what the groups of a statement share once for each of them: a level of 1,000 lots would be refused.
            "queryMaxHeapRAM": 0,
            "support.autoRegister": "false",
            "opencypher.loadCsv.allowRemoteUrls": "false",
        }
        return [
            str(runtime / "jre" / "bin" / "java"),
            "-Xms64m",
            f"-Xmx{self._heap}",
            "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+DisableAttachMechanism",  # no tool of Java's gets a dump of the heap
            "-XX:-UsePerfData",  # nor a file in the temporary folder
            "-Djava.awt.headless=true",
            "-Dfile.encoding=UTF-8",
            "-Duser.timezone=UTC",
            "-Dpolyglot.engine.WarnInterpreterOnly=false",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            *(f"-Darcadedb.{name}={value}" for name, value in settings.items()),
            "-cp",
            str(runtime / "jars" / "*"),
            "com.arcadedb.server.ArcadeDBServer",
        ]

    def _write_endpoint(self, bolt: int, http: int) -> None:
        found = {
            "uri": f"bolt://{HOST}:{bolt}",
            "username": USERNAME,
            "database": DATABASE,
            "password_file": PASSWORD_FILE,
            "pid": self.pid,
        }
        write_private(endpoint_file(self.home), json.dumps(found, indent=2).encode() + b"\n", OWN)
        write_private(self.folder / "ports.json", json.dumps({"bolt": bolt, "http": http}).encode() + b"\n", OWN)

    def _kept_ports(self) -> tuple[int, ...]:
        try:
            found = json.loads((self.folder / "ports.json").read_text(encoding="utf-8"))
            ports = int(found["bolt"]), int(found["http"])
        except (OSError, ValueError, KeyError, TypeError):
            return ()
        return ports if all(0 < port < 65536 for port in ports) else ()

    def _endpoint(self) -> Endpoint:
        return read_endpoint_file(self.home)[0]

    def _wait_until_ready(self) -> bool:
        """False where the engine ended by itself. raises EmbeddedStoreError after 60 s of silence."""
        assert self._guard is not None  # noqa: S101  for the type checker
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self._endpoint()):
            if self._guard.poll() is not None:
                return False
            if time.monotonic() > deadline:
                raise EmbeddedStoreError(
                    f"the embedded engine stayed silent for {START_SECONDS:.0f} s; see {self.folder / 'engine.log'}"
                )
            time.sleep(0.1)
        return True


def find_runtime(package: str = WHEEL) -> Path:
    """The folder of the wheel with its Java runtime. raises EmbeddedStoreError where this platform has none."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None or not (Path(found.origin).parent / "jre" / "bin" / "java").exists():
        raise EmbeddedStoreError(
            f"the embedded engine is not installed ({platform.system()} {platform.machine()}): wheels exist for Linux x86-64 "
            "and macOS arm64. Install traceapp[embedded] there; elsewhere set NEO4J_URI to a Neo4j server"
        )
    return Path(found.origin).parent


def _answers(endpoint: Endpoint) -> bool:
    try:
        with neo4j.GraphDatabase.driver(
            endpoint.uri, auth=(endpoint.username, endpoint.password), connection_timeout=2.0, telemetry_disabled=True
        ) as driver:
            driver.verify_connectivity()
            with driver.session(database=endpoint.database, default_access_mode=neo4j.READ_ACCESS) as session:
                session.run(load_catalogue().get("head.get_pulse").text).consume()
    except AuthError:
        raise StoreCredentialsError("the embedded engine refuses the password of its own file root.password") from None
    except (DriverError, Neo4jError):
        return False
    return True


def _choose_ports(kept: tuple[int, ...]) -> tuple[int, int]:
    """The kept ports where both are free, else two others that are free now."""
    with contextlib.ExitStack() as open_sockets:
        try:
            bolt, http = (open_sockets.enter_context(_listen(port)) for port in kept or (0, 0))
        except OSError:
            open_sockets.close()
            bolt, http = (open_sockets.enter_context(_listen(0)) for _ in range(2))
        return bolt.getsockname()[1], http.getsockname()[1]


def _listen(port: int) -> socket.socket:
    return socket.create_server((HOST, port))


def _open_lock(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")

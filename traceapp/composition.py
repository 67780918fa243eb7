"""Builds the stations of a process, and starts the store and the ledger that they speak to."""

import fcntl
import gc
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from traceapp.confidential.keys import KeyPurpose, create_keys, load_keys
from traceapp.confidential.sealer import DictionarySealer
from traceapp.confidential.source_archive import SourceArchive
from traceapp.demo.plant import write_organisation
from traceapp.dictionary.organisation import read_organisation
from traceapp.dictionary.properties import read_dictionary
from traceapp.domain.clock import SystemClock
from traceapp.domain.errors import HomeError, LedgerUnavailableError
from traceapp.domain.rights import Actor, Role
from traceapp.graph.account_store import AccountStore
from traceapp.graph.acl_store import AclStore
from traceapp.graph.batch_store import BatchStore
from traceapp.graph.connection import Graph
from traceapp.graph.embedded import EmbeddedEngine
from traceapp.graph.event_store import EventStore
from traceapp.graph.head_store import HeadStore
from traceapp.graph.schema import migrate
from traceapp.graph.trace_store import TraceStore
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.policy.decisions import Policy
from traceapp.policy.document import read_policy
from traceapp.settings import Settings
from traceapp.usecases.stations import Stations

ORGANISATION = "organisation.toml"

Say = Callable[[str], None]


def prepare_home(settings: Settings) -> None:
    """Make the home folder and its keys where they are missing; never over existing ones.

    raises  HomeError: the folder cannot be written, or belongs to somebody else.
    """
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.home / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise HomeError(f"the home folder {settings.home} cannot be written ({error.strerror})") from None
    create_keys(settings.home)


def place_demo_organisation(settings: Settings) -> None:
    """The demo's organisation, where the home has none yet."""
    path = settings.home / ORGANISATION
    if not path.exists():
        write_organisation(path)


def build_stations(settings: Settings) -> Stations:
    """Connect this process to the running store and ledger of the home. Call it after a fork.

    raises  StoreUnavailableError, StoreCredentialsError, StoreVersionError, KeyUnavailableError, PolicyError.
    """
    keys = load_keys(settings.home)
    dictionary = read_dictionary()
    organisation = read_organisation(settings.home / ORGANISATION)
    graph = Graph.open(settings)
    return Stations(
        settings=settings,
        clock=SystemClock(),
        organisation=organisation,
        dictionary=dictionary,
        policy=Policy(read_policy()),
        graph=graph,
        heads=HeadStore(graph),
        acls=AclStore(graph),
        accounts=AccountStore(graph),
        events=EventStore(graph),
        batches=BatchStore(graph),
        traces=TraceStore(graph),
        sealer=DictionarySealer(keys, dictionary, organisation.name),
        archive=SourceArchive(settings.home, keys.purpose_key(KeyPurpose.SOURCES)),
        ledger=LedgerClient(settings.home),
    )


def spare_collections() -> None:
    """An answer of 10,000 lots is 100,000 objects without a cycle; at its usual pace the collector takes a fifth of the time.

    What is loaded by now is never looked at again; the rest is collected, less often.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def session_key(settings: Settings) -> bytes:
    """The key under which the web service signs its sessions."""
    return load_keys(settings.home).purpose_key(KeyPurpose.SESSIONS)


def terminal_actor() -> Actor:
    """Whoever has the service's files is its administrator; recorded under the name of the operating system."""
    name = getpass.getuser()
    return Actor(f"os:{name}", f"os:{name}", Role.ADMIN, frozenset({"*"}), frozenset({"*"}), through="terminal")


class ServiceLock:
    """One service per home, held as long as the process lives.

    raises  HomeError: another service holds it.
    """

    def __init__(self, home: Path) -> None:
        self._file = (home / "service.lock").open("wb")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise HomeError(f"another service runs on {home}") from None

    def release(self) -> None:
        self._file.close()


class Backing:
    """Store and ledger that this process started and stops again."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self._settings = settings
        self._say = say
        self._engine: EmbeddedEngine | None = None
        self._ledger: WriterProcess | None = None

    def start(self) -> None:
        """Start the store where it is the embedded one, then the ledger, then bring the schema to this version."""
        if self._settings.embedded:
            self._say("starting the embedded store")
            self._engine = EmbeddedEngine(self._settings.home, statement_timeout=self._settings.statement_timeout)
            self._engine.start()
        self._say("starting the ledger")
        self._ledger = WriterProcess.start(self._settings.home)
        with Graph.open(self._settings) as graph:
            migrate(graph, SystemClock().now())

    def dead(self) -> tuple[str, ...]:
        """Names of the parts that have ended by themselves."""
        gone = []
        if self._ledger is not None and not self._ledger.is_running():
            gone.append("ledger")
        if self._engine is not None and not self._engine.alive():
            gone.append("store")
        return tuple(gone)

    def restart(self, name: str) -> None:
        """Start one part again; raises what its first start raises."""
        if name == "ledger":
            self._ledger = WriterProcess.start(self._settings.home)
        elif self._engine is not None:
            self._engine.start()

    def stop(self) -> None:
        """Ledger last asked, first stopped: nothing writes any more when the store goes. Harmless where nothing runs."""
        if self._ledger is not None:
            self._ledger.stop()
        if self._engine is not None:
            self._engine.stop()


def start_backing(settings: Settings, say: Say) -> Backing:
    """Store and ledger for this home; stopped again when one of them cannot start."""
    made = Backing(settings, say)
    try:
        made.start()
    except BaseException:
        made.stop()
        raise
    return made


@contextmanager
def backing(settings: Settings, say: Say) -> Iterator[Stations]:
    """Stations on the running service's store and ledger; where none runs, both live as long as this block."""
    prepare_home(settings)
    client = LedgerClient(settings.home)
    running = _answers(client)
    client.close()
    lock, owned = (None, None) if running else (ServiceLock(settings.home), start_backing(settings, say))
    try:
        stations = build_stations(settings)
        try:
            yield stations
        finally:
            stations.graph.close()
            stations.ledger.close()
    finally:
        if owned is not None:
            owned.stop()
        if lock is not None:
            lock.release()


def _answers(client: LedgerClient) -> bool:
    try:
        client.get_head()
    except LedgerUnavailableError:
        return False
    return True

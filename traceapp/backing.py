"""Store and ledger of a home: started and stopped by this process, or those of the service that runs on it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from traceapp.bundles.backup_bundle import opened
from traceapp.composition import MIB, ORGANISATION, Say, connected, key_store, prepare_home, terminal_actor
from traceapp.dictionary.organisation import read_organisation
from traceapp.domain.errors import HomeError, HomeInUseError, LedgerUnavailableError, SettingsError
from traceapp.domain.recorded import Recorded
from traceapp.graph.connection import Graph
from traceapp.graph.embedded import EmbeddedEngine
from traceapp.graph.endpoint import read_server_file, server_file, write_server_file
from traceapp.host.row_register import FILE as ROWS
from traceapp.ledger.client import LedgerClient
from traceapp.ledger.process import WriterProcess
from traceapp.settings import Settings
from traceapp.usecases.audit.settle_intents import IntentSweep
from traceapp.usecases.backup.restore_home import begin_home, check_bundle, check_empty_home, end_home, place_home
from traceapp.usecases.backup.restore_store import Proof, check_empty_store, restore_store
from traceapp.usecases.governed.accept_policy import record_first_policy
from traceapp.usecases.keys.record_recovery import record_recovery
from traceapp.usecases.migrate_store import migrate_store
from traceapp.usecases.record_start import record_missing_register
from traceapp.usecases.stations import Stations

STORE = "kept-in"
EMBEDDED, NEO4J = "the embedded store", "a Neo4j server"


class ServiceLock:
    """One service per home, held as long as the process lives.

    raises  HomeInUseError: another service holds it. HomeError: the file belongs to somebody else.
    """

    def __init__(self, home: Path) -> None:
        try:
            self._file = (home / "service.lock").open("wb")
        except OSError as error:
            raise HomeError(f"{home / 'service.lock'} cannot be written ({error.strerror})") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise HomeInUseError(f"another service runs on {home}") from None

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
        """Open both, then bring the schema to this version, on record, and settle what a crash left between."""
        self.open()
        with connected(self._settings) as stations:
            if record_missing_register(stations, terminal_actor()):
                self._say(f"warning: {ROWS} was missing: accounts, tokens and accesses count as they stand in the store")
            migrate_store(stations, terminal_actor())
            record_first_policy(stations, terminal_actor())
            for seq, outcome in IntentSweep(self._settings.home).look(stations, terminal_actor()):
                self._say(f"the act that record {seq} began is {outcome}")
        write_server_file(self._settings)

    def open(self) -> None:
        """Start the store where it is the embedded one, then the ledger; nothing is read or changed."""
        key_store(self._settings).load()
        read_organisation(self._settings.home / ORGANISATION)
        check_store(self._settings)
        if self._settings.embedded:
            self._say("starting the embedded store")
            self._engine = EmbeddedEngine(self._settings.home, statement_timeout=self._settings.statement_timeout)
            self._engine.start()
        self._say("starting the ledger")
        self._ledger = WriterProcess.start(self._settings.home, reserve=self._settings.ledger_reserve * MIB)

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
            self._ledger = WriterProcess.start(self._settings.home, reserve=self._settings.ledger_reserve * MIB)
        elif self._engine is not None:
            self._engine.start()

    def stop(self) -> None:
        """Stop the ledger first, then the store: nothing writes any more when the store goes. Harmless where nothing runs."""
        server_file(self._settings.home).unlink(missing_ok=True)
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
    lock, owned = (None, None) if running else _own_backing(settings, say)
    try:
        with connected(read_server_file(settings) if running else settings) as stations:
            yield stations
    finally:
        if owned is not None:
            owned.stop()
        if lock is not None:
            lock.release()


@contextmanager
def offline(settings: Settings, say: Say) -> Iterator[Stations]:
    """Stations on store and ledger of their own, where no service runs and none may begin meanwhile.

    raises  HomeInUseError: one runs; what `backing` raises.
    """
    prepare_home(settings)
    lock = ServiceLock(settings.home)
    try:
        made = start_backing(settings, say)
        try:
            with connected(settings) as stations:
                yield stations
        finally:
            made.stop()
    finally:
        lock.release()


def restore_home(
    settings: Settings, path: Path, keys: Path, say: Say, progress: Callable[[float], None]
) -> Recorded[tuple[Proof, ...]]:
    """Bring a bundle back into an empty home and an empty store, with keys that are given apart, and prove what is there.

    keys    folder that holds a copy of HOME/keys and of HOME/ledger/signing.pem.
    raises  BundleError, RestoreError, KeyUnavailableError: before anything is written, unless it says that nothing is proven.
            Broken off, the home stays marked, and a restore into it begins anew.
    """
    home = settings.home
    given = key_store(settings.model_copy(update={"home": keys}))
    with opened(path) as file:
        bundle = check_bundle(file, given, keys, lambda share: progress(share * 0.2))
        check_empty_home(home)
        if not settings.embedded:
            with Graph.open(settings) as graph:
                check_empty_store(graph)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = ServiceLock(home)
        try:
            begin_home(home, bundle)
            place_home(file, bundle, home, keys)
            made = Backing(settings, say)
            try:
                made.open()
                with connected(settings) as stations:
                    migrate_store(stations, terminal_actor())
                    proven = restore_store(stations, terminal_actor(), file, bundle, lambda share: progress(0.2 + share * 0.8))
            finally:
                made.stop()
            end_home(home)
        finally:
            lock.release()
    return proven


def recover_keys(settings: Settings, officers: tuple[Path, Path], say: Say) -> str:
    """Open the keys of a home without their provider; recorded as soon as store and ledger can be opened with them.

    officers  files of both.   returns  id of the new key-encryption key.
    raises    RecoveryError; KeyUnavailableError: the new provider does not answer; what `backing` raises.
    """
    kek = key_store(settings).recover(officers, settings.key_provider)
    with backing(settings, say) as stations:
        record_recovery(stations, terminal_actor(), kek)
    return kek


def check_store(settings: Settings) -> None:
    """One home keeps its records in one store for good; the first start says in which.

    raises  SettingsError: they are kept in the other one.
    """
    path = settings.home / STORE
    wanted = EMBEDDED if settings.embedded else NEO4J
    kept = path.read_text(encoding="utf-8").strip() if path.is_file() else wanted
    if kept != wanted:
        wants = "set NEO4J_URI, or start with --store neo4j" if kept == NEO4J else "unset NEO4J_URI"
        raise SettingsError(f"the records of {settings.home} are kept in {kept}, not in {wanted}; {wants}")
    path.write_text(wanted + "\n", encoding="utf-8")


def _own_backing(settings: Settings, say: Say) -> tuple[ServiceLock, Backing]:
    try:
        lock = ServiceLock(settings.home)
    except HomeInUseError:
        raise LedgerUnavailableError(f"a service runs on {settings.home}, and its ledger does not answer") from None
    try:
        return lock, start_backing(settings, say)
    except BaseException:
        lock.release()
        raise


def _answers(client: LedgerClient) -> bool:
    try:
        client.get_head()
    except LedgerUnavailableError:
        return False
    return True

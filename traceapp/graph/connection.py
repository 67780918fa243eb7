"""One connection pool per process; every statement goes by its name in the catalogue."""

import logging
import os
import random
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

from traceapp.domain.errors import StatementError, StoreConflictError, StoreUnavailableError, StoreVersionError
from traceapp.graph.commands import current_act
from traceapp.graph.driver_errors import MEETING, UNREACHABLE, domain_error, is_conflict, is_repeatable
from traceapp.graph.endpoint import Endpoint, find_endpoint
from traceapp.graph.query_catalogue import QueryCatalogue, load_catalogue
from traceapp.settings import Settings

T = TypeVar("T")
Row = dict[str, Any]

logging.getLogger("neo4j").setLevel(logging.CRITICAL)  # it logs whole statements and what it tried; we say what came of it

OLDEST: Final = (5, 26)
READ_PATIENCE: Final = 5.0
WRITE_PATIENCE: Final = 30.0
LONGEST_PAUSE: Final = 1.0
CONFLICTS: Final = 20
LONGEST_PAUSE_AFTER_CONFLICT: Final = 0.2
"""Repetitions after a broken uniqueness rule: one engine raises it among concurrent writers of one new node. A rule that
is broken for good shows after about three seconds."""
AGENT = re.compile(r"Neo4j/v?(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class ServerVersion:
    """`product` is "Neo4j" or "ArcadeDB"; `version` is as the server writes it."""

    product: str
    version: str


class Transaction:
    """What the work of `Graph.write` speaks to; it lives no longer than that work."""

    def __init__(self, inner: neo4j.Transaction, catalogue: QueryCatalogue) -> None:
        self._inner = inner
        self._catalogue = catalogue

    def run(self, statement: str, /, **params: Any) -> list[Row]:
        """Run a read or write statement of the catalogue; all its rows, as dicts by column.

        raises  StatementError: unknown statement, a parameter missing, unknown or of another type.
        """
        found = self._catalogue.get(statement)
        found.check(params)
        return _rows(self._inner.run(found.text, params))


class Graph:
    """The store, for one process. Open it after a fork: a driver does not survive one."""

    def __init__(self, driver: neo4j.Driver, endpoint: Endpoint, catalogue: QueryCatalogue, statement_timeout: float) -> None:
        self._driver = driver
        self._endpoint = endpoint
        self._catalogue = catalogue
        self._timeout = statement_timeout
        self._pid = os.getpid()
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager() if endpoint.routed else None

    @classmethod
    def open(cls, settings: Settings) -> "Graph":
        """Find the store (`NEO4J_URI`, else the embedded engine of the home) and check that it can be used.

        raises  SettingsError, StoreUnavailableError, StoreCredentialsError, StoreVersionError; StatementError for a
                broken catalogue.
        """
        return cls.connect(find_endpoint(settings), statement_timeout=settings.statement_timeout)

    @classmethod
    def connect(cls, endpoint: Endpoint, *, statement_timeout: float = 60.0, catalogue: QueryCatalogue | None = None) -> "Graph":
        """The same for an endpoint that is known already; `catalogue` stands in for the program's own."""
        uri, trusted = endpoint.dialled
        try:
            driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(endpoint.username, endpoint.password),
                notifications_disabled_classifications=["UNRECOGNIZED"],
                connection_timeout=5.0,
                connection_acquisition_timeout=10.0,
                telemetry_disabled=True,
                user_agent="traceapp",
                **trusted,
            )
        except (DriverError, ValueError) as error:
            raise domain_error(error, "connecting") from None
        graph = cls(driver, endpoint, catalogue or load_catalogue(), statement_timeout)
        try:
            graph.verify()
        except BaseException:
            driver.close()
            raise
        return graph

    def close(self) -> None:
        """Close the pool. In a process that was forked off, leave the sockets of the other one alone."""
        if os.getpid() == self._pid:
            self._driver.close()

    def __enter__(self) -> "Graph":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def catalogue(self) -> QueryCatalogue:
        return self._catalogue

    def verify(self) -> ServerVersion:
        """Ask the server who it is, and the database for a sign of life.

        raises  StoreUnavailableError, StoreCredentialsError; StoreVersionError: older than 5.26 or no known product;
                SettingsError: there is no such database.
        """
        self._check_process()
        try:
            agent = self._driver.get_server_info().agent
        except (DriverError, Neo4jError) as error:
            if isinstance(error, UNREACHABLE):
                raise StoreUnavailableError(
                    f"the store at {self._endpoint.uri} does not answer ({type(error).__name__})"
                ) from None
            raise domain_error(error, MEETING) from None
        found = server_version(agent)
        self.read("head.get_pulse")
        return found

    def read(self, statement: str, /, **params: Any) -> list[Row]:
        """Run one read statement; all its rows, as dicts by column.

        Repeated for up to 5 s while the store is unreachable or asks for patience.
        raises  StatementError; StoreTimeoutError; StoreUnavailableError; StoreCredentialsError; StoreError.
        """
        return self.read_while(None, statement, params)

    def read_while(self, meanwhile: Callable[[], None] | None, statement: str, params: Row) -> list[Row]:
        """The same; `meanwhile` is done while the store works on it. Whatever it raises is raised; it may be called again."""
        return self._read(statement, params, neo4j.READ_ACCESS, meanwhile)

    def read_newest(self, statement: str, /, **params: Any) -> list[Row]:
        """`read`, from the server of a cluster that takes the writes: what was committed before is seen."""
        return self._read(statement, params, neo4j.WRITE_ACCESS)

    def write(self, work: Callable[[Transaction], T], *, command: str, act: str = "") -> T:
        """Run `work` in one write transaction, once and only once, and return what it returned.

        command  a uid (32 hex digits) for this write alone. `:Command {uid}` is the first thing that the transaction
                 creates, under uniqueness; the work may give it more properties. Where the answer to COMMIT is lost,
                 the store is asked for it, and the work is repeated only if it is absent.
        work     may be called several times: a conflict, a deadlock or a broken connection starts it over. What else
                 it touches must be right as often as it is called, and where the transaction never comes to be: notes
                 in the register of rows are, which say what may stand; what has come to be is said after this returns.
        raises   StoreConflictError: the command was carried out by an earlier call, or a conflict outlasted every
                 repetition; StoreUnavailableError: not reached for 30 s, and if it broke off at a COMMIT, that one may
                 still have been carried out, which a later call with the same command tells; StoreTimeoutError;
                 StatementError; StoreError.
        """
        once = _Write(self, work, command, act)
        try:
            return self._repeat(act or command, WRITE_PATIENCE, once.run)
        except BaseException:
            once.give_up()
            raise

    def overwrite(self, statement: str, /, **params: Any) -> list[Row]:
        """Run one write statement that may as well run twice, such as when something was used last; no command is kept of it.

        raises  what `read` raises, and StoreConflictError.
        """
        found = self._catalogue.get(statement)
        if found.mode != "write":
            raise StatementError(f"{statement} does not write")
        found.check(params)
        query = neo4j.Query(found.text, metadata=self._metadata(found.name), timeout=self._timeout)
        return self._repeat(found.name, READ_PATIENCE, lambda: self._run_once(query, params, neo4j.WRITE_ACCESS))

    def administer(self, text: str, name: str) -> list[Row]:
        """Run one schema statement outside the catalogue; only `schema.py` has any."""
        query = neo4j.Query(text, metadata=self._metadata(name))
        return self._repeat(name, WRITE_PATIENCE, lambda: self._run_once(query, {}, neo4j.WRITE_ACCESS))

    def _read(self, statement: str, params: Row, access: str, meanwhile: Callable[[], None] | None = None) -> list[Row]:
        found = self._catalogue.get(statement)
        if found.mode != "read":
            raise StatementError(f"{statement} does not read; it belongs into a write transaction")
        found.check(params)
        query = neo4j.Query(found.text, metadata=self._metadata(found.name), timeout=self._timeout)
        return self._repeat(found.name, READ_PATIENCE, lambda: self._run_once(query, params, access, meanwhile))

    def _run_once(self, query: neo4j.Query, params: Row, access: str, meanwhile: Callable[[], None] | None = None) -> list[Row]:
        with self.session(access) as session:
            result = session.run(query, params)
            if meanwhile is not None:
                meanwhile()
            return _rows(result)

    def session(self, access: str) -> neo4j.Session:
        self._check_process()
        return self._driver.session(
            database=self._endpoint.database, default_access_mode=access, bookmark_manager=self._bookmarks, fetch_size=5000
        )

    def begin(self, session: neo4j.Session, name: str) -> neo4j.Transaction:
        return session.begin_transaction(metadata=self._metadata(name), timeout=self._timeout)

    def _repeat(self, name: str, patience: float, once: Callable[[], T]) -> T:
        deadline = time.monotonic() + patience
        conflicts = 0
        pause = 0.02
        while True:
            try:
                return once()
            except (DriverError, Neo4jError) as error:
                conflict = is_conflict(error)
                conflicts += conflict
                over = conflicts > CONFLICTS or time.monotonic() + pause > deadline
                if over or not is_repeatable(error):
                    raise domain_error(error, name) from None
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  spreads writers, hides nothing
            pause = min(pause * 2, LONGEST_PAUSE_AFTER_CONFLICT if conflict else LONGEST_PAUSE)

    def _metadata(self, statement: str) -> dict[str, Any]:
        return {"app": "traceapp", "statement": statement}

    def _check_process(self) -> None:
        if os.getpid() != self._pid:
            raise StatementError("this connection was opened by another process; open one after the fork")


class _Write(Generic[T]):
    """One write, and what is known of its fate."""

    def __init__(self, graph: Graph, work: Callable[[Transaction], T], command: str, act: str) -> None:
        self._graph = graph
        self._work = work
        self._command = command
        self._act = act
        self._unanswered: dict[str, T] = {}
        """What the work returned in each transaction whose COMMIT got no answer, by what that transaction drew."""
        self._carried_out = current_act()
        self._open = False

    def give_up(self) -> None:
        """It ended with an error. Where it is known not to have come to be, its id is free for the next write of the act."""
        act = self._carried_out
        if act is not None and act.command == self._command and not self._open:
            act.drawn = False

    def run(self) -> T:
        """One attempt. Should an unanswered COMMIT arrive after we looked for it, creating the command again fails."""
        with self._graph.session(neo4j.WRITE_ACCESS) as session:
            transaction = self._graph.begin(session, self._act or "write")
            try:
                inner = Transaction(transaction, self._graph.catalogue)
                found = inner.run("command.get_command", uid=self._command)
                if found:
                    return self._carried_out_before(found[0]["attempt"])
                attempt = secrets.token_hex(8)
                intent = self._carried_out.command if self._carried_out is not None else ""
                inner.run("command.append_command", uid=self._command, attempt=attempt, act=self._act, intent=intent)
                result = self._work(inner)
                self._commit(transaction, attempt, result)
                return result
            finally:
                transaction.close()

    def _commit(self, transaction: neo4j.Transaction, attempt: str, result: T) -> None:
        self._tell(open_=True)
        try:
            transaction.commit()
        except UNREACHABLE:
            self._unanswered[attempt] = result
            raise
        except Neo4jError:
            self._tell(open_=bool(self._unanswered))
            raise
        self._tell(open_=False, committed=True)

    def _tell(self, *, open_: bool, committed: bool = False) -> None:
        """Say to the act that this write belongs to how far it has come."""
        act = self._carried_out
        if act is not None:
            act.open += open_ - self._open
            act.committed += committed
        self._open = open_

    def _carried_out_before(self, attempt: str) -> T:
        if attempt in self._unanswered:
            self._tell(open_=False, committed=True)
            return self._unanswered[attempt]
        raise StoreConflictError("this command was carried out before")


def server_version(agent: str) -> ServerVersion:
    """Read the agent string of a server. raises StoreVersionError: too old, or no server we know."""
    embedded = re.search(r"ArcadeDB ([\w.]+)", agent)
    if embedded:
        return ServerVersion("ArcadeDB", embedded[1])
    found = AGENT.match(agent)
    if found is None:
        raise StoreVersionError(f"the server calls itself {agent!r}, which is no Neo4j")
    if (int(found[1]), int(found[2])) < OLDEST:
        raise StoreVersionError(f"the server is {agent}; Neo4j {OLDEST[0]}.{OLDEST[1]} is the oldest that can be used")
    return ServerVersion("Neo4j", agent.partition("/")[2])


def _rows(result: neo4j.Result) -> list[Row]:
    keys = result.keys()
    return [dict(zip(keys, record.values(), strict=True)) for record in result]

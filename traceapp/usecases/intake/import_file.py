"""A file of a source system into the graph: all its good rows, each once, and a file of those that were refused."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import (
    DocumentError,
    ImportBrokenOffError,
    InputError,
    TraceappError,
)
from traceapp.domain.events import CapturedEvent, CaptureOutcome, RejectedRow
from traceapp.domain.permissions import Permission
from traceapp.domain.recorded import LedgerEntry
from traceapp.domain.rights import Actor
from traceapp.graph.commands import draw_command
from traceapp.graph.event_group import PreparedGroup
from traceapp.intake.files import read_file
from traceapp.usecases.access import authorise, entry, things
from traceapp.usecases.changes import carry_out_as
from traceapp.usecases.intake.importer_view import view_of, within
from traceapp.usecases.intake.rejects_file import RejectsFile, conflict
from traceapp.usecases.stations import Stations

GROUP_EVENTS: Final = 2000
GROUP_STATEMENTS: Final = 20_000
"""A group is full with so many events, or so many nodes and links in them: one event may name thousands of serials."""
SOURCE: Final = re.compile(r"\S(?:.{0,98}\S)?")
SWITCH_SECONDS: Final = 0.0005


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    events        rows or events in it; each is in exactly one of appended, known, voided, rejected.
    known         stored before, and unchanged.   voided  declared void by the file, or void already when they came.
    rejected      not taken; line and reason stand in rejects_file, which is None where there are none.
    links         new links of the graph that its events made.
    file_digest   SHA-256 (hex) of the raw bytes, which are kept.
    """

    events: int
    appended: int
    known: int
    voided: int
    rejected: int
    links: int
    rejects_file: Path | None
    file_digest: str


def import_file(stations: Stations, actor: Actor, path: Path, source: str, progress: Callable[[float], None]) -> ImportReport:
    """Take in a whole file: the same file twice changes nothing, any order of files gives the same graph.

    An importer who does not see all sites and lines shares the ids of his rows with importers of the same view alone.

    source     name of the sending system.   progress  called with the share done, 0 to 1.
    returns    when the ledger holds what was done. Broken off half-way, import the file again: nothing is lost or doubled.
    raises     PermissionDeniedError; InputError: no name of a source; DocumentError: the file is unusable;
               LedgerUnavailableError, StoreError and its kinds: nothing was stored; ImportBrokenOffError: a part was.
    """
    if not SOURCE.fullmatch(source) or not source.isprintable():
        raise InputError("source: wanted 1 to 100 printable characters, without blanks around them")
    request: dict[str, Any] = {"file": path.name, "source": source}
    authorise(stations, actor, Permission.EVENT_IMPORT, request)
    record = partial(entry, stations, actor, Permission.EVENT_IMPORT)
    try:
        rows = _opened(path, source, stations, progress)
        digest = stations.archive.keep(path)
    except DocumentError as error:
        stations.ledger.append(record("failed", request=request, reason=type(error).__name__))
        raise
    request["sha256"] = digest
    intake = _Intake(stations, RejectsFile.of(stations.settings.home, digest))

    def told(outcome: str, request: Mapping[str, Any], **said: Any) -> LedgerEntry:
        return record(outcome, request=request, object=things("File", digest), **said)

    def take() -> None:
        intake.take(map(partial(within, view_of(actor)), _same_file(rows, digest)))

    try:
        carry_out_as(stations.ledger, told, request, take, result=intake.result)
    except TraceappError as error:
        raise _broken_off(intake, error) from None
    finally:
        intake.rejects.close()
    progress(1.0)
    return ImportReport(
        events=intake.events,
        appended=intake.outcomes[CaptureOutcome.APPENDED],
        known=intake.outcomes[CaptureOutcome.KNOWN],
        voided=intake.outcomes[CaptureOutcome.VOIDED],
        rejected=intake.rejects.count,
        links=intake.links,
        rejects_file=intake.rejects.path if intake.rejects.count else None,
        file_digest=digest,
    )


def _broken_off(intake: "_Intake", error: TraceappError) -> TraceappError:
    """What is said of an import that ended half-way."""
    stored = intake.outcomes[CaptureOutcome.APPENDED] + intake.outcomes[CaptureOutcome.VOIDED]
    return ImportBrokenOffError(f"{stored} events are in, then it broke off: {error}") if stored else error


@dataclass(slots=True)
class _Intake:
    """Groups on their way into the store: the next one is sealed while one is committed, never more than these two."""

    stations: Stations
    rejects: RejectsFile
    events: int = 0
    links: int = 0
    outcomes: Counter[CaptureOutcome] = field(default_factory=Counter)

    def take(self, rows: Iterable[CapturedEvent | RejectedRow]) -> None:
        store, sealer = self.stations.events, self.stations.sealer
        with _quick_switches(), ThreadPoolExecutor(1, "commit") as committer:
            waiting: tuple[list[CapturedEvent], Future[list[CaptureOutcome]]] | None = None
            for group in self._groups(rows):
                prepared = store.prepare(group, sealer)
                if waiting is not None:
                    self._count(*waiting)
                waiting = group, committer.submit(copy_context().run, self._commit, prepared)
            if waiting is not None:
                self._count(*waiting)

    def result(self) -> Mapping[str, Any]:
        """Counts for the ledger, with the sums by which a record that is taken away later is missed."""
        counts = {outcome.value: self.outcomes[outcome] for outcome in CaptureOutcome}
        told = {"events": self.events, "rejected": self.rejects.count, "links": self.links, **counts}
        return told | {"counter": self.stations.heads.get_sums()}

    def _commit(self, prepared: PreparedGroup) -> list[CaptureOutcome]:
        """One group; the sets of scopes that came with it are remembered outside the store at once."""
        stations = self.stations
        outcomes = stations.events.commit(prepared, stations.sealer, draw_command(), stations.clock.now())
        stations.acls.list_entries()
        return outcomes

    def _groups(self, rows: Iterable[CapturedEvent | RejectedRow]) -> Iterator[list[CapturedEvent]]:
        group: list[CapturedEvent] = []
        statements = 0
        for row in rows:
            self.events += 1
            if isinstance(row, RejectedRow):
                self.rejects.add(row)
                continue
            group.append(row)
            statements += len(row.nodes) + len(row.links)
            if len(group) >= GROUP_EVENTS or statements >= GROUP_STATEMENTS:
                yield group
                group, statements = [], 0
        if group:
            yield group

    def _count(self, group: list[CapturedEvent], committed: Future[list[CaptureOutcome]]) -> None:
        for event, outcome in zip(group, committed.result(), strict=True):
            self.outcomes[outcome] += 1
            if outcome is CaptureOutcome.APPENDED:
                self.links += len(event.links)
            elif outcome is CaptureOutcome.CONFLICT:
                self.rejects.add(conflict(event))


@contextmanager
def _quick_switches() -> Iterator[None]:
    """The committing thread waits for the store some twenty times a group, and each time for this interpreter as well.

    The usual 5 ms of patience would cost a tenth of a second a group.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _opened(
    path: Path, source: str, stations: Stations, progress: Callable[[float], None]
) -> Iterator[CapturedEvent | RejectedRow]:
    """The rows of a file that was found usable as a whole; raises DocumentError before the first of them."""
    if not path.is_file():
        raise DocumentError(f"{path} is not there, or is no file")
    rows = read_file(path, source, stations.organisation, lambda share: progress(min(share, 0.99)))
    first = next(rows, None)
    return chain([first], rows) if first is not None else iter(())


def _same_file(rows: Iterable[CapturedEvent | RejectedRow], digest: str) -> Iterator[CapturedEvent | RejectedRow]:
    """raises  DocumentError: what is read is not what was kept, because somebody wrote to the file meanwhile."""
    for row in rows:
        if isinstance(row, CapturedEvent) and row.place.file_digest != digest:
            raise DocumentError("the file was changed while it was read")
        yield row

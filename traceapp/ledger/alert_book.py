"""Alerts and what became of them: `HOME/alerts.sqlite` (0600), beside the store, so that it is there while the store is not.

It holds nothing that the ledger does not: taken away, it is made anew from there
(`docs/decisions/0013-alerts-lie-beside-the-store.md`).
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from traceapp.domain.alerts import Alert, AlertFilter, AlertLevel, AlertState, KeptAlert
from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import HomeError
from traceapp.host.sqlite_files import place_database

FILE: Final = "alerts.sqlite"
_PATIENCE: Final = 10.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS alerts (
    uid TEXT PRIMARY KEY, rule TEXT, level TEXT, at TEXT, grp TEXT, username TEXT, records TEXT, count INTEGER,
    recorded INTEGER, acknowledged_by TEXT, acknowledged_at TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (at);
CREATE INDEX IF NOT EXISTS alerts_open ON alerts (at) WHERE acknowledged_at IS NULL;
CREATE INDEX IF NOT EXISTS alerts_unrecorded ON alerts (at) WHERE recorded IS NULL;
CREATE TABLE IF NOT EXISTS progress (place INTEGER PRIMARY KEY CHECK (place = 1), after INTEGER, hash TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS deliveries (alert TEXT, sink TEXT, tries INTEGER, due TEXT, PRIMARY KEY (alert, sink)) WITHOUT ROWID;
"""
_ACKNOWLEDGE: Final = "UPDATE alerts SET acknowledged_by = ?, acknowledged_at = ? WHERE uid = ? AND acknowledged_at IS NULL"
_COLUMNS: Final = "uid, rule, level, at, grp, username, records, count, recorded, acknowledged_by, acknowledged_at"


@dataclass(frozen=True, slots=True)
class Progress:
    """after  number of the last record that was evaluated; hash: its SHA-256, which the next one names; state: of the rules."""

    after: int
    hash: str
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rung:
    """An alert, and the names of the sinks that it goes to."""

    alert: Alert
    sinks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert that a sink has not taken yet; tries: how often it was offered."""

    alert: Alert
    sink: str
    tries: int


class AlertBook:
    """Shared by the watch and by all workers and commands. Every method raises HomeError: the file cannot be used."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def get_progress(self) -> Progress | None:
        """How far the watch is; None in a new book."""
        with self._open() as kept:
            found = kept.execute("SELECT after, hash, state FROM progress").fetchone()
        return Progress(found[0], found[1], json.loads(found[2])) if found is not None else None

    def put(self, rung: Sequence[Rung], told: Sequence[KeptAlert], progress: Progress, now: datetime) -> None:
        """What rang, what the ledger told of alerts and how far the watch is, durable together: none is lost, none rings twice.

        told  of alerts that the ledger knows: their record, or who acknowledged them.
        """
        with self._changing() as kept:
            for one in rung:
                if _insert(kept, one.alert):
                    due = [(one.alert.uid, sink, stored_time(now)) for sink in one.sinks]
                    kept.executemany("INSERT OR IGNORE INTO deliveries VALUES (?, ?, 0, ?)", due)
            for known in told:
                _insert(kept, known.alert)
                _note(kept, known)
            state = json.dumps(progress.state)
            kept.execute("INSERT OR REPLACE INTO progress VALUES (1, ?, ?, ?)", (progress.after, progress.hash, state))

    def put_recorded(self, uid: str, seq: int) -> None:
        """The alert is on record there."""
        with self._changing() as kept:
            kept.execute("UPDATE alerts SET recorded = ? WHERE uid = ? AND recorded IS NULL", (seq, uid))

    def put_acknowledged(self, uid: str, username: str, at: datetime) -> bool:
        """Whether it was open until now."""
        with self._changing() as kept:
            return kept.execute(_ACKNOWLEDGE, (username, stored_time(at), uid)).rowcount > 0

    def list_unrecorded(self) -> list[Alert]:
        """Alerts without a record of their own, the oldest first."""
        return [one.alert for one in self._select("WHERE recorded IS NULL ORDER BY at, uid")]

    def get_alert(self, uid: str) -> KeptAlert | None:
        return next(iter(self._select("WHERE uid = ?", (uid,))), None)

    def list_alerts(self, wanted: AlertFilter, most: int) -> list[KeptAlert]:
        """The newest first, at most so many."""
        said: list[str] = []
        values: list[Any] = []
        if wanted.state is not None:
            said.append(f"acknowledged_at IS {'' if wanted.state is AlertState.OPEN else 'NOT '}NULL")
        for column, value in (("level", wanted.level), ("rule", wanted.rule)):
            if value:
                said.append(f"{column} = ?")
                values.append(str(value))
        where = f"WHERE {' AND '.join(said)} " if said else ""
        return self._select(f"{where}ORDER BY at DESC, uid LIMIT ?", (*values, most))

    def count_open(self) -> dict[AlertLevel, int]:
        """How many are open, by level; a level without any is left out."""
        with self._open() as kept:
            rows = kept.execute("SELECT level, count(*) FROM alerts WHERE acknowledged_at IS NULL GROUP BY level")
            return {AlertLevel(level): count for level, count in rows}

    def list_due(self, now: datetime) -> list[Delivery]:
        """What is to be handed over by now, the oldest first."""
        wanted = "FROM deliveries JOIN alerts ON uid = alert WHERE due <= ? ORDER BY at, uid, sink"
        with self._open() as kept:
            rows = kept.execute(f"SELECT sink, tries, {_COLUMNS} {wanted}", (stored_time(now),)).fetchall()
        return [Delivery(_kept(row[2:]).alert, row[0], row[1]) for row in rows]

    def put_delivered(self, uid: str, sink: str) -> None:
        """The sink has it."""
        with self._changing() as kept:
            kept.execute("DELETE FROM deliveries WHERE alert = ? AND sink = ?", (uid, sink))

    def put_refused(self, uid: str, sink: str, again: datetime) -> None:
        """The sink did not take it; it is offered again then."""
        with self._changing() as kept:
            kept.execute(
                "UPDATE deliveries SET tries = tries + 1, due = ? WHERE alert = ? AND sink = ?", (stored_time(again), uid, sink)
            )

    def _select(self, rest: str, values: Sequence[Any] = ()) -> list[KeptAlert]:
        with self._open() as kept:
            return [_kept(row) for row in kept.execute(f"SELECT {_COLUMNS} FROM alerts {rest}", values)]  # noqa: S608  names of columns are ours, values are bound

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection for this question: there are few, and threads and forks share none."""
        try:
            place_database(self._path, _SCHEMA)
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as kept:
                kept.execute("PRAGMA synchronous=FULL")
                yield kept
        except (OSError, sqlite3.Error) as error:
            raise HomeError(f"{self._path} cannot be used ({type(error).__name__})") from None

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable at its end; broken off, nothing of it is there."""
        with self._open() as kept:
            kept.execute("BEGIN IMMEDIATE")
            yield kept
            kept.execute("COMMIT")


def _insert(kept: sqlite3.Connection, alert: Alert) -> bool:
    """Whether it is new."""
    values = "VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)"
    return kept.execute(f"INSERT OR IGNORE INTO alerts ({_COLUMNS}) {values}", _row(alert)).rowcount > 0


def _note(kept: sqlite3.Connection, known: KeptAlert) -> None:
    if known.recorded is not None:
        kept.execute("UPDATE alerts SET recorded = ? WHERE uid = ? AND recorded IS NULL", (known.recorded, known.alert.uid))
    if known.acknowledged_at is not None:
        kept.execute(_ACKNOWLEDGE, (known.acknowledged_by, stored_time(known.acknowledged_at), known.alert.uid))


def _row(alert: Alert) -> tuple[Any, ...]:
    records = json.dumps(alert.records)
    return (alert.uid, alert.rule, alert.level.value, stored_time(alert.at), alert.group, alert.username, records, alert.count)


def _kept(row: Sequence[Any]) -> KeptAlert:
    uid, rule, level, at, group, username, records, count, recorded, by, when = row
    alert = Alert(uid, rule, AlertLevel(level), parse_stored_time(at), group, username, tuple(json.loads(records)), count)
    return KeptAlert(alert, recorded, by, parse_stored_time(when) if when is not None else None)

"""What a sweep of the store found so far, in a file of its own: killed, it goes on behind the last page that it kept."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceapp.domain.record_macs import NOTHING_MADE, Made

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS made (event TEXT PRIMARY KEY, count INTEGER, flows INTEGER, void INTEGER, digest BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found (what TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
DIGEST_BYTES: Final = 16


@dataclass(slots=True)
class SweepState:
    """How far a sweep is, and what it added up.

    head    the record sequence at its beginning; a record of later is not looked at.
    label   which of the labels it is at; after: the uid of the last node of that label that was looked at.
    """

    head: int
    label: int = 0
    after: str = ""
    records: int = 0
    links: int = 0
    nodes: Made = NOTHING_MADE
    events: Made = NOTHING_MADE

    def text(self) -> str:
        sums = {name: [made.count, f"{made.digest:x}"] for name, made in (("nodes", self.nodes), ("events", self.events))}
        told = {"head": self.head, "label": self.label, "after": self.after, "records": self.records, "links": self.links}
        return json.dumps(told | sums)

    @classmethod
    def read(cls, text: str) -> "SweepState":
        told = json.loads(text)
        sums = {name: Made(told[name][0], int(told[name][1], 16)) for name in ("nodes", "events")}
        return cls(**{**told, **sums})


@dataclass(frozen=True, slots=True)
class FoundLinks:
    """Of the links that name one event: all of them, how many are flow links, how many of those are void."""

    made: Made = NOTHING_MADE
    flows: int = 0
    void: int = 0

    def __add__(self, other: "FoundLinks") -> "FoundLinks":
        return FoundLinks(self.made + other.made, self.flows + other.flows, self.void + other.void)


class SweepNotes:
    """Written a page at a time; every method raises sqlite3.Error where the disk fails, and nothing of that page is kept."""

    def __init__(self, kept: sqlite3.Connection) -> None:
        self._kept = kept

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> "Iterator[SweepNotes]":
        """The notes of this file, new ones where there is none."""
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as kept:
            kept.executescript(SCHEMA)
            yield cls(kept)

    def state(self) -> SweepState | None:
        """Where a sweep before this one was broken off; None where none was."""
        begun = self._kept.execute("SELECT value FROM state WHERE name = 'at'").fetchone()
        return SweepState.read(begun[0]) if begun else None

    @contextmanager
    def page(self, state: SweepState) -> Iterator[None]:
        """Whatever is noted inside is kept with the state as it is at the end of it, or not at all."""
        self._kept.execute("BEGIN IMMEDIATE")
        yield
        self._kept.execute("INSERT OR REPLACE INTO state VALUES ('at', ?)", (state.text(),))
        self._kept.execute("COMMIT")

    def find(self, what: str) -> None:
        """A finding, once however often it is found."""
        self._kept.execute("INSERT OR IGNORE INTO found VALUES (?)", (what,))

    def findings(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._kept.execute("SELECT what FROM found ORDER BY what"))

    def add_links(self, event: str, more: FoundLinks) -> None:
        total = self.links_of(event) + more
        row = (event, total.made.count, total.flows, total.void, total.made.digest.to_bytes(DIGEST_BYTES))
        self._kept.execute("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?, ?)", row)

    def links_of(self, event: str) -> FoundLinks:
        """What was noted of the links that name an event."""
        stood = self._kept.execute("SELECT count, flows, void, digest FROM made WHERE event = ?", (event,)).fetchone()
        if stood is None:
            return FoundLinks()
        count, flows, void, digest = stood
        return FoundLinks(Made(count, int.from_bytes(digest)), flows, void)

    def take_links_of(self, event: str) -> FoundLinks:
        """The same; whose event was looked at is no longer among `events_not_met`."""
        found = self.links_of(event)
        self._kept.execute("DELETE FROM made WHERE event = ?", (event,))
        return found

    def events_not_met(self) -> tuple[str, ...]:
        """Events that links name and that were not among the nodes looked at."""
        return tuple(row[0] for row in self._kept.execute("SELECT event FROM made ORDER BY event"))

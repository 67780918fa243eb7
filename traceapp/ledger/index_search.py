"""Questions to the search index; each opens the file anew, so one that was made again meanwhile is never read half."""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from traceapp.domain.ledger_search import FACETS, LEFT, NAMES, IndexState, LedgerQuery
from traceapp.ledger.index import BLOCK, FILE, key_of
from traceapp.ledger.segments import first_kept

_ALL: Final = (1 << BLOCK) - 1

Filter = Callable[[int], int]
"""Number of a block → one bit for each of its records that fits."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: `ledger/segments.read_frame`."""

    seq: int
    segment: int
    place: int


def find_places(home: Path, query: LedgerQuery, before: int | None, at_most: int) -> tuple[list[Place], IndexState]:
    """The newest records that fit, before this one, at most so many; the state has head = indexed.

    A file that is being made anew, or cannot be read, is one that holds nothing yet.
    """
    nothing = IndexState(first_kept(home), 0, 0)
    try:
        with closing(_open(home)) as index:
            first, indexed, unread = index.execute("SELECT first, indexed, unread FROM state").fetchone()
            first = max(first, nothing.first)  # pruned since: the index is about to be made anew
            end = indexed + 1 if before is None else min(before, indexed + 1)
            seqs = list(_newest(index, query, first, end, at_most))
            places = [
                Place(*index.execute("SELECT seq, segment, place FROM places WHERE seq = ?", (seq,)).fetchone()) for seq in seqs
            ]
            return places, IndexState(first, indexed, indexed, unread)
    except (sqlite3.Error, zlib.error, ValueError, TypeError):
        return [], nothing


@dataclass(frozen=True, slots=True)
class Tally:
    """Records that are counted together: of these acts, None for any, and with one of these outcomes.

    files  only those under which a file left.
    """

    acts: frozenset[str] | None
    outcomes: frozenset[str]
    files: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """all  every record of the person in a span.   of  by the names of the tallies."""

    all: int
    of: Mapping[str, int]


def tally_acts(
    home: Path, person: str, spans: Sequence[tuple[datetime, datetime]], tallies: Mapping[str, Tally]
) -> list[Counted] | None:
    """What a person (name or uid of an account) did in each of these spans; None where there is no index yet."""
    try:
        with closing(_open(home)) as index:
            first, indexed = index.execute("SELECT first, indexed FROM state").fetchone()
            whose = _of_facet(index, "person", person)
            blocks = [(block, bits) for block in range(first // BLOCK, indexed // BLOCK + 1) if (bits := whose(block))]
            return [_counted(index, blocks, _of_time(index, since, until), tallies) for since, until in spans]
    except (sqlite3.Error, zlib.error, ValueError, TypeError):
        return None


def _counted(
    index: sqlite3.Connection, blocks: Sequence[tuple[int, int]], within: Filter, tallies: Mapping[str, Tally]
) -> Counted:
    total, of = 0, dict.fromkeys(tallies, 0)
    for block, bits in blocks:
        some = bits & within(block)
        total += some.bit_count()
        for name, tally in tallies.items():
            if some:
                acts = _ALL if tally.acts is None else _any(index, "act", tally.acts, block)
                left = _of_facet(index, *LEFT)(block) if tally.files else _ALL
                of[name] += (some & acts & left & _any(index, "outcome", tally.outcomes, block)).bit_count()
    return Counted(total, of)


def _any(index: sqlite3.Connection, facet: str, values: Iterable[str], block: int) -> int:
    found = 0
    for value in values:
        found |= _of_facet(index, facet, value)(block)
    return found


def newest_time(home: Path, query: LedgerQuery) -> datetime | None:
    """When the newest record was made that fits, as far as is indexed; None where there is none."""
    places, _ = find_places(home, query, None, 1)
    try:
        with closing(_open(home)) as index:
            rows = index.execute("SELECT time FROM places WHERE seq = ?", (places[0].seq,)).fetchall() if places else []
    except sqlite3.Error:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=rows[0][0]) if rows else None


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{(home / FILE).absolute().as_uri()}?mode=ro", uri=True, timeout=5.0, isolation_level=None)


def _newest(index: sqlite3.Connection, query: LedgerQuery, first: int, end: int, at_most: int) -> Iterator[int]:
    filters = _filters(index, query)
    for block in range((end - 1) // BLOCK, first // BLOCK - 1, -1):
        start = block * BLOCK
        bits = _ALL if end >= start + BLOCK else (1 << (end - start)) - 1
        bits &= ~((1 << max(0, first - start)) - 1)
        for fits in filters:
            if not bits:
                break
            bits &= fits(block)
        while bits:
            if not at_most:
                return
            bit = bits.bit_length() - 1
            bits ^= 1 << bit
            at_most -= 1
            yield start + bit


def _filters(index: sqlite3.Connection, query: LedgerQuery) -> list[Filter]:
    """The cheapest and narrowest first."""
    found: list[Filter] = []
    for name in NAMES:
        if (value := getattr(query, name)) is not None:
            rows = index.execute("SELECT seq FROM names WHERE name = ? AND value = ?", (name, key_of(value)))
            found.append(_of_some(row[0] for row in rows))
    if query.uids is not None:
        found.append(_of_some(_things(index, query.uids, query.field)))
    if query.since is not None or query.until is not None:
        found.append(_of_time(index, query.since, query.until))
    for facet in FACETS:
        value = getattr(query, facet)
        if value is not None and not (facet == "field" and query.uids is not None):
            found.append(_of_facet(index, facet, value))
    return found


def _things(index: sqlite3.Connection, uids: tuple[str, ...], field: str | None) -> Iterator[int]:
    """Records that are about one of these, or showed it; with this field of it in clear, where one is named."""
    kind, _, name = (field or "").rpartition(".")
    for uid in uids:
        rows = index.execute(
            "SELECT things.seq, shown.kind, shown.disclosed FROM things JOIN shown ON shown.number = things.shown WHERE uid = ?",
            (key_of(uid),),
        )
        yield from (seq for seq, of, told in rows if field is None or (kind in {"", of} and name in json.loads(told)))


def _of_some(seqs: Iterable[int]) -> Filter:
    blocks: dict[int, int] = {}
    for seq in seqs:
        block, bit = divmod(seq, BLOCK)
        blocks[block] = blocks.get(block, 0) | 1 << bit
    return lambda block: blocks.get(block, 0)


def _of_facet(index: sqlite3.Connection, facet: str, value: str) -> Filter:
    def fits(block: int) -> int:
        row = index.execute(
            "SELECT bits FROM facets WHERE facet = ? AND value = ? AND block = ?", (facet, value, block)
        ).fetchone()
        return int.from_bytes(zlib.decompress(row[0]), "little") if row else 0

    return fits


def _of_time(index: sqlite3.Connection, since: datetime | None, until: datetime | None) -> Filter:
    """A block whose records all lie inside or all outside is answered by its span; clocks may step, so others are read."""
    begin = round(since.timestamp() * 1_000_000) if since else 0
    end = round(until.timestamp() * 1_000_000) if until else 1 << 62

    def fits(block: int) -> int:
        row = index.execute("SELECT earliest, latest FROM spans WHERE block = ?", (block,)).fetchone()
        if row is None or row[1] < begin or row[0] > end:
            return 0
        if begin <= row[0] and row[1] <= end:
            return _ALL
        within = index.execute(
            "SELECT seq FROM places WHERE seq >= ? AND seq < ? AND time BETWEEN ? AND ?",
            (block * BLOCK, (block + 1) * BLOCK, begin, end),
        )
        return sum(1 << (row[0] - block * BLOCK) for row in within)

    return fits

"""Records read from the segments, for questions to the ledger; whether they are what was written is not asked here."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.domain.recorded import CAME_TO_BE
from traceapp.ledger.segments import first_of, list_segments, newest_records, read_segment

Group = TypeVar("Group")
COUNTER: Final = b'"counter":'


def find_records(home: Path, act: str, newest: int) -> list[dict[str, Any]]:
    """The newest records of an act, the newest first.

    raises  LedgerUnavailableError: a segment cannot be read. LedgerBrokenError: something in one is no record.
    """
    beginning = f'{{"act":{json.dumps(act)}'.encode()
    try:
        found = islice((record for record in newest_records(home) if record.startswith(beginning)), newest)
        return [json.loads(record) for record in found]
    except OSError as error:
        raise _unreadable(error) from None


def find_record(home: Path, seq: int) -> bytes | None:
    """One record as it lies on disk, looked for in its segment; None where there is none.

    raises  LedgerUnavailableError; LedgerBrokenError: what lies in its place is no record.
    """
    try:
        segments = list_segments(home)
        path = next((path for path in reversed(segments) if first_of(path) <= seq), None)
        if path is None:
            return None
        return next(islice(read_segment(path, closed=path != segments[-1]), seq - first_of(path), None), None)
    except OSError as error:
        raise _unreadable(error) from None


@dataclass(frozen=True, slots=True)
class Newest:
    """Of some acts the newest record that says one was done, or found to have been, None of none; and the intents since."""

    done: dict[str, Any] | None
    begun: tuple[dict[str, Any], ...]


def find_done(home: Path, groups: Mapping[Group, Collection[str]]) -> dict[Group, Newest]:
    """For each group of acts what its newest records say, in one reading; raises what `find_records` raises."""
    group_of = {f'{{"act":{json.dumps(act)}'.encode(): group for group, acts in groups.items() for act in acts}
    begun: dict[Group, list[dict[str, Any]]] = {group: [] for group in groups}
    done: dict[Group, dict[str, Any]] = {}
    beginnings = tuple(group_of)
    try:
        for record in newest_records(home):
            if not record.startswith(beginnings):
                continue
            group = next(group for beginning, group in group_of.items() if record.startswith(beginning))
            told = json.loads(record)
            if group not in done and told["outcome"] in CAME_TO_BE:
                done[group] = told
                if done.keys() == groups.keys():
                    break
            elif group not in done and told["outcome"] == "intended":
                begun[group].append(told)
    except OSError as error:
        raise _unreadable(error) from None
    return {group: Newest(done.get(group), tuple(begun[group])) for group in groups}


def records_of_approval(home: Path, approval: str) -> Iterator[dict[str, Any]]:
    """Records that name this approval, the newest first; raises what `find_records` raises."""
    named = f'"approval":{json.dumps(approval)}'.encode()
    try:
        for record in newest_records(home):
            if named in record:
                told = json.loads(record)
                if told.get("approval") == approval:
                    yield told
    except OSError as error:
        raise _unreadable(error) from None


def last_stated_counter(home: Path) -> dict[str, Any] | None:
    """The newest statement on the counter of the store's records; None where there is none; raises what `find_records` raises."""
    try:
        results = (json.loads(record)["result"] for record in newest_records(home) if COUNTER in record)
        return next((told["counter"] for told in results if isinstance(told.get("counter"), dict)), None)
    except OSError as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError) -> LedgerUnavailableError:
    return LedgerUnavailableError(f"The ledger cannot be read ({type(error).__name__}).")

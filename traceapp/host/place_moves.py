"""Moves of sites and product lines in HOME/places: from the moment that the file of one is there it holds, for every process."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from traceapp.domain.clock import parse_stored_time, stored_time
from traceapp.domain.errors import HomeError
from traceapp.domain.places import NO_MOVES, KeptMove, Place, PlaceMap, PlaceMove
from traceapp.host.governed_files import stamp
from traceapp.host.private_files import OWN, sync_folder, write_private

FOLDER: Final = "places"
_DONE: Final = ".done"


class PlaceMoves:
    """Those of a home. Whoever can write here is the host's administrator, as with the register of rows.

    A file that cannot be read is no move less: everything is refused until it is back, since rights would be others without it.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._stamp: object = None
        self._map = NO_MOVES

    def current(self) -> PlaceMap:
        """All of them, in their order; read anew only when one was added or finished. raises HomeError."""
        found = stamp(self._folder)
        if found != self._stamp:
            self._map, self._stamp = (PlaceMap(tuple(self._read())) if found is not None else NO_MOVES), found
        return self._map

    def put(self, kept: KeptMove) -> None:
        """From now on it holds; raises HomeError: it cannot be written."""
        self._write(f"{kept.number:06d}.json", _told(kept))

    def finish(self, number: int, at: datetime) -> None:
        """Nothing names its old place any more; raises HomeError."""
        self._write(f"{number:06d}{_DONE}.json", {"at": stored_time(at)})

    def _read(self) -> list[KeptMove]:
        found: list[KeptMove] = []
        for path in sorted(self._folder.glob("[0-9]" * 6 + ".json")):
            try:
                kept = _kept(json.loads(path.read_bytes()))
                done = path.with_name(f"{path.stem}{_DONE}.json")
                if done.exists():
                    kept = replace(kept, finished_at=parse_stored_time(json.loads(done.read_bytes())["at"]))
            except (OSError, ValueError, KeyError, TypeError):
                raise HomeError(f"{path} cannot be read: where things belong is not known") from None
            if kept.number != len(found) + 1 or path.stem != f"{kept.number:06d}":
                raise HomeError(f"{self._folder} lacks a move before {path.name}: where things belong is not known")
            found.append(kept)
        return found

    def _write(self, name: str, told: Mapping[str, Any]) -> None:
        try:
            fresh = not self._folder.is_dir()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if fresh:
                sync_folder(self._folder.parent)
            write_private(self._folder / name, json.dumps(told, sort_keys=True, ensure_ascii=False).encode(), OWN)
            sync_folder(self._folder)
        except OSError as error:
            raise HomeError(f"the move cannot be kept in {self._folder} ({error.strerror})") from None


def _told(kept: KeptMove) -> dict[str, Any]:
    return {
        "number": kept.number,
        "from": [kept.move.old.site, kept.move.old.line],
        "to": [kept.move.new.site, kept.move.new.line],
        "accounts": list(kept.accounts),
        "proposed_by": kept.proposed_by,
        "approved_by": list(kept.approved_by),
        "approval": kept.approval,
        "at": stored_time(kept.at),
        "records": kept.records,
    }


def _kept(told: Mapping[str, Any]) -> KeptMove:
    return KeptMove(
        number=int(told["number"]),
        move=PlaceMove(Place(*told["from"]), Place(*told["to"])),
        accounts=tuple(map(str, told["accounts"])),
        proposed_by=str(told["proposed_by"]),
        approved_by=tuple(map(str, told["approved_by"])),
        approval=str(told["approval"]),
        at=parse_stored_time(told["at"]),
        records=int(told["records"]),
    )

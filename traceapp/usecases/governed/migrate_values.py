"""After a change of tiers: stored values are brought in the form that the dictionary in force wants, chunk by chunk.

Until that is done a value may have the form of an earlier version (`Dictionary.following`). It is shown by its tier of now in
any case, and whatever is written has its form of now, so that nobody's view hangs on how far the work is.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from traceapp.domain.errors import HomeError
from traceapp.domain.governed import DocumentKind, Version
from traceapp.domain.permissions import Act
from traceapp.domain.rights import Actor
from traceapp.graph.event_rows import LABELS as LABEL_OF
from traceapp.graph.sealed_store import NODE_LABELS
from traceapp.host.home_lock import only_run
from traceapp.host.private_files import OWN, write_private
from traceapp.usecases.access import things
from traceapp.usecases.changes import carry_out
from traceapp.usecases.chunks import CHUNK, Wait
from traceapp.usecases.governed.kept_versions import keep_brought, read_versions
from traceapp.usecases.keys.resealing import LOCK, SEALING, Resealing
from traceapp.usecases.stations import Stations

PROGRESS: Final = "dictionary.progress"
"""File of the home that shows how far it is; nothing goes by it."""
Show = Callable[[int, float], None]
"""Called with records done, and the share of all that was looked at, 0 to 1."""


@dataclass(frozen=True, slots=True)
class MigrationRun:
    """What one run came to.

    number  of the version of the dictionary to which every value was brought; None where something is left.
    broken  uids of nodes that are not as the service wrote them: they were not touched, and it does not end before they are.
    """

    done: int
    number: int | None
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """One that is under way.

    number  of the version whose forms are brought about.   done  nodes written so far.   share  of all that were looked at.
    fields  "Kind.name" of the properties whose stored values it is about.
    """

    number: int
    fields: tuple[str, ...]
    done: int
    share: float


def migrate_values(
    stations: Stations, actor: Actor, rate: float, wait: Wait, show: Show = lambda done, share: None
) -> MigrationRun:
    """Bring every stored value in the form of its tier, until none has another or `wait` says stop.

    Nothing is written by an earlier version once this has begun, so that one look at every node finds all there is.
    rate    records a second, more or less.
    raises  HomeError: another run is at work; DictionaryChangedError: another version came in force meanwhile, begin anew;
            StoreError and its kinds; KeyUnavailableError; LedgerUnavailableError.
    """
    with only_run(stations.settings.home, LOCK, SEALING):
        moving, version = stations.dictionary.moving, _version(stations)
        if not moving or version is None:
            return MigrationRun(0, None, ())
        stations.sealed.wait_for_writers(stations.sealer)
        labels = [label for label in NODE_LABELS if label in {LABEL_OF[kind] for kind in moving}]
        before = _noted(stations.settings.home, version.number)
        run = Resealing(stations, actor, Act.DICTIONARY_RESEAL, rate, wait)
        for place, label in enumerate(labels):
            for after, uids in stations.sealed.list_out_of_form(label, stations.sealer):
                for start in range(0, len(uids), CHUNK):
                    _bring(run, label, uids[start : start + CHUNK], version)
                    share = (place + int(after[:4], 16) / 65536) / len(labels)
                    _note(stations.settings.home, version.number, before + run.done, share)
                    show(before + run.done, share)
                    run.rest()
                    if run.stopped:
                        return MigrationRun(run.done, None, tuple(run.broken))
        if run.broken:
            return MigrationRun(run.done, None, tuple(run.broken))
        _finish(stations, actor, version, before + run.done)
        return MigrationRun(run.done, version.number, ())


def migration_of(stations: Stations) -> Migration | None:
    """What is under way; None where every stored value has its form."""
    version, moving = _version(stations), stations.dictionary.moving
    if version is None or not moving:
        return None
    fields = sorted(f"{kind.value}.{name}" for kind, names in moving.items() for name in names)
    told = _read(stations.settings.home, version.number)
    return Migration(version.number, tuple(fields), int(told.get("done", 0)), float(told.get("share", 0.0)))


def _bring(run: Resealing, label: str, uids: list[str], version: Version) -> None:
    stations = run.stations
    request = {"label": label, "records": len(uids), "version": version.number}
    work = partial(stations.sealed.bring_in_form, label, uids, stations.sealer)
    run.chunk(request, work, about=things("Dictionary", version.digest), approval=version.approval)


def _finish(stations: Stations, actor: Actor, version: Version, done: int) -> None:
    work = partial(keep_brought, stations.settings.home, stations.sealer.macs, version.number)
    request = {"version": version.number, "digest": version.digest, "records": done}
    about = things("Dictionary", version.digest)
    carry_out(stations, actor, Act.DICTIONARY_FINISH, request, work, about=about, approval=version.approval)
    (stations.settings.home / PROGRESS).unlink(missing_ok=True)


def _version(stations: Stations) -> Version | None:
    kept = read_versions(stations.settings.home, stations.sealer.macs, DocumentKind.DICTIONARY)
    return kept[-1] if kept else None


def _noted(home: Path, number: int) -> int:
    return int(_read(home, number).get("done", 0))


def _read(home: Path, number: int) -> dict[str, float]:
    try:
        told = json.loads((home / PROGRESS).read_bytes())
        return {name: float(told[name]) for name in ("done", "share")} if told["number"] == number else {}
    except (OSError, KeyError, TypeError, ValueError):
        return {}


def _note(home: Path, number: int, done: int, share: float) -> None:
    told = {"number": number, "done": done, "share": round(max(share, _read(home, number).get("share", 0.0)), 4)}
    try:
        write_private(home / PROGRESS, json.dumps(told).encode(), OWN)
    except OSError as error:
        raise HomeError(f"{home / PROGRESS} cannot be written ({error.strerror})") from None

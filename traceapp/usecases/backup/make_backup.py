"""Make one file of everything that a restore needs, and nothing that opens what is sealed."""

import os
import shutil
import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from traceapp import __version__
from traceapp.bundles.archive import LONGEST_NAME, BundleWriter
from traceapp.bundles.backup_bundle import add_manifest, written_whole
from traceapp.bundles.manifest import FORM, GraphPart, LedgerState, Manifest, manifest_bytes
from traceapp.domain.clock import stored_time
from traceapp.domain.errors import BackupError, TraceappError
from traceapp.domain.permissions import Act
from traceapp.domain.recorded import Recorded
from traceapp.domain.rights import Actor
from traceapp.graph.backup_store import BackupStore
from traceapp.graph.schema import load_steps
from traceapp.host.disk_space import space_of
from traceapp.ledger.signed_notes import notes_in
from traceapp.usecases.access import entry
from traceapp.usecases.backup.graph_parts import FOLDER, Summed, cut, graph_digest, list_parts
from traceapp.usecases.backup.home_files import (
    DATABASES,
    HOME,
    KEYS,
    SIGNING_KEY,
    Progress,
    copy_database,
    kept_files,
    kept_links,
    unknown_files,
)
from traceapp.usecases.stations import Stations

RECORD_BYTES: Final = 4096
"""Of a bundle, at most, for one node or event with the links that it made: an estimate, for the look at the disk."""


@dataclass(frozen=True, slots=True)
class BackupMade:
    """bytes of the file; graph: digest of it; ledger: records in it; left_out: files of the home that no table knows."""

    members: int
    bytes: int
    nodes: int
    links: int
    graph: str
    ledger: int
    left_out: tuple[str, ...]


def make_backup(
    stations: Stations, actor: Actor, target: Path, progress: Progress, keys: Path | None = None
) -> Recorded[BackupMade]:
    """Write the bundle; that it begins and what came of it is on record. Nobody else may be at work on the home meanwhile.

    target    a file that is not there yet, outside the home.   progress  called with the share done, 0 to 1.
    keys      a folder that is not there yet, for a copy of what opens the bundle; neither in the home nor beside the bundle.
    raises    BackupError: no room, no such place, or something was put on record meanwhile; nothing is left then.
              StoreError and its kinds, KeyUnavailableError, LedgerUnavailableError.
    """
    target, keys = _placed(target), _placed(keys) if keys is not None else None
    record = partial(entry, stations, actor, Act.BACKUP_MAKE)
    request = {"bundle": target.name, "keys": "not copied" if keys is None else "copied"}
    _check_place(stations, target)
    if keys is not None:
        _check_apart(stations.settings.home.resolve(), target, keys)
    began = stations.ledger.append(record("intended", request=request))
    try:
        if keys is not None:
            _copy_keys(stations.settings.home, keys)
        made = _Making(stations, began.seq, progress).make(target)
    except TraceappError as error:
        if keys is not None:
            shutil.rmtree(keys, ignore_errors=True)  # it was made here, for a bundle that is not there
        stations.ledger.append(record("failed", request={**request, "intent": began.seq}, reason=type(error).__name__))
        raise
    progress(1.0)
    return stations.ledger.record(made, record("done", request={**request, "intent": began.seq}, result=_told(made)))


def _placed(path: Path) -> Path:
    """Where it really lies, whatever links or `..` lead there; it itself is not there yet."""
    whole = path.expanduser().absolute()
    return whole.parent.resolve() / whole.name


def _copy_keys(home: Path, folder: Path) -> None:
    """What opens a bundle, into a new folder (0700): the ring of keys, and the key that the ledger signs under."""
    try:
        folder.mkdir(mode=0o700)
        (folder / KEYS).mkdir(mode=0o700)
        for path in sorted((home / KEYS).iterdir()):
            if not path.name.startswith("."):
                shutil.copy(path, folder / KEYS / path.name)
        shutil.copy(home / SIGNING_KEY, folder / Path(SIGNING_KEY).name)
    except OSError as error:
        raise BackupError(f"the keys cannot be copied to {folder} ({error.strerror})") from None


def _check_apart(home: Path, target: Path, keys: Path) -> None:
    """raises  BackupError: whoever takes home or bundle would take the keys with it."""
    if keys.is_relative_to(home):
        raise BackupError(f"{keys} lies inside the home, and would be lost with it")
    if keys.parent == target.parent or target.is_relative_to(keys):
        raise BackupError(f"{keys} lies beside the bundle: whoever takes one would take both")
    if keys.exists():
        raise BackupError(
            f"{keys} is there already: name another folder, or delete it if a make that was broken off left it there"
        )


def _check_place(stations: Stations, target: Path) -> None:
    home = stations.settings.home
    if target.is_relative_to(home.resolve()):
        raise BackupError(f"{target} lies inside the home, and would be lost with it")
    if target.exists():
        raise BackupError(f"{target} is there already")
    try:
        link = next(kept_links(home), None)
        if link is not None:
            raise BackupError(
                f"{home / link} is a link, and what it leads to would be in no backup: put the file or folder itself there"
            )
        files = sum((home / name).stat().st_size for name in (*kept_files(home), *_databases(home)))
        needed = files + BackupStore(stations.graph).count() * RECORD_BYTES
        free = space_of(target.parent).free
    except OSError as error:
        raise BackupError(f"{target.parent} cannot be looked at ({error.strerror})") from None
    if free < needed:
        mib = 1024 * 1024
        raise BackupError(f"{target.parent} has {free // mib} MiB free, and the bundle may take {needed // mib + 1}")


def _databases(home: Path) -> list[str]:
    return [name for name in DATABASES if (home / name).is_file()]


class _Making:
    def __init__(self, stations: Stations, began: int, progress: Progress) -> None:
        self._stations = stations
        self._home = stations.settings.home
        self._began = began
        self._store = BackupStore(stations.graph)
        self._progress = progress
        self._parts: dict[str, GraphPart] = {}

    def make(self, target: Path) -> BackupMade:
        note = self._stations.ledger.make_checkpoint()
        left_out = tuple(unknown_files(self._home))
        with written_whole(target) as bundle:
            self._add_graph(bundle)
            self._add_home(bundle)
            manifest = manifest_bytes(self._manifest(bundle, note, left_out))
            add_manifest(bundle, manifest, self._stations.signature_key.seal)
            self._check_quiet()
        return BackupMade(
            members=len(bundle.members),
            bytes=target.stat().st_size,
            nodes=self._count("nodes/"),
            links=self._count("links/"),
            graph=graph_digest(self._parts),
            ledger=self._began,
            left_out=left_out,
        )

    def _count(self, kind: str) -> int:
        return sum(part.rows for name, part in self._parts.items() if name.startswith(kind))

    def _add_graph(self, bundle: BundleWriter) -> None:
        expected, done = self._store.count() * 3 + 1, 0
        for part, lines in list_parts(self._store):
            summed = Summed()
            for number, content in enumerate(cut(summed.over(lines)), start=1):
                bundle.add(f"{FOLDER}/{part}/{number:06d}", content)
                self._progress(min((done + summed.rows) / expected, 1.0) * 0.9)
            done += summed.rows
            self._parts[part] = summed.part

    def _add_home(self, bundle: BundleWriter) -> None:
        for name in kept_files(self._home):
            if len(f"{HOME}/{name}") > LONGEST_NAME:
                raise BackupError(f"the name {name} of a file in the home is too long for a bundle")
            path = self._home / name
            try:
                file = path.open("rb")
            except OSError as error:
                raise BackupError(f"{path} cannot be read ({error.strerror})") from None
            with file:
                bundle.add_stream(f"{HOME}/{name}", file, os.fstat(file.fileno()).st_size)
        for name in _databases(self._home):
            try:
                bundle.add(f"{HOME}/{name}", copy_database(self._home / name))
            except sqlite3.Error as error:
                raise BackupError(f"{self._home / name} cannot be read ({type(error).__name__})") from None

    def _manifest(self, bundle: BundleWriter, note: str, left_out: tuple[str, ...]) -> Manifest:
        stations = self._stations
        signed = notes_in(note)[-1]
        return Manifest(
            form=FORM,
            made_at=stored_time(stations.clock.now()),
            product=__version__,
            store="embedded" if stations.settings.embedded else "neo4j",
            schema_step=load_steps()[-1].version,
            policy=stations.policy.digest,
            dictionary=stations.dictionary.digest,
            keys={key.alias: key.state.value for key in stations.keys.record().keys},
            ledger=LedgerState(size=signed.size, root=signed.root.hex(), key=stations.ledger.get_verifier_key(), checkpoint=note),
            graph=self._parts,
            left_out=left_out,
            members=tuple(bundle.members),
        )

    def _check_quiet(self) -> None:
        """Whatever is written is on record before it begins: where the ledger has not grown, nothing was."""
        head = self._stations.ledger.get_head().seq
        if head != self._began:
            raise BackupError(
                f"something was done on the home meanwhile (ledger record {self._began + 1}), so the parts of the bundle would "
                "not belong together"
            )


def _told(made: BackupMade) -> dict[str, Any]:
    """What the record of a backup says of it."""
    return {name: getattr(made, name) for name in ("graph", "members", "bytes", "nodes", "links", "ledger")}

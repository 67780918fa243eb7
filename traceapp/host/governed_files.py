"""Versions of the documents that decide how the service works, in HOME/governed: contents by digest, and who agreed to each."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from traceapp.host.private_files import OWN, sync_folder, write_private

FOLDER: Final = "governed"
LARGEST: Final = 1024 * 1024


class GovernedFiles:
    """Those of one kind. Nothing that is read here is believed before its digest, or its MAC, was compared."""

    def __init__(self, home: Path, kind: str) -> None:
        self.folder = home / FOLDER / kind

    def path(self, digest: str) -> Path:
        return self.folder / f"{digest}.toml"

    def put(self, digest: str, content: bytes) -> None:
        """Keep a content, whole and durable, over whatever bears its name; raises OSError."""
        self._make_folder()
        write_private(self.path(digest), content, OWN)
        sync_folder(self.folder)

    def get(self, digest: str) -> bytes | None:
        """What bears this name, at most 1 MiB; None where nothing does, or it cannot be read."""
        try:
            with self.path(digest).open("rb") as file:
                return file.read(LARGEST + 1)
        except OSError:
            return None

    def put_version(self, number: int, told: Mapping[str, Any]) -> None:
        """Keep who agreed to a version, over one of that number which never came to be; raises OSError."""
        self._make_folder()
        write_private(self.folder / f"{number:06d}.json", json.dumps(told, sort_keys=True).encode(), OWN)
        sync_folder(self.folder)

    def list_versions(self) -> list[dict[str, Any]]:
        """All that can be read, in the order of their numbers."""
        found = []
        for path in sorted(self.folder.glob("[0-9]" * 6 + ".json")):
            try:
                told = json.loads(path.read_bytes())
            except (OSError, ValueError):
                continue
            if isinstance(told, dict):
                found.append(told)
        return found

    def _make_folder(self) -> None:
        fresh = [folder for folder in (self.folder.parent, self.folder) if not folder.is_dir()]
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in fresh:
            sync_folder(folder.parent)


def accepted_file(home: Path, kind: str) -> Path:
    """Where a home keeps which document of a kind it accepted: digest and MAC."""
    return home / f"{kind}.accepted"


def read_accepted(home: Path, kind: str) -> str | None:
    """The digest that stands there, unproven; None where none can be read: what comes with the program is in force then."""
    try:
        return accepted_file(home, kind).read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError):
        return None


def stamp(path: Path) -> tuple[int, int, int, int] | None:
    """Changes whenever somebody writes to the file or changes its mode; None of a file that is not there."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked at every request
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_size

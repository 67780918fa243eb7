"""`HOME/rejects/<digest of the source>.csv`: what was not taken, with its place and the reason."""

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from traceapp.domain.errors import HomeError
from traceapp.domain.events import CapturedEvent, RejectedRow
from traceapp.formats.csv_cells import as_it_was, harmless

FOLDER: Final = "rejects"
LONGEST_CELL: Final = 2**31 - 1
"""Characters of a row or message that was not taken, which may be as long as what came in."""


@dataclass(slots=True)
class RejectsFile:
    """The file of what was not taken; it is made with its first row, readable by its owner alone."""

    path: Path
    count: int = 0
    _file: TextIO | None = None

    @classmethod
    def of(cls, home: Path, digest: str) -> "RejectsFile":
        """That of the file or message with this digest."""
        return cls(home / FOLDER / f"{digest}.csv")

    def add(self, row: RejectedRow) -> None:
        if self._file is None:
            try:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            except OSError as error:
                raise HomeError(f"{self.path} cannot be written ({error.strerror})") from None
            self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", errors="backslashreplace", newline="")
            csv.writer(self._file).writerow(("line", "reason", "original"))
        self.count += 1
        csv.writer(self._file).writerow(map(harmless, (row.position, row.reason, row.original)))

    def read(self) -> list[tuple[str, str]]:
        """(place, reason) of each; none where there is no file."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as lines:
                csv.field_size_limit(LONGEST_CELL)
                return [(as_it_was(line[0]), as_it_was(line[1])) for line in list(csv.reader(lines))[1:]]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise HomeError(f"{self.path} cannot be read ({error.strerror})") from None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def conflict(event: CapturedEvent) -> RejectedRow:
    """An event whose key is known with other content."""
    reason = "known with other content, and nothing is edited away: send it under a new id that corrects the old one"
    return RejectedRow(event.place.position, reason, json.dumps(event.original, ensure_ascii=False, default=str))

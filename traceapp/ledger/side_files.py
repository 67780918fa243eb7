"""Files beside the segments: sealed parts of records that are too long, or must be erasable, for the ledger itself.

HOME/ledger/rolls and HOME/ledger/values hold files of one hour and one process, `2026-03-02T10-5f3a….side`, each a row of
frames: length of the content (4 bytes, big-endian), 32 bytes of digest, the content. A record names the digest, and `at`, the
file and the place in it. A file that a write failed on is never written again.
"""

import os
import secrets
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from traceapp.domain.errors import LedgerUnavailableError
from traceapp.host.disk_space import space_of
from traceapp.host.private_files import sync_folder
from traceapp.ledger.records import FOLDER
from traceapp.ledger.reserve import Reserve

ROLLS: Final = "rolls"
VALUES: Final = "values"
SUFFIX: Final = ".side"
HOUR: Final = "%Y-%m-%dT%H"
_HEAD: Final = struct.Struct(">I32s")


@dataclass(eq=False, slots=True)
class _Written:
    """A file of this process; `users` of it still wait for the disk.

    synced  up to where it is durable.
    failed  the disk did not take something of it: Linux tells that to one of those who wait, and nothing of it is believed.
    """

    name: str
    descriptor: int
    end: int = 0
    users: int = 0
    synced: int = 0
    failed: bool = False
    syncing: threading.Lock = field(default_factory=threading.Lock)


class SideFiles:
    """One folder of them, shared by threads; made after a fork, like everything that writes."""

    def __init__(self, home: Path, name: str, *, reserve: int = 0) -> None:
        """reserve  bytes of the disk that are set aside in the file at hand: on a full disk it is gone on with."""
        self._folder = home / FOLDER / name
        self._reserve = Reserve(reserve)
        self._lock = threading.Lock()
        self._newest: _Written | None = None

    def append(self, digest: str, content: bytes, now: datetime) -> str:
        """Make it durable; where it lies, `FILE:PLACE`, which the record names.

        digest  SHA-256, hex.
        raises  LedgerUnavailableError: the disk does not take it; then no record may name it, and nothing be answered.
        """
        at, make_durable = self.begin(digest, content, now)
        make_durable()
        return at

    def begin(self, digest: str, content: bytes, now: datetime) -> tuple[str, Callable[[], None]]:
        """Write it; where it lies, and what makes it durable, which must be called once, whatever happens meanwhile.

        raises  LedgerUnavailableError, and so does the call: as above.
        """
        frame = _HEAD.pack(len(content), bytes.fromhex(digest)) + content
        with self._lock:
            file: _Written | None = None
            try:
                file = self._file(now)
                place = file.end
                self._reserve.keep_for_records(file.descriptor, os.fstat(file.descriptor))
                if os.write(file.descriptor, frame) != len(frame):
                    raise OSError("cut off")
            except OSError as error:
                if file is not None:
                    file.failed = True
                self._leave()
                raise _unwritable(error) from None
            file.end += len(frame)
            file.users += 1
        return f"{file.name}:{place}", partial(self._make_durable, file, place + len(frame))

    def _make_durable(self, file: _Written, end: int) -> None:
        """One waits for the disk, and with him all who had written before he began."""
        try:
            with file.syncing:
                if file.synced < end and not file.failed:
                    try:
                        written = file.end
                        os.fdatasync(file.descriptor)
                        file.synced = written
                    except OSError:
                        file.failed = True
                        raise
                if file.failed and file.synced < end:
                    raise OSError("what was written before is not durable")
        except OSError as error:
            self.close()  # Linux forgets the error: nothing that follows it in this file could be believed
            raise _unwritable(error) from None
        finally:
            self._let_go(file)

    def read(self, digest: str, at: str | None = None) -> bytes | None:
        """The content under a digest; None where there is none: pruned or erased.

        at      as `append` returned it; without it all files are looked through, the newest first.
        raises  LedgerUnavailableError.
        """
        wanted = bytes.fromhex(digest)
        try:
            if at is not None:
                name, _, place = at.rpartition(":")
                found = self._frame_at(name, int(place))
                if found is not None and found[0] == wanted:
                    return found[1]
            frames = (self._place_of(path, wanted) for path in reversed(self.paths()))
            here = next((one for one in frames if one is not None), None)
            found = self._frame_at(*here) if here is not None else None
            return found[1] if found is not None else None
        except (OSError, ValueError) as error:
            raise LedgerUnavailableError(f"The files beside the ledger cannot be read ({type(error).__name__}).") from None

    def erase(self, digest: str) -> bool:
        """Overwrite what stands under a digest, and make that durable; False where there is nothing.

        What a disk keeps of former blocks is its own; the frame stays, so that others are found behind it.
        raises  LedgerUnavailableError.
        """
        wanted = bytes.fromhex(digest)
        try:
            for path in self.paths():
                here = self._place_of(path, wanted)
                if here is not None:
                    self._blank(path, here[1])
                    return True
        except OSError as error:
            raise LedgerUnavailableError(f"The files beside the ledger cannot be written ({type(error).__name__}).") from None
        return False

    def paths(self) -> list[Path]:
        """In the order of their hours; empty where there are none."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def prune(self, first_kept: datetime) -> int:
        """Delete files of which every record is gone; how many.

        first_kept  time of the first record that is kept. What a record names was written up to some seconds before it, so
                    that a file of the hour before is kept as well.
        raises      LedgerUnavailableError.
        """
        oldest = (first_kept.astimezone(UTC) - timedelta(hours=1)).strftime(HOUR)
        try:
            # On a full disk a file is gone on with beyond its hour: then the time of its last change counts.
            gone = [path for path in self.paths() if path.name[: len(oldest)] < oldest and _changed(path) < oldest]
            for path in gone:
                path.unlink()
            if gone:
                sync_folder(self._folder)
        except OSError as error:
            raise LedgerUnavailableError(f"The files beside the ledger cannot be deleted ({type(error).__name__}).") from None
        return len(gone)

    def close(self) -> None:
        """Write no more to the file that was begun; the next `append` begins another one."""
        with self._lock:
            self._leave()

    def _file(self, now: datetime) -> _Written:
        """This hour's; held under the lock."""
        hour = now.astimezone(UTC).strftime(HOUR)
        if self._newest is not None and (self._newest.name.startswith(hour) or not self._has_room()):
            return self._newest
        self._leave()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{hour}-{secrets.token_hex(8)}{SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._newest = _Written(name, os.open(self._folder / name, flags, 0o600))
        for folder in (self._folder, self._folder.parent):
            sync_folder(folder)
        return self._newest

    def _has_room(self) -> bool:
        """Whether another file would find its reserve."""
        return space_of(self._folder).free >= self._reserve.wanted

    def _leave(self) -> None:
        """Whoever still waits for the disk closes it."""
        file, self._newest = self._newest, None
        if file is not None and not file.users:
            _close(file.descriptor)

    def _let_go(self, file: _Written) -> None:
        with self._lock:
            file.users -= 1
            if not file.users and file is not self._newest:
                _close(file.descriptor)

    def _frame_at(self, name: str, place: int) -> tuple[bytes, bytes] | None:
        """Digest and content; None where no whole frame lies there."""
        path = self._folder / Path(name).name
        if not path.is_file():
            return None
        with path.open("rb") as file:
            file.seek(place)
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return None
            length, digest = _HEAD.unpack(head)
            content = file.read(length)
            return (digest, content) if len(content) == length else None

    def _place_of(self, path: Path, wanted: bytes) -> tuple[str, int] | None:
        return next(((path.name, place) for place, digest in _heads(path) if digest == wanted), None)

    def _blank(self, path: Path, place: int) -> None:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            length, _ = _HEAD.unpack(os.pread(file, _HEAD.size, place))
            os.pwrite(file, bytes(32 + length), place + _HEAD.size - 32)
            os.fsync(file)
        finally:
            os.close(file)


def _unwritable(error: OSError) -> LedgerUnavailableError:
    return LedgerUnavailableError(f"The file beside the ledger cannot be written ({type(error).__name__}).")


def _changed(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime(HOUR)


def _close(descriptor: int) -> None:
    """What was set aside beyond the end is given back."""
    try:
        os.ftruncate(descriptor, os.fstat(descriptor).st_size)
    except OSError:
        pass  # it is closed all the same; what it holds was made durable before
    finally:
        os.close(descriptor)


def _heads(path: Path) -> Iterator[tuple[int, bytes]]:
    """Place and digest of every frame that is whole."""
    with path.open("rb") as file:
        size, place = os.fstat(file.fileno()).st_size, 0
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            length, digest = _HEAD.unpack(head)
            if place + _HEAD.size + length > size:
                return
            yield place, digest
            place = file.seek(place + _HEAD.size + length)

"""What is kept of pruned records: their leaf hashes, so that tree, checkpoints and proofs stay what they were.

HOME/ledger/pruned/00000000000000000001.leaves, one file a pruning, named by its first record: the leaf hashes of 32 bytes,
what the file says of itself (canonical JSON), the length of that (4 bytes, big endian), SHA-256 of everything before.
"""

import fcntl
import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from traceapp.domain.errors import LedgerBrokenError
from traceapp.ledger.records import FOLDER, GENESIS, canonical

PRUNED: Final = "pruned"
SUFFIX: Final = ".leaves"
LOCK: Final = "pruning.lock"
LEAF: Final = 32
FORM: Final = 1
_LENGTH: Final = struct.Struct(">I")
_LONGEST: Final = 1024 * 1024
_CHUNK: Final = 32_768


@dataclass(frozen=True, slots=True)
class PrunedRange:
    """What a file of leaf hashes says of itself.

    prev    hash that its first record named; last: hash of its last record, which the first kept one names.
    until   time of the newest of its records, as they were stored.
    before  digest of the file before, so that whoever names the newest file names all of them; 64 zeros where there was none.
    keys    (record, verifier key), where its records told of a key.
    """

    first_seq: int
    last_seq: int
    prev: str
    last: str
    until: str
    before: str
    keys: tuple[tuple[int, str], ...]

    @property
    def record(self) -> bytes:
        return canonical({**asdict(self), "keys": [list(one) for one in self.keys], "v": FORM})

    @classmethod
    def read(cls, record: bytes) -> "PrunedRange":
        """raises ValueError: it is none."""
        try:
            told: dict[str, Any] = json.loads(record)
            keys = tuple((int(seq), str(key)) for seq, key in told["keys"])
            prev, last, until, before = (str(told[name]) for name in ("prev", "last", "until", "before"))
            return cls(int(told["first_seq"]), int(told["last_seq"]), prev, last, until, before, keys)
        except (KeyError, TypeError) as error:
            raise ValueError("no range of pruned records") from error


class LeafDigest:
    """Leaf hashes as they are put, and the digest that their file has once it says what it holds."""

    def __init__(self, put: Callable[[bytes], object]) -> None:
        """put  takes the bytes of the file, in order."""
        self._put, self._hash = put, hashlib.sha256()

    def add(self, content: bytes) -> None:
        self._hash.update(content)
        self._put(content)

    def close(self, told: PrunedRange) -> str:
        """The digest, hex."""
        record = told.record
        self.add(record + _LENGTH.pack(len(record)))
        self._put(self._hash.digest())
        return self._hash.hexdigest()


def pruned_folder(home: Path) -> Path:
    return home / FOLDER / PRUNED


def leaves_path(home: Path, first_seq: int) -> Path:
    return pruned_folder(home) / f"{first_seq:020d}{SUFFIX}"


def list_pruned(home: Path) -> list[Path]:
    """In the order of their records; empty where nothing was pruned."""
    return sorted(pruned_folder(home).glob(f"{'[0-9]' * 20}{SUFFIX}"))


def newest_pruned(home: Path) -> tuple[PrunedRange, str] | None:
    """What the newest file says, and its digest; None where nothing was pruned.

    raises  OSError; LedgerBrokenError: its end is not one.
    """
    paths = list_pruned(home)
    return read_end(paths[-1]) if paths else None


def read_end(path: Path) -> tuple[PrunedRange, str]:
    """What a file says of itself, and its digest, which is not looked at; raises OSError, LedgerBrokenError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(0, size - LEAF - _LENGTH.size))
        end = file.read()
        if len(end) == LEAF + _LENGTH.size:
            (length,) = _LENGTH.unpack(end[: _LENGTH.size])
            leaves = size - len(end) - length
            if 0 < length <= _LONGEST and leaves > 0:
                file.seek(leaves)
                try:
                    told = PrunedRange.read(file.read(length))
                except ValueError:
                    told = None
                if (
                    told is not None
                    and leaves == (told.last_seq - told.first_seq + 1) * LEAF
                    and told.first_seq == int(path.stem)
                ):
                    return told, end[_LENGTH.size :].hex()
    raise LedgerBrokenError(f"The leaf hashes in {path.name} are not as they were written.")


def leaves_in(path: Path) -> Iterator[list[bytes]]:
    """The leaf hashes of a file, many at once; raises OSError, LedgerBrokenError: they are not as they were written."""
    told, digest = read_end(path)
    left, found = told.last_seq - told.first_seq + 1, hashlib.sha256()
    with path.open("rb") as file:
        while left:
            part = file.read(min(left, _CHUNK) * LEAF)
            if len(part) % LEAF or not part:
                raise LedgerBrokenError(f"The leaf hashes in {path.name} were cut off.")
            found.update(part)
            left -= len(part) // LEAF
            yield [part[at : at + LEAF] for at in range(0, len(part), LEAF)]
        found.update(file.read()[:-LEAF])
    if found.hexdigest() != digest:
        raise LedgerBrokenError(f"The leaf hashes in {path.name} are not as they were written.")


def digest_before(home: Path) -> str:
    """Of the newest file; 64 zeros where nothing was pruned; raises what `newest_pruned` raises."""
    newest = newest_pruned(home)
    return newest[1] if newest is not None else GENESIS


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Nobody else takes segments away, and no writer opens the ledger, until the end of the block; raises OSError."""
    file = os.open(home / FOLDER / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
